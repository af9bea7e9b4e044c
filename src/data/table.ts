/** A parsed data set: numbers by row and column. */
export interface Table {
  /** Names of the files it came from, for messages. */
  readonly source: string;
  readonly rows: number;
  /** One name per column; unique. */
  readonly columns: readonly string[];
  /** Row-major rows × columns.length. */
  readonly values: Float32Array<ArrayBuffer>;
  /** Column that holds labels where the format says so (the IDX label file), else undefined. */
  readonly labelColumn?: string;
  /** Width and height of the pictures where the feature columns are pixels. */
  readonly image?: { readonly width: number; readonly height: number };
}

/** Something wrong with data, told with the place: file, row (1-based), column. Safe to show to the user. */
export class DataError extends Error {
  override readonly name = 'DataError';
  constructor(
    message: string,
    readonly place: { readonly file?: string; readonly row?: number; readonly column?: string } = {},
  ) {
    super(message);
  }
}
