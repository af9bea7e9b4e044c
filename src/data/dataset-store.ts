/** Parsed data sets by the names of their files. */
import { parseFiles, type LoadOptions } from './load';
import { labelValues } from './summary';
import { DataError, type Picture, type Table } from './table';
import { listed } from './words';

/** A data set as an interface shows it. */
export interface DatasetSummary {
  readonly files: readonly string[];
  readonly rows: number;
  readonly columns: readonly string[];
  readonly labelColumn?: string;
  readonly image?: Picture;
  /** The last so many rows are for testing, where the files tell. */
  readonly testRows?: number;
  /** Its numbers are bytes. */
  readonly bytes?: true;
  /** Names of the labels 0, 1, … where they are known. */
  readonly classNames?: readonly string[];
  /** Distinct values of the label column (the last one where none is marked) if there are at most 32, ascending. */
  readonly labelValues?: readonly number[];
}

export class DatasetStore {
  readonly #tables = new Map<string, Table>();
  readonly #options: LoadOptions;

  constructor(options: LoadOptions = {}) {
    this.#options = options;
  }

  /** Parses files that belong together and keeps them; throws `DataError`. Replaces a data set of the same names. */
  async add(files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[]): Promise<DatasetSummary> {
    const table = await parseFiles(files, this.#options);
    const names = files.map((file) => file.name);
    this.#tables.set(keyOf(names), table);
    const labels = labelValues(table, table.labelColumn ?? table.columns.at(-1)!);
    return {
      files: names,
      rows: table.rows,
      columns: table.columns,
      ...(table.labelColumn === undefined ? {} : { labelColumn: table.labelColumn }),
      ...(table.image ? { image: table.image } : {}),
      ...(table.testRows === undefined ? {} : { testRows: table.testRows }),
      ...(table.values instanceof Uint8Array ? { bytes: true } : {}),
      ...(table.classNames ? { classNames: table.classNames } : {}),
      ...(labels ? { labelValues: labels } : {}),
    };
  }

  /** The table of these files, in any order; throws `DataError` where it was never added. */
  table(files: readonly string[]): Table {
    const table = this.#tables.get(keyOf(files));
    if (!table)
      throw new DataError(
        `This experiment needs ${listed(files)}: drop the file${files.length > 1 ? 's' : ''} here to load ${files.length > 1 ? 'them' : 'it'}.`,
      );
    return table;
  }
}

/** Paths count by their last part, so that a document written for the command line opens in the page. */
function keyOf(files: readonly string[]): string {
  return files
    .map((file) => file.replace(/^.*[\\/]/, ''))
    .sort()
    .join('\n');
}
