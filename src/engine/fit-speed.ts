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
 * The interval comes from leaving out one lane at a time (jackknife), and is wider by what the slope still changes from the
 * first half of the window to the second (critical damping has a slowly fading factor t²). Returns a sentence where no
 * speed can be read.
 */
export function fitSpeed({ step, loss, lanes, floor, least }: FitInput): FittedSpeed | string {
  const mean = loss.map((row) => sum(row) / lanes);
  const first = mean[0] ?? 0;
  if (!(first > 0)) return 'The loss is zero from the start.';
  if (mean.some((value) => !Number.isFinite(value))) return 'A lane diverged.';
  const end = mean.findIndex((value) => value <= floor * first);
  const last = step[end < 0 ? step.length - 1 : Math.max(0, end - 1)]!;
  const window = step.flatMap((t, k) => (t >= last / 2 && t <= last ? [k] : []));
  if (window.length < POINTS) return 'The loss reached its floor too soon for a slope.';
  const times = window.map((k) => step[k]!);
  const speed = -slope(
    times,
    window.map((k) => Math.log(mean[k]!)),
  );
  const without = Array.from(
    { length: lanes },
    (_, lane) =>
      -slope(
        times,
        window.map((k) => Math.log(Math.max(mean[k]! * lanes - loss[k]![lane]!, Number.MIN_VALUE))),
      ),
  );
  if (!(speed > least))
    return 'The loss stops falling before its speed can be read: the targets are not fitted exactly.';
  const centre = sum(without) / lanes;
  const variance = ((lanes - 1) / lanes) * without.reduce((total, value) => total + (value - centre) ** 2, 0);
  const middle = Math.floor(times.length / 2);
  const logs = window.map((k) => Math.log(mean[k]!));
  const drift =
    slope(times.slice(middle), logs.slice(middle)) - slope(times.slice(0, middle + 1), logs.slice(0, middle + 1));
  const half = lanes > 1 ? Math.hypot(quantile(lanes - 1) * Math.sqrt(variance), drift) : speed;
  return { speed, low: speed - half, high: speed + half };
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
