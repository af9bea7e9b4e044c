/** Convolutions in float64, channels-last, zero padding (size − 1)/2. */
import { strideOf, type Operation, type Shape } from '../network';

export type Convolution = Extract<Operation, { kind: 'convolution' }>;

/**
 * Every (input, weights, output) triple of offsets of one convolution: calls back with the offsets of an input pixel, of a
 * tap's weights (input channels × output channels) and of an output pixel, samples 0 … m − 1.
 */
function taps(
  { size, stride }: Convolution,
  m: number,
  from: Shape,
  to: Shape,
  visit: (input: number, tap: number, output: number) => void,
): void {
  const padding = (size - 1) / 2;
  const [inputs, outputs] = [strideOf(from), strideOf(to)];
  for (let i = 0; i < m; i++)
    for (let y = 0; y < to.height; y++)
      for (let x = 0; x < to.width; x++) {
        const output = ((i * to.height + y) * to.width + x) * outputs;
        for (let ky = 0; ky < size; ky++) {
          const row = y * stride + ky - padding;
          if (row < 0 || row >= from.height) continue;
          for (let kx = 0; kx < size; kx++) {
            const column = x * stride + kx - padding;
            if (column < 0 || column >= from.width) continue;
            const input = ((i * from.height + row) * from.width + column) * inputs;
            visit(input, (ky * size + kx) * inputs * outputs, output);
          }
        }
      }
}

/** `x` is m × from, `y` m × to, `p` the parameters of the network. */
export function convolutionForward(
  op: Convolution,
  m: number,
  from: Shape,
  to: Shape,
  p: Float64Array,
  x: Float64Array,
  y: Float64Array,
): void {
  const pixels = m * to.height * to.width;
  const [inputs, outputs] = [strideOf(from), strideOf(to)];
  if (op.bias)
    for (let k = 0; k < pixels; k++) y.set(p.subarray(op.bias.offset, op.bias.offset + outputs), k * outputs);
  else y.fill(0, 0, pixels * outputs);
  taps(op, m, from, to, (input, tap, output) => {
    for (let c = 0; c < inputs; c++) {
      const value = x[input + c]!;
      const at = op.weights.offset + tap + c * outputs;
      for (let k = 0; k < outputs; k++) y[output + k] = y[output + k]! + value * p[at + k]!;
    }
  });
}

/** Adds to `dp` (gradient of the parameters) and to `dx`. */
export function convolutionBackward(
  op: Convolution,
  m: number,
  from: Shape,
  to: Shape,
  p: Float64Array,
  x: Float64Array,
  dy: Float64Array,
  dx: Float64Array,
  dp: Float64Array,
): void {
  const [inputs, outputs] = [strideOf(from), strideOf(to)];
  const entries = m * to.height * to.width * outputs;
  if (op.bias)
    for (let k = 0; k < entries; k++) {
      const at = op.bias.offset + (k % outputs);
      dp[at] = dp[at]! + dy[k]!;
    }
  taps(op, m, from, to, (input, tap, output) => {
    for (let c = 0; c < inputs; c++) {
      const value = x[input + c]!;
      const at = op.weights.offset + tap + c * outputs;
      let sum = 0;
      for (let k = 0; k < outputs; k++) {
        const d = dy[output + k]!;
        dp[at + k] = dp[at + k]! + value * d;
        sum += p[at + k]! * d;
      }
      dx[input + c] = dx[input + c]! + sum;
    }
  });
}
