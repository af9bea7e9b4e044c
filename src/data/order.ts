/** Rows in a drawn order: a file may be sorted, and the first rows shall be like all others. */
import { rowOfEpoch, STREAM, streamKey } from '../random/random';

/** A permutation of 0 … count − 1; a pure function of its arguments. */
export function drawnOrder(count: number, rootSeed: number): number[] {
  const key = streamKey(rootSeed, STREAM.split, 0);
  return Array.from({ length: count }, (_, i) => rowOfEpoch(key, i, count));
}

/** Row k of the result is row order[k] of row-major `values`. */
export function reordered(
  values: Float32Array<ArrayBuffer>,
  width: number,
  order: readonly number[],
): Float32Array<ArrayBuffer> {
  const into = new Float32Array(order.length * width);
  order.forEach((row, k) => {
    into.set(values.subarray(row * width, (row + 1) * width), k * width);
  });
  return into;
}
