import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CohortOptions } from '../../src/engine/backend';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { openDevice } from '../../src/gpu/device';
import { MAX_SLOTS } from '../../src/optimizers/types';
import { everyOptimizer, storedProblem, streamProblem } from '../support/problems';

let gpu: GpuBackend;
let errors: string[];

beforeEach(async () => {
  const context = await openDevice();
  errors = [];
  context.onUncapturedError((error) => errors.push(error.message));
  gpu = new GpuBackend(context);
});

afterEach(async () => {
  await gpu.context.device.queue.onSubmittedWorkDone();
  gpu.destroy();
  expect(errors).toEqual([]);
});

/** Largest relative difference of the states, each vector measured against its own largest entry. */
async function compare(options: Omit<CohortOptions, 'seed' | 'lossLimit'>, steps = 20) {
  const full = { ...options, seed: 11, lossLimit: 1e30 };
  const segments = [
    { from: 0, to: 0, record: true },
    { from: 0, to: 7, record: true },
    { from: 7, to: steps, record: true },
  ];
  const cohort = await gpu.cohort(full);
  const twin = await new CpuBackend().cohort(full);
  const losses = await cohort.execute(segments);
  const expectedLosses = await twin.execute(segments);
  const state = await cohort.save();
  const expected = await twin.save();
  const d = options.objective.dimension;
  let worst = 0;
  for (let v = 0; v < options.lanes.length * MAX_SLOTS; v++) {
    const a = state.values.subarray(v * d, (v + 1) * d);
    const b = expected.values.subarray(v * d, (v + 1) * d);
    const scale = b.reduce((most, x) => Math.max(most, Math.abs(x)), 1e-30);
    for (let j = 0; j < d; j++) worst = Math.max(worst, Math.abs(a[j]! - b[j]!) / scale);
  }
  let worstLoss = 0;
  losses.forEach((loss, k) => (worstLoss = Math.max(worstLoss, Math.abs(loss / expectedLosses[k]! - 1))));
  cohort.destroy();
  return { worst, worstLoss };
}

describe('GPU lanes against the float64 twin', () => {
  it.each([
    ['component-decoupled', 2, 1],
    ['component-decoupled', 37, 4],
    ['gaussian', 3, 1],
    ['gaussian', 30, 5],
    ['gaussian', 200, 3],
    ['component-decoupled', 150, 9],
  ] as const)('%s stream, d = %i, batch %i', async (kind, d, batch) => {
    const lanes = everyOptimizer(2, batch, 0.02);
    const { worst, worstLoss } = await compare({ objective: streamProblem(kind, d), lanes, sampling: 'replacement' });
    expect(worst).toBeLessThan(1e-5);
    expect(worstLoss).toBeLessThan(1e-4);
  });

  it.each([
    [1, 1, 1, 'replacement'],
    [7, 3, 2, 'epochs'],
    [50, 16, 4, 'replacement'],
    [33, 45, 8, 'epochs'],
    [100, 64, 16, 'replacement'],
    [60, 130, 13, 'epochs'],
    [40, 261, 9, 'replacement'],
  ] as const)('%i stored rows, d = %i, batch %i, by %s', async (count, d, batch, sampling) => {
    const lanes = everyOptimizer(3, batch, 0.3);
    const { worst, worstLoss } = await compare({ objective: storedProblem(count, d), lanes, sampling });
    expect(worst).toBeLessThan(1e-5);
    expect(worstLoss).toBeLessThan(1e-4);
  });
});

describe('recordings on the way', () => {
  // A lane in one invocation, and in several; of streams, and of rows that a triangular factor stands for.
  it.each([
    ['a stream', streamProblem('component-decoupled', 3)],
    ['a stream', streamProblem('component-decoupled', 40)],
    ['rows', storedProblem(30, 6)],
    ['rows', storedProblem(100, 43)],
  ] as const)('of %s are those of steps that end at each of them', async (_, objective) => {
    const lanes = everyOptimizer(3, 2, 0.02).map((lane, k) => ({
      ...lane,
      // Some that diverge on the way, whole groups among them.
      run:
        k % 2 === 0 && lane.run.optimizer !== 'adam' ? { ...lane.run, hyper: { ...lane.run.hyper, eta: 3 } } : lane.run,
    }));
    const options = {
      ...{ objective, lanes, sampling: 'replacement' as const },
      ...{ seed: 11, lossLimit: 1e3 },
    };
    const segments = [
      { from: 0, to: 0, record: true },
      ...Array.from({ length: 63 }, (_, k) => ({ from: 3 * k, to: 3 * (k + 1), record: k % 7 !== 3 })),
    ];
    const together = await gpu.cohort(options);
    const apart = await gpu.cohort(options);
    const losses = await together.execute(segments);
    const single: number[] = [];
    for (const segment of segments) single.push(...(await apart.execute([segment])));
    expect([...losses]).toEqual(single);
    const ended = single.filter(Number.isNaN).length;
    expect(ended).toBeGreaterThan(0);
    expect(ended).toBeLessThan(single.length / 2);
    const [a, b] = [await together.save(), await apart.save()];
    expect(a.alive).toEqual(b.alive);
    // A lane that has ended may go on with its group as long as that does, whoever it is.
    expect(a.values).toEqual(b.values);
    together.destroy();
    apart.destroy();
  });
});
