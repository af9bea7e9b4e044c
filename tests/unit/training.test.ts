import { describe, expect, it } from 'vitest';
import { amend, restart } from '../../src/engine/cpu/amend';
import { adam } from '../../src/optimizers/adam';
import { mass } from '../../src/optimizers/mass';
import { rateAt, restartsAt, trainingSchema } from '../../src/problems/training';

describe('schedules', () => {
  it('step down at the steps that are given', () => {
    const training = { schedule: { kind: 'step' as const, at: [10, 20], factor: 0.1 } };
    expect([0, 9, 10, 19, 20, 99].map((t) => rateAt(training, t))).toEqual([1, 1, 0.1, 0.1, 0.1 ** 2, 0.1 ** 2]);
    expect([9, 10, 11, 20].map((t) => restartsAt(training, t))).toEqual([false, true, false, true]);
  });

  it('fall as a cosine to nothing', () => {
    const training = { schedule: { kind: 'cosine' as const, period: 100 } };
    expect(rateAt(training, 0)).toBe(1);
    expect(rateAt(training, 50)).toBeCloseTo(0.5, 12);
    expect(rateAt(training, 25)).toBeCloseTo((1 + Math.SQRT1_2) / 2, 12);
    expect([rateAt(training, 100), rateAt(training, 500)]).toEqual([0, 0]);
    expect(restartsAt(training, 100)).toBe(false);
  });

  it('warm up evenly, on top of a schedule', () => {
    expect([0, 1, 3, 4].map((t) => rateAt({ warmUp: 4 }, t))).toEqual([0.25, 0.5, 1, 1]);
    expect(rateAt({ warmUp: 4, schedule: { kind: 'step', at: [1], factor: 0.5 } }, 1)).toBe(0.25);
    expect(rateAt({}, 7)).toBe(1);
  });

  it('must ascend', () => {
    const schema = (at: number[]) => trainingSchema.safeParse({ schedule: { kind: 'step', at, factor: 0.5 } }).success;
    expect([schema([1, 2]), schema([2, 2]), schema([3, 2]), schema([])]).toEqual([true, false, false, false]);
  });
});

describe('gradients', () => {
  it('are clipped to a norm before the weights decay', () => {
    const gradient = Float64Array.of(3, 4);
    amend(gradient, Float64Array.of(10, -10), { clip: 1, weightDecay: 0.1 });
    expect(gradient[0]).toBeCloseTo(0.6 + 1, 5);
    expect(gradient[1]).toBeCloseTo(0.8 - 1, 5);
    const small = Float64Array.of(0.3, 0.4);
    amend(small, Float64Array.of(1, 1), { clip: 1 });
    expect([...small]).toEqual([0.3, 0.4]);
  });
});

describe('a restart', () => {
  it('begins anew from the weights', () => {
    const slots = [Float64Array.of(1), Float64Array.of(2)];
    restart(slots, mass);
    expect(slots.map((slot) => slot[0])).toEqual([2, 2]);
    const three = [Float64Array.of(1), Float64Array.of(2), Float64Array.of(3)];
    restart(three, adam);
    expect(three.map((slot) => slot[0])).toEqual([1, 0, 0]);
  });
});
