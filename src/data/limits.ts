/** How much data the playground takes, and the errors when there is more. */
import { DataError } from './table';
import { counted, grouped } from './words';

export const MAX_ROWS = 1_000_000;
/** Features of a regression, the intercept included. */
export const MAX_FEATURES = 1024;
/** Columns of a table: more than the features, because constant columns can be dropped. */
export const MAX_COLUMNS = 16_384;
/** 2 GiB of float32 numbers. */
export const MAX_VALUES = 2 ** 29;
/** Bytes of one file once unpacked. */
export const MAX_BYTES = 2 ** 31;

/** Throws `DataError` where a table of this size is empty or larger than the limits. */
export function checkSize(file: string, rows: number, columns: number): void {
  const fail = (message: string): never => {
    throw new DataError(`${file}: ${message}`, { file });
  };
  if (rows < 1 || columns < 1)
    fail(`there are no numbers in it (${grouped(rows)} rows × ${grouped(columns)} columns).`);
  if (rows > MAX_ROWS) fail(`${counted(rows, 'row')}; at most ${grouped(MAX_ROWS)} can be used.`);
  if (columns > MAX_COLUMNS) fail(`${counted(columns, 'column')}; at most ${grouped(MAX_COLUMNS)} can be read.`);
  if (rows * columns > MAX_VALUES)
    fail(`${grouped(rows)} × ${grouped(columns)} numbers; at most ${grouped(MAX_VALUES)} (2 GiB) can be kept.`);
}

/** Zeros, or `DataError` where the browser has not that much memory. */
export function allocate(file: string, length: number): Float32Array<ArrayBuffer> {
  try {
    return new Float32Array(length);
  } catch {
    throw new DataError(`${file}: there is not enough memory for ${grouped(length)} numbers.`, { file });
  }
}
