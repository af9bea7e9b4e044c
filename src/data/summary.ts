/** What the page shows of a data set beside its size. */
import { columnIndex } from './columns';
import type { Table } from './table';

/**
 * Distinct values of a column, ascending; undefined where there are more than `most`.
 * Throws `DataError` for an unknown column.
 */
export function labelValues(table: Table, column: string, most = 32): number[] | undefined {
  const { rows, columns, values } = table;
  const found = new Set<number>();
  for (let i = 0, at = columnIndex(table, column); i < rows; i++, at += columns.length) {
    found.add(values[at]!);
    if (found.size > most) return undefined;
  }
  return [...found].sort((a, b) => a - b);
}
