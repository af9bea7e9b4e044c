/**
 * Counter-based randomness, twin of `shaders/common/random.wgsl`: every draw is a pure function of (root seed, stream,
 * lane seed, step, index), so lanes of one seed see the same minibatches whatever their optimizer, and a run can go on
 * from any step.
 */

/** Streams keep unrelated draws independent. */
export const STREAM = { data: 1, batch: 2, epoch: 3, initial: 4 } as const;

export function gaussianRow(
  _seed: number,
  _stream: number,
  _row: number,
  _offset: number,
  _scales: Float64Array,
  _into: Float32Array,
): void {
  throw new Error('not written');
}
