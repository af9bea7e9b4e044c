/** Turns a table into the features and targets of a linear regression. */
import { DataError, type Table } from './table';

export interface RegressionOptions {
  readonly rows?: number | undefined;
  readonly target: { readonly column?: string | undefined; readonly oneVersusRest?: number | undefined };
  readonly scaling: 'standardised' | 'unit' | 'raw';
  readonly intercept: boolean;
}

export interface Regression {
  readonly count: number;
  readonly dimension: number;
  /** Row-major count × dimension. */
  readonly features: Float32Array<ArrayBuffer>;
  readonly targets: Float32Array<ArrayBuffer>;
  /** Name of each feature. */
  readonly names: readonly string[];
}

export function toRegression(table: Table, options: RegressionOptions): Regression {
  throw new DataError(`not written: ${table.source} ${options.scaling}`);
}
