import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/experiment/config';
import {
  appendPoints,
  bandsOf,
  divergenceOf,
  emptyCurve,
  quantile,
  stepReaching,
  unitsPerStep,
  xOf,
} from '../../src/experiment/curves';

const run: RunConfig = { optimizer: 'sgd', batch: 8, hyper: { eta: 0.1 } };
const running = (lanes: number) => Array.from({ length: lanes }, () => ({ kind: 'running' as const, step: 0 }));

describe('quantile', () => {
  // numpy.quantile([1, 2, 4, 8], q)
  it.each([
    [0, 1],
    [0.1, 1.3],
    [0.5, 3],
    [0.9, 6.8],
    [1, 8],
  ])('q = %d of 1, 2, 4, 8 is %d as in NumPy', (q, expected) => {
    expect(quantile([1, 2, 4, 8], q)).toBeCloseTo(expected, 12);
  });

  it('is infinite as soon as an infinite value has a share, and not before', () => {
    expect(quantile([1, 2, Infinity], 0.5)).toBe(2);
    expect(quantile([1, 2, Infinity, Infinity], 0.5)).toBe(Infinity);
    expect(quantile([Infinity, Infinity], 0.5)).toBe(Infinity);
    expect(quantile([], 0.5)).toBeNaN();
  });
});

describe('bandsOf', () => {
  it('counts diverged lanes as infinite', () => {
    const curve = emptyCurve('k', run, 3);
    appendPoints(curve, {
      step: [0, 5, 10],
      seconds: [0, 1, 2],
      loss: Float64Array.of(3, 1, 2, 4, Number.NaN, 0.5, Number.NaN, Number.NaN, 0.25),
      outcomes: running(3),
    });
    const bands = bandsOf(curve);
    expect(bands.median).toEqual([2, 4, Infinity]);
    expect(bands.low.map((v) => Number(v.toFixed(6)))).toEqual([1.2, 1.2, Infinity]);
    expect(bands.high).toEqual([expect.closeTo(2.8), Infinity, Infinity]);
    expect(bands.alive).toEqual([3, 2, 1]);
  });

  it('extends the same object by what is new, without reading the old again', () => {
    const curve = emptyCurve('k', run, 1);
    const first = Float64Array.of(1, 2);
    appendPoints(curve, { step: [0, 1], seconds: [0, 0], loss: first, outcomes: running(1) });
    const bands = bandsOf(curve);
    const { median } = bands;
    first.fill(99);
    appendPoints(curve, { step: [2], seconds: [0], loss: Float64Array.of(3), outcomes: running(1) });
    expect(bandsOf(curve)).toBe(bands);
    expect(bandsOf(curve).median).toBe(median);
    expect(median).toEqual([1, 2, 3]);
  });

  it('keeps curves of different lane counts apart', () => {
    const wide = emptyCurve('w', run, 5);
    const narrow = emptyCurve('n', run, 1);
    appendPoints(wide, { step: [0], seconds: [0], loss: Float64Array.of(5, 4, 3, 2, 1), outcomes: running(5) });
    appendPoints(narrow, { step: [0], seconds: [0], loss: Float64Array.of(9), outcomes: running(1) });
    expect([bandsOf(wide).median[0], bandsOf(narrow).median[0]]).toEqual([3, 9]);
  });
});

describe('appendPoints', () => {
  it('refuses points that do not fit the lanes', () => {
    const points = { step: [0], seconds: [0], loss: Float64Array.of(1), outcomes: running(2) };
    expect(() => {
      appendPoints(emptyCurve('k', run, 2), points);
    }).toThrow('1 losses for 1 points of 2 lanes');
  });
});

describe('x values', () => {
  const curve = emptyCurve('k', run, 1);
  appendPoints(curve, { step: [0, 50], seconds: [0, 0.25], loss: Float64Array.of(1, 1), outcomes: running(1) });

  it.each([
    ['steps', 100, 50],
    ['samples', 100, 400],
    ['epochs', 100, 4],
    ['epochs', undefined, 400],
    ['seconds', 100, 0.25],
  ] as const)('in %s with %s rows', (axis, rows, expected) => {
    expect(xOf(curve, 1, axis, rows)).toBe(expected);
  });

  it('have a unit unless they are measured', () => {
    expect(unitsPerStep(run, 'epochs', 16)).toBe(0.5);
    expect(unitsPerStep(run, 'epochs', undefined)).toBeUndefined();
    expect(unitsPerStep(run, 'seconds', 16)).toBeUndefined();
  });
});

describe('divergenceOf', () => {
  const diverged = (step: number) => ({ kind: 'diverged' as const, step, lastFiniteLoss: step * 10 });
  const curveWith = (steps: (number | undefined)[]) => ({
    ...emptyCurve('k', run, steps.length),
    outcomes: steps.map((step) => (step === undefined ? ({ kind: 'completed' } as const) : diverged(step))),
  });

  it('tells the first lane and how many', () => {
    expect(divergenceOf(curveWith([undefined, 30, undefined, 20, undefined]))).toEqual({
      count: 2,
      first: { lane: 3, step: 20, lastFiniteLoss: 200 },
    });
    expect(divergenceOf(curveWith([undefined]))).toBeUndefined();
  });

  it('tells the lane with which the median became infinite', () => {
    expect(divergenceOf(curveWith([10, 20, 30, undefined]))?.median?.step).toBe(20);
    expect(divergenceOf(curveWith([10, 20, undefined, undefined, undefined]))?.median).toBeUndefined();
    expect(divergenceOf(curveWith([10, 20, 30, undefined, undefined]))?.median?.step).toBe(30);
    expect(divergenceOf(curveWith([7]))?.median?.step).toBe(7);
  });
});

describe('stepReaching', () => {
  it('is the first recorded step at or below a fraction of the start', () => {
    const curve = emptyCurve('k', run, 1);
    appendPoints(curve, {
      step: [0, 10, 20, 30],
      seconds: [0, 0, 0, 0],
      loss: Float64Array.of(2, 1, 0.02, 0.5),
      outcomes: running(1),
    });
    expect(stepReaching(curve, 0.01)).toBe(20);
    expect(stepReaching(curve, 0.001)).toBeUndefined();
    expect(stepReaching(emptyCurve('e', run, 1), 0.1)).toBeUndefined();
  });
});
