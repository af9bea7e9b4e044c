/** A cohort as large as a memory budget allows stays within it. */
import { expect, it } from 'vitest';
import type { Lane } from '../../src/engine/backend';
import { defaultHyper } from '../../src/optimizers/registry';
import { storedProblem, streamProblem } from '../support/problems';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();
const MEBIBYTE = 2 ** 20;

it.each([
  ['component-decoupled, d = 2', streamProblem('component-decoupled', 2), 1],
  ['stored rows, d = 7', storedProblem(50, 7), 4],
  ['stored rows in memory, d = 150', storedProblem(64, 150), 20],
])('%s', async (_, objective, batch) => {
  const { backend } = gpu;
  const budget = 2 * MEBIBYTE;
  const count = backend.capacity(objective, batch, budget);
  expect(count).toBeGreaterThan(50);
  // Lanes without company, the most expensive ones: each seed is a group of its own.
  const lanes = Array.from({ length: count }, (_lane, seed): Lane => ({
    seed,
    run: { optimizer: 'sgd', batch, hyper: defaultHyper('sgd') },
  }));
  const cohort = await backend.cohort({ objective, lanes, seed: 1, sampling: 'replacement', lossLimit: 1e30 });
  const points = Array.from({ length: 10 }, (_point, k) => ({ from: k, to: k + 1, record: true }));
  const both = await Promise.all([
    cohort.execute(points),
    cohort.execute(points.map(({ to }) => ({ from: to + 9, to: to + 10, record: true }))),
  ]);
  expect(both.map((losses) => losses.length)).toEqual([10 * count, 10 * count]);
  await cohort.save();
  const { peakBytes } = backend.context.memory;
  expect(peakBytes).toBeLessThanOrEqual(budget);
  // The bound is not so wide that it wastes the budget.
  expect(peakBytes).toBeGreaterThan(budget / 6);
  cohort.destroy();
});

it('tells of nothing where not even the rows fit, and keeps each buffer within the limits', () => {
  const { backend } = gpu;
  expect(backend.capacity(storedProblem(1000, 64), 1, 1000 * 64 * 4)).toBe(0);
  const { maxStorageBufferBindingSize } = backend.context.limits;
  const lanes = backend.capacity(streamProblem('gaussian', 1000), 1, Number.MAX_SAFE_INTEGER);
  expect(lanes).toBeGreaterThan(0);
  expect(lanes * 3 * 4000).toBeLessThanOrEqual(maxStorageBufferBindingSize);
});
