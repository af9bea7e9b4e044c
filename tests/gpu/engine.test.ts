/** Lanes on the GPU: what they compute depends on nothing but themselves. */
import { describe, expect, it } from 'vitest';
import type { CohortOptions, CohortState, Lane, Segment } from '../../src/engine/backend';
import { defaultHyper, optimizerIds, type OptimizerId } from '../../src/optimizers/registry';
import { MAX_SLOTS } from '../../src/optimizers/types';
import type { LeastSquares } from '../../src/problems/types';
import { everyOptimizer, storedProblem, streamProblem } from '../support/problems';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();

type Options = Omit<CohortOptions, 'seed' | 'lossLimit'> & { readonly lossLimit?: number };

const lane = (optimizer: OptimizerId, seed = 0, batch = 3, eta = 0.05): Lane => ({
  seed,
  run: { optimizer, batch, hyper: { ...defaultHyper(optimizer), eta } },
});

const whole: Segment[] = [
  { from: 0, to: 0, record: true },
  { from: 0, to: 40, record: true },
];

/** Computes and returns what came of it: the losses, and each lane's own state. */
async function compute(options: Options, segments: readonly (readonly Segment[])[] = [whole]) {
  const cohort = await gpu.backend.cohort({ seed: 7, lossLimit: 1e30, ...options });
  const losses: number[] = [];
  for (const part of segments) losses.push(...(await cohort.execute(part)));
  const state = await cohort.save();
  cohort.destroy();
  const size = MAX_SLOTS * options.objective.dimension;
  const lanes = options.lanes.map((_, k) => [...state.values.subarray(k * size, (k + 1) * size)]);
  return { losses, state, lanes };
}

/** Largest difference of two lanes, relative to the largest entry. */
function difference(a: readonly number[], b: readonly number[]): number {
  const scale = Math.max(...b.map(Math.abs));
  return Math.max(...a.map((value, j) => Math.abs(value - b[j]!))) / scale;
}

/** One problem for each way in which lanes lie on the GPU. */
const problems: [string, LeastSquares, CohortOptions['sampling']][] = [
  ['in registers of one invocation', streamProblem('component-decoupled', 2), 'replacement'],
  ['in registers of several', streamProblem('gaussian', 30), 'replacement'],
  ['in registers, stored rows', storedProblem(50, 20), 'epochs'],
  ['in memory', storedProblem(40, 150), 'replacement'],
];

describe.each(problems)('lanes %s', (_, objective, sampling) => {
  const lanes = everyOptimizer(3, 3, 0.05);

  it('compute the same twice, bit for bit', async () => {
    const first = await compute({ objective, sampling, lanes });
    expect(await compute({ objective, sampling, lanes })).toEqual(first);
    expect(first.losses.every((loss) => Number.isFinite(loss) && loss > 0)).toBe(true);
    // Steps were taken, and different ones by different optimizers and seeds.
    expect(new Set(first.losses.slice(lanes.length)).size).toBe(lanes.length);
  });

  it('compute the same however their steps are split, bit for bit', async () => {
    const first = await compute({ objective, sampling, lanes });
    const split = (...steps: number[]) =>
      steps.map((to, k): Segment => ({ from: steps[k - 1] ?? 0, to, record: to === 0 || to === 40 }));
    const one = await compute({ objective, sampling, lanes }, [split(0, 1, 2, 5, 19, 40)]);
    expect(one.lanes).toEqual(first.lanes);
    expect(one.losses).toEqual(first.losses);
    const several = split(0, 3, 4, 30, 39, 40).map((segment) => [segment]);
    const parts = await compute({ objective, sampling, lanes }, several);
    expect(parts.lanes).toEqual(first.lanes);
    expect(parts.losses).toEqual(first.losses);
  });

  it('go on from a saved state as if nothing had happened, bit for bit', async () => {
    const first = await compute({ objective, sampling, lanes });
    const half: Segment[] = [{ from: 0, to: 17, record: false }];
    const { state } = await compute({ objective, sampling, lanes }, [half]);
    expect(state.step).toBe(17);
    const copy: CohortState = structuredClone(state);
    const second = await compute({ objective, sampling, lanes, state: copy }, [[{ from: 17, to: 40, record: true }]]);
    expect(second.lanes).toEqual(first.lanes);
    expect(second.losses).toEqual(first.losses.slice(lanes.length));
  });

  it('are not disturbed by others of the same seed and batch: bit for bit in one grouping, to rounding in another', async () => {
    const among = await compute({ objective, sampling, lanes });
    // The same groups of optimizers with other neighbours beside them.
    const beside = [
      ...everyOptimizer(2, 5, 0.01),
      ...lanes,
      ...everyOptimizer(2, 3, 0.01).map((other) => ({ ...other, seed: other.seed + 9 })),
    ];
    const crowd = await compute({ objective, sampling, lanes: beside });
    const offset = 10;
    lanes.forEach((_lane, k) => {
      expect(difference(crowd.lanes[offset + k]!, among.lanes[k]!)).toBe(0);
    });
    // Alone, and with the same optimizer twice beside it.
    for (const optimizer of ['mass', 'adam'] as const) {
      const k = lanes.findIndex((entry) => entry.run.optimizer === optimizer && entry.seed === 1);
      const alone = await compute({ objective, sampling, lanes: [lanes[k]!] });
      expect(difference(alone.lanes[0]!, among.lanes[k]!)).toBeLessThan(1e-6);
      const twice = await compute({
        objective,
        sampling,
        lanes: [lane(optimizer, 1, 3, 0.02), lanes[k]!, lane('sgd', 1)],
      });
      const at = twice.lanes[1]!;
      expect(difference(at, among.lanes[k]!)).toBeLessThan(1e-6);
    }
  });

  it('see the minibatches of their seed: equal lanes are equal, other seeds are not', async () => {
    const same = [lane('mass', 1), lane('mass', 2), lane('mass', 1), lane('mass', 1, 4)];
    const { lanes: computed } = await compute({ objective, sampling, lanes: same });
    expect(difference(computed[2]!, computed[0]!)).toBe(0);
    expect(difference(computed[1]!, computed[0]!)).toBeGreaterThan(1e-3);
    expect(difference(computed[3]!, computed[0]!)).toBeGreaterThan(1e-3);
  });
});

describe('a lane that diverges', () => {
  it.each(problems)('%s: ends alone', async (_, objective, sampling) => {
    const wild = lane('sgd', 1, 3, 60);
    const calm = [lane('nesterov', 1), lane('sgd', 2), lane('mass', 1)];
    const segments = Array.from({ length: 12 }, (_step, k): Segment => ({
      from: 10 * k,
      to: 10 * (k + 1),
      record: true,
    }));
    const [start] = (await compute({ objective, sampling, lanes: [wild] }, [whole.slice(0, 1)])).losses;
    const lossLimit = 1e6 * start!;
    const mixed = await compute({ objective, sampling, lanes: [calm[0]!, wild, ...calm.slice(1)], lossLimit }, [
      segments,
    ]);
    const wildLosses = segments.map((_segment, p) => mixed.losses[4 * p + 1]!);
    const over = wildLosses.findIndex((loss) => !(loss <= lossLimit));
    expect(over).toBeGreaterThanOrEqual(0);
    expect([...mixed.state.alive]).toEqual([1, 0, 1, 1]);
    // The others go on to the end as they would without it (in the same grouping: beside a calm lane).
    const peaceful = await compute(
      {
        objective,
        sampling,
        lanes: [calm[0]!, { ...wild, run: { ...wild.run, hyper: { eta: 1e-3 } } }, ...calm.slice(1)],
        lossLimit,
      },
      [segments],
    );
    for (const k of [0, 2, 3]) {
      expect(difference(mixed.lanes[k]!, peaceful.lanes[k]!)).toBe(0);
      expect(segments.map((_segment, p) => mixed.losses[4 * p + k])).toEqual(
        segments.map((_segment, p) => peaceful.losses[4 * p + k]),
      );
    }
  });

  it('is left where it ended once all of its group have, and stays ended in a saved state', async () => {
    const objective = streamProblem('component-decoupled', 2);
    const wild = [lane('sgd', 0, 1, 60), lane('sgd', 1, 1, 60)];
    const cohort = await gpu.backend.cohort({
      objective,
      lanes: wild,
      seed: 1,
      sampling: 'replacement',
      lossLimit: 1e4,
    });
    await cohort.execute([{ from: 0, to: 30, record: true }]);
    const ended = await cohort.save();
    expect([...ended.alive]).toEqual([0, 0]);
    await cohort.execute([{ from: 30, to: 60, record: true }]);
    const later = await cohort.save();
    expect(later.values).toEqual(ended.values);
    cohort.destroy();
    const restored = await gpu.backend.cohort({
      objective,
      lanes: wild,
      seed: 1,
      sampling: 'replacement',
      lossLimit: 1e4,
      state: later,
    });
    await restored.execute([{ from: 60, to: 90, record: true }]);
    expect((await restored.save()).values).toEqual(ended.values);
    restored.destroy();
  });

  it('retired lanes stop as well', async () => {
    const objective = streamProblem('gaussian', 3);
    const lanes = [lane('sgd', 0), lane('sgd', 1)];
    const cohort = await gpu.backend.cohort({ objective, lanes, seed: 1, sampling: 'replacement', lossLimit: 1e30 });
    cohort.retire([1]);
    await cohort.execute([{ from: 0, to: 20, record: true }]);
    const { values, alive } = await cohort.save();
    expect([...alive]).toEqual([1, 0]);
    const size = MAX_SLOTS * 3;
    expect([...values.subarray(size, size + 3)]).toEqual([1, 1, 1]);
    expect([...values.subarray(0, 3)]).not.toEqual([1, 1, 1]);
    cohort.destroy();
  });
});

describe('large numbers of lanes', () => {
  it('all compute what each does alone', async () => {
    const objective = streamProblem('component-decoupled', 2);
    const lanes = Array.from({ length: 3000 }, (_, k) =>
      lane(optimizerIds[k % 5]!, k % 600, 1 + (k % 3), 0.001 * (1 + (k % 50))),
    );
    const { losses } = await compute({ objective, sampling: 'replacement', lanes }, [
      [{ from: 0, to: 10, record: true }],
    ]);
    for (const k of [0, 1, 777, 1500, 2999]) {
      const alone = await compute({ objective, sampling: 'replacement', lanes: [lanes[k]!] }, [
        [{ from: 0, to: 10, record: true }],
      ]);
      expect(Math.abs(losses[k]! / alone.losses[0]! - 1)).toBeLessThan(1e-5);
    }
  });
});
