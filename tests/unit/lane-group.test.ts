/** A group of lanes: how it plans its segments, and what it shows of what was recorded. */
import { describe, expect, it } from 'vitest';
import type { Cohort, CohortOptions, CohortState, Lane, Segment } from '../../src/engine/backend';
import { LaneGroup } from '../../src/engine/lane-group';
import { MAX_SEGMENTS } from '../../src/engine/slices';
import { evaluationSteps } from '../../src/experiment/schedule';
import { sgd } from '../support/experiments';
import { sequence, streamProblem } from '../support/problems';

/** A cohort that computes nothing and notes what it is told. */
class StillCohort implements Cohort {
  readonly retired: number[] = [];
  readonly metrics = ['loss'] as const;
  state: CohortState;

  constructor(
    readonly lanes: readonly Lane[],
    readonly work = { step: 100, record: 300 },
  ) {
    this.state = {
      step: 0,
      values: Float64Array.from(lanes, (_, k) => k),
      statistics: new Float64Array(0),
      alive: new Uint8Array(lanes.length).fill(1),
    };
  }

  execute(): Promise<Float64Array<ArrayBuffer>> {
    return Promise.reject(new Error('not asked for'));
  }
  save(): Promise<CohortState> {
    return Promise.resolve(this.state);
  }
  retire(lanes: readonly number[]): void {
    this.retired.push(...lanes);
  }
  destroy(): void {
    // Holds nothing.
  }
}

/** Two runs, of two lanes and of one. */
function group(schedule: readonly number[], work?: Cohort['work']) {
  const lanes = [0, 1, 0].map((seed, k) => ({ seed, run: sgd(k < 2 ? 0.1 : 0.2) }));
  const cohort = new StillCohort(lanes, work);
  const options: CohortOptions = {
    ...{ objective: streamProblem('gaussian', 2), lanes, seed: 1, sampling: 'replacement', lossLimit: 100 },
  };
  const runs = [
    { key: 'a', run: sgd(0.1), first: 0, count: 2 },
    { key: 'b', run: sgd(0.2), first: 2, count: 1 },
  ];
  return { cohort, made: new LaneGroup(cohort, options, runs, schedule) };
}

const workOf = (segments: readonly Segment[], work: Cohort['work']) =>
  segments.reduce((sum, s) => sum + (s.to - s.from) * work.step + (s.record ? work.record : 0), 0);

/** Checks that the segments go on from `from` without a gap; returns where they lead and what they record. */
function follow(segments: readonly Segment[], from: number): { to: number; recorded: number[] } {
  const recorded: number[] = [];
  let at = from;
  for (const segment of segments) {
    expect(segment.from).toBe(at);
    expect(segment.to).toBeGreaterThanOrEqual(at);
    expect(segment.to > at || segment.record).toBe(true);
    at = segment.to;
    if (segment.record) recorded.push(at);
  }
  return { to: at, recorded };
}

const losses = (segments: readonly Segment[], rows: readonly (readonly number[])[]) => {
  expect(segments.filter((segment) => segment.record)).toHaveLength(rows.length);
  return Float64Array.from(rows.flat());
};

describe('plan', () => {
  it.each([
    [1, 'auto'],
    [300, 'auto'],
    [5000, 'auto'],
    [1000, 1],
    [1000, 7],
    [10_000_000, 'auto'],
  ] as const)('%i steps, every %s: records each point once, in order, whatever the pace', (steps, every) => {
    const schedule = evaluationSteps(steps, every);
    for (const record of [10, 300, 50_000, 1e9]) {
      const work = { step: 100, record };
      const { made } = group(schedule, work);
      const next = sequence(steps);
      const recorded: number[] = [];
      let at = 0;
      while (!made.over) {
        const segments = made.plan(12);
        expect(segments.length).toBeGreaterThan(0);
        expect(segments.length).toBeLessThanOrEqual(MAX_SEGMENTS);
        const followed = follow(segments, at);
        at = followed.to;
        expect(made.step).toBe(at);
        recorded.push(...followed.recorded);
        const rows = followed.recorded.map(() => [1, 1, 1]);
        // Anything from far too slow to far too fast.
        made.absorb(segments, losses(segments, rows), 10 ** (2 + 3 * next()));
      }
      expect(at).toBe(steps);
      expect(recorded).toEqual(schedule);
    }
  });

  it('comes to slices of the wanted length, and never grows faster than fourfold', () => {
    const work = { step: 100, record: 300 };
    const { made } = group(evaluationSteps(1e8, 'auto'), work);
    const milliseconds: number[] = [];
    let before = Number.POSITIVE_INFINITY;
    for (let k = 0; k < 40; k++) {
      const segments = made.plan(12);
      const size = workOf(segments, work);
      expect(size).toBeLessThan(4.01 * before);
      before = size;
      // A machine of 10⁶ multiply-adds a millisecond.
      milliseconds.push(size / 1e6);
      const rows = segments.filter((segment) => segment.record).map(() => [1, 1, 1]);
      made.absorb(segments, losses(segments, rows), size / 1e6);
    }
    expect(milliseconds.at(-1)).toBeGreaterThan(9);
    expect(milliseconds.at(-1)).toBeLessThan(13);
  });

  it('starts small', () => {
    const work = { step: 1e6, record: 1e6 };
    const { made } = group(evaluationSteps(1000, 100), work);
    expect(workOf(made.plan(1000), work)).toBeLessThan(5e6);
  });
});

describe('absorb', () => {
  const schedule = [0, 10, 20, 30];

  it('gives each run its lanes, with outcomes, between the times of its slice', () => {
    const { made } = group(schedule);
    const first = made.planTo(10);
    const [a, b] = made.absorb(
      first,
      losses(first, [
        [1, 2, 3],
        [4, 5, 6],
      ]),
      2000,
    );
    expect(a).toMatchObject({ step: [0, 10], seconds: [1, 2] });
    expect(a!.run.key).toBe('a');
    expect([...a!.loss]).toEqual([1, 2, 4, 5]);
    expect([...b!.loss]).toEqual([3, 6]);
    expect(b!.outcomes).toEqual([{ kind: 'running', step: 10 }]);
    const rest = made.planTo(30);
    const [end] = made.absorb(
      rest,
      losses(rest, [
        [1, 1, 1],
        [1, 1, 1],
      ]),
      1000,
    );
    expect(end!.outcomes).toEqual([{ kind: 'completed' }, { kind: 'completed' }]);
    expect(made.over).toBe(true);
  });

  it('a loss beyond the limit or not finite ends its lane, and nothing is shown of it after that', () => {
    const { made } = group(schedule);
    const segments = made.planTo(30);
    const rows = [
      [1, 1, 1],
      [99, 101, Number.NaN],
      [100, 7, 7],
      [Number.POSITIVE_INFINITY, 7, 7],
    ];
    const [a, b] = made.absorb(segments, losses(segments, rows), 1);
    expect([...a!.loss]).toEqual([1, 1, 99, 101, 100, Number.NaN, Number.POSITIVE_INFINITY, Number.NaN]);
    expect(a!.outcomes).toEqual([
      { kind: 'diverged', step: 30, lastFiniteLoss: 100 },
      { kind: 'diverged', step: 10, lastFiniteLoss: 101 },
    ]);
    // Its curve ends with its last lane.
    expect([...b!.loss]).toEqual([1, Number.NaN]);
    expect(b!.step).toEqual(a!.step.slice(0, 2));
    expect(b!.outcomes).toEqual([{ kind: 'diverged', step: 10, lastFiniteLoss: 1 }]);
  });

  it('is over once all wanted lanes have diverged', () => {
    const { made } = group(schedule);
    const segments = made.planTo(10);
    made.absorb(
      segments,
      losses(segments, [
        [1, 1, 1],
        [101, 101, 1],
      ]),
      1,
    );
    expect(made.over).toBe(false);
    made.retire('b');
    expect(made.over).toBe(true);
  });
});

describe('single steps', () => {
  it('record every step, and each scheduled point once', () => {
    const { made } = group([0, 2, 5]);
    const recorded: number[] = [];
    let at = 0;
    while (!made.over) {
      const segments = made.planTo(made.nextStep);
      const followed = follow(segments, at);
      at = followed.to;
      recorded.push(...followed.recorded);
      made.absorb(
        segments,
        losses(
          segments,
          followed.recorded.map(() => [1, 1, 1]),
        ),
        1,
      );
    }
    expect(recorded).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('record the point they start from where that is still to do', () => {
    // A recording that costs too much for the slice that reached its step.
    const { made } = group([0, 10, 20], { step: 1, record: 1e9 });
    const start = made.plan(12);
    made.absorb(start, losses(start, [[1, 1, 1]]), 1e6);
    const segments = made.plan(12);
    expect(segments.at(-1)).toEqual({ from: 0, to: 10, record: false });
    made.absorb(segments, losses(segments, []), 1);
    expect(made.planTo(made.nextStep)).toEqual([
      { from: 10, to: 10, record: true },
      { from: 10, to: 11, record: true },
    ]);
  });
});

describe('restore', () => {
  const schedule = evaluationSteps(100, 10);

  it('goes on from the checkpoint and shows only what is new', async () => {
    const { made, cohort } = group(schedule);
    const first = made.planTo(30);
    made.absorb(
      first,
      losses(
        first,
        [0, 10, 20, 30].map(() => [1, 1, 1]),
      ),
      500,
    );
    cohort.state = { ...cohort.state, step: 30 };
    await made.keepCheckpoint();
    const second = made.planTo(52);
    made.absorb(
      second,
      losses(
        second,
        [40, 50, 52].map(() => [1, 1, 1]),
      ),
      500,
    );
    made.plan(12);

    made.retire('b');
    const fresh = new StillCohort(cohort.lanes);
    made.restore(fresh);
    expect(fresh.retired).toEqual([2]);
    expect(made.step).toBe(30);
    expect(made.seconds).toBe(0.5);
    const shown: number[] = [];
    while (!made.over) {
      const segments = made.plan(12);
      const { recorded } = follow(segments, segments[0]!.from);
      for (const points of made.absorb(
        segments,
        losses(
          segments,
          recorded.map(() => [2, 2, 2]),
        ),
        1000,
      )) {
        shown.push(...points.step);
        expect(points.seconds.every((seconds) => seconds >= 1)).toBe(true);
      }
    }
    expect(shown).toEqual([60, 70, 80, 90, 100]);
  });

  it('starts anew without a checkpoint', () => {
    const { made, cohort } = group(schedule);
    const first = made.planTo(30);
    made.absorb(
      first,
      losses(
        first,
        [0, 10, 20, 30].map(() => [1, 1, 1]),
      ),
      500,
    );
    made.restore(cohort);
    expect(made.step).toBe(0);
    expect(made.nextStep).toBe(31);
    expect(made.planTo(31)).toEqual([{ from: 0, to: 31, record: true }]);
  });

  it('forgets the old pace: the new backend may be a slower one', () => {
    const work = { step: 100, record: 300 };
    const { made, cohort } = group(evaluationSteps(1e8, 'auto'), work);
    for (let k = 0; k < 7; k++) {
      const segments = made.plan(12);
      const rows = segments.filter((segment) => segment.record).map(() => [1, 1, 1]);
      made.absorb(segments, losses(segments, rows), workOf(segments, work) / 1e8);
    }
    expect(workOf(made.plan(12), work)).toBeGreaterThan(1e8);
    made.restore(cohort);
    expect(workOf(made.plan(12), work)).toBeLessThan(5e6);
  });
});
