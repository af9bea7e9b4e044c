/** Data sets that come in a part to train on and a part to test with, told apart by the names of files or folders. */
import { DataError, type Table } from './table';
import { grouped } from './words';

/** Whether a file or a folder is called a test part, as `test_batch.bin`, `t10k-images-idx3-ubyte`, `X_test.npy` or `test` are. */
export const isTestName = (path: string): boolean =>
  /(^|[^a-z])(t10k|test)([^a-z]|$)/i.test(path.replace(/^.*[\\/]/, ''));

/** Both parts as one table, the rows for testing last. Throws `DataError` where their rows are not alike. */
export function joined(train: Table, test: Table): Table {
  const source = `${train.source}, ${test.source}`;
  const width = train.columns.length;
  if (test.columns.length !== width || (train.labelColumn ?? '') !== (test.labelColumn ?? ''))
    throw new DataError(
      `${test.source} has ${grouped(test.columns.length)} columns, but ${train.source} has ${grouped(width)}: they do not belong together.`,
      { file: test.source },
    );
  const bytes = train.values instanceof Uint8Array && test.values instanceof Uint8Array;
  const length = train.values.length + test.values.length;
  const values = bytes ? new Uint8Array(length) : new Float32Array(length);
  values.set(train.values);
  values.set(test.values, train.values.length);
  return { ...train, source, rows: train.rows + test.rows, values, testRows: test.rows };
}
