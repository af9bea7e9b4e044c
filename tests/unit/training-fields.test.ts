/** How the page edits a network's training, and draws its schedule. */
import { describe, expect, it } from 'vitest';
import { defaultNetwork, networkSchema } from '../../src/problems/network';
import { LAST_STEP, MAX_DECAYS, rateAt, trainingSchema, type Training } from '../../src/problems/training';
import {
  misfit,
  parseSteps,
  ratePlot,
  startSchedule,
  stepsText,
  withTraining,
} from '../../src/ui/problem/training-edits';

describe('withTraining', () => {
  it('writes nothing down where all is as it would be anyway', () => {
    const edited = withTraining(defaultNetwork, { schedule: { kind: 'cosine', period: 9 }, warmUp: 3, clip: 1 });
    expect(edited.training).toEqual({ schedule: { kind: 'cosine', period: 9 }, warmUp: 3, clip: 1 });
    const back = withTraining(edited, { schedule: undefined, warmUp: 0, weightDecay: 0, clip: undefined });
    expect(back).toStrictEqual(defaultNetwork);
    expect(networkSchema.parse(edited)).toStrictEqual(edited);
  });

  it('keeps the rest of the problem', () => {
    const problem = { ...defaultNetwork, augment: 'crop-flip' as const };
    expect(withTraining(problem, { weightDecay: 1e-4 })).toEqual({ ...problem, training: { weightDecay: 1e-4 } });
  });
});

describe('a schedule', () => {
  it.each([1, 2, 3, 1000, LAST_STEP])('that is chosen fits a run of %i steps', (steps) => {
    for (const kind of ['step', 'cosine'] as const)
      expect(trainingSchema.safeParse({ schedule: startSchedule(kind, steps) }).success).toBe(true);
    if (steps >= 3) expect(misfit(startSchedule('step', steps)!, steps)).toBeUndefined();
    expect(misfit(startSchedule('cosine', steps)!, steps)).toBeUndefined();
  });

  it('starts as usual', () => {
    expect(startSchedule('constant', 1000)).toBeUndefined();
    expect(startSchedule('step', 1000)).toEqual({ kind: 'step', at: [500, 750], factor: 0.1 });
    expect(startSchedule('cosine', 1000)).toEqual({ kind: 'cosine', period: 1000 });
  });

  it('tells what runs do not see of it', () => {
    const step = (...at: number[]) => misfit({ kind: 'step', at, factor: 0.5 }, 1000);
    expect(step(10, 999)).toBeUndefined();
    expect(step(10, 1000)).toBe('Runs end at step 1000, before 1000.');
    expect(step(1, 2000, 3000, 50_000)).toBe('Runs end at step 1000, before 2000, 3000 and 50,000.');
    expect(step(10, 3000, 50_000)).toBe('Runs end at step 1000, before 3000 and 50,000.');
    expect(step(3000, 5000)).toBe('Runs end at step 1000, before any of them.');
    expect(misfit({ kind: 'cosine', period: 400 }, 1000)).toBe('From step 400 on step sizes are 0.');
    expect(misfit({ kind: 'cosine', period: 4000 }, 1000)).toBeUndefined();
  });
});

describe('steps as they are typed', () => {
  it.each([
    ['3000, 5000', [3000, 5000]],
    [' 10;20  30\n', [10, 20, 30]],
    ['1e3 2e3', [1000, 2000]],
    ['7', [7]],
  ])('%j', (text, at) => {
    expect(parseSteps(text)).toEqual({ at });
    expect(parseSteps(stepsText(at))).toEqual({ at });
  });

  it.each([
    ['', 'Type at least one number.'],
    ['1,500', '“1,500” may be one number or several: write 1500, or 1, 500 with spaces.'],
    ['10, later', 'Entry 2, “later”, is not a number.'],
    ['10, 20.5', 'Entry 2 is 20.5: it must be a whole number from 1 to 100,000,000.'],
    ['0 10', 'Entry 1 is 0: it must be a whole number from 1 to 100,000,000.'],
    ['1e9', 'Entry 1 is 1000000000: it must be a whole number from 1 to 100,000,000.'],
    ['5000, 3000', 'Entry 2 is 3000, not after 5000: steps must ascend.'],
    ['10 10', 'Entry 2 is 10, not after 10: steps must ascend.'],
    [stepsText(Array.from({ length: MAX_DECAYS + 1 }, (_, k) => k + 1)), '17 steps; at most 16.'],
  ])('%j is refused', (text, error) => {
    expect(parseSteps(text)).toEqual({ error });
  });
});

describe('the picture of a schedule', () => {
  /** Height of the line at a share of the width, as drawn: the multiplier that the axis gives for it. */
  const drawn = (training: Training, steps: number, share: number) => {
    const { path, from, logarithmic } = ratePlot(training, steps);
    const pieces = [...path.matchAll(/(?:M0 |V)([\d.e-]+)H([\d.e-]+)/g)];
    const height = 1 - Number(pieces.find(([, , end]) => Number(end) > share)![1]);
    return logarithmic ? from ** (1 - height) : height;
  };

  it.each([
    ['step', { schedule: { kind: 'step', at: [300, 600], factor: 0.1 } }],
    ['warmed up', { schedule: { kind: 'step', at: [600], factor: 0.25 }, warmUp: 100 }],
    ['cosine', { schedule: { kind: 'cosine', period: 700 } }],
    ['warm-up alone', { warmUp: 900 }],
  ] as const)('shows each step size: %s', (_, chosen) => {
    const training = trainingSchema.parse(chosen);
    for (const steps of [2, 10, 1000, 240_000]) {
      const points = Math.min(steps, 240);
      for (let k = 0; k < points; k += 7) {
        const expected = rateAt(training, Math.floor((k * steps) / points));
        const shown = drawn(training, steps, (k + 0.5) / points);
        expect(Math.abs(shown - expected)).toBeLessThan(2e-3 * Math.max(expected, 0.1));
      }
    }
  });

  it('has finite axes, whatever the schedule', () => {
    for (const factor of [1e-300, 1e-3, 1])
      for (const steps of [1, 50]) {
        const plot = ratePlot({ schedule: { kind: 'step', at: [1, 2, 3], factor } }, steps);
        expect(plot.path).not.toMatch(/NaN|Infinity/);
        expect(plot.from).toBeGreaterThanOrEqual(1e-12);
      }
    expect(ratePlot({ schedule: { kind: 'step', at: [5], factor: 0.01 } }, 10)).toMatchObject({
      from: 0.01,
      to: 1,
      first: 1,
      last: 0.01,
    });
    expect(ratePlot({ schedule: { kind: 'cosine', period: 5 } }, 10)).toMatchObject({ from: 0, last: 0 });
  });
});
