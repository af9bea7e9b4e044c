/** What one cell of a text table says. */

/** Why a cell has no usable number. */
export type Trouble = 'missing' | 'text' | 'infinite' | 'too large' | 'comma' | 'point';

const MISSING = new Set(['', 'na', 'n/a', '#n/a', '<na>', 'nan', '-nan', '+nan', '?', 'null', 'nil', 'none']);
const INFINITE = /^[+-]?(inf|infinity|∞)$/i;
const DECIMAL_COMMA = /^\s*[+-]?\d*,\d+(e[+-]?\d+)?\s*$/i;

/**
 * The number in a cell; NaN where there is none. Plain and scientific notation with a decimal point, spaces around
 * allowed; no hexadecimal, no thousands separators, no empty cells, no "Infinity".
 */
export function cellNumber(cell: string): number {
  const text = cell.charCodeAt(0) > 32 ? cell : cell.trim();
  const value = Number(text);
  // Most cells end here: to be sure of the rest, look again.
  if (value !== value || text === '') return NaN;
  // "0x1f", "0b11" and "0o17" are numbers to JavaScript: their second character is a letter, but not an "e".
  const second = text.length > 2 ? text.charCodeAt(1) : 0;
  if (second > 57 && second !== 69 && second !== 101) return NaN;
  return value;
}

/** A number written with a decimal comma ("1,5"); NaN for anything else. */
export const commaNumber = (cell: string): number => (DECIMAL_COMMA.test(cell) ? Number(cell.replace(',', '.')) : NaN);

/** A number in either notation. */
export const isNumber = (cell: string): boolean => !Number.isNaN(cellNumber(cell)) || DECIMAL_COMMA.test(cell);

export const isMissing = (cell: string): boolean => MISSING.has(cell.trim().toLowerCase());

/**
 * Reads the cells of one file. Decimal commas count only between semicolons, where they are the custom, and only until
 * a decimal point was seen (and the other way round): "1.234" and "1,234" in one file would be a guess.
 */
export class CellReader {
  private decimal: '.' | ',' | undefined;

  constructor(private readonly delimiter: string) {}

  /** The number, rounded to single precision; NaN where {@link trouble} tells what is wrong. */
  read(cell: string): number {
    let value = cellNumber(cell);
    if (this.delimiter === ';') {
      if (value !== value) {
        value = this.decimal === '.' ? NaN : commaNumber(cell);
        if (value === value) this.decimal = ',';
      } else if (cell.includes('.')) {
        if (this.decimal === ',') return NaN;
        this.decimal = '.';
      }
    }
    const single = Math.fround(value);
    return single - single === 0 ? single : NaN;
  }

  /** Why {@link read} returned NaN. */
  trouble(cell: string): Trouble {
    if (isMissing(cell)) return 'missing';
    if (INFINITE.test(cell.trim())) return 'infinite';
    const value = cellNumber(cell);
    if (!Number.isNaN(value)) return Number.isFinite(Math.fround(value)) ? 'point' : 'too large';
    const comma = commaNumber(cell);
    if (Number.isNaN(comma)) return 'text';
    return this.delimiter !== ';' || Number.isFinite(Math.fround(comma)) ? 'comma' : 'too large';
  }
}
