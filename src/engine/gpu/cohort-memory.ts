/** How much GPU memory lanes take: the sizes of a cohort's buffers, in one place. */
import type { DeviceFeatures } from '../../gpu/device';
import { MAX_SLOTS } from '../../optimizers/types';
import { metricsOf } from '../../problems/metrics';
import { startStatistics } from '../../problems/start';
import type { LeastSquares, Objective } from '../../problems/types';
import { MAX_SEGMENTS } from '../slices';
import { keptKernelRows, kernelBytes, kernelRowBytes } from './kernel-matrix';
import { TILE_ROWS } from './kernel-programs';
import { mappings } from './mapping';
import { exampleBytes } from './network/example-buffers';
import { networkBytes } from './network/network-programme';
import { partsOf } from './record-plan';

/** Bytes of a lane's record: coefficients, key, batch, iterate, first row. */
export const LANE_RECORD_BYTES = 48;

/** Bytes of an objective's rows or scales, which all its cohorts share. */
export function objectiveBytes(objective: Objective, mostKernel?: number): number {
  if (objective.family === 'network') return exampleBytes(objective).reduce((sum, bytes) => sum + bytes, 0);
  const { rows, dimension } = objective;
  if (rows.kind === 'kernel') return kernelBytes(rows, mostKernel);
  const width = 16 * Math.ceil(dimension / 4);
  if (rows.kind !== 'stored') return 2 * width;
  // The rows, and the smaller ones that a recording may read in their stead, in the two forms that kernels take.
  return rows.count * (width + 4) + Math.min(rows.count, dimension) * (2 * width + 20);
}

/** Bytes that one lane takes at most in each buffer of a cohort, its share of what is being read back included. */
export function laneBytes(
  objective: Objective,
  maxBatch: number,
  features: DeviceFeatures,
  mostKernel?: number,
): number[] {
  const state = MAX_SLOTS * 16 * Math.ceil(objective.dimension / 4);
  const losses = 4 * MAX_SEGMENTS * metricsOf(objective).length;
  const statistics = 4 * startStatistics(objective).length;
  return [
    state,
    losses,
    statistics,
    LANE_RECORD_BYTES,
    // Liveness and membership.
    4,
    4,
    ...(objective.family === 'network'
      ? networkBytes(objective, maxBatch)
      : linearBytes(objective, maxBatch, features, mostKernel)),
    // Staging buffers, rounded up to powers of two: losses of the two calls under way, and the state being saved.
    4 * losses,
    2 * (state + 4 + statistics),
  ];
}

function linearBytes(
  { rows, dimension }: LeastSquares,
  maxBatch: number,
  features: DeviceFeatures,
  mostKernel: number | undefined,
): number[] {
  const computed = rows.kind === 'kernel' && keptKernelRows(rows, mostKernel) < rows.count;
  const batched = computed || mappings(dimension, features).some(({ path }) => path === 'batched');
  return [
    ...(rows.kind === 'stored' ? [4 * partsOf(rows.count)] : []),
    ...(rows.kind === 'kernel' ? [4 * partsOf(rows.recorded)] : []),
    // Rows of a minibatch, and its tiles; at worst no other lane has the same.
    ...(computed ? [kernelRowBytes(rows.count, maxBatch), 8 * Math.ceil(maxBatch / TILE_ROWS)] : []),
    // Draws and residuals of a group; at worst a lane is a group of its own.
    ...(batched ? [8 * maxBatch, 4 * maxBatch] : []),
  ];
}
