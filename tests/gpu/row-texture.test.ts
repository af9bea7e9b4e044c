/** Rows read from a texture: the same numbers, bit for bit, as from a buffer, however they lie in it. */
import { expect, it } from 'vitest';
import type { Lane } from '../../src/engine/backend';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { guessMapping } from '../../src/engine/gpu/mapping';
import { fasterRowReads, type RowReads } from '../../src/engine/gpu/row-reads';
import { rowLayout } from '../../src/engine/gpu/row-texture';
import { everyOptimizer, storedProblem } from '../support/problems';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();

const segments = [
  { from: 0, to: 7, record: true },
  { from: 7, to: 60, record: true },
];

async function results(
  rowReads: RowReads,
  objective: ReturnType<typeof storedProblem>,
  lanes: readonly Lane[],
  sampling: 'replacement' | 'epochs',
) {
  const { context } = gpu.backend;
  const mapping = guessMapping(objective.dimension, context.features);
  const backend = new GpuBackend(context, { rowReads, mapping });
  const before = context.memory.bytes;
  const cohort = await backend.cohort({ objective, lanes, seed: 3, sampling, lossLimit: 1e30 });
  const bytes = context.memory.bytes - before;
  const losses = await cohort.execute(segments);
  const { values } = await cohort.save();
  cohort.destroy();
  return { losses, values, bytes };
}

it.each([
  ['small rows', 40, 3, 1],
  ['rows of no power of two, padded', 203, 33, 5],
  ['several rows in a line', 9001, 18, 2],
  ['rows too wide for registers', 400, 150, 3],
  ['so few rows that recordings read them, too', 50, 64, 4],
  ['few and wide', 60, 300, 8],
] as const)('%s', async (_, count, dimension, batch) => {
  const objective = storedProblem(count, dimension);
  const lanes = everyOptimizer(2, batch, 0.05);
  for (const sampling of ['replacement', 'epochs'] as const) {
    const buffer = await results('buffer', objective, lanes, sampling);
    const texture = await results('texture', objective, lanes, sampling);
    expect(texture.losses).toEqual(buffer.losses);
    expect(texture.values).toEqual(buffer.values);
    expect(buffer.losses.every(Number.isFinite)).toBe(true);
    // In place of the buffer, not beside it; half a line may be empty.
    expect(texture.bytes).toBeGreaterThanOrEqual(buffer.bytes);
    expect(texture.bytes).toBeLessThanOrEqual(buffer.bytes + 16 * 2 * Math.ceil(dimension / 4));
  }
});

it('lie beside each other, a power of two in a line, where there are more of them than a texture has lines', () => {
  expect(rowLayout(8192, 16, 8192)).toEqual({ across: 1, lines: 8192 });
  expect(rowLayout(8193, 16, 8192)).toEqual({ across: 2, lines: 4097 });
  expect(rowLayout(60_000, 1024, 8192)).toEqual({ across: 8, lines: 7500 });
  expect(rowLayout(60_000, 1025, 8192)).toBeUndefined();
});

it('are measured once an adapter, and nothing of that stays on the GPU', async () => {
  const { context } = gpu.backend;
  const answer = fasterRowReads(context);
  expect(fasterRowReads(context)).toBe(answer);
  expect(['buffer', 'texture']).toContain(await answer);
  expect(context.memory.bytes).toBe(0);
});
