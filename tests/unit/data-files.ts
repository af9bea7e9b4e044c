/** Builds data files in memory for the tests, independently of the parsers. */
import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import { DataError } from '../../src/data/table';

export interface NpyOptions {
  readonly descr: string;
  readonly shape: readonly number[];
  readonly fortran?: boolean;
  readonly version?: 1 | 2 | 3;
}

export const concat = (...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> => {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
};

/** A .npy file around raw numbers, its header padded to 64 bytes as NumPy does. */
export function npyFile({ descr, shape, fortran = false, version = 1 }: NpyOptions, data: Uint8Array) {
  const tuple = shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(', ')})`;
  return npyWithHeader(
    `{'descr': '${descr}', 'fortran_order': ${fortran ? 'True' : 'False'}, 'shape': ${tuple}, }`,
    data,
    version,
  );
}

export function npyWithHeader(dictionary: string, data: Uint8Array, version: 1 | 2 | 3 = 1): Uint8Array<ArrayBuffer> {
  const start = version === 1 ? 10 : 12;
  const header = `${dictionary.padEnd(Math.ceil((start + dictionary.length + 1) / 64) * 64 - start - 1)}\n`;
  const prefix = new Uint8Array(start);
  prefix.set([0x93, ...Buffer.from('NUMPY'), version, 0]);
  const view = new DataView(prefix.buffer);
  if (version === 1) view.setUint16(8, header.length, true);
  else view.setUint32(8, header.length, true);
  return concat(prefix, Buffer.from(header), data);
}

type Setter = 'Uint8' | 'Int8' | 'Uint16' | 'Int16' | 'Uint32' | 'Int32' | 'Float32' | 'Float64';

/** Numbers as raw bytes, by the name of DataView's setter. */
export function encode(type: Setter, values: readonly number[], littleEndian: boolean): Uint8Array<ArrayBuffer> {
  const size = Number(/\d+$/.exec(type)![0]) / 8;
  const view = new DataView(new ArrayBuffer(values.length * size));
  values.forEach((value, k) => {
    view[`set${type}`](k * size, value, littleEndian);
  });
  return new Uint8Array(view.buffer);
}

export function encode64(values: readonly bigint[], littleEndian: boolean): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(values.length * 8));
  values.forEach((value, k) => {
    view.setBigInt64(k * 8, value, littleEndian);
  });
  return new Uint8Array(view.buffer);
}

/** An IDX file around raw big-endian numbers. */
export function idxFile(type: number, shape: readonly number[], data: Uint8Array): Uint8Array<ArrayBuffer> {
  return concat(new Uint8Array([0, 0, type, shape.length]), encode('Uint32', shape, false), data);
}

export const utf8 = (text: string): Uint8Array<ArrayBuffer> => new Uint8Array(new TextEncoder().encode(text));

export const gzip = (bytes: Uint8Array): Uint8Array<ArrayBuffer> => new Uint8Array(gzipSync(bytes));

export const file = (name: string, bytes: Uint8Array<ArrayBuffer>): { name: string; bytes: ArrayBuffer } => ({
  name,
  bytes: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength),
});

/** The `DataError` that `action` throws or rejects with. */
export async function dataError(action: () => unknown): Promise<DataError> {
  try {
    await action();
  } catch (error) {
    expect(error).toBeInstanceOf(DataError);
    return error as DataError;
  }
  throw new Error('no error was thrown');
}
