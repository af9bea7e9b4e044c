/** Pooling in float64, channels-last. */
import { sizeOf, strideOf, type Shape } from '../network';

/** Offset of the first largest entry of the 2 × 2 window behind output `index` (sample, row, column, channel). */
function largest(index: number, from: Shape, to: Shape, x: Float64Array): number {
  const stride = strideOf(to);
  const channel = index % stride;
  const pixel = (index - channel) / stride;
  const column = pixel % to.width;
  const row = Math.floor(pixel / to.width) % to.height;
  const sample = Math.floor(pixel / (to.width * to.height));
  const corner = ((sample * from.height + 2 * row) * from.width + 2 * column) * stride + channel;
  let best = corner;
  for (const at of [corner + stride, corner + from.width * stride, corner + (from.width + 1) * stride])
    if (x[at]! > x[best]!) best = at;
  return best;
}

const entries = (m: number, shape: Shape) => m * sizeOf(shape);

export function maxPoolForward(m: number, from: Shape, to: Shape, x: Float64Array, y: Float64Array): void {
  for (let k = 0; k < entries(m, to); k++) y[k] = x[largest(k, from, to, x)]!;
}

/** Adds to `dx`: each window's gradient goes to its first largest entry. */
export function maxPoolBackward(
  m: number,
  from: Shape,
  to: Shape,
  x: Float64Array,
  dy: Float64Array,
  dx: Float64Array,
): void {
  for (let k = 0; k < entries(m, to); k++) {
    const at = largest(k, from, to, x);
    dx[at] = dx[at]! + dy[k]!;
  }
}

/** `y` is m × stride. */
export function averagePoolForward(m: number, from: Shape, x: Float64Array, y: Float64Array): void {
  const channels = strideOf(from);
  const pixels = from.height * from.width;
  y.fill(0, 0, m * channels);
  for (let k = 0; k < entries(m, from); k++) {
    const at = Math.floor(k / (pixels * channels)) * channels + (k % channels);
    y[at] = y[at]! + x[k]! / pixels;
  }
}

/** Adds to `dx`. */
export function averagePoolBackward(m: number, from: Shape, dy: Float64Array, dx: Float64Array): void {
  const channels = strideOf(from);
  const pixels = from.height * from.width;
  for (let k = 0; k < entries(m, from); k++)
    dx[k] = dx[k]! + dy[Math.floor(k / (pixels * channels)) * channels + (k % channels)]! / pixels;
}
