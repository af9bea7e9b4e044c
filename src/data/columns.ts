/** Names of columns: made unique, and looked up with a helpful error. */
import { DataError, type Table } from './table';
import { quoted, shortList } from './words';

/** The same names, a later double renamed "name (2)". */
export function uniqueNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  /** Where to go on counting for a name, so that many doubles stay cheap. */
  const next = new Map<string, number>();
  return names.map((name) => {
    let unique = name;
    let k = next.get(name) ?? 2;
    while (taken.has(unique)) unique = `${name} (${k++})`;
    next.set(name, k);
    taken.add(unique);
    return unique;
  });
}

/** Index of a column; `DataError` with the names there are where it is unknown. */
export function columnIndex(table: Table, name: string): number {
  const index = table.columns.indexOf(name);
  if (index < 0)
    throw new DataError(`${table.source} has no column ${quoted(name)}. Its columns are ${shortList(table.columns)}.`, {
      file: table.source,
      column: name,
    });
  return index;
}
