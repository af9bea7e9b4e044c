import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/experiment/result';
import { agrees, atLeast, atMost, covers } from '../../src/gallery/checks';
import { acrossLanes, divergedShare, laneSpeeds, meanLoss, typicalSpeed } from '../../src/gallery/measure';
import {
  meanEstimate,
  geometricEstimate,
  normalBound,
  shareEstimate,
  slopeOf,
  studentBound,
} from '../../src/gallery/statistics';
import { sequence } from '../support/problems';

describe('bounds of distributions', () => {
  it.each([
    [0.9, 1.644853627],
    [0.95, 1.9599639845],
    [0.99, 2.5758293035],
    [0.999, 3.2905267315],
  ])('of the normal distribution at %f', (confidence, z) => {
    expect(normalBound(confidence)).toBeCloseTo(z, 8);
  });

  it.each([
    [0.95, 1, 12.7062047],
    [0.95, 2, 4.30265273],
    [0.99, 3, 5.84090931],
    [0.99, 7, 3.4994833],
    [0.95, 30, 2.04227246],
    [0.99, 100, 2.62589052],
  ])('of Student’s distribution at %f with %i degrees of freedom', (confidence, freedom, t) => {
    expect(studentBound(confidence, freedom)).toBeCloseTo(t, 6);
  });
});

describe('estimates', () => {
  it('of a mean have the textbook interval', () => {
    const { value, low, high } = meanEstimate([1, 2, 3, 4], 0.95);
    expect(value).toBe(2.5);
    // 3.182446 · √(5/3) / 2
    expect(high - value).toBeCloseTo(2.0542602, 5);
    expect(value - low).toBeCloseTo(high - value, 12);
    expect(meanEstimate([3]).high).toBe(Infinity);
  });

  it('of a geometric mean', () => {
    expect(geometricEstimate([1, 100]).value).toBeCloseTo(10, 12);
  });

  it('hold the truth about as often as they say', () => {
    const next = sequence(5);
    let held = 0;
    for (let k = 0; k < 400; k++) {
      const { low, high } = meanEstimate(
        Array.from({ length: 8 }, () => next() + next() + next()),
        0.9,
      );
      if (low <= 0 && 0 <= high) held++;
    }
    // 360 ± 6: four standard deviations on either side.
    expect(held).toBeGreaterThan(336);
    expect(held).toBeLessThan(384);
  });

  it('of a share stay within 0 and 1', () => {
    const none = shareEstimate(0, 20, 0.95);
    expect(none.low).toBe(0);
    expect(none.high).toBeCloseTo(0.16113, 4);
    const half = shareEstimate(10, 20, 0.95);
    expect([half.low, half.high]).toEqual([expect.closeTo(0.2993, 4), expect.closeTo(0.7007, 4)]);
    expect(shareEstimate(20, 20).high).toBe(1);
  });

  it('of a slope are exact on a line', () => {
    expect(slopeOf([0, 1, 5], [1, 3, 11])).toBeCloseTo(2, 14);
  });
});

/** Lanes with losses e^−(speed · t) at steps 0, 10, …; undefined diverges at step 20. */
const lanes = (speeds: readonly (number | undefined)[]): RunResult => {
  const step = [0, 10, 20, 30, 40, 50];
  return {
    run: { optimizer: 'sgd', batch: 1, hyper: { eta: 0.1 } },
    step,
    seconds: step,
    lanes: speeds.map((speed, seed) => ({
      seed,
      outcome:
        speed === undefined ? { kind: 'diverged', step: 20, lastFiniteLoss: 9 } : ({ kind: 'completed' } as const),
      loss: step.map((t) => (speed === undefined ? (t < 20 ? 1 : null) : Math.exp(-speed * t))),
    })),
  };
};

describe('measurements', () => {
  const window = { from: 10, to: 50 };

  it('read the speed of each lane in the window', () => {
    const speeds = laneSpeeds(lanes([0.1, 0.2, undefined]), window);
    expect(speeds).toEqual([expect.closeTo(0.1, 12), expect.closeTo(0.2, 12), undefined]);
    expect(laneSpeeds(lanes([0.1]), { from: 0, to: 10 })).toEqual([undefined]);
  });

  it('have no typical speed where a lane diverged', () => {
    expect(typicalSpeed(lanes([0.1, 0.3]), window)?.value).toBeCloseTo(0.2, 12);
    expect(typicalSpeed(lanes([0.1, undefined]), window)).toBeUndefined();
  });

  it('count diverged lanes, and average losses while all are there', () => {
    const run = lanes([0, 0, undefined, undefined]);
    expect(divergedShare(run).value).toBe(0.5);
    expect(meanLoss(run, 10)?.value).toBe(1);
    expect(meanLoss(run, 20)).toBeUndefined();
    expect(() => meanLoss(run, 15)).toThrow('step 15');
  });

  it('combine runs lane by lane', () => {
    const ratio = acrossLanes(
      [
        [1, 2, 4],
        [2, 4, 8],
      ],
      ([a, b]) => a! / b!,
    );
    expect(ratio).toMatchObject({ value: 0.5, low: 0.5, high: 0.5 });
    expect(
      acrossLanes(
        [
          [1, undefined],
          [1, 1],
        ],
        () => 1,
      ),
    ).toBeUndefined();
    expect(
      acrossLanes(
        [
          [1, -1],
          [1, 1],
        ],
        () => 1,
      ),
    ).toBeUndefined();
  });
});

describe('criteria', () => {
  const at = (value: number, half: number) => ({ value, low: value - half, high: value + half, confidence: 0.99 });
  const held = (test: typeof atLeast, value: number, half: number, predicted: number) =>
    test({ label: '', measured: at(value, half), predicted }).held;

  it('take the whole interval for bounds', () => {
    expect(held(atLeast, 2, 0.5, 1.5)).toBe(true);
    expect(held(atLeast, 2, 0.6, 1.5)).toBe(false);
    expect(held(atMost, 1, 0.4, 1.5)).toBe(true);
    expect(held(atMost, 1, 0.6, 1.5)).toBe(false);
  });

  it('ask for agreement and for precision', () => {
    const agreement = (value: number, half: number) =>
      agrees({ label: '', measured: at(value, half), predicted: 10 }, 0.05).held;
    expect(agreement(10.4, 0.1)).toBe(true);
    expect(agreement(10.6, 0.1)).toBe(false);
    expect(agreement(10, 0.6)).toBe(false);
    const covering = (value: number, half: number) =>
      covers({ label: '', measured: at(value, half), predicted: 10 }, 0.1).held;
    expect(covering(9.5, 0.6)).toBe(true);
    expect(covering(9.3, 0.6)).toBe(false);
    expect(covering(10, 1.1)).toBe(false);
  });

  it('fail where nothing could be measured, and say why', () => {
    const check = atLeast({ label: '', measured: undefined, predicted: 1 });
    expect(check.held).toBe(false);
    expect(check.note).toContain('diverged');
  });
});
