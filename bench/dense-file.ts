/** The data of the linear regressions: a NumPy file, read like a user's own. */
import { normalPair, mix, STREAM, streamKey } from '../src/random/random';

export interface DenseShape {
  readonly rows: number;
  readonly dimension: number;
}

/**
 * Standard normal features and, in the last column, targets y = ⟨x, w*⟩ for a standard normal w*: the loss falls to the
 * rounding of float32 and stays there, so arithmetic never meets subnormal numbers.
 */
export function denseFile({ rows, dimension }: DenseShape): { name: string; bytes: ArrayBuffer } {
  const key = streamKey(1, STREAM.data, 0);
  const words = new Uint32Array(4);
  const normal = (row: number, j: number) => {
    mix(key, row, j, 0, words);
    return normalPair(words[0]!, words[1]!)[0];
  };
  const values = new Float32Array(rows * (dimension + 1));
  for (let i = 0; i < rows; i++) {
    let target = 0;
    for (let j = 0; j < dimension; j++) {
      const x = Math.fround(normal(i, j));
      values[i * (dimension + 1) + j] = x;
      target += x * normal(rows, j);
    }
    values[i * (dimension + 1) + dimension] = target;
  }
  return { name: 'dense.npy', bytes: npy(values, [rows, dimension + 1]) };
}

/** Version 1 of numpy.org/doc/stable/reference/generated/numpy.lib.format.html. */
export function npy(values: Float32Array, shape: readonly number[]): ArrayBuffer {
  const dictionary = `{'descr': '<f4', 'fortran_order': False, 'shape': (${shape.join(', ')}), }`;
  const header = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + header.length + 4 * values.length);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length, 0]);
  bytes.set(new TextEncoder().encode(header), 10);
  const view = new DataView(bytes.buffer, 10 + header.length);
  values.forEach((value, k) => {
    view.setFloat32(4 * k, value, true);
  });
  return bytes.buffer;
}
