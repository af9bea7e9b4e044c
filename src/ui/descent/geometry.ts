/** Arithmetic of the descent picture: axes through the minimum, and contours of the quadratic around it. */
import { superscript } from '../../export/figure/format';
import { tidyStep } from '../../export/figure/scale';

/** `whole` fits all paths, `zoom` the present positions, `log` is logarithmic on both sides of zero. */
export type AxisKind = 'whole' | 'zoom' | 'log';

export interface ErrorAxis {
  /** The axis runs from −range to range. */
  readonly range: number;
  /** Below this the logarithmic axis is nearly linear; undefined on a linear one. */
  readonly threshold: number | undefined;
  /** Error → pixel, of either sign; far outside it stays finite. */
  readonly toPixel: (error: number) => number;
  readonly ticks: readonly { readonly value: number; readonly label: string }[];
}

/** Pixels beyond which a position is only "far out". */
const FAR = 1e5;

/** An axis for −range … range between two pixels; logarithmic where there is a threshold. */
export function errorAxis(
  range: number,
  threshold: number | undefined,
  [from, to]: readonly [number, number],
  count = 5,
): ErrorAxis {
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  const warp =
    threshold === undefined
      ? (e: number) => e / range
      : (e: number) => (Math.sign(e) * Math.log10(1 + Math.abs(e) / threshold)) / Math.log10(1 + range / threshold);
  const toPixel = (e: number) => {
    const pixel = middle + half * warp(e);
    return Number.isNaN(pixel) ? middle : Math.min(FAR, Math.max(-FAR, pixel));
  };
  return { range, threshold, toPixel, ticks: threshold === undefined ? tidy(range, count) : powers(range, threshold) };
}

function tidy(range: number, count: number): { value: number; label: string }[] {
  const step = tidyStep(2 * range, count);
  const highest = Math.floor(range / step + 1e-9);
  return Array.from({ length: 2 * highest + 1 }, (_, k) => {
    const value = Number(((k - highest) * step).toPrecision(12));
    return { value, label: errorText(value, 2) };
  });
}

function powers(range: number, threshold: number): { value: number; label: string }[] {
  const high = Math.floor(Math.log10(range) + 1e-9);
  const low = Math.ceil(Math.log10(threshold) - 1e-9);
  const every = Math.max(1, Math.ceil((high - low + 1) / 3));
  const positive: { value: number; label: string }[] = [];
  for (let power = high; power >= low; power -= every)
    positive.push({ value: 10 ** power, label: power === 0 ? '1' : `10${superscript(power)}` });
  const negative = positive.map(({ value, label }) => ({ value: -value, label: `−${label}` }));
  return [...negative, { value: 0, label: '0' }, ...positive.reverse()];
}

/** An error as short text: 0.25, −3×10⁻⁷. */
export function errorText(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '∞';
  const magnitude = Math.abs(value);
  if (value === 0 || (magnitude >= 1e-3 && magnitude < 1e5))
    return String(Number(value.toPrecision(digits))).replace('-', '−');
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
  const short = String(Number(mantissa)).replace('-', '−');
  return `${short}×10${superscript(Number(exponent))}`;
}

/** Threshold of a logarithmic axis: a power of ten that nearly all errors exceed, at most 16 decades below the range. */
export function logThreshold(errors: readonly number[], range: number): number {
  const sizes = errors.map(Math.abs).filter((size) => size > 0);
  sizes.sort((a, b) => a - b);
  const small = sizes[Math.floor(sizes.length * 0.05)] ?? range;
  const floor = Math.min(Math.max(small, range * 1e-16), range / 100);
  return 10 ** Math.floor(Math.log10(floor));
}

/** Levels of the quadratic, ascending powers of √10 within a view; fewer where they would lie too close. */
export function contourLevels(
  eigenvalues: readonly [number, number],
  axes: readonly [ErrorAxis, ErrorAxis],
): { readonly value: number; readonly power: number }[] {
  const at = (x: number, y: number) => (eigenvalues[0] * x * x + eigenvalues[1] * y * y) / 2;
  const [x, y] = axes;
  const top = Math.log10(at(x.range, y.range));
  const bottom =
    x.threshold === undefined || y.threshold === undefined ? top - 4.5 : Math.log10(at(x.threshold, y.threshold));
  const every = Math.max(0.5, Math.ceil((top - bottom) / 10));
  const levels: { value: number; power: number }[] = [];
  for (let power = Math.floor(top / every) * every; power > bottom; power -= every)
    levels.unshift({ value: 10 ** power, power });
  return levels;
}

/**
 * The contour ½ (λ₁ x² + λ₂ y²) = level as points (x, y), closed. Half of the points stand evenly in angle; the others ever
 * closer to the half-axes, where a logarithmic axis spreads them out.
 */
export function contour([first, second]: readonly [number, number], level: number): [number, number][] {
  const a = Math.sqrt((2 * level) / first);
  const b = Math.sqrt((2 * level) / second);
  const quarter = [...QUARTER, Math.PI / 2];
  const angles = [0, 1, 2, 3].flatMap((k) => quarter.map((angle) => angle + (k * Math.PI) / 2));
  return angles.map((angle) => [a * Math.cos(angle), b * Math.sin(angle)]);
}

const QUARTER = [
  0,
  ...Array.from({ length: 24 }, (_, k) => ((k + 0.5) / 24) * (Math.PI / 2)),
  ...Array.from({ length: 33 }, (_, k) => Math.atan(10 ** (k / 2 - 8))),
].sort((p, q) => p - q);

/** SVG path data through points, to a tenth of a pixel. */
export const pathData = (points: readonly (readonly [number, number])[]): string =>
  points.map(([x, y], k) => `${k === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
