/**
 * Batch normalisation in float64 (Ioffe & Szegedy 2015), per channel over samples and pixels. Channels count with their
 * surplus, whose scale is zero.
 */
import type { Operation } from '../network';

export type BatchNorm = Extract<Operation, { kind: 'batch-norm' }>;

/** Added to a variance, and the share of a minibatch in the running statistics; as PyTorch has them. */
export const NORM_EPSILON = 1e-5;
export const NORM_MOMENTUM = 0.1;

/** Mean and (biased) variance of every channel of `x`: count × channels. */
function moments(x: Float64Array, count: number, channels: number): { mean: Float64Array; variance: Float64Array } {
  const mean = new Float64Array(channels);
  const variance = new Float64Array(channels);
  for (let k = 0; k < count * channels; k++) mean[k % channels] = mean[k % channels]! + x[k]! / count;
  for (let k = 0; k < count * channels; k++)
    variance[k % channels] = variance[k % channels]! + (x[k]! - mean[k % channels]!) ** 2 / count;
  return { mean, variance };
}

/**
 * `x` and `y` are count × channels. With `training` the minibatch's own statistics count, and the running ones in
 * `statistics` move towards them (towards the unbiased variance); else the running ones count.
 */
export function normForward(
  op: BatchNorm,
  count: number,
  p: Float64Array,
  statistics: Float64Array,
  training: boolean,
  x: Float64Array,
  y: Float64Array,
): void {
  const channels = op.scale.length;
  const own = training ? moments(x, count, channels) : undefined;
  const mean = own?.mean ?? statistics.subarray(op.mean.offset, op.mean.offset + channels);
  const variance = own?.variance ?? statistics.subarray(op.variance.offset, op.variance.offset + channels);
  for (let k = 0; k < count * channels; k++) {
    const c = k % channels;
    const normal = (x[k]! - mean[c]!) / Math.sqrt(variance[c]! + NORM_EPSILON);
    y[k] = p[op.scale.offset + c]! * normal + p[op.shift.offset + c]!;
  }
  if (!own) return;
  const unbiased = count > 1 ? count / (count - 1) : 1;
  for (let c = 0; c < channels; c++) {
    const [m, v] = [op.mean.offset + c, op.variance.offset + c];
    statistics[m] = (1 - NORM_MOMENTUM) * statistics[m]! + NORM_MOMENTUM * own.mean[c]!;
    statistics[v] = (1 - NORM_MOMENTUM) * statistics[v]! + NORM_MOMENTUM * unbiased * own.variance[c]!;
  }
}

/** Of the training form; adds to `dp` (gradient of the parameters) and to `dx`. */
export function normBackward(
  op: BatchNorm,
  count: number,
  p: Float64Array,
  x: Float64Array,
  dy: Float64Array,
  dx: Float64Array,
  dp: Float64Array,
): void {
  const channels = op.scale.length;
  const { mean, variance } = moments(x, count, channels);
  const sum = new Float64Array(channels);
  const weighted = new Float64Array(channels);
  const normal = (k: number) => (x[k]! - mean[k % channels]!) / Math.sqrt(variance[k % channels]! + NORM_EPSILON);
  for (let k = 0; k < count * channels; k++) {
    const c = k % channels;
    sum[c] = sum[c]! + dy[k]!;
    weighted[c] = weighted[c]! + dy[k]! * normal(k);
  }
  for (let c = 0; c < channels; c++) {
    dp[op.shift.offset + c] = dp[op.shift.offset + c]! + sum[c]!;
    dp[op.scale.offset + c] = dp[op.scale.offset + c]! + weighted[c]!;
  }
  for (let k = 0; k < count * channels; k++) {
    const c = k % channels;
    const factor = p[op.scale.offset + c]! / Math.sqrt(variance[c]! + NORM_EPSILON);
    dx[k] = dx[k]! + factor * (dy[k]! - sum[c]! / count - (normal(k) * weighted[c]!) / count);
  }
}
