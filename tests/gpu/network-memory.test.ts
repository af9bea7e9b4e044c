/** What a network's lanes are said to take before they are made, against the ledger of what they took. */
import { afterEach, expect, it } from 'vitest';
import type { CohortOptions, Lane } from '../../src/engine/backend';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { laneSets, networkMemory } from '../../src/engine/gpu/network/memory';
import { hasQuads } from '../../src/engine/gpu/network/passes';
import { DeviceError, GpuContext, openDevice } from '../../src/gpu/device';
import type { LayerConfig } from '../../src/models/layers';
import { drawUp, type LossKind } from '../../src/models/network';
import { fullyConnected } from '../../src/models/presets';
import type { NetworkObjective } from '../../src/problems/types';
import { sgd } from '../support/experiments';

let gpu: GpuBackend | undefined;

afterEach(() => {
  gpu?.destroy();
});

const convolutional: readonly LayerConfig[] = [
  { kind: 'convolution', channels: 8, size: 3, bias: false },
  { kind: 'batch-norm' },
  { kind: 'relu' },
  { kind: 'max-pool' },
  { kind: 'residual', layers: [{ kind: 'convolution', channels: 12, size: 3, stride: 2 }] },
  { kind: 'dropout', rate: 0.5 },
];

/** Large enough for transformed tiles. */
const wide: readonly LayerConfig[] = [
  { kind: 'convolution', channels: 24, size: 3 },
  { kind: 'relu' },
  { kind: 'convolution', channels: 32, size: 3 },
  { kind: 'relu' },
  { kind: 'max-pool' },
];

/** Pixels as bytes, or as numbers. */
function objectiveOf(
  layers: readonly LayerConfig[],
  { bytes = false, loss = 'cross-entropy', test = 100 }: Partial<{ bytes: boolean; loss: LossKind; test: number }> = {},
): NetworkObjective {
  const network = drawUp({ height: 12, width: 12, channels: 3 }, layers, 10, loss);
  const rows = { count: 400 - test, test, recorded: { count: 400 - test, test } };
  return {
    family: 'network',
    dimension: network.dimension,
    coordinates: 'weights',
    network,
    training: { clip: 1 },
    rows: {
      kind: 'examples',
      ...rows,
      features: bytes
        ? { bytes: new Uint8Array(400 * 432), channels: 3, scale: [1, 1, 1], shift: [0, 0, 0] }
        : new Float32Array(400 * 432),
      targets: new Float32Array(400 * (loss === 'cross-entropy' ? 1 : 10)),
    },
  };
}

const lanesOf = (batches: readonly number[], seeds: number): Lane[] =>
  batches.flatMap((batch) => Array.from({ length: seeds }, (_, seed) => ({ run: { ...sgd(0.1), batch }, seed })));

const optionsOf = (objective: NetworkObjective, lanes: readonly Lane[]): CohortOptions => ({
  objective,
  lanes,
  seed: 1,
  sampling: 'replacement',
  lossLimit: 1e30,
});

/** A device of which is told what hardware tells: subgroups are larger than quads. */
async function withoutQuads(): Promise<GpuContext> {
  const { device } = await openDevice();
  return new GpuContext(device, { subgroupMaxSize: 32 });
}

it.each([
  ['fully connected, two batch sizes', objectiveOf(fullyConnected(1, 40)), lanesOf([16, 16, 64], 3), false],
  ['values, no test', objectiveOf(fullyConnected(1, 7), { loss: 'squared-error', test: 0 }), lanesOf([9], 1), false],
  ['convolutional', objectiveOf(convolutional), lanesOf([32, 32], 2), false],
  ['convolutional, of many channels', objectiveOf(wide), lanesOf([32, 32], 2), true],
  ['convolutional, on bytes', objectiveOf(convolutional, { bytes: true }), lanesOf([32, 32], 2), false],
] as const)('%s', async (_, objective, lanes, tiles) => {
  const totals: number[] = [];
  for (const context of [await openDevice(), await withoutQuads()]) {
    gpu = new GpuBackend(context);
    const told = networkMemory(objective, laneSets(lanes), hasQuads(context));
    const cohort = await gpu.cohort(optionsOf(objective, lanes));
    expect(context.memory.bytes).toBe(told.total - told.staging);
    await cohort.execute([{ from: 0, to: 1, record: true }]);
    await cohort.save();
    const { peakBytes } = context.memory;
    expect(peakBytes).toBeLessThanOrEqual(told.total);
    expect(told.total).toBeLessThan(1.05 * peakBytes);
    expect(told.largest).toBeLessThan(told.total);
    totals.push(told.total);
    gpu.destroy();
  }
  // Where nothing is known of the adapter.
  expect(networkMemory(objective, laneSets(lanes)).total).toBe(Math.max(...totals));
  if (tiles) expect(totals[0]).toBeGreaterThan(1.2 * totals[1]!);
});

it('refuses with the numbers what goes beyond the budget or the device, and makes nothing of it', async () => {
  const context = await openDevice();
  const objective = objectiveOf(fullyConnected(1, 1024));
  gpu = new GpuBackend(context, { networkBudget: 2 ** 20 });
  const few = gpu.cohort(optionsOf(objective, lanesOf([16], 2)));
  await expect(few).rejects.toThrow(
    /^A network with 2 lanes needs \d+\.\d MiB; at most 1\.0 MiB can be had\. Take fewer runs/,
  );
  await expect(few).rejects.toBeInstanceOf(DeviceError);
  expect(context.memory.peakBytes).toBe(0);

  const roomy = new GpuBackend(context, { networkBudget: Number.MAX_SAFE_INTEGER });
  const most = Math.min(context.limits.maxBufferSize, context.limits.maxStorageBufferBindingSize);
  const many = Math.ceil(most / (4 * objective.dimension)) + 1;
  await expect(roomy.cohort(optionsOf(objective, lanesOf([1], many)))).rejects.toThrow(
    /^One buffer of a network with \d+ lanes needs \d+\.\d \w+; at most/,
  );
  expect(context.memory.peakBytes).toBe(0);
});
