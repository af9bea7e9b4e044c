/** The chart of accuracies and test losses: its axis, its words, and what theory leaves alone. */
import { describe, expect, it } from 'vitest';
import { runKey } from '../../src/experiment/config';
import { appendPoints, emptyCurve, type RunCurve } from '../../src/experiment/curves';
import { formatMetric, formatShare, metricName, metricNames } from '../../src/export/figure/metrics';
import { chartModel } from '../../src/export/figure/model';
import { readoutAt } from '../../src/export/figure/readout';
import { makeScale, shareAxis, shareTicks } from '../../src/export/figure/scale';
import { bandPath, linePath, valuesOf } from '../../src/export/figure/series';
import { summarise } from '../../src/export/figure/summary';
import { defaultView, effectiveView, type ChartView } from '../../src/export/figure/view';
import { chartSvg } from '../../src/export/svg';
import { createViewStore } from '../../src/state/view-store';
import { standText } from '../../src/ui/runs/outcome';
import { chartRuns, curveThrough, exportSource, greyStyles, mass, sgd } from './chart-support';

const plot = { left: 50, top: 20, width: 600, height: 400 };
const expected = { step: [0, 1, 2], loss: Float64Array.of(1, 0.5, 0.25) };

/** A lane per list; the loss is what is missing to an accuracy of 1. */
function accurate(lanes: readonly (readonly number[])[], run = sgd): RunCurve {
  const curve = emptyCurve(runKey(run), run, lanes.length, { expected, spectralRadius: 0.5 });
  const step = lanes[0]!.map((_, i) => i);
  const testAccuracy = Float64Array.from(step.flatMap((i) => lanes.map((lane) => lane[i]!)));
  appendPoints(curve, {
    step,
    seconds: step,
    loss: testAccuracy.map((value) => 1.5 - value),
    side: { testAccuracy, testLoss: testAccuracy.map((value) => 2 - value) },
    outcomes: lanes.map((lane) => {
      const end = lane.findIndex((value) => Number.isNaN(value));
      return end < 0 ? { kind: 'completed' } : { kind: 'diverged', step: end, lastFiniteLoss: 1 };
    }),
  });
  curve.finished = true;
  return curve;
}

const view = (patch: Partial<ChartView>): ChartView => ({ ...defaultView, metric: 'testAccuracy', ...patch });
const modelOf = (curves: readonly RunCurve[], patch: Partial<ChartView> = {}) =>
  chartModel({ runs: chartRuns(curves), version: 0, view: view(patch), plot, epochRows: undefined, steps: 2 });

describe('the axis of accuracies', () => {
  it('is linear, in per cent, and no wider than what is shown', () => {
    const { y, metric } = modelOf([accurate([[0.62, 0.9, 0.98]])]);
    expect(metric).toBe('testAccuracy');
    expect(y.scale.log).toBe(false);
    expect(y.scale.domain).toEqual([0.6, 1]);
    expect(y.ticks.map(({ label }) => label)).toEqual([
      '60 %',
      '65 %',
      '70 %',
      '75 %',
      '80 %',
      '85 %',
      '90 %',
      '95 %',
      '100 %',
    ]);
    expect(y.title).toBe('Test accuracy');
  });

  it.each([
    [0, 1, [0, 1]],
    [1, 1, [0.99, 1]],
    [0, 0, [0, 0.01]],
    [0.5, 0.5, [0.5, 0.51]],
    [0.9712, 0.9988, [0.97, 1]],
  ])('from %d to %d goes over %j', (low, high, domain) => {
    const axis = shareAxis(low, high, 5);
    expect(axis.domain[0]).toBeLessThanOrEqual(low);
    expect(axis.domain[1]).toBeGreaterThanOrEqual(high);
    expect(axis.domain[0]).toBeGreaterThanOrEqual(domain[0]! - 1e-9);
    expect(axis.domain[1]).toBeLessThanOrEqual(domain[1]! + 1e-9);
    expect(axis.domain[1]).toBeGreaterThan(axis.domain[0]);
  });

  it('has labels that differ however far it is zoomed', () => {
    const labels = shareTicks([0.9981, 0.9993], 6).map(({ label }) => label);
    expect(labels).toContain('99.82 %');
    expect(new Set(labels).size).toBe(labels.length);
  });

  it('draws a share of nothing, which a logarithmic axis has no place for', () => {
    const curve = accurate([[0, 0.5, 1]]);
    const { series, y } = modelOf([curve]);
    expect(y.scale.domain).toEqual([0, 1]);
    const { x, values, indices } = series[0]!;
    const scales = { x: makeScale([0, 2], [0, 200], false), y: makeScale([0, 1], [100, 0], false) };
    expect(linePath(indices, x, values.median, scales)).toBe('M0 100L100 50L200 0');
  });

  it('lets a band out through the bottom where lanes diverged', () => {
    const fine = [0.5, 0.9, 0.9];
    const { series } = modelOf([accurate([[0.5, Number.NaN, Number.NaN], fine, fine])]);
    const scales = { x: makeScale([0, 2], [0, 200], false), y: makeScale([0, 1], [100, 0], false) };
    const { closed, open } = bandPath([0, 1, 2], series[0]!.x, series[0]!.values, scales);
    expect(open).toBe('M100 10L200 10L200 100L100 100Z');
    expect(closed).toBe('M0 50L100 10L100 100L0 50Z');
  });

  it('smooths by the arithmetic mean', () => {
    expect(valuesOf(accurate([[0, 0.5, 0.7]]), 3, 'testAccuracy').median[1]).toBeCloseTo(0.4, 12);
  });
});

describe('what the chart says', () => {
  const better = accurate([[0.5, 0.99, 0.97]], mass);
  const worse = accurate([[0.5, 0.8, 0.9]]);

  it('has the best run first, with the best on its way', () => {
    expect(
      summarise(chartRuns([worse, better]), 'testAccuracy', ['loss', 'testAccuracy']).map(({ text }) => text),
    ).toEqual([
      'median test accuracy 97.0 % at step 2; best 99.0 % at step 1.',
      'median test accuracy 90.0 % at step 2.',
    ]);
    const [first] = summarise(chartRuns([worse, better]), 'testLoss', ['loss', 'testLoss']);
    expect(first).toMatchObject({ label: 'MaSS', text: 'median test loss 1.03 at step 2; best 1.01 at step 1.' });
  });

  it('reads values from the top down, without an expectation', () => {
    const model = modelOf([worse, better]);
    const rows = readoutAt(model, model.x.scale.toPixel(1))!.rows;
    expect(rows.map(({ median, expected: mean }) => [median, mean])).toEqual([
      [0.99, undefined],
      [0.8, undefined],
    ]);
  });

  it('leaves theory to the loss', () => {
    const metrics = ['loss', 'testAccuracy'] as const;
    expect(effectiveView(view({ guarantee: true }), metrics)).toMatchObject({ theory: false, guarantee: false });
    expect(effectiveView(view({ metric: 'loss' }), metrics)).toMatchObject({ theory: true });
    expect(effectiveView(view({}), ['loss'])).toMatchObject({ metric: 'loss', theory: true });
  });

  it('leaves out curves without the metric', () => {
    expect(modelOf([better, curveThrough([1, 0.5])]).series.map(({ id }) => id)).toEqual([0]);
    expect(modelOf([curveThrough([1, 0.5])]).metric).toBe('loss');
  });

  it('stands in an exported picture', () => {
    const source = exportSource([better, worse]);
    const { svg } = chartSvg({ source, view: view({}), styles: greyStyles(2) });
    expect(svg).toContain('Test accuracy by steps');
    expect(svg).toContain('median test accuracy 97.0 % at step 2');
    expect(svg).not.toContain('data-theory');
    expect(chartSvg({ source, view: view({ metric: 'loss' }), styles: greyStyles(2) }).svg).toContain(
      'Train loss by steps',
    );
  });

  it('stands on the card of a run beside its loss', () => {
    expect(standText(better)).toBe('loss 0.530 · test accuracy 97.0 %');
    expect(standText(curveThrough([1, 0.5]))).toBeUndefined();
    expect(standText(accurate([[0.5, Number.NaN]]))).toBeUndefined();
  });
});

describe('names and numbers', () => {
  it('are told apart where there are several', () => {
    expect(metricName('loss', ['loss'])).toBe('loss');
    expect(metricName('loss', ['loss', 'testLoss'])).toBe('train loss');
    expect(metricNames('testAccuracy', ['loss', 'testAccuracy'])).toBe('test accuracies');
    expect(metricNames('testLoss', ['loss', 'testLoss'])).toBe('test losses');
  });

  it.each([
    [1, '100 %'],
    [0, '0 %'],
    [0.5, '50.0 %'],
    [0.98437, '98.4 %'],
    [0.9999, '99.99 %'],
    [0.0001, '0.01 %'],
    [Number.NEGATIVE_INFINITY, '–'],
  ])('%d of the rows is %s', (share, text) => {
    expect(formatShare(share)).toBe(text);
    expect(formatMetric('accuracy', share)).toBe(text);
  });
});

describe('the view', () => {
  it('keeps the part of the x axis that is looked at where the metric changes, but no zoom of the other axis', () => {
    const store = createViewStore();
    store.getState().set({ zoom: { x: [1, 2], y: [0.1, 1] } });
    store.getState().set({ metric: 'testAccuracy' });
    expect(store.getState()).toMatchObject({ metric: 'testAccuracy', zoom: { x: [1, 2] } });
    expect(store.getState().zoom).not.toHaveProperty('y');
    store.getState().set({ xAxis: 'samples' });
    expect(store.getState().zoom).toBeUndefined();
  });
});
