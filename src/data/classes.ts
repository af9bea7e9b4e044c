/** Class labels of a table. */
import { columnIndex } from './columns';
import { DataError, type Table } from './table';
import { counted, quoted } from './words';

/** Classes of a classification, at most. */
export const MAX_CLASSES = 1000;

export interface Classes {
  /** The values that stand for the classes, ascending. */
  readonly values: readonly number[];
  /** What they are called: their names where the table has them, else the values. */
  readonly names: readonly string[];
  /** Class of each row, 0 … values.length − 1. */
  readonly of: Float32Array<ArrayBuffer>;
}

/**
 * The classes in a column (the labels or else the last one, when absent) of the first `count` rows. Throws `DataError` for
 * an unknown column, values that are no whole numbers, or too many or too few of them.
 */
export function classesOf(table: Table, column: string | undefined, count: number): Classes {
  const name = column ?? table.labelColumn ?? table.columns.at(-1)!;
  const at = columnIndex(table, name);
  const stride = table.columns.length;
  const found = new Set<number>();
  for (let i = 0; i < count; i++) {
    const value = table.values[i * stride + at]!;
    if (!Number.isInteger(value))
      throw new DataError(
        `${table.source}: the column ${quoted(name)} holds ${value} in row ${i + 1}; classes are whole numbers.`,
        { file: table.source, row: i + 1, column: name },
      );
    found.add(value);
    if (found.size > MAX_CLASSES)
      throw new DataError(
        `${table.source}: the column ${quoted(name)} has more than ${counted(MAX_CLASSES, 'different value')}: is it a class?`,
        { file: table.source, column: name },
      );
  }
  if (found.size < 2)
    throw new DataError(`${table.source}: the column ${quoted(name)} has one value only; two classes are the least.`, {
      file: table.source,
      column: name,
    });
  const values = [...found].sort((a, b) => a - b);
  const number = new Map(values.map((value, k) => [value, k]));
  const of = Float32Array.from({ length: count }, (_, i) => number.get(table.values[i * stride + at]!)!);
  const names = values.map(
    (value) => (name === table.labelColumn ? table.classNames?.[value] : undefined) ?? String(value),
  );
  return { values, names, of };
}
