/** Collects what is wrong in a text table, keeps the first place, and words it. */
import type { Trouble } from './csv-cell';
import { DataError } from './table';
import { counted, grouped, quoted } from './words';

/** Distinct texts of the first bad column, to tell names from categories; no more than this are kept. */
const MOST_DISTINCT = 1000;

/** What to say of a cell, given its text in quotes. */
const TROUBLES: Readonly<Record<Trouble, (text: string) => string>> = {
  missing: (text) => `the value is missing${text === '""' ? '' : ` (${text})`}`,
  infinite: (text) => `${text} is not a finite number`,
  'too large': (text) => `${text} is too large for single precision (at most 3.4e38)`,
  comma: (text) => `${text} has a comma; write decimals with a point and thousands without a separator`,
  point: (text) => `${text} has a decimal point where earlier numbers have a decimal comma`,
  text: (text) => `${text} is text, not a number`,
};

interface Problem {
  readonly message: string;
  readonly line: number;
  readonly column?: number;
  readonly trouble?: Trouble;
}

export class CsvProblems {
  private total = 0;
  private first: Problem | undefined;
  private textCells = 0;
  private readonly distinct = new Set<string>();

  constructor(
    private readonly file: string,
    private readonly columns: readonly string[],
  ) {}

  /** A cell without a usable number. `line` is the line of the file, 1-based. */
  cell(line: number, column: number, cell: string, trouble: Trouble): void {
    this.total++;
    this.first ??= { line, column, trouble, message: TROUBLES[trouble](quoted(cell.trim())) };
    if (trouble === 'text' && this.first.column === column) {
      this.textCells++;
      if (this.distinct.size < MOST_DISTINCT) this.distinct.add(cell);
    }
  }

  /** A row with another number of cells than there are columns. */
  ragged(line: number, cells: number): void {
    this.total++;
    this.first ??= {
      line,
      message: `this row has ${counted(cells, 'value')}, but there are ${counted(this.columns.length, 'column')}`,
    };
  }

  /** A row that goes on to the end of the file: nothing can be read after it. */
  endless(line: number): void {
    this.total++;
    this.first ??= { line, message: 'this row does not end: is a quotation mark opened and never closed?' };
  }

  /** Throws the `DataError` of the first problem, if there was one in `rows` rows. */
  throwIfAny(rows: number): void {
    if (!this.first) return;
    const { line, column, message } = this.first;
    const name = column === undefined ? undefined : this.columns[column];
    const place = `${this.file}, line ${grouped(line)}${name === undefined ? '' : `, column ${quoted(name)}`}`;
    const left = this.total - 1;
    const more = left > 0 ? ` And ${counted(left, 'more problem')}.` : '';
    throw new DataError(`${place}: ${message}.${this.advice(rows)}${more}`, {
      file: this.file,
      row: line,
      ...(name === undefined ? {} : { column: name }),
    });
  }

  private advice(rows: number): string {
    if (this.first?.trouble === 'missing') return ' Fill it in, or remove the row or the column.';
    // Only a column of nothing but text: a stray word among numbers is a slip in that cell.
    if (this.first?.trouble !== 'text' || rows < 2 || this.textCells < rows) return '';
    return this.distinct.size >= Math.min(rows, MOST_DISTINCT)
      ? ' Every row has another text there, like a name or an identifier: remove this column.'
      : ` All of this column is text (${counted(this.distinct.size, 'different value')}): remove it, or write it as numbers.`;
  }
}
