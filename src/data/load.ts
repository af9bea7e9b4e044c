/** From the files a user drops to one table. */
import { unzip } from './archive';
import { isCifarName, tableOfCifar, type CifarFile } from './cifar';
import { FITTING, tableOfArray, tableOfPair } from './combine';
import { parseCsv, type ParseOptions } from './csv';
import type { EncodedArray } from './encoded-array';
import { ACCEPTED, formatOf } from './format';
import { gunzip, isGzip } from './gzip';
import { parseIdx } from './idx';
import { MAX_BYTES } from './limits';
import { parseNpy } from './npy';
import { isPictureName, tableOfPictures, type PictureDecoder } from './picture-files';
import { DataError, type Table } from './table';
import { isTestName, joined } from './test-part';
import { grouped, shortList } from './words';

export interface DataFile {
  readonly name: string;
  readonly bytes: ArrayBuffer;
}

export interface LoadOptions extends ParseOptions {
  /** Decodes pictures; without it they are refused. */
  readonly decodePicture?: PictureDecoder | undefined;
}

/**
 * Parses files that belong together into one table: a CSV, TSV or TXT file; a two-dimensional .npy or IDX array; or an
 * array of features and one of targets, in any order (a pair of MNIST files, X.npy with y.npy), or such a pair to train on
 * and one to test with; or batches of CIFAR. Any of them may be packed with gzip, whatever its name. A ZIP archive is its pictures, one folder a class, or else what its files
 * are. The files are only read, and not kept.
 *
 * Throws `DataError` that names the file and, for a bad number, its row and column; on an abort, the signal's reason.
 */
export async function parseFiles(files: readonly DataFile[], options: LoadOptions = {}): Promise<Table> {
  if (files.length === 0) throw new DataError(`No file was given. Accepted are ${ACCEPTED}.`);
  if (files.every(({ name }) => isCifarName(name))) return tableOfCifar(await unpacked(files, options));
  const tests = files.filter(({ name }) => isTestName(name));
  if (files.length > 2 && !(files.length === 4 && tests.length === 2)) throw tooMany(files);
  if (files.length === 4) return parseBoth(files, options);
  const parts: (Table | EncodedArray)[] = [];
  for (const { name, bytes } of files) {
    options.signal?.throwIfAborted();
    parts.push(await parsePart(name, new Uint8Array(bytes), files.length > 1, options));
  }
  const [first, second] = parts;
  if (!first) throw tooMany(files);
  if (!second) return 'values' in first ? first : tableOfArray(first);
  if ('values' in first || 'values' in second) throw tooMany(files);
  return tableOfPair(first, second);
}

/** A pair of arrays to train on and a pair to test with. */
async function parseBoth(files: readonly DataFile[], options: LoadOptions): Promise<Table> {
  const [train, test] = [false, true].map((isTest) => files.filter(({ name }) => isTestName(name) === isTest));
  return joined(await parseFiles(train!, options), await parseFiles(test!, options));
}

async function parsePart(
  name: string,
  given: Uint8Array<ArrayBuffer>,
  isPair: boolean,
  options: LoadOptions,
): Promise<Table | EncodedArray> {
  const bytes = await plainBytes(name, given, options);
  switch (formatOf(name, bytes)) {
    case 'npy':
      return parseNpy(name, bytes);
    case 'idx':
      return parseIdx(name, bytes);
    case 'cifar':
      throw new DataError(`${name} is a batch of CIFAR: it can be joined with other batches only.`, { file: name });
    case 'zip':
      if (isPair) throw new DataError(`${name} is a ZIP archive: it stands alone.`, { file: name });
      return parseArchive(name, bytes, options);
    case 'text':
      // A text table stands alone: better said before it is parsed.
      if (isPair)
        throw new DataError(
          `${name} is a text table: it cannot be joined with other files. What fits together: ${FITTING}.`,
          { file: name },
        );
      return parseCsv(name, bytes, options);
  }
}

async function parseArchive(name: string, bytes: Uint8Array<ArrayBuffer>, options: LoadOptions): Promise<Table> {
  const entries = unzip(name, bytes);
  const pictures = entries.filter(({ path }) => isPictureName(path));
  if (pictures.length > 0)
    return tableOfPictures(name, pictures, { decode: options.decodePicture, signal: options.signal });
  const nested = entries.find(({ path }) => /\.zip$/i.test(path));
  if (nested) throw new DataError(`${name}: there is another ZIP archive in it (${nested.path}).`, { file: name });
  return parseFiles(
    entries.map((entry) => ({ name: `${name}/${entry.path}`, bytes: entry.bytes.buffer })),
    options,
  );
}

async function unpacked(files: readonly DataFile[], options: LoadOptions): Promise<CifarFile[]> {
  const plain: CifarFile[] = [];
  for (const { name, bytes } of files) {
    options.signal?.throwIfAborted();
    plain.push({ name, bytes: await plainBytes(name, new Uint8Array(bytes), options) });
  }
  return plain;
}

async function plainBytes(
  name: string,
  given: Uint8Array<ArrayBuffer>,
  options: LoadOptions,
): Promise<Uint8Array<ArrayBuffer>> {
  if (given.length > MAX_BYTES)
    throw new DataError(`${name}: ${grouped(given.length)} bytes; at most ${grouped(MAX_BYTES)} can be read.`, {
      file: name,
    });
  return isGzip(given) ? gunzip(name, given, options) : given;
}

const tooMany = (files: readonly DataFile[]): DataError =>
  new DataError(
    `${grouped(files.length)} files (${shortList(
      files.map(({ name }) => name),
      4,
    )}) do not fit together. What does: ${FITTING}. ` +
      'For MNIST: the images and the labels of one part, train or t10k, or of both.',
  );
