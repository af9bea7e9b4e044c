/** Lanes of a kernel regression on a real adapter: the whole matrix kept, or rows worked out at each step. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Lane } from '../../src/engine/backend';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { openDevice, type GpuContext } from '../../src/gpu/device';
import { defaultHyper } from '../../src/optimizers/registry';
import type { LeastSquares } from '../../src/problems/types';
import { everyOptimizer, kernelProblem } from '../support/problems';

let context: GpuContext;
const errors: string[] = [];

beforeEach(async () => {
  context = await openDevice();
  errors.length = 0;
  context.onUncapturedError((error) => errors.push(error.message));
});

afterEach(async () => {
  await context.device.queue.onSubmittedWorkDone();
  context.destroy();
  expect(errors).toEqual([]);
});

const gaussian = { kind: 'gaussian', bandwidth: 0.5 } as const;
const laplacian = { kind: 'laplacian', bandwidth: 0.7 } as const;
const quartic = { kind: 'polynomial', degree: 4, offset: 1 } as const;

const shapes: [string, LeastSquares, number][] = [
  ['Gaussian, n = 14', kernelProblem(gaussian, 14, 1), 2],
  ['polynomial, n = 97', kernelProblem(quartic, 97, 3), 5],
  ['Laplacian, n = 203', kernelProblem(laplacian, 203, 7), 9],
];
/** Nothing kept, at a dimension whose state does not fit in registers, recorded in part. */
const [, large] = shapes[2]!;
const some: LeastSquares = {
  ...large,
  rows: { ...(large.rows as Extract<LeastSquares['rows'], { kind: 'kernel' }>), recorded: 150 },
};

const segments = [
  { from: 0, to: 0, record: true },
  { from: 0, to: 9, record: true },
  { from: 9, to: 25, record: true },
];

async function results(
  objective: LeastSquares,
  lanes: readonly Lane[],
  {
    mostKernel,
    sampling = 'replacement',
  }: { mostKernel?: number | undefined; sampling?: 'replacement' | 'epochs' } = {},
) {
  const backend = new GpuBackend(context, { mostKernel });
  const cohort = await backend.cohort({ objective, lanes, seed: 5, sampling, lossLimit: 1e30 });
  const losses = await cohort.execute(segments);
  const { values } = await cohort.save();
  cohort.destroy();
  return { losses, values };
}

describe.each(['replacement', 'epochs'] as const)('agrees with the float64 twin, %s', (sampling) => {
  it.each<[string, LeastSquares, number, number | undefined]>([
    [...shapes[0]!, undefined],
    [...shapes[1]!, undefined],
    [...shapes[2]!, undefined],
    ['rows worked out at each step, n = 203', some, 9, 0],
  ])('%s', async (_, objective, batch, mostKernel) => {
    const lanes = everyOptimizer(3, batch, 0.4);
    const options = { objective, lanes, seed: 5, sampling, lossLimit: 1e30 };
    const twin = await (await new CpuBackend().cohort(options)).execute(segments);
    const { losses } = await results(objective, lanes, { mostKernel, sampling });
    expect(losses).toHaveLength(twin.length);
    losses.forEach((loss, k) => {
      expect(Math.abs(loss / twin[k]! - 1)).toBeLessThan(2e-4);
    });
    // They went somewhere.
    const lane = lanes.findIndex(({ run }) => run.optimizer === 'mass');
    expect(losses[2 * lanes.length + lane]).toBeLessThan(0.9 * losses[lane]!);
  });
});

it('rows that are kept and rows that are worked out give the same within rounding', async () => {
  const lanes = everyOptimizer(2, 6, 0.4);
  const kept = await results(some, lanes);
  const computed = await results(some, lanes, { mostKernel: 0 });
  kept.losses.forEach((loss, k) => {
    expect(Math.abs(computed.losses[k]! / loss - 1)).toBeLessThan(1e-5);
  });
});

it.each<[string, LeastSquares, number | undefined]>([
  ['registers', shapes[1]![1], undefined],
  ['memory', large, undefined],
  ['rows worked out', some, 0],
])('a lane alone equals itself in company, bit for bit: %s', async (_, objective, mostKernel) => {
  // Two batch sizes, so that minibatches of different lengths lie side by side.
  const lanes = [...everyOptimizer(2, 7, 0.4), ...everyOptimizer(2, 3, 0.4)];
  const { losses, values } = await results(objective, lanes, { mostKernel });
  const width = values.length / lanes.length;
  for (const chosen of [[0], [5], [9], [10, 13], [19, 3, 8]]) {
    const alone = await results(
      objective,
      chosen.map((k) => lanes[k]!),
      { mostKernel },
    );
    chosen.forEach((k, at) => {
      segments.forEach((_segment, row) => {
        expect(alone.losses[row * chosen.length + at]).toBe(losses[row * lanes.length + k]);
      });
      expect(alone.values.subarray(at * width, (at + 1) * width)).toEqual(values.subarray(k * width, (k + 1) * width));
    });
  }
});

it.each<[string, number | undefined]>([
  ['the matrix is kept', undefined],
  ['rows are worked out', 0],
])('a cohort as large as a budget allows stays within it where %s', async (_, mostKernel) => {
  const backend = new GpuBackend(context, { mostKernel });
  const budget = 4 * 2 ** 20;
  const count = backend.capacity(large, 20, budget);
  expect(count).toBeGreaterThan(30);
  // Each seed draws minibatches of its own.
  const lanes = Array.from({ length: count }, (_lane, seed): Lane => ({
    seed,
    run: { optimizer: 'sgd', batch: 20, hyper: defaultHyper('sgd') },
  }));
  const cohort = await backend.cohort({ objective: large, lanes, seed: 1, sampling: 'replacement', lossLimit: 1e30 });
  await cohort.execute([{ from: 0, to: 2, record: true }]);
  await cohort.save();
  expect(context.memory.peakBytes).toBeLessThanOrEqual(budget);
  expect(context.memory.peakBytes).toBeGreaterThan(budget / 6);
  cohort.destroy();
  backend.destroy();
  expect(context.memory.bytes).toBe(0);
});
