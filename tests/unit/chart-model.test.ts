import { describe, expect, it } from 'vitest';
import { appendPoints, emptyCurve, type RunCurve } from '../../src/experiment/curves';
import { defaultExperiment } from '../../src/experiment/default';
import { runLabels, runSettings } from '../../src/export/figure/labels';
import { AxisMemory, chartModel, type ModelInput } from '../../src/export/figure/model';
import { placeLabels } from '../../src/export/figure/place-labels';
import { readoutAt } from '../../src/export/figure/readout';
import { summarise } from '../../src/export/figure/summary';
import { defaultView } from '../../src/export/figure/view';
import { defaultNetwork } from '../../src/problems/network';
import type { ProblemConfig } from '../../src/problems/registry';
import { chartRuns, curveThrough, heavyBall, mass, nesterov, sgd } from './chart-support';

const plot = { left: 50, top: 20, width: 400, height: 300 };
const input = (curves: readonly RunCurve[], patch: Partial<ModelInput> = {}): ModelInput => ({
  runs: chartRuns(curves),
  version: 0,
  view: defaultView,
  plot,
  epochRows: undefined,
  steps: 5,
  ...patch,
});

describe('chartModel', () => {
  it('lets no zero, negative or infinite value reach the loss axis', () => {
    const model = chartModel(input([curveThrough([1, 0.1, 0, 0, 0]), curveThrough([1, 1e300, Number.NaN], nesterov)]));
    const [low, high] = model.y.scale.domain;
    expect(low).toBeGreaterThan(0);
    expect(low).toBeGreaterThanOrEqual(0.1);
    expect(high).toBeLessThanOrEqual(1e3);
    for (const { value } of model.y.ticks) expect(value).toBeGreaterThan(0);
  });

  it('has an axis even without a single drawable value', () => {
    for (const curves of [[], [curveThrough([0])], [curveThrough([Number.NaN])], [emptyCurve('k', sgd, 1)]]) {
      const model = chartModel(input(curves, { steps: undefined }));
      expect(model.y.scale.domain.every((v) => v > 0 && Number.isFinite(v))).toBe(true);
      expect(model.x.scale.domain.every(Number.isFinite)).toBe(true);
    }
  });

  it('reaches to the planned steps from the start, in the unit of the axis', () => {
    const run = { ...sgd, batch: 4 };
    const curves = [curveThrough([1, 0.5], run)];
    const domain = (patch: Partial<ModelInput>) => chartModel(input(curves, { steps: 100, ...patch })).x.scale.domain;
    expect(domain({})).toEqual([0, 100]);
    expect(domain({ view: { ...defaultView, xAxis: 'samples' } })).toEqual([0, 400]);
    expect(domain({ view: { ...defaultView, xAxis: 'epochs' }, epochRows: 40 })).toEqual([0, 10]);
    expect(domain({ view: { ...defaultView, xAxis: 'epochs' } })).toEqual([0, 400]);
    expect(domain({ view: { ...defaultView, logX: true } })).toEqual([1, 100]);
    expect(domain({ view: { ...defaultView, zoom: { x: [3, 7] } } })).toEqual([3, 7]);
  });

  it('fits the loss axis to what a zoom shows', () => {
    const curve = curveThrough([1e6, 1e3, 10, 8, 7, 6]);
    expect(
      chartModel(input([curve], { view: { ...defaultView, zoom: { x: [2, 5] } } })).y.scale.domain[1],
    ).toBeLessThan(50);
    const boxed = { ...defaultView, zoom: { x: [2, 5], y: [1, 9] } } as const;
    expect(chartModel(input([curve], { view: boxed })).y.scale.domain).toEqual([1, 9]);
  });

  it('keeps its axes still while a restarted curve grows back, and the same objects while nothing moves', () => {
    const memory = new AxisMemory();
    const before = chartModel(input([curveThrough([1, 1e-3, 1e-6, 1e-9, 1e-12, 1e-15])]), memory);
    const restarted = emptyCurve('k', sgd, 1);
    appendPoints(restarted, {
      step: [0],
      seconds: [0],
      loss: Float64Array.of(1),
      outcomes: [{ kind: 'running', step: 0 }],
    });
    const during = chartModel(input([restarted]), memory);
    expect(during.y.scale.domain).toEqual(before.y.scale.domain);
    expect(chartModel(input([restarted], { version: 1 }), memory).y).toBe(during.y);
    restarted.finished = true;
    expect(chartModel(input([restarted]), memory).y.scale.domain).not.toEqual(before.y.scale.domain);
  });

  it('forgets its axes with the problem that they were of', () => {
    const memory = new AxisMemory();
    const old = curveThrough([1, 1e-6, 1e-20]);
    const decoupled = defaultExperiment.problem;
    chartModel(input([old], { problem: decoupled, steps: 3 }), memory);
    const growing = { ...curveThrough([0.7, 0.6]), finished: false };
    const domain = (problem: ProblemConfig) =>
      chartModel(input([growing], { problem, steps: 3 }), memory).y.scale.domain;
    expect(domain(decoupled)[0]).toBeLessThan(1e-19);
    expect(domain(defaultNetwork)[0]).toBeGreaterThan(0.1);
  });

  it('leaves hidden runs out but keeps the places that give the others their colours', () => {
    const curves = [curveThrough([1, 1]), curveThrough([1, 1e-9], mass)];
    const model = chartModel(input(curves, { view: { ...defaultView, hidden: new Set([0]) } }));
    expect(model.series.map((series) => [series.id, series.index])).toEqual([[1, 1]]);
  });

  it('ends a diverging line where it leaves the picture', () => {
    const model = chartModel(input([curveThrough([1, 10, 1e7, Number.NaN]), curveThrough([1, 1, 1, 1, 1, 1], mass)]));
    const { end } = model.series[0]!;
    expect(end!.y).toBeCloseTo(plot.top);
    expect(end!.x).toBeGreaterThan(model.x.scale.toPixel(1));
    expect(end!.x).toBeLessThan(model.x.scale.toPixel(2));
  });
});

describe('placeLabels', () => {
  it('puts names at the ends without overlap, and says when and how a run diverged', () => {
    const curves = [
      curveThrough([1, 1, 1, 1, 1, 1e-3]),
      curveThrough([1, 1, 1, 1, 1, 1.01e-3], heavyBall),
      curveThrough([1, 20, Number.NaN], nesterov),
    ];
    const labels = placeLabels(chartModel(input(curves)), 560, false);
    expect(labels.map((label) => label.name).sort()).toEqual(['Heavy ball', 'Nesterov', 'SGD']);
    const [a, b] = labels.filter((label) => label.name !== 'Nesterov');
    expect(Math.abs(a!.y - b!.y)).toBeGreaterThanOrEqual(14);
    expect(labels.find((label) => label.name === 'Nesterov')!.remark).toBe('diverged at step 2, last loss 20');
  });

  it('do not tell of a divergence that lies beyond the zoom', () => {
    const runs = [curveThrough([1, 20, 400, 8000, 1e5, Number.NaN], nesterov), curveThrough([1, 1, 1, 1, 1, 1])];
    const zoomedTo = (x: readonly [number, number]) =>
      chartModel(input(runs, { view: { ...defaultView, zoom: { x, y: [0.1, 100] } } }));
    const remarkIn = (x: readonly [number, number]) =>
      placeLabels(zoomedTo(x), 560, false).find(({ name }) => name === 'Nesterov')?.remark;
    expect(remarkIn([0, 2])).toBe('');
    expect(remarkIn([0, 5])).toBe('diverged at step 5, last loss 1.0×10⁵');
  });

  it('leaves them out where they do not fit', () => {
    const curves = Array.from({ length: 40 }, (_, k) => curveThrough([1, 0.5 ** k]));
    expect(placeLabels(chartModel(input(curves)), 560, false)).toEqual([]);
  });
});

describe('readoutAt', () => {
  const curves = [
    curveThrough([1, 0.5, 0.25, 0.125]),
    curveThrough([1, 5, Number.NaN, Number.NaN], nesterov),
    curveThrough([1, 0.9, 0.8, 0.7], mass),
  ];
  const model = chartModel(input(curves, { steps: 3 }));

  it('reads every curve at the nearest recorded step, greatest loss first', () => {
    const readout = readoutAt(model, model.x.scale.toPixel(0.9))!;
    expect([readout.x, readout.step]).toEqual([1, 1]);
    expect(readout.rows.map((row) => [row.series.label, row.median])).toEqual([
      ['Nesterov', 5],
      ['MaSS', 0.9],
      ['SGD', 0.5],
    ]);
  });

  it('says where a curve has diverged and where it has not come yet', () => {
    const late = readoutAt(model, model.x.scale.toPixel(3))!;
    expect(late.rows.map((row) => row.state)).toEqual(['diverged', 'value', 'value']);
    const growing = curveThrough([1, 0.5], heavyBall);
    const mixed = chartModel(input([...curves, { ...growing, finished: false }], { steps: 3 }));
    expect(readoutAt(mixed, mixed.x.scale.toPixel(3))!.rows.at(-1)!.state).toBe('pending');
    expect(readoutAt(chartModel(input([])), 100)).toBeUndefined();
  });
});

describe('names and sentences', () => {
  it('name runs by what tells them apart', () => {
    expect(runLabels([sgd, mass])).toEqual(['SGD', 'MaSS']);
    const other = { ...mass, hyper: { ...mass.hyper, eta: 0.1 }, batch: 8 };
    expect(runLabels([mass, other])).toEqual(['MaSS η 0.1667 batch 1', 'MaSS η 0.1 batch 8']);
    expect(runLabels([sgd, sgd, { ...sgd, label: ' mine ' }])).toEqual(['SGD', 'SGD (2)', 'mine']);
    expect(runSettings(nesterov)).toBe('η 0.1667, γ 0.9, batch 1');
  });

  it('tell the race, best first', () => {
    const lines = summarise(
      chartRuns([
        curveThrough([1, 0.05, 0.02]),
        curveThrough([1, 1e4, Number.NaN], nesterov),
        curveThrough([2, 1e-6, 1e-9], mass),
      ]),
    );
    expect(lines.map(({ label, text }) => `${label}: ${text}`)).toEqual([
      'MaSS: reached 10⁻⁶ of its start at step 1; median loss 1.00×10⁻⁹ at step 2.',
      'SGD: reached 10⁻¹ of its start at step 1; median loss 0.0200 at step 2.',
      'Nesterov: 1 of 1 lanes diverged, first at step 2.',
    ]);
  });
});
