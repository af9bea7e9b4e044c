/** Turns a table into the features and targets of a linear regression. */
import { columnIndex, uniqueNames } from './columns';
import { allocate, MAX_FEATURES, MAX_ROWS } from './limits';
import { DataError, type Table } from './table';
import { counted, grouped, quoted, shortList } from './words';

export interface RegressionOptions {
  /** Use only the first rows. */
  readonly rows?: number | undefined;
  /**
   * Column to predict (the labels or else the last one, when absent), and the value of it to tell from all others:
   * then the targets are +1 where the column has that value and −1 elsewhere.
   */
  readonly target: { readonly column?: string | undefined; readonly oneVersusRest?: number | undefined };
  /**
   * `standardised`: each feature to mean 0 and variance 1 (dividing by n) over the rows used, constant features left
   * out, the targets to mean 0. `unit`: features divided by the largest magnitude among all features of the table, so
   * that bytes become 0 … 1; `raw`: as they are.
   */
  readonly scaling: 'standardised' | 'unit' | 'raw';
  /** Appends a feature that is 1 in every row. */
  readonly intercept: boolean;
  /** Features, at most; as many as a linear regression may have, when absent. */
  readonly mostFeatures?: number;
}

export interface Regression {
  readonly count: number;
  readonly dimension: number;
  /** Row-major count × dimension. */
  readonly features: Float32Array<ArrayBuffer>;
  readonly targets: Float32Array<ArrayBuffer>;
  /** Name of each feature. */
  readonly names: readonly string[];
  /** Names of the features left out because they are constant (`standardised` only). */
  readonly dropped: readonly string[];
}

/** Column `column` of the table becomes (value − shift) × scale. */
interface Feature {
  readonly column: number;
  readonly shift: number;
  readonly scale: number;
}

/**
 * The regression of one column on all others; arrays of its own, the table stays as it is. Sums are in float64.
 * Throws `DataError` for an unknown column or value, too few rows or features, or more than the limits.
 */
export function toRegression(table: Table, options: RegressionOptions): Regression {
  const { source, columns, values } = table;
  const stride = columns.length;
  const count = rowsUsed(table, options.rows);
  if (stride < 2)
    throw new DataError(
      `${source} has ${counted(stride, 'column')}: a regression needs a target and at least one feature.`,
      { file: source },
    );
  const target = columnIndex(table, options.target.column ?? table.labelColumn ?? columns.at(-1)!);
  const others = Array.from({ length: stride }, (_, j) => j).filter((j) => j !== target);
  const kept = scaled(table, options.scaling, count, others);
  if (kept.length === 0)
    throw new DataError(`${source}: every feature is constant over the ${counted(count, 'row')} used, none remains.`, {
      file: source,
    });
  const dimension = kept.length + (options.intercept ? 1 : 0);
  const { mostFeatures = MAX_FEATURES } = options;
  if (dimension > mostFeatures)
    throw new DataError(
      `${source}: ${counted(dimension, 'feature')}${options.intercept ? ', the intercept included' : ''}; ` +
        `at most ${grouped(mostFeatures)} can be used.`,
      { file: source },
    );

  const targets = targetsOf(table, target, count, options);
  const features = allocate(source, count * dimension);
  if (options.intercept) features.fill(1);
  // Typed arrays instead of objects in the inner loop: it may run 10⁸ times.
  const column = Uint32Array.from(kept, (feature) => feature.column);
  const shift = Float64Array.from(kept, (feature) => feature.shift);
  const scale = Float64Array.from(kept, (feature) => feature.scale);
  for (let i = 0; i < count; i++) {
    const from = i * stride;
    const to = i * dimension;
    for (let k = 0; k < column.length; k++) features[to + k] = (values[from + column[k]!]! - shift[k]!) * scale[k]!;
  }
  const used = new Set(column);
  const names = kept.map((feature) => columns[feature.column]!);
  return {
    count,
    dimension,
    features,
    targets,
    names: options.intercept ? uniqueNames([...names, 'intercept']) : names,
    dropped: others.filter((j) => !used.has(j)).map((j) => columns[j]!),
  };
}

/** Rows to use: as many as are asked for, else all. Throws `DataError` where there are not that many, or too many. */
export function rowsUsed({ source, rows }: Table, wanted: number | undefined): number {
  if (wanted !== undefined && !(Number.isSafeInteger(wanted) && wanted >= 1))
    throw new DataError(`${source}: the number of rows to use must be a whole number from 1, not ${wanted}.`, {
      file: source,
    });
  if (wanted !== undefined && wanted > rows)
    throw new DataError(`${source} has ${counted(rows, 'row')}, but ${grouped(wanted)} are asked for.`, {
      file: source,
    });
  const count = wanted ?? rows;
  if (count > MAX_ROWS)
    throw new DataError(`${source} has ${counted(count, 'row')}; at most ${grouped(MAX_ROWS)} can be used.`, {
      file: source,
    });
  return count;
}

function scaled(table: Table, scaling: RegressionOptions['scaling'], count: number, others: number[]): Feature[] {
  if (scaling === 'standardised') return standardised(table, count, others);
  const scale = scaling === 'unit' ? 1 / largestMagnitude(table, others) : 1;
  return others.map((column) => ({ column, shift: 0, scale }));
}

/** Means, then sums of squares about them: two passes along the rows, exact enough for any offset. */
function standardised({ columns, values }: Table, count: number, others: number[]): Feature[] {
  const stride = columns.length;
  const mean = new Float64Array(stride);
  const variance = new Float64Array(stride);
  const varies = new Uint8Array(stride);
  for (let i = 0; i < count; i++)
    for (let j = 0; j < stride; j++) {
      const value = values[i * stride + j]!;
      mean[j]! += value;
      if (value !== values[j]) varies[j] = 1;
    }
  for (let j = 0; j < stride; j++) mean[j]! /= count;
  for (let i = 0; i < count; i++)
    for (let j = 0; j < stride; j++) {
      const deviation = values[i * stride + j]! - mean[j]!;
      variance[j]! += deviation * deviation;
    }
  return others
    .filter((j) => varies[j] === 1)
    .map((column) => ({ column, shift: mean[column]!, scale: 1 / Math.sqrt(variance[column]! / count) }));
}

function largestMagnitude({ source, columns, values, rows }: Table, others: number[]): number {
  let largest = 0;
  for (let i = 0; i < rows; i++)
    for (const j of others) {
      const magnitude = Math.abs(values[i * columns.length + j]!);
      if (magnitude > largest) largest = magnitude;
    }
  if (largest === 0) throw new DataError(`${source}: every feature is 0 in every row.`, { file: source });
  return largest;
}

function targetsOf(table: Table, target: number, count: number, options: RegressionOptions): Float32Array<ArrayBuffer> {
  const { source, columns, values } = table;
  const { oneVersusRest } = options.target;
  const name = columns[target]!;
  const targets = allocate(source, count);
  for (let i = 0; i < count; i++) targets[i] = values[i * columns.length + target]!;
  if (oneVersusRest !== undefined) splitOneVersusRest(table, name, targets, oneVersusRest);
  if (options.scaling === 'standardised') {
    let mean = 0;
    for (const value of targets) mean += value;
    mean /= count;
    for (let i = 0; i < count; i++) targets[i]! -= mean;
  }
  if (targets.every((value) => value === 0))
    throw new DataError(
      `${source}, column ${quoted(name)}: ` +
        (options.scaling === 'standardised'
          ? `the target is the same in all of the ${counted(count, 'row')} used, so there is nothing to learn.`
          : `the target is 0 in all of the ${counted(count, 'row')} used, so there is nothing to learn.`),
      { file: source, column: name },
    );
  return targets;
}

/** Replaces `wanted` by +1 and all other values by −1, in place. */
function splitOneVersusRest({ source }: Table, name: string, targets: Float32Array<ArrayBuffer>, wanted: number): void {
  // The table is in single precision: 0.1 is there as the nearest of those.
  const single = Math.fround(wanted);
  if (!targets.includes(single)) {
    const found = new Set<number>();
    for (let i = 0; i < targets.length && found.size <= 32; i++) found.add(targets[i]!);
    const list =
      found.size <= 32
        ? `Its values are ${shortList([...found].sort((a, b) => a - b).map(String), 32).replaceAll('"', '')}.`
        : 'It has more than 32 different values.';
    throw new DataError(
      `${source}: the value ${wanted} does not occur in column ${quoted(name)} in the ${counted(targets.length, 'row')} used. ${list}`,
      { file: source, column: name },
    );
  }
  for (let i = 0; i < targets.length; i++) targets[i] = targets[i] === single ? 1 : -1;
}
