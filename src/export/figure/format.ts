/** Numbers as text, the same on the page and in exported pictures. */

const counts = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const superscripts = '⁰¹²³⁴⁵⁶⁷⁸⁹';

/** An integer in superscript digits: −12 → ⁻¹². */
export function superscript(exponent: number): string {
  return String(exponent)
    .replace('-', '⁻')
    .replace(/\d/g, (digit) => superscripts[Number(digit)]!);
}

/** A loss to `digits` significant digits: 0.123, 12.3, 4.56×10⁻⁷; "∞" and "–" for what is no number. */
export function formatLoss(value: number, digits = 3): string {
  if (Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return value > 0 ? '∞' : '−∞';
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude >= 10 ** digits && magnitude < 10_000) return withMinus(counts.format(value));
  if (magnitude >= 0.01 && magnitude < 10_000) return withMinus(value.toPrecision(digits));
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
  return `${withMinus(mantissa)}×10${superscript(Number(exponent))}`;
}

/** A hyper-parameter as short as it is exact to `digits` digits: 0.1, 0.1667, 1e-8. */
export function formatParameter(value: number, digits = 4): string {
  return String(Number(value.toPrecision(digits)));
}

const compact = new Intl.NumberFormat('en-US', { notation: 'compact', maximumFractionDigits: 2 });

/** A count on an axis that goes beyond a hundred thousand: 0, 500, 50K, 100K. */
export const formatLargeCount = (value: number): string => compact.format(value);

/** Steps, samples: 3,000; from a hundred thousand on 250K, 1.5M. */
export function formatCount(value: number): string {
  return Math.abs(value) >= 100_000 ? compact.format(value) : counts.format(value);
}

/** A value on an x axis: whole numbers as counts, others to a few digits. */
export function formatX(value: number): string {
  if (!Number.isFinite(value)) return '–';
  if (Number.isInteger(value) || Math.abs(value) >= 10_000) return formatCount(value);
  if (Math.abs(value) < 1e-3) return formatLoss(value);
  return withMinus(String(Number(value.toPrecision(4))));
}

const withMinus = (text: string) => text.replace('-', '−');
