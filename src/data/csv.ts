/** Text tables: comma, tab, semicolon, bar or space between the cells, with or without a line of names. */
import { CellReader } from './csv-cell';
import { cleanRow, detectDialect, isBlank, parseRows, type Dialect } from './csv-dialect';
import { CsvProblems } from './csv-problems';
import { uniqueNames } from './columns';
import { allocate, checkSize, MAX_COLUMNS, MAX_ROWS } from './limits';
import { DataError, type Table } from './table';
import { counted } from './words';

/** Bytes decoded and parsed at a time: the strings of a large file never exist all at once. */
const PIECE = 2 ** 20;
/** The longest row, in characters. Beyond it stands a quotation mark that is never closed, most likely. */
const LONGEST_ROW = 2 ** 24;
/** Let other tasks (an abort, messages to the worker) in after this many milliseconds of work. */
const SLICE_MS = 100;

export interface ParseOptions {
  /** Ends the parsing: the promise rejects with the signal's reason. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Parses a text table. Every cell must be a finite number; the `DataError` names the first line (of the file, 1-based)
 * and column where one is not, and counts the others. Blank lines are skipped.
 */
export async function parseCsv(
  name: string,
  bytes: Uint8Array<ArrayBuffer>,
  options: ParseOptions = {},
): Promise<Table> {
  options.signal?.throwIfAborted();
  const dialect = dialectOf(bytes);
  if (!dialect) throw new DataError(`${name}: there are no rows in it.`, { file: name });
  const columns = columnNames(dialect);
  if (columns.length > MAX_COLUMNS) checkSize(name, 1, columns.length);

  const table = new TableBuilder(name, columns, dialect, bytes);
  let sliceEnd = performance.now() + SLICE_MS;
  let line = 1;
  for (const { rows, hasBreaks, endless } of pieces(bytes, dialect.delimiter)) {
    for (const row of rows) {
      if (endless && row === rows.at(-1)) table.problems.endless(line);
      else table.add(row, line);
      line += hasBreaks ? 1 + breaksIn(row) : 1;
    }
    if (performance.now() > sliceEnd) {
      await new Promise((resolve) => setTimeout(resolve, 0));
      options.signal?.throwIfAborted();
      sliceEnd = performance.now() + SLICE_MS;
    }
  }
  return table.finish();
}

/** "column 1" … where there is no line of names or a name is empty. */
const columnNames = ({ header, first }: Dialect): string[] =>
  uniqueNames(first.map((name, j) => (header && name !== '' ? name : `column ${j + 1}`)));

function dialectOf(bytes: Uint8Array<ArrayBuffer>): Dialect | undefined {
  let text = '';
  for (const { text: piece, last } of decoded(bytes)) {
    text += piece;
    // A first row longer than a piece needs more of the file.
    if (last || text.trimStart().includes('\n') || text.length > LONGEST_ROW) return detectDialect(text, last);
  }
  return undefined;
}

class TableBuilder {
  readonly problems: CsvProblems;
  private readonly cells: CellReader;
  private readonly values: Float32Array<ArrayBuffer>;
  private rows = 0;
  private headerSeen: boolean;
  /** Line of the first row of empty cells since the last row of numbers. */
  private hole: number | undefined;

  constructor(
    private readonly name: string,
    private readonly columns: readonly string[],
    private readonly dialect: Dialect,
    bytes: Uint8Array,
  ) {
    this.problems = new CsvProblems(name, columns);
    this.cells = new CellReader(dialect.delimiter);
    this.headerSeen = !dialect.header;
    // A row of numbers takes a line and, for each number, a digit and a separator.
    const most = Math.min(lineCount(bytes), Math.ceil((bytes.length + 1) / (2 * columns.length)), MAX_ROWS);
    this.values = allocate(name, most * columns.length);
  }

  add(raw: string[], line: number): void {
    const { columns, values, cells, problems, dialect } = this;
    const row = cleanRow(raw, dialect.delimiter, dialect.trailing);
    if (isBlank(row)) {
      // An empty line is no row, except in a table of one column. Rows of empty cells at the end are none either.
      if (this.headerSeen && (row.length > 1 || columns.length === 1)) this.hole ??= line;
      return;
    }
    if (!this.headerSeen) {
      this.headerSeen = true;
      return;
    }
    if (this.hole !== undefined) {
      problems.cell(this.hole, 0, '', 'missing');
      this.hole = undefined;
    }
    if (row.length === columns.length) {
      const at = this.rows * columns.length;
      for (let j = 0; j < row.length; j++) {
        const cell = row[j]!;
        const value = cells.read(cell);
        if (value === value) values[at + j] = value;
        else problems.cell(line, j, cell, cells.trouble(cell));
      }
    } else problems.ragged(line, row.length);
    if (++this.rows > MAX_ROWS)
      throw new DataError(`${this.name}: more than ${counted(MAX_ROWS, 'row')}; no more can be used.`, {
        file: this.name,
      });
  }

  finish(): Table {
    this.problems.throwIfAny(this.rows);
    const { name, rows, columns } = this;
    if (rows === 0)
      throw new DataError(`${name}: there is a line of names, but no row of numbers.`, {
        file: name,
      });
    checkSize(name, rows, columns.length);
    return { source: name, rows, columns, values: this.values.subarray(0, rows * columns.length) };
  }
}

interface Piece {
  readonly rows: string[][];
  /** True where cells may hold line breaks. */
  readonly hasBreaks: boolean;
  /** True where the last row has no end. */
  readonly endless: boolean;
}

/** The rows of a file, a piece at a time. */
function* pieces(bytes: Uint8Array<ArrayBuffer>, delimiter: string): Generator<Piece> {
  let rest = '';
  for (const { text, last } of decoded(bytes)) {
    rest += text;
    if (rest === '') continue;
    const hasBreaks = rest.includes('"');
    const { rows, length, openQuote } = parseRows(rest, delimiter, last);
    rest = rest.slice(length);
    const tooLong = rest.length > LONGEST_ROW;
    if (tooLong) rows.push([rest.slice(0, 100)]);
    yield { rows, hasBreaks, endless: tooLong || openQuote };
    if (tooLong) return;
  }
}

/** The text of a file in pieces, without byte order mark, every line ending as "\n". */
function* decoded(bytes: Uint8Array<ArrayBuffer>): Generator<{ text: string; last: boolean }> {
  const decoder = new TextDecoder(encodingOf(bytes));
  let carried = '';
  for (let at = 0; at < bytes.length; at += PIECE) {
    const last = at + PIECE >= bytes.length;
    let text = carried + decoder.decode(bytes.subarray(at, at + PIECE), { stream: !last });
    carried = '';
    // A "\r" at the end of a piece may be half of a "\r\n".
    if (!last && text.endsWith('\r')) {
      carried = '\r';
      text = text.slice(0, -1);
    }
    yield { text: text.includes('\r') ? text.replace(/\r\n?/g, '\n') : text, last };
  }
}

/** UTF-16 where the file says so (spreadsheets export it as "Unicode text"), else UTF-8. */
export function encodingOf(bytes: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return 'utf-8';
}

/** No fewer than the lines of the file. */
function lineCount(bytes: Uint8Array): number {
  let count = 1;
  for (let k = 0; k < bytes.length; k++) {
    const byte = bytes[k];
    if (byte === 10 || (byte === 13 && bytes[k + 1] !== 10)) count++;
  }
  return count;
}

const breaksIn = (row: readonly string[]): number =>
  row.reduce((sum, cell) => sum + (cell.includes('\n') ? cell.split('\n').length - 1 : 0), 0);
