import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/experiment/config';
import {
  appendPoints,
  bandsOf,
  divergenceOf,
  emptyCurve,
  laneResults,
  metricsIn,
  quantile,
  stepReaching,
  unitsPerStep,
  xOf,
} from '../../src/experiment/curves';
import type { LaneOutcome } from '../../src/experiment/result';

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

describe('what is recorded beside the loss', () => {
  const diverged = { kind: 'diverged', step: 1, lastFiniteLoss: 1 } as const;
  const points = (accuracy: readonly number[], outcomes: readonly LaneOutcome[]) => ({
    step: [0, 1],
    seconds: [0, 0],
    loss: Float64Array.from(accuracy, (value) => 1 - value),
    side: { testAccuracy: Float64Array.from(accuracy) },
    outcomes,
  });

  it('has quantiles of its own, in which a diverged lane is the worst there is', () => {
    const curve = emptyCurve('k', run, 3);
    appendPoints(curve, points([0.2, 0.6, 0.4, 0.5, Number.NaN, 0.9], [...running(1), diverged, ...running(1)]));
    const bands = bandsOf(curve, 'testAccuracy');
    expect(bands.median).toEqual([0.4, 0.5]);
    expect(bands.high[0]).toBeCloseTo(0.56, 12);
    expect(bands.low).toEqual([expect.closeTo(0.24, 12), Number.NEGATIVE_INFINITY]);
    expect(bands.high[1]).toBeCloseTo(0.82, 12);
    expect(bands.alive).toEqual([3, 2]);
    expect(bandsOf(curve, 'loss').high[1]).toBe(Number.POSITIVE_INFINITY);
  });

  it('counts a lane that converged with its last accuracy', () => {
    const curve = emptyCurve('k', run, 1);
    appendPoints(curve, points([0.75, Number.NaN], [{ kind: 'converged', step: 0, loss: 0.25 }]));
    expect(bandsOf(curve, 'testAccuracy').median).toEqual([0.75, 0.75]);
  });

  it('is told of curves that have it, the loss of all', () => {
    const curve = emptyCurve('k', run, 1);
    appendPoints(curve, points([0.5, 0.6], running(1)));
    expect(metricsIn([curve, undefined])).toEqual(['loss', 'testAccuracy']);
    expect(metricsIn([])).toEqual(['loss']);
    expect(bandsOf(curve, 'testLoss').median).toEqual([]);
  });

  it('stands in result documents, null where a lane had ended', () => {
    const curve = emptyCurve('k', run, 2);
    appendPoints(curve, points([0.5, 0.25, 1, Number.NaN], [...running(1), diverged]));
    expect(laneResults(curve.outcomes, curve.loss, curve.side).map(({ testAccuracy }) => testAccuracy)).toEqual([
      [0.5, 1],
      [0.25, null],
    ]);
  });

  it('is refused where it comes for some points only, and the curve stays as it was', () => {
    const curve = emptyCurve('k', run, 1);
    const first = points([0.5, 0.6], running(1));
    appendPoints(curve, first);
    expect(() => {
      appendPoints(curve, { ...first, side: {} });
    }).toThrow('with and without "testAccuracy"');
    expect(() => {
      appendPoints(curve, { ...first, side: { testAccuracy: Float64Array.of(1) } });
    }).toThrow('1 numbers for 2 points of 1 lanes');
    expect([curve.step.length, curve.loss.length, curve.side.testAccuracy?.length]).toEqual([2, 2, 2]);
  });
});

describe('appendPoints', () => {
  it('refuses points that do not fit the lanes', () => {
    const points = { step: [0], seconds: [0], loss: Float64Array.of(1), outcomes: running(2) };
    expect(() => {
      appendPoints(emptyCurve('k', run, 2), points);
    }).toThrow('1 numbers for 1 points of 2 lanes');
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
