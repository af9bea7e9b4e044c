/** A parsed data set: numbers by row and column. */
export interface Table {
  /** Names of the files it came from, for messages. */
  readonly source: string;
  readonly rows: number;
  /** One name per column; unique. */
  readonly columns: readonly string[];
  /** Row-major rows × columns.length. */
  readonly values: Float32Array<ArrayBuffer> | Uint8Array<ArrayBuffer>;
  /** Column that holds labels where the format says so (the IDX label file), else undefined. */
  readonly labelColumn?: string;
  /** Shape of the pictures where the feature columns are pixels: row by row, the channels of a pixel side by side. */
  readonly image?: Picture;
  /** The last so many rows are for testing, where the files tell. */
  readonly testRows?: number;
  /** Names of the labels 0, 1, … where they are known. */
  readonly classNames?: readonly string[];
}

export interface Picture {
  readonly width: number;
  readonly height: number;
  /** 1 where it is grey, 3 where it has colours (red, green, blue). */
  readonly channels: number;
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
