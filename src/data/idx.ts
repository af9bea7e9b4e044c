/**
 * IDX files (the format of MNIST): two zero bytes, the element type, the number of dimensions, each dimension as a
 * big-endian uint32, then the numbers, big-endian. Source: yann.lecun.com/exdb/mnist, "the IDX file format".
 */
import { ELEMENTS, type ElementType } from './elements';
import { checkBytes, type EncodedArray } from './encoded-array';
import { DataError } from './table';
import { grouped } from './words';

const TYPES: Readonly<Record<number, ElementType>> = {
  0x08: ELEMENTS.uint8,
  0x09: ELEMENTS.int8,
  0x0b: ELEMENTS.int16,
  0x0c: ELEMENTS.int32,
  0x0d: ELEMENTS.float32,
  0x0e: ELEMENTS.float64,
};

export const isIdx = (bytes: Uint8Array): boolean =>
  bytes.length >= 4 && bytes[0] === 0 && bytes[1] === 0 && TYPES[bytes[2]!] !== undefined && bytes[3] !== 0;

/** Reads the header; the numbers stay encoded. Throws `DataError` that says what is wrong: magic, type or size. */
export function parseIdx(name: string, bytes: Uint8Array<ArrayBuffer>): EncodedArray {
  const fail = (message: string): never => {
    throw new DataError(`${name}: ${message}`, { file: name });
  };
  if (bytes.length < 4) fail('the IDX file is cut short inside its header.');
  if (bytes[0] !== 0 || bytes[1] !== 0) fail('not an IDX file: it does not start with two zero bytes.');
  const code = bytes[2]!;
  const element =
    TYPES[code] ??
    fail(
      `IDX element type 0x${code.toString(16).padStart(2, '0')} is unknown; 0x08, 0x09 and 0x0b to 0x0e can be read.`,
    );
  const dimensions = bytes[3]!;
  if (dimensions === 0) fail('the IDX file has no dimensions.');
  const start = 4 + 4 * dimensions;
  if (bytes.length < start)
    fail(
      `the IDX header of ${dimensions} dimensions needs ${grouped(start)} bytes; there are ${grouped(bytes.length)}.`,
    );
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const array: EncodedArray = {
    name,
    format: 'IDX',
    shape: Array.from({ length: dimensions }, (_, k) => view.getUint32(4 + 4 * k, false)),
    element,
    littleEndian: false,
    fortran: false,
    data: bytes.subarray(start),
  };
  checkBytes(array);
  return array;
}
