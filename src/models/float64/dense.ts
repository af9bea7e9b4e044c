/** Fully connected layers in float64: y = x W + b. */
import type { Operation } from '../network';

export type Dense = Extract<Operation, { kind: 'dense' }>;

/** `x` is m × inputs, `y` m × outputs, `p` the parameters of the network. */
export function denseForward(op: Dense, m: number, p: Float64Array, x: Float64Array, y: Float64Array): void {
  const outputs = op.bias.length;
  const inputs = op.weights.length / outputs;
  for (let i = 0; i < m; i++) {
    const row = y.subarray(i * outputs, (i + 1) * outputs);
    row.set(p.subarray(op.bias.offset, op.bias.offset + outputs));
    for (let k = 0; k < inputs; k++) {
      const value = x[i * inputs + k]!;
      if (value === 0) continue;
      const at = op.weights.offset + k * outputs;
      for (let j = 0; j < outputs; j++) row[j] = row[j]! + value * p[at + j]!;
    }
  }
}

/** Adds to `dp` (gradient of the parameters) and to `dx`. */
export function denseBackward(
  op: Dense,
  m: number,
  p: Float64Array,
  x: Float64Array,
  dy: Float64Array,
  dx: Float64Array,
  dp: Float64Array,
): void {
  const outputs = op.bias.length;
  const inputs = op.weights.length / outputs;
  for (let i = 0; i < m; i++) {
    const row = dy.subarray(i * outputs, (i + 1) * outputs);
    for (let j = 0; j < outputs; j++) dp[op.bias.offset + j] = dp[op.bias.offset + j]! + row[j]!;
    for (let k = 0; k < inputs; k++) {
      const value = x[i * inputs + k]!;
      const at = op.weights.offset + k * outputs;
      let sum = 0;
      for (let j = 0; j < outputs; j++) {
        dp[at + j] = dp[at + j]! + value * row[j]!;
        sum += p[at + j]! * row[j]!;
      }
      dx[i * inputs + k] = dx[i * inputs + k]! + sum;
    }
  }
}
