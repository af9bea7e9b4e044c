/** Tells the format of a file by its content, and where that says nothing by its name. */
import { isCifarName } from './cifar';
import { encodingOf } from './csv';
import { isGzip } from './gzip';
import { isIdx } from './idx';
import { isNpy } from './npy';
import { DataError } from './table';

export type Format = 'npy' | 'idx' | 'cifar' | 'zip' | 'text';

export const ACCEPTED =
  'CSV, TSV or TXT tables, NumPy .npy arrays, IDX files and the binary version of CIFAR (.bin), each also packed as .gz; and folders or ZIP archives of pictures';

/** Formats that are not tables, by the bytes they begin with. */
const OTHERS: readonly [what: string, ...bytes: number[]][] = [
  ['a PDF document', 0x25, 0x50, 0x44, 0x46],
  ['a single PNG picture', 0x89, 0x50, 0x4e, 0x47],
  ['a single JPEG picture', 0xff, 0xd8, 0xff],
  ['a GIF picture', 0x47, 0x49, 0x46, 0x38],
  ['an HDF5 file', 0x89, 0x48, 0x44, 0x46],
  ['a Parquet file', 0x50, 0x41, 0x52, 0x31],
  ['an old Excel sheet: save it as CSV', 0xd0, 0xcf, 0x11, 0xe0],
  ['a bzip2 archive', 0x42, 0x5a, 0x68],
  ['an xz archive', 0xfd, 0x37, 0x7a, 0x58],
  ['a Zstandard archive', 0x28, 0xb5, 0x2f, 0xfd],
  ['a MATLAB file', 0x4d, 0x41, 0x54, 0x4c, 0x41, 0x42],
  ['a Python pickle: save a plain array with numpy.save', 0x80, 0x02],
  ['a Python pickle: save a plain array with numpy.save', 0x80, 0x03],
  ['a Python pickle: save a plain array with numpy.save', 0x80, 0x04],
  ['a Python pickle: save a plain array with numpy.save', 0x80, 0x05],
  ['a SQLite database', 0x53, 0x51, 0x4c, 0x69, 0x74, 0x65],
];

/** Text formats that are not tables, by their first character. */
const OTHER_TEXTS: readonly [what: string, pattern: RegExp][] = [
  ['a web page or an XML document', /^\s*</],
  ['a JSON document', /^\s*[[{]/],
  ['an ARFF file: keep only the rows after @data and save them as CSV', /^\s*(%[^\n]*\n\s*)*@relation/i],
];

/** Throws `DataError`, which says what was recognised and what is accepted, where the file is none of the formats. */
export function formatOf(name: string, bytes: Uint8Array<ArrayBuffer>): Format {
  const refuse = (message: string): never => {
    throw new DataError(`${name}: ${message}. Accepted are ${ACCEPTED}.`, { file: name });
  };
  if (bytes.length === 0) refuse('the file is empty');
  // By name alone, and first: the label and the first pixels of such a file can be any bytes.
  if (isCifarName(name)) return 'cifar';
  if (isNpy(bytes)) return 'npy';
  if (isIdx(bytes)) return 'idx';
  if (isZip(bytes)) return 'zip';
  // A parser that knows its format finds better words for what is wrong than this function.
  const plainName = name.toLowerCase().replace(/\.gz$/, '');
  if (plainName.endsWith('.npy')) return 'npy';
  if (/[.-]idx\d*(-ubyte)?$/.test(plainName)) return 'idx';
  if (isGzip(bytes)) refuse('this is a gzip file inside a gzip file');
  for (const [what, ...start] of OTHERS) if (start.every((byte, k) => bytes[k] === byte)) refuse(`this is ${what}`);
  const text = new TextDecoder(encodingOf(bytes)).decode(bytes.subarray(0, 2 ** 16));
  if (looksBinary(text)) refuse('a binary file of an unknown format');
  for (const [what, pattern] of OTHER_TEXTS) if (pattern.test(text)) refuse(`this is ${what}`);
  return 'text';
}

/** A ZIP archive, or an empty one. */
const isZip = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && ((bytes[2] === 3 && bytes[3] === 4) || (bytes[2] === 5 && bytes[3] === 6));

/** Control characters in the text, or many bytes that are no UTF-8 (a few may be accents of an older encoding). */
function looksBinary(text: string): boolean {
  let strange = 0;
  for (let k = 0; k < text.length; k++) {
    const code = text.charCodeAt(k);
    if (code === 0) return true;
    if ((code < 32 && (code < 9 || code > 13)) || code === 0xfffd) strange++;
  }
  return strange * 10 > text.length;
}
