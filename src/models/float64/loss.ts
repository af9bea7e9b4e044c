/** Losses of a minibatch in float64. */
import { strideOf, type LossKind } from '../network';

/**
 * Mean loss over m samples, and its gradient into `dz` where given. `z` and `dz` are m × the stride of the outputs; their
 * surplus does not count. Cross-entropy: `targets` are m class numbers. Squared error: ½ ‖z − y‖², `targets` are m × outputs.
 */
export function lossOf(
  kind: LossKind,
  m: number,
  outputs: number,
  z: Float64Array,
  targets: ArrayLike<number>,
  dz?: Float64Array,
): number {
  const stride = strideOf({ channels: outputs });
  let sum = 0;
  for (let i = 0; i < m; i++) {
    const row = z.subarray(i * stride, i * stride + outputs);
    if (kind === 'squared-error') {
      for (let j = 0; j < outputs; j++) {
        const residual = row[j]! - targets[i * outputs + j]!;
        sum += residual ** 2 / 2;
        if (dz) dz[i * stride + j] = residual / m;
      }
      continue;
    }
    const top = row.reduce((a, b) => Math.max(a, b));
    let total = 0;
    for (let j = 0; j < outputs; j++) total += Math.exp(row[j]! - top);
    sum += Math.log(total) + top - row[targets[i]!]!;
    if (dz)
      for (let j = 0; j < outputs; j++)
        dz[i * stride + j] = (Math.exp(row[j]! - top) / total - (j === targets[i] ? 1 : 0)) / m;
  }
  return sum / m;
}

/** The class of each row of outputs: the first largest entry. */
export function classOf(row: Float64Array): number {
  let best = 0;
  for (let j = 1; j < row.length; j++) if (row[j]! > row[best]!) best = j;
  return best;
}
