/** An n-dimensional array in a binary file: its header is read, its numbers are decoded straight to where they belong. */
import type { ElementType } from './elements';
import { DataError } from './table';
import { grouped, quoted } from './words';

export interface EncodedArray {
  readonly name: string;
  readonly format: 'NumPy' | 'IDX';
  /** Length of each dimension, slowest first; empty for a single number. */
  readonly shape: readonly number[];
  readonly element: ElementType;
  readonly littleEndian: boolean;
  /** True where the first index varies fastest (column-major). */
  readonly fortran: boolean;
  /** The numbers alone; a view of the file, not a copy. */
  readonly data: Uint8Array<ArrayBuffer>;
}

/** A zero wins even over an overflow to infinity. */
const product = (numbers: readonly number[]): number => (numbers.includes(0) ? 0 : numbers.reduce((a, b) => a * b, 1));

/** Length of the first dimension; 1 for a single number. */
export const rowCount = (array: EncodedArray): number => array.shape[0] ?? 1;

/** Numbers in a row: the product of the other dimensions. */
export const rowWidth = (array: EncodedArray): number => product(array.shape.slice(1));

/** "1,000 × 28 × 28", "1,000", "a single number". */
export const shapeText = (shape: readonly number[]): string =>
  shape.length === 0 ? 'a single number' : shape.map(grouped).join(' × ');

/** Throws `DataError` unless the file has exactly the bytes that its shape asks for. */
export function checkBytes(array: EncodedArray): void {
  const needed = product(array.shape) * array.element.bytes;
  const there = array.data.byteLength;
  if (there === needed) return;
  throw new DataError(
    `${array.name}: its header promises ${shapeText(array.shape)} of ${array.element.label}, ${grouped(needed)} bytes of ` +
      `numbers, but ${grouped(there)} bytes follow: the file is ${there < needed ? 'cut short' : 'too long'}.`,
    { file: array.name },
  );
}

/**
 * Decodes the array into columns `offset` … `offset + rowWidth − 1` of a row-major table `target` with `stride` numbers
 * a row. `columns[j]` names column j of the array in errors: a number that is not finite in single precision throws
 * `DataError` with its row (1-based) and column. Bytes take an array of uint8 only.
 */
export function decodeInto(
  array: EncodedArray,
  target: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>,
  stride: number,
  offset: number,
  columns: readonly string[],
): void {
  const { element, littleEndian, data } = array;
  const { bytes, read } = element;
  const rows = rowCount(array);
  const width = rowWidth(array);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const columnAt = array.fortran ? fortranOffsets(array.shape) : Float64Array.from({ length: width }, (_, j) => j);
  const rowStep = array.fortran ? 1 : width;
  for (let i = 0; i < rows; i++) {
    const from = i * rowStep;
    const to = i * stride + offset;
    for (let j = 0; j < width; j++) {
      const value = read(view, (from + columnAt[j]!) * bytes, littleEndian);
      const single = Math.fround(value);
      if (single - single !== 0) throw notFinite(array, value, i, columns[j] ?? `column ${j + 1}`);
      target[to + j] = single;
    }
  }
}

/** Distance of each number of the first row (in row-major order) from the file's start, in column-major storage. */
function fortranOffsets(shape: readonly number[]): Float64Array {
  const rest = shape.slice(1);
  const offsets = new Float64Array(product(rest));
  let step = shape[0] ?? 1;
  let block = offsets.length;
  for (const length of rest) {
    block /= length;
    for (let j = 0; j < offsets.length; j++) offsets[j]! += (Math.floor(j / block) % length) * step;
    step *= length;
  }
  return offsets;
}

function notFinite(array: EncodedArray, value: number, i: number, column: string): DataError {
  const what = Number.isFinite(value)
    ? `${value} is too large for single precision (at most 3.4e38)`
    : `${value} is not a finite number`;
  return new DataError(`${array.name}, row ${grouped(i + 1)}, column ${quoted(column)}: ${what}.`, {
    file: array.name,
    row: i + 1,
    column,
  });
}
