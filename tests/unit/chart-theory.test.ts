/** The lines of theory: where they run, and what never reaches an axis. */
import { describe, expect, it } from 'vitest';
import type { CurveTheory } from '../../src/experiment/curve-theory';
import type { RunConfig } from '../../src/experiment/config';
import { AxisMemory, chartModel, type ModelInput } from '../../src/export/figure/model';
import { textWidth } from '../../src/export/figure/place-labels';
import { readoutAt } from '../../src/export/figure/readout';
import { summarise } from '../../src/export/figure/summary';
import { EXPECTED_STROKE, expectedPath, SLOPE_STROKE, slopePath, stepReader } from '../../src/export/figure/theory';
import { defaultView } from '../../src/export/figure/view';
import { chartSvg } from '../../src/export/svg';
import { chartRuns, curveThrough, exportSource, greyStyles, nesterov, sgd } from './chart-support';

const plot = { left: 50, top: 20, width: 400, height: 300 };

function curve(losses: readonly number[], theory: CurveTheory, run: RunConfig = sgd) {
  const made = curveThrough(losses, run);
  made.theory = theory;
  return made;
}

const expected = (...loss: number[]) => ({ step: loss.map((_, k) => k), loss: Float64Array.from(loss) });

function model(curves: readonly ReturnType<typeof curve>[], patch: Partial<ModelInput> = {}) {
  const input = { runs: chartRuns(curves), version: 0, view: defaultView, plot, epochRows: undefined, steps: 4 };
  return chartModel({ ...input, ...patch }, new AxisMemory());
}

const numbers = (path: string) => (path.match(/-?[\d.]+/g) ?? []).map(Number);

function pathOf(shown: ReturnType<typeof model>, k = 0): string {
  const { curve: run, xOfStep } = shown.series[k]!;
  return expectedPath(run, xOfStep, { x: shown.x.scale, y: shown.y.scale });
}

describe('the exact expectation', () => {
  it('runs through its values, beyond what the race has reached', () => {
    const shown = model([curve([1, 0.1], { expected: expected(1, 0.5, 0.25, 0.125, 0.0625) })]);
    const points = numbers(pathOf(shown));
    expect(points).toHaveLength(10);
    for (let k = 0; k < 5; k++) {
      expect(points[2 * k]).toBeCloseTo(50 + 100 * k, 0);
      expect(points[2 * k + 1]).toBeCloseTo(shown.y.scale.toPixel(2 ** -k), 0);
    }
  });

  it('leaves through the top where it diverges: the axis holds the race, and no value that is not finite is drawn', () => {
    const losses = [1, 0.5, 0.2, 0.1, 0.05];
    const calm = model([curve(losses, {})]);
    const wild = model([curve(losses, { expected: expected(1, 1e3, 1e200, Infinity, 0) })]);
    expect(wild.y.scale.domain).toEqual(calm.y.scale.domain);
    expect(pathOf(wild)).not.toMatch(/NaN|Infinity/);
    expect(numbers(pathOf(wild))).toHaveLength(6);
  });

  it('widens the axis of a zoom only as far as the start of the race', () => {
    const losses = [1, 1e-3, 1e-4, 1e-5, 1e-6];
    const theory = { expected: expected(1, 0.5, 0.4, 50, 0.2) };
    const zoomed = { ...defaultView, zoom: { x: [2, 4] } } as const;
    const top = (view: typeof zoomed) => model([curve(losses, theory)], { view }).y.scale.domain[1];
    expect(top(zoomed)).toBeGreaterThanOrEqual(1);
    expect(top(zoomed)).toBeLessThan(11);
    expect(top({ ...zoomed, theory: false })).toBeLessThan(1e-2);
  });

  it('follows samples and measured time', () => {
    const run = curve([1, 0.5, 0.25], { expected: expected(1, 0.5, 0.25, 0.1) }, { ...sgd, batch: 8 });
    expect(stepReader(run, 'samples', undefined)(3)).toBe(24);
    expect(stepReader(run, 'epochs', 16)(3)).toBe(1.5);
    const seconds = stepReader(run, 'seconds', undefined);
    expect(seconds(1)).toBe(0.01);
    expect(seconds(1.5)).toBeCloseTo(0.015, 12);
    expect(seconds(3)).toBeUndefined();
  });

  it('keeps step 0 off a logarithmic axis, and draws one point per pixel', () => {
    const steps = Array.from({ length: 20_001 }, (_, k) => k);
    const long = { step: steps, loss: Float64Array.from(steps, (t) => 0.999 ** t) };
    const shown = model([curve([1, 0.9], { expected: long })], { view: { ...defaultView, logX: true }, steps: 20_000 });
    const points = numbers(pathOf(shown));
    expect(points.every(Number.isFinite)).toBe(true);
    expect(points.length / 2).toBeLessThan(850);
    expect(points[0]).toBeCloseTo(50, 1);
  });
});

describe('the guaranteed slope', () => {
  it('goes from the start of the race to its planned end at the guaranteed rate', () => {
    const shown = model([curve([2, 1], { guaranteedRate: 0.5 })]);
    const { curve: run, xOfStep, values } = shown.series[0]!;
    const points = numbers(slopePath(run, 4, values.median[0], xOfStep, { x: shown.x.scale, y: shown.y.scale }));
    expect(points.slice(0, 2)).toEqual([50, expect.closeTo(shown.y.scale.toPixel(2), 0)]);
    expect(points.slice(-2)).toEqual([450, expect.closeTo(shown.y.scale.toPixel(2 / 16), 0)]);
    expect(slopePath(curve([1], {}), 4, 1, xOfStep, { x: shown.x.scale, y: shown.y.scale })).toBe('');
  });
});

describe('theory in words and numbers', () => {
  const theory = { spectralRadius: 0.5, guaranteedRate: 0.75, expected: expected(1, 0.5, 0.25) };

  it('stands in the readout, also where the race has not got to', () => {
    const shown = model([curve([1, 0.4, 0.3], theory), curve([1, 0.4, 0.3], {}, nesterov)]);
    const rows = readoutAt(shown, shown.x.scale.toPixel(2))!.rows;
    expect(rows.map((row) => [row.series.index, row.expected])).toEqual([
      [0, 0.25],
      [1, undefined],
    ]);
  });

  it('names the exact rate in the summary', () => {
    expect(summarise(chartRuns([curve([1, 0.4], theory)]))[0]!.text).toMatch(
      /; expectation shrinks by 0\.5000 per step in the end\.$/,
    );
    expect(summarise(chartRuns([curve([1, 0.4], { spectralRadius: 1.0307 })]))[0]!.text).toMatch(
      /grows by 1\.0307 per/,
    );
  });

  it('is in the exported picture, or not, as on the page', () => {
    const source = exportSource([curve([1, 0.4, 0.3], theory)]);
    const svg = (view: Partial<typeof defaultView>) =>
      chartSvg({ source, view: { ...defaultView, ...view }, styles: greyStyles(1) }).svg;
    expect(svg({})).toContain('data-theory="SGD"');
    expect(svg({})).toContain('exact rate ρ 0.5000');
    expect(svg({})).not.toContain('guaranteed slope');
    expect(svg({ theory: false })).not.toMatch(/data-theory|exact expectation|exact rate/);
  });

  it('has its kinds of lines in the exported legend, below the runs and inside the picture', () => {
    const source = exportSource([
      curve([1, 0.4, 0.3], { ...theory, guaranteedRate: 0.6 }),
      curve([1, 0.5], {}, nesterov),
    ]);
    const keys = (view: Partial<typeof defaultView>, from = source) => {
      const { svg, width, height } = chartSvg({
        source: from,
        view: { ...defaultView, ...view },
        styles: greyStyles(2),
      });
      const entries = [
        ...svg.matchAll(
          /<path d="M([\d.]+) ([\d.]+)h24"[^>]*?stroke-dasharray="([^"]*)"[^>]*\/><text x="([\d.]+)" y="[\d.]+" class="quiet">([^<]*)</g,
        ),
      ].map(([, x, y, dash, at, name]) => ({ x: Number(x), y: Number(y), dash, at: Number(at), name }));
      const runs = [...svg.matchAll(/<path d="M[\d.]+ ([\d.]+)h24"/g)].map(([, y]) => Number(y)).slice(0, 2);
      return { entries, runs, width, height };
    };
    const both = keys({ guarantee: true });
    expect(both.entries.map(({ name, dash }) => [name, dash])).toEqual([
      ['exact expectation', EXPECTED_STROKE.dash],
      ['guaranteed slope', SLOPE_STROKE.dash],
    ]);
    const [first, second] = both.entries;
    expect(first!.y).toBe(second!.y);
    expect(first!.y).toBeGreaterThan(Math.max(...both.runs));
    expect(second!.x).toBeGreaterThan(first!.at + textWidth(first!.name!));
    expect(second!.at + textWidth(second!.name!)).toBeLessThan(both.width);
    expect(both.height).toBeGreaterThan(keys({ theory: false }).height);
    expect(keys({}).entries.map(({ name }) => name)).toEqual(['exact expectation']);
    expect(keys({ guarantee: true, theory: false }).entries.map(({ name }) => name)).toEqual(['guaranteed slope']);
    // A legend names no line that is not there.
    expect(keys({ guarantee: true }, exportSource([curve([1, 0.5], {})])).entries).toEqual([]);
  });
});
