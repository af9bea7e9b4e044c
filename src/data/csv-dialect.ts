/** How a text table is written, found from its first rows: the separator, and whether the first row holds names. */
import Papa from 'papaparse';
import { isMissing, isNumber } from './csv-cell';

export interface Dialect {
  /** One character; a space stands for any run of spaces. */
  readonly delimiter: string;
  /** True where the first row names the columns. */
  readonly header: boolean;
  /** Every row ends with a separator: the empty last cell is no column. */
  readonly trailing: boolean;
  /** Cells of the first row, cleaned. */
  readonly first: readonly string[];
}

const DELIMITERS = [',', '\t', ';', '|', ' '];
const SAMPLE_ROWS = 50;

interface Parsed {
  readonly data: string[][];
  readonly errors: readonly { readonly code: string }[];
  readonly meta: { readonly cursor: number };
}

/**
 * Rows of `text`, whose lines end in "\n", and how many characters they took. An unfinished last row is left unless
 * `complete`; `openQuote` tells that the last row has a quoted cell without an end.
 */
export function parseRows(
  text: string,
  delimiter: string,
  complete: boolean,
  preview = 0,
): { rows: string[][]; length: number; openQuote: boolean } {
  const parser = new Papa.Parser({ delimiter, newline: '\n', preview });
  const { data, errors, meta } = parser.parse(text, 0, !complete) as Parsed;
  return { rows: data, length: meta.cursor, openQuote: errors.some(({ code }) => code === 'MissingQuotes') };
}

/** A row without what the dialect adds: empty cells between spaces, an empty cell after the last separator. */
export function cleanRow(row: string[], delimiter: string, trailing: boolean): string[] {
  if (delimiter === ' ') return row.filter((cell) => cell !== '');
  if (trailing && row.length > 1 && row.at(-1)!.trim() === '') row.pop();
  return row;
}

/** True where no cell says anything: an empty line, or separators alone. */
export const isBlank = (row: readonly string[]): boolean =>
  (row[0] ?? '').trim() === '' && row.every((cell) => cell.trim() === '');

/** Finds the dialect of the beginning of a file; undefined where it has no row. `complete`: `text` is the whole file. */
export function detectDialect(text: string, complete: boolean): Dialect | undefined {
  let best: { delimiter: string; rows: string[][]; score: number } | undefined;
  for (const delimiter of DELIMITERS) {
    const parsed = parseRows(text, delimiter, complete, SAMPLE_ROWS).rows;
    // A first row longer than the sample still has cells to judge by.
    const all = parsed.length > 0 || complete ? parsed : parseRows(text, delimiter, true, SAMPLE_ROWS).rows;
    const rows = all.map((row) => cleanRow(row, delimiter, false)).filter((row) => !isBlank(row));
    const score = scoreOf(rows);
    if (!best || score > best.score) best = { delimiter, rows, score };
  }
  if (!best || best.rows.length === 0) return undefined;
  const { delimiter } = best;
  const trailing = delimiter !== ' ' && best.rows.every((row) => row.length > 1 && row.at(-1)!.trim() === '');
  const rows = best.rows.map((row) => cleanRow(row, delimiter, trailing));
  const first = rows[0]!.map((cell) => cell.trim());
  const header = hasNames(first, rows.slice(1));
  // numpy.savetxt marks the line of names with "#".
  if (header && first[0]!.startsWith('#')) {
    first[0] = first[0]!.slice(1).trim();
    if (delimiter === ' ' && first[0] === '') first.shift();
  }
  return { delimiter, header, trailing, first };
}

/** The more cells below the first row are numbers and the more rows agree on their length, the better. */
function scoreOf(rows: readonly string[][]): number {
  const body = rows.length > 1 ? rows.slice(1) : rows;
  const width = body[0]?.length ?? 0;
  if (width < 2) return 0;
  let cells = 0;
  let good = 0;
  let agreeing = 0;
  for (const row of body) {
    if (row.length === width) agreeing++;
    cells += row.length;
    for (const cell of row) if (isNumber(cell) || isMissing(cell)) good++;
  }
  return (agreeing / body.length) * (0.1 + good / cells);
}

/**
 * The first row holds names where one of its cells is text over a column of numbers, or all of its cells are text.
 * A missing value is no text: "1,NA,3" is a row with a hole.
 */
function hasNames(first: readonly string[], body: readonly string[][]): boolean {
  const isText = (cell: string): boolean => !isNumber(cell) && !isMissing(cell);
  if (first.every((cell) => isText(cell) || cell === '') && first.some(isText)) return true;
  return first.some((cell, j) => {
    if (!isText(cell)) return false;
    const numbers = body.filter((row) => isNumber(row[j] ?? '')).length;
    return numbers * 2 > body.length;
  });
}
