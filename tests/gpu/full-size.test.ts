/**
 * The paper's experiment on MNIST in full size, on made-up pictures of its shape and number: it takes the memory that is told
 * before it is made, and its first steps are those of the float64 twin. It runs whole on a graphics card only.
 */
import { afterEach, expect, it } from 'vitest';
import type { Lane, Segment } from '../../src/engine/backend';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { laneSets, networkMemory } from '../../src/engine/gpu/network/memory';
import { networkClaim } from '../../src/gallery/claims/network';
import { openDevice } from '../../src/gpu/device';
import { prepareNetwork } from '../../src/problems/network';
import type { NetworkObjective } from '../../src/problems/types';
import { pictureTable } from '../support/pictures';

let gpu: GpuBackend | undefined;

afterEach(() => {
  gpu?.destroy();
});

const STEPS = 3;

it('takes the memory that is told, and its first steps are those of the float64 twin', async () => {
  const { config } = networkClaim.larger!().find(({ id }) => id === 'network-mnist')!;
  if (config.problem.kind !== 'network') throw new Error('the claim is about networks');
  const prepared = await prepareNetwork(config.problem, {
    seed: config.seed,
    table: () => Promise.resolve(pictureTable(60_000, { width: 28, height: 28, channels: 1 })),
  });
  // Losses of all 1,024 and 2,048 rows take the twin longer than everything else.
  const objective: NetworkObjective = { ...prepared, rows: { ...prepared.rows, recorded: { count: 48, test: 16 } } };
  const lanes = config.runs.map((run): Lane => ({ run, seed: 0 }));
  const options = { objective, lanes, seed: config.seed, sampling: config.sampling, lossLimit: 1e30 };
  const segments = Array.from({ length: STEPS + 1 }, (_, k): Segment => ({
    from: Math.max(k - 1, 0),
    to: k,
    record: true,
  }));

  gpu = new GpuBackend(await openDevice());
  const cohort = await gpu.cohort(options);
  const numbers = await cohort.execute(segments);
  await cohort.save();
  const told = networkMemory(objective, laneSets(lanes)).total;
  expect(told / gpu.context.memory.peakBytes).toBeCloseTo(1, 2);

  const expected = await (await new CpuBackend().cohort(options)).execute(segments);
  expect(numbers).toHaveLength((STEPS + 1) * cohort.metrics.length * lanes.length);
  numbers.forEach((value, k) => {
    expect(Math.abs(value - expected[k]!)).toBeLessThan(1e-5 * (1 + Math.abs(expected[k]!)));
  });
  // The first losses are those of one start; the last ones those of four optimizers.
  expect(new Set(numbers.subarray(0, lanes.length)).size).toBe(1);
  const last = STEPS * cohort.metrics.length * lanes.length;
  expect(new Set(numbers.subarray(last, last + lanes.length)).size).toBe(lanes.length);
});
