/** Numbers as people type them: 0.1, 1e-3, 1/6, 2^-9, 3,000, with a decimal comma or a typographic minus too. */

/** Reads a number; undefined for anything that is not exactly one finite number. */
export function parseNumber(text: string): number | undefined {
  const tidy = text
    .trim()
    .replace(/[−–]/g, '-')
    .replace(/[\s\u00a0\u202f_']/g, '');
  const power = /^([^^/]+)\^([^^/]+)$/.exec(tidy);
  if (power) return finite((parsePlain(power[1]!) ?? Number.NaN) ** (parsePlain(power[2]!) ?? Number.NaN));
  const fraction = /^([^^/]+)\/([^^/]+)$/.exec(tidy);
  if (fraction) return finite((parsePlain(fraction[1]!) ?? Number.NaN) / (parsePlain(fraction[2]!) ?? Number.NaN));
  return parsePlain(tidy);
}

function parsePlain(text: string): number | undefined {
  // "3,000" groups thousands; "0,05" has a decimal comma.
  const ungrouped = /^-?[1-9]\d{0,2}(,\d{3})+(\.\d+)?$/.test(text) ? text.replaceAll(',', '') : text.replace(',', '.');
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(ungrouped)) return undefined;
  return finite(Number(ungrouped));
}

const finite = (value: number) => (Number.isFinite(value) ? value : undefined);

/** A number as a field shows it: at most `digits` significant digits, whole numbers with thousands set apart. */
export function numberText(value: number, digits = 4): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15)
    return Math.abs(value) < 10_000 ? String(value) : grouped.format(value);
  const rounded = Number(value.toPrecision(digits));
  // Close to one the digits that matter are those of 1 − x: 0.99995 must not show as 1.
  if (rounded === 1 && value !== 1)
    return String(Number(value.toPrecision(Math.ceil(-Math.log10(Math.abs(1 - value))) + 2)));
  return String(rounded);
}

const grouped = new Intl.NumberFormat('en-US');

/** One number with its thousands set apart, or several: "1,500". */
const AMBIGUOUS = /(?<![\d.,])[1-9]\d{0,2}(?:,\d{3})+(?!\d)/;

/**
 * Reads a list of numbers separated by spaces, commas or semicolons; names the first entry that is none. A comma without a
 * space that may as well set thousands apart is refused.
 */
export function parseNumberList(text: string): { readonly values: number[] } | { readonly error: string } {
  const twofold = AMBIGUOUS.exec(text)?.[0];
  if (twofold !== undefined)
    return {
      error: `“${twofold}” may be one number or several: write ${twofold.replaceAll(',', '')}, or ${twofold.replaceAll(',', ', ')} with spaces.`,
    };
  const parts = text.split(/[\s;]+|,\s*/).filter((part) => part !== '');
  const values: number[] = [];
  for (const [k, part] of parts.entries()) {
    const value = parseNumber(part);
    if (value === undefined) return { error: `Entry ${k + 1}, “${part.slice(0, 20)}”, is not a number.` };
    values.push(value);
  }
  return values.length > 0 ? { values } : { error: 'Type at least one number.' };
}
