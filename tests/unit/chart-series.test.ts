import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { appendPoints, bandsOf, emptyCurve } from '../../src/experiment/curves';
import { makeScale } from '../../src/export/figure/scale';
import {
  bandPath,
  drawnIndices,
  linePath,
  lowerBound,
  nearestIndex,
  valuesOf,
  xReader,
} from '../../src/export/figure/series';
import { smoothingWindow } from '../../src/export/figure/view';
import { curveThrough, sgd } from './chart-support';

const running = [{ kind: 'running' as const, step: 0 }];
const append = (curve: ReturnType<typeof emptyCurve>, losses: readonly number[]) => {
  appendPoints(curve, {
    step: losses.map((_, i) => curve.step.length + i),
    seconds: losses.map(() => 0),
    loss: Float64Array.from(losses),
    outcomes: running,
  });
};

describe('smoothing', () => {
  it('keeps a straight line on the log axis and its ends as they are', () => {
    const losses = Array.from({ length: 50 }, (_, i) => 0.9 ** i);
    const { median } = valuesOf(curveThrough(losses), 9);
    median.forEach((value, i) => {
      expect(value / losses[i]!).toBeCloseTo(1, 10);
    });
  });

  it('is the geometric mean of the window', () => {
    expect(valuesOf(curveThrough([1, 100, 1]), 3).median[1]).toBeCloseTo(100 ** (1 / 3), 10);
  });

  it('is the same for points that arrive one by one as for all at once', () => {
    const losses = Array.from({ length: 40 }, (_, i) => 0.8 ** i * (1.5 + Math.sin(i * 7)));
    const growing = emptyCurve('g', sgd, 1);
    for (const loss of losses) {
      append(growing, [loss]);
      valuesOf(growing, 9);
    }
    expect(valuesOf(growing, 9).median).toEqual(valuesOf(curveThrough(losses), 9).median);
  });

  it('leaves zero and infinite values alone and does not smear them', () => {
    const { median } = valuesOf(curveThrough([1, 1, 0, 4, 4, 4]), 5);
    expect(median).toEqual([1, 1, 0, 4, expect.closeTo(4), 4]);
  });

  it('has windows that change rarely while points arrive', () => {
    expect(smoothingWindow(0, 1000)).toBe(1);
    expect(smoothingWindow(0.1, 10)).toBe(1);
    expect([smoothingWindow(0.1, 100), smoothingWindow(0.1, 159)]).toEqual([9, 9]);
    expect(smoothingWindow(0.1, 160)).toBe(17);
  });
});

describe('decimation', () => {
  const noisy = Array.from({ length: 20_000 }, (_, i) => Math.exp(-i / 4000 + Math.sin(i * i)));

  it('keeps the extremes of every pixel column and few points', () => {
    const curve = curveThrough(noisy);
    const scale = makeScale([0, noisy.length - 1], [0, 300], false);
    const x = xReader(curve, 'steps', undefined);
    const indices = drawnIndices(curve, bandsOf(curve), 'steps', x, scale);
    expect(indices.length).toBeLessThan(301 * 6);
    expect(indices).toEqual([...indices].sort((a, b) => a - b));
    const extremes = (list: readonly number[]) => {
      const columns = new Map<number, [number, number]>();
      for (const i of list) {
        const pixel = Math.floor(scale.toPixel(i));
        const [low, high] = columns.get(pixel) ?? [Infinity, -Infinity];
        columns.set(pixel, [Math.min(low, noisy[i]!), Math.max(high, noisy[i]!)]);
      }
      return columns;
    };
    expect(extremes(indices)).toEqual(extremes(noisy.map((_, i) => i)));
  });

  it('chooses the same points when they arrive in pieces', () => {
    const scale = makeScale([0, noisy.length - 1], [0, 200], false);
    const growing = emptyCurve('g', sgd, 1);
    const x = xReader(growing, 'steps', undefined);
    let indices: number[] = [];
    for (let i = 0; i < noisy.length; i += 777) {
      append(growing, noisy.slice(i, i + 777));
      indices = drawnIndices(growing, bandsOf(growing), 'steps', x, scale);
    }
    const whole = curveThrough(noisy);
    expect(indices).toEqual(drawnIndices(whole, bandsOf(whole), 'steps', xReader(whole, 'steps', undefined), scale));
  });

  it('keeps one neighbour on each side of a zoom, and drops x = 0 from a log axis', () => {
    const curve = curveThrough([5, 4, 3, 2, 1, 0.5]);
    const x = xReader(curve, 'steps', undefined);
    const zoomed = makeScale([1.5, 3.5], [0, 100], false);
    expect(drawnIndices(curve, bandsOf(curve), 'steps', x, zoomed)).toEqual([1, 2, 3, 4]);
    const log = makeScale([0.5, 5], [0, 100], true);
    expect(drawnIndices(curve, bandsOf(curve), 'steps', x, log)).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('paths', () => {
  const scales = { x: makeScale([0, 4], [0, 400], false), y: makeScale([1e-3, 1e3], [600, 0], true) };

  it('break at values without a place on the axis', () => {
    const curve = curveThrough([1, 10, 0, 1, Number.NaN]);
    const x = xReader(curve, 'steps', undefined);
    expect(linePath([0, 1, 2, 3, 4], x, bandsOf(curve).median, scales)).toBe('M0 300L100 200M300 300');
  });

  it('draw bands with infinite upper edges to the top, apart from the others', () => {
    const curve = curveThrough([1, 1, 1]);
    const x = xReader(curve, 'steps', undefined);
    const values = { median: [1, 1, 1], low: [0.1, 0.1, 0], high: [10, Infinity, Infinity] };
    expect(bandPath([0, 1, 2], x, values, scales)).toEqual({
      closed: 'M0 200L100 0L100 400L0 400Z',
      open: 'M100 0L200 0L200 600L100 400Z',
    });
    expect(bandPath([0], x, values, scales)).toEqual({ closed: '', open: '' });
  });

  it('hold finite numbers only, whatever the losses', () => {
    const loss = fc.oneof(fc.double(), fc.constantFrom(0, 1e-320, 1e308, Infinity, Number.NaN));
    fc.assert(
      fc.property(fc.array(loss, { minLength: 1, maxLength: 12 }), (losses) => {
        const curve = curveThrough(losses);
        const x = xReader(curve, 'steps', undefined);
        const indices = losses.map((_, i) => i);
        const { closed, open } = bandPath(indices, x, bandsOf(curve), scales);
        const line = linePath(indices, x, bandsOf(curve).median, scales);
        for (const path of [closed, open, line]) expect(path).toMatch(/^[MLZ\d .\-e]*$/);
      }),
    );
  });
});

describe('search', () => {
  it('finds the first point at or after a value and the nearest in pixels', () => {
    const steps = [0, 1, 10, 100];
    const x = (i: number) => steps[i]!;
    expect([-1, 0, 5, 100, 101].map((value) => lowerBound(4, x, value))).toEqual([0, 0, 2, 3, 4]);
    expect(nearestIndex(4, x, 40, makeScale([1, 100], [0, 100], true))).toBe(3);
    expect(nearestIndex(4, x, 40, makeScale([0, 100], [0, 100], false))).toBe(2);
    expect(nearestIndex(0, x, 40, makeScale([0, 100], [0, 100], false))).toBe(-1);
  });
});
