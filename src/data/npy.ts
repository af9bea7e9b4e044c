/**
 * NumPy's .npy files, format versions 1 to 3: magic bytes, a Python dictionary literal as header, then the raw numbers.
 * Source: numpy.org/doc/stable/reference/generated/numpy.lib.format.html.
 */
import { ELEMENTS, type ElementType } from './elements';
import { checkBytes, type EncodedArray } from './encoded-array';
import { DataError } from './table';
import { grouped, quoted } from './words';

const MAGIC = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
/** NumPy itself allows no more dimensions than this. */
const MAX_DIMENSIONS = 64;

const TYPES: Readonly<Record<string, ElementType>> = {
  b1: ELEMENTS.bool,
  u1: ELEMENTS.uint8,
  i1: ELEMENTS.int8,
  u2: ELEMENTS.uint16,
  i2: ELEMENTS.int16,
  u4: ELEMENTS.uint32,
  i4: ELEMENTS.int32,
  u8: ELEMENTS.uint64,
  i8: ELEMENTS.int64,
  f2: ELEMENTS.float16,
  f4: ELEMENTS.float32,
  f8: ELEMENTS.float64,
};

/** What kinds of NumPy type cannot be numbers of a table, by the letter of their code. */
const OTHER_KINDS: Readonly<Record<string, string>> = {
  c: 'complex numbers',
  O: 'Python objects',
  S: 'text',
  U: 'text',
  a: 'text',
  V: 'raw records',
  M: 'dates',
  m: 'time spans',
};

export const isNpy = (bytes: Uint8Array): boolean => MAGIC.every((byte, k) => bytes[k] === byte);

/** Reads the header; the numbers stay encoded. Throws `DataError` that says what is wrong: magic, header, type or size. */
export function parseNpy(name: string, bytes: Uint8Array<ArrayBuffer>): EncodedArray {
  const fail = (message: string): never => {
    throw new DataError(`${name}: ${message}`, { file: name });
  };
  if (!isNpy(bytes)) fail('not a NumPy file: it does not start with the magic bytes \\x93NUMPY.');
  if (bytes.length < 10) fail('the NumPy file is cut short inside its header.');
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const major = view.getUint8(6);
  if (major < 1 || major > 3)
    fail(`NumPy format version ${major}.${view.getUint8(7)} is unknown; 1, 2 and 3 can be read.`);
  if (major > 1 && bytes.length < 12) fail('the NumPy file is cut short inside its header.');
  const start = major === 1 ? 10 : 12;
  const length = major === 1 ? view.getUint16(8, true) : view.getUint32(8, true);
  if (start + length > bytes.length)
    fail(`the NumPy header is ${grouped(length)} bytes long, but only ${grouped(bytes.length - start)} bytes follow.`);
  // A regular header is below 200 bytes; a huge one would only slow the search below.
  if (length > 65_536) fail(`the NumPy header is ${grouped(length)} bytes long; at most 65,536 can be read.`);
  const header = new TextDecoder(major === 3 ? 'utf-8' : 'latin1').decode(bytes.subarray(start, start + length)).trim();
  try {
    const { element, littleEndian } = elementOf(header);
    const array: EncodedArray = {
      name,
      format: 'NumPy',
      shape: shapeOf(header),
      element,
      littleEndian,
      fortran: isFortran(header),
      data: bytes.subarray(start + length),
    };
    checkBytes(array);
    return array;
  } catch (error) {
    if (error instanceof HeaderError) return fail(error.message);
    throw error;
  }
}

class HeaderError extends Error {}

function elementOf(header: string): { element: ElementType; littleEndian: boolean } {
  const descr = /['"]descr['"]\s*:\s*(?:['"]([^'"]*)['"]|(\[))/.exec(header);
  if (!descr) throw new HeaderError(`the NumPy header has no type ('descr'): ${quoted(header)}.`);
  if (descr[2] !== undefined)
    throw new HeaderError('a structured NumPy array (named fields) cannot be read; save a plain array of numbers.');
  const code = descr[1]!;
  // Byte order, kind, bytes: "<f8".
  const [, order = '', type = '', kind = ''] = /^([<>|=]?)(([a-zA-Z]).*)$/.exec(code) ?? [];
  const element = TYPES[type];
  if (element) return { element, littleEndian: order !== '>' };
  const other = OTHER_KINDS[kind];
  throw new HeaderError(
    `NumPy type ${quoted(code)}${other ? ` (${other})` : ''} cannot be read; booleans, integers and floats of up to 64 bits can.`,
  );
}

function isFortran(header: string): boolean {
  const order = /['"]fortran_order['"]\s*:\s*(True|False)\b/.exec(header);
  if (!order) throw new HeaderError(`the NumPy header has no order of storage ('fortran_order'): ${quoted(header)}.`);
  return order[1] === 'True';
}

function shapeOf(header: string): number[] {
  const text = /['"]shape['"]\s*:\s*\(([\dL,\s]*)\)/.exec(header)?.[1];
  if (text === undefined) throw new HeaderError(`the NumPy header has no shape: ${quoted(header)}.`);
  const parts = text.split(',').map((part) => part.trim());
  if (parts.at(-1) === '') parts.pop();
  const shape = parts.map((part) => (/^\d+L?$/.test(part) ? Number.parseInt(part, 10) : NaN));
  if (shape.length > MAX_DIMENSIONS || !shape.every(Number.isSafeInteger))
    throw new HeaderError(`the NumPy shape ${quoted(`(${text})`)} cannot be understood.`);
  return shape;
}
