/** Axis arithmetic: domains that look tidy, ticks, and the map from values to pixels. Pure; shared by page and export. */
import { formatLargeCount, formatLoss, formatX, superscript } from './format';

export interface Tick {
  readonly value: number;
  /** Plain text, or mantissa and exponent of a power of ten to be set with a raised exponent. */
  readonly label: string | { readonly base: '10'; readonly exponent: number };
}

export interface Scale {
  readonly domain: readonly [number, number];
  readonly log: boolean;
  /** Value → pixel; what lies outside the domain lies outside the range. */
  readonly toPixel: (value: number) => number;
  readonly toValue: (pixel: number) => number;
}

/** Maps `domain` onto `range`, linearly or logarithmically (then both ends must be positive). */
export function makeScale(domain: readonly [number, number], range: readonly [number, number], log: boolean): Scale {
  const warp = log ? Math.log10 : (x: number) => x;
  const unwarp = log ? (x: number) => 10 ** x : (x: number) => x;
  const from = warp(domain[0]);
  const span = warp(domain[1]) - from || 1;
  const factor = (range[1] - range[0]) / span;
  return {
    domain,
    log,
    toPixel: (value) => range[0] + (warp(value) - from) * factor,
    toValue: (pixel) => unwarp(from + (pixel - range[0]) / factor),
  };
}

export interface AxisChoice {
  readonly domain: readonly [number, number];
  readonly ticks: readonly Tick[];
}

/** The largest of 1, 2, 5 × 10^k at or below `x` (or the smallest at or above). */
function tidy(x: number, up: boolean): number {
  const power = 10 ** Math.floor(Math.log10(x) + 1e-12);
  const candidates = [1, 2, 5, 10].map((m) => m * power);
  const slack = 1e-9 * power;
  const found = up ? candidates.find((c) => c >= x - slack) : candidates.findLast((c) => c <= x + slack);
  return clean(found ?? power);
}

/** Removes the dust of floating-point arithmetic: 0.30000000000000004 → 0.3. */
const clean = (x: number) => Number(x.toPrecision(12));

/** Step of about `count` tidy linear ticks over a span. */
export function tidyStep(span: number, count: number): number {
  return tidy(span / Math.max(1, count), true);
}

/** Multiples of `step` within [low, high]. */
function multiples(low: number, high: number, step: number): number[] {
  const result: number[] = [];
  for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) result.push(clean(k * step));
  return result;
}

/** The share of a logarithmic axis that may be empty so that it ends at a whole decade. */
const SLACK = 0.08;
const MANTISSAS = [1, 1.5, 2, 3, 4, 5, 7, 10];
/** A value is within its decade up to one part in 10⁹, as elsewhere here: 4e-10 in the logarithm. */
const DUST = 4e-10;

/** Where an axis over so many decades ends beyond its last value: at a whole decade, or near the value. */
function logEnd(value: number, decades: number, up: boolean): number {
  const log = Math.log10(value);
  const decade = up ? Math.ceil(log - DUST) : Math.floor(log + DUST);
  if (Math.abs(decade - log) <= SLACK * decades) return Number(`1e${decade}`);
  const below = Math.floor(log);
  const candidates = MANTISSAS.map((m) => Number(`${m}e${below}`));
  return (up ? candidates.find((c) => c >= value) : candidates.findLast((c) => c <= value)) ?? Number(`1e${decade}`);
}

/**
 * A logarithmic axis that holds every positive value from `least` to `greatest`, with little room beyond them. Wide spans
 * get ticks at whole decades, narrow ones between them too, and very narrow ones linear ticks.
 */
export function logAxis(least: number, greatest: number, count: number): AxisChoice {
  // Powers of ten that float64 holds with all their digits.
  const min = Math.min(Math.max(least, 1e-300), 1e300);
  const max = Math.min(Math.max(greatest, min), 1e300);
  const ratio = max / min;
  if (ratio < 3) {
    // A constant curve gets some room.
    const step = tidyStep(Math.max(max - min, max * 1e-3), count);
    let low = clean(Math.floor(min / step + 1e-9) * step);
    if (low <= 0) low = tidy(min, false);
    let high = clean(Math.ceil(max / step - 1e-9) * step);
    if (high <= low) high = clean(low + step);
    return { domain: [low, high], ticks: multiples(low, high, step).map((value) => steppedTick(value, step)) };
  }
  const decades = Math.log10(ratio);
  const domain = [logEnd(min, decades, false), logEnd(max, decades, true)] as const;
  const [low, high] = wholeDecades(domain);
  return { domain, ticks: high - low >= 3 ? decadeTicks(low, high, count) : withinDecades(domain, count) };
}

/** The powers of the first and the last whole decade within a domain. */
const wholeDecades = (domain: readonly [number, number]): [number, number] => [
  Math.ceil(Math.log10(domain[0]) - 1e-9),
  Math.floor(Math.log10(domain[1]) + 1e-9),
];

/** An axis in per cent that holds every share from `least` to `greatest`, within 0 … 1, and no more than it must. */
export function shareAxis(least: number, greatest: number, count: number): AxisChoice {
  // A constant curve gets some room.
  const step = tidyStep(Math.max(greatest - least, 0.01), count);
  let low = Math.max(0, clean(Math.floor(least / step + 1e-9) * step));
  const high = Math.min(1, clean(Math.max(Math.ceil(greatest / step - 1e-9) * step, low + step)));
  if (low >= high) low = clean(high - step);
  return { domain: [low, high], ticks: shareTicks([low, high], count) };
}

/** Ticks in per cent over a given domain of shares. */
export function shareTicks(domain: readonly [number, number], count: number): Tick[] {
  const step = tidyStep(domain[1] - domain[0] || 1, count);
  const decimals = Math.min(4, Math.max(0, Math.ceil(-Math.log10(100 * step) - 1e-9)));
  return multiples(domain[0], domain[1], step).map((value) => ({
    value,
    label: `${(100 * value).toFixed(decimals).replace('-', '−')} %`,
  }));
}

/** Ticks of a logarithmic axis over a given domain (a zoom, a step axis): decades, or finer where few fit. */
export function logTicks(domain: readonly [number, number], count: number): Tick[] {
  const [low, high] = wholeDecades(domain);
  if (high - low >= 2) {
    const every = Math.max(1, Math.ceil((high - low) / Math.max(1, count)));
    const ticks: Tick[] = [];
    // Where one of them is so small that it is set as a power, all are.
    for (let k = low; k <= high; k += every)
      ticks.push(low < SMALL_EXPONENT ? powerTick(k) : axisTick(Number(`1e${k}`), domain));
    return ticks;
  }
  if (domain[1] / domain[0] < 3) return linearTicks(domain, count);
  return withinDecades(domain, count);
}

/** Linear ticks over a given domain. */
export function linearTicks(domain: readonly [number, number], count: number): Tick[] {
  const step = tidyStep(domain[1] - domain[0] || 1, count);
  return multiples(domain[0], domain[1], step).map((value) =>
    domain[1] >= LARGE && Number.isInteger(step) && step >= LARGE / 1000
      ? axisTick(value, domain)
      : steppedTick(value, step),
  );
}

/** Ticks within decades that are alike: 1, 2, 5 of each, or 1, 3, or 1, as have room. */
function withinDecades(domain: readonly [number, number], count: number): Tick[] {
  const most = Math.max(2, count + 1);
  const choices = [[1, 2, 5], [1, 3], [1]].map((mantissas) => {
    const values: number[] = [];
    for (let k = Math.floor(Math.log10(domain[0])); k <= Math.ceil(Math.log10(domain[1])); k++)
      for (const m of mantissas) {
        const value = Number(`${m}e${k}`);
        if (value >= domain[0] * (1 - 1e-9) && value <= domain[1] * (1 + 1e-9)) values.push(value);
      }
    return values;
  });
  const [finest] = choices as [number[]];
  const every = Math.ceil(finest.length / most);
  const fitting = choices.find((values) => values.length >= 2 && values.length <= most);
  return (fitting ?? finest.filter((_, i) => i % every === 0)).map(plainTick);
}

function decadeTicks(low: number, high: number, count: number): Tick[] {
  const raw = (high - low) / Math.max(1, count);
  const every = [1, 2, 3, 5, 10, 20, 50].find((n) => n >= raw) ?? 100;
  const ticks: Tick[] = [];
  for (let k = Math.ceil(low / every) * every; k <= high; k += every) ticks.push(powerTick(k));
  return ticks;
}

/** From here on an axis counts in thousands and millions, in all of its labels. */
const LARGE = 100_000;

const axisTick = (value: number, domain: readonly [number, number]): Tick =>
  domain[1] >= LARGE && value >= 1 ? { value, label: formatLargeCount(value) } : plainTick(value);

/** 10^k, without the zero's sign; 10 is no power to the eye. */
const powerTick = (k: number): Tick => ({
  value: Number(`1e${k}`),
  label: k === 1 ? '10' : { base: '10', exponent: k === 0 ? 0 : k },
});

/** Below 10 to this power, numbers are set with powers of ten, as {@link formatX} does. */
const SMALL_EXPONENT = -3;

/** A label without a digit too many: 0.002, 10⁻⁴, 2×10⁻⁴. */
function plainTick(value: number): Tick {
  const [mantissa, exponent] = clean(value).toExponential().split('e') as [string, string];
  if (value <= 0 || Number(exponent) >= SMALL_EXPONENT) return { value, label: formatX(value) };
  if (mantissa === '1') return { ...powerTick(Number(exponent)), value };
  return { value, label: `${Number(Number(mantissa).toPrecision(3))}×10${superscript(Number(exponent))}` };
}

/** A label with as many digits as it takes to tell neighbours apart, and with the decimals of its neighbours. */
function steppedTick(value: number, step: number): Tick {
  const magnitude = Math.abs(value);
  const digits = Math.ceil(Math.log10(magnitude / step) - 1e-9) + 1;
  if (magnitude < 10 ** SMALL_EXPONENT || magnitude >= 1e6)
    return value === 0 || digits <= 3 ? plainTick(value) : { value, label: formatLoss(value, digits) };
  const decimals = Math.min(20, Math.ceil(-Math.log10(step) - 1e-9));
  if (decimals > 0) return { value, label: value.toFixed(decimals).replace('-', '−') };
  // In thousands, neighbours may read alike.
  return digits <= 3 ? plainTick(value) : { value, label: value.toLocaleString('en-US') };
}
