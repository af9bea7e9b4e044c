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
