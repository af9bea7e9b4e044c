/** The speed of convergence that recorded losses show: the slope of their logarithm, with an interval from the lanes. */

export interface FitInput {
  readonly step: readonly number[];
  /** points × lanes */
  readonly loss: readonly (readonly number[] | Float64Array)[];
  readonly lanes: number;
  /** Losses below this share of the first one are rounding. */
  readonly floor: number;
  /** A speed below this is no convergence. */
  readonly least: number;
  /** Steps at which the window of the fit may end, ascending; the last step where absent. */
  readonly ends?: readonly number[];
}

export interface FittedSpeed {
  /** −d ln f/dt of the mean over the lanes, per step. */
  readonly speed: number;
  /** Ends of the 95 % interval. */
  readonly low: number;
  readonly high: number;
}

/** Fewest points that a slope is read from. */
const POINTS = 5;

/**
 * Fits a line to the logarithm of the loss' mean over the lanes, in the later half of the steps before it meets the
 * floor: by then the slowest direction leads. The mean is what theory speaks of (the median of few lanes lies below it).
 * The interval comes from leaving out one lane at a time (jackknife), and is wider by what the slope's change
 * from the first half of the window to the second says it still misses: critical damping has a factor (1 + ct)² that fades so slowly that ten e-folds on
 * it still costs a tenth of the speed. Later windows see less of it and more of rare lanes: of several `ends`, ascending,
 * later ones are looked at while the slope still changes, and the narrowest interval is taken. Returns a sentence where no speed can be read.
 */
export function fitSpeed({ step, loss, lanes, floor, least, ends }: FitInput): FittedSpeed | string {
  const mean = loss.map((row) => sum(row) / lanes);
  const first = mean[0] ?? 0;
  if (!(first > 0)) return 'The loss is zero from the start.';
  if (mean.some((value) => !Number.isFinite(value))) return 'A lane diverged.';
  const below = mean.findIndex((value) => value <= floor * first);
  const last = step[below < 0 ? step.length - 1 : Math.max(0, below - 1)]!;
  let best: WindowFit | string = 'The loss reached its floor too soon for a slope.';
  for (const end of new Set((ends ?? [last]).map((t) => Math.min(t, last)))) {
    const window = step.flatMap((t, k) => (t >= end / 2 && t <= end ? [k] : []));
    if (window.length < POINTS) continue;
    const fit = fitWindow(window, step, loss, mean, lanes);
    if (!(fit.speed > least)) {
      if (typeof best === 'string')
        best = 'The loss stops falling before its speed can be read: the targets are not fitted exactly.';
      continue;
    }
    if (typeof best === 'string' || fit.high - fit.low < best.high - best.low) best = fit;
    if (!fit.fading) break;
  }
  return typeof best === 'string' ? best : { speed: best.speed, low: best.low, high: best.high };
}

/** The fit to the points `window`, indices of recorded steps. */
function fitWindow(
  window: readonly number[],
  step: readonly number[],
  loss: FitInput['loss'],
  mean: readonly number[],
  lanes: number,
): WindowFit {
  const times = window.map((k) => step[k]!);
  const middle = Math.floor(times.length / 2);
  const read = (values: readonly number[]): Reading => ({
    speed: -slope(times, values),
    drift:
      slope(times.slice(0, middle + 1), values.slice(0, middle + 1)) - slope(times.slice(middle), values.slice(middle)),
  });
  const { speed, drift } = read(window.map((k) => Math.log(mean[k]!)));
  if (lanes < 2) return { speed, low: 0, high: 2 * speed, fading: false };
  const without = Array.from({ length: lanes }, (_, lane) =>
    read(window.map((k) => Math.log(Math.max(mean[k]! * lanes - loss[k]![lane]!, Number.MIN_VALUE)))),
  );
  const chance = quantile(lanes - 1) * jackknife(without.map((one) => one.speed));
  // What chance alone makes of the drift is no change of the slope.
  const seen = drift ** 2 - (quantile(lanes - 1) * jackknife(without.map((one) => one.drift))) ** 2;
  const half = Math.hypot(chance, FADING * Math.sqrt(Math.max(0, seen)));
  return { speed, low: speed - half, high: speed + half, fading: seen > 0 };
}

interface WindowFit extends FittedSpeed {
  /** The slope still changes more than chance makes it. */
  readonly fading: boolean;
}

interface Reading {
  readonly speed: number;
  /** By how much the second half of the window is faster than the first. */
  readonly drift: number;
}

/**
 * What a window from T/2 to T still misses of the speed, in units of the drift within it, where a factor t^p fades: its
 * slope is about 1.37 p/T too small, and the slopes of its halves differ by 0.45 p/T.
 */
const FADING = 3;

/** Standard error of a number from its values without one lane each. */
function jackknife(without: readonly number[]): number {
  const centre = sum(without) / without.length;
  return Math.sqrt(
    ((without.length - 1) / without.length) * without.reduce((total, value) => total + (value - centre) ** 2, 0),
  );
}

/** 97.5 % quantile of Student's t, to about 1 % from 5 degrees of freedom on. */
const quantile = (freedom: number): number => 1.96 + 2.4 / freedom + 3 / freedom ** 2;

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** Least-squares slope of y over x. */
function slope(x: readonly number[], y: readonly number[]): number {
  const cx = sum(x) / x.length;
  const cy = sum(y) / y.length;
  let xy = 0;
  let xx = 0;
  x.forEach((value, k) => {
    xy += (value - cx) * (y[k]! - cy);
    xx += (value - cx) ** 2;
  });
  return xy / xx;
}
