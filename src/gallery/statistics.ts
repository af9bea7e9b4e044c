/** Estimates with confidence intervals, over lanes: lanes have independent minibatches, so they are independent samples. */
import type { Estimate } from './types';

/** The level of all intervals in the gallery. */
export const CONFIDENCE = 0.99;

/** Where an increasing function on [low, high] reaches `target`, to the last digit that bisection gives. */
function bisect(f: (x: number) => number, target: number, low: number, high: number): number {
  for (let k = 0; k < 200; k++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (f(middle) < target) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(|Z| < x) of a standard normal Z, by its series about 0; 1 beyond x = 8. */
function normalBetween(x: number): number {
  if (x > 8) return 1;
  let term = x;
  let sum = x;
  for (let k = 1; term > 1e-18 * sum; k++) {
    term *= (x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 * Math.exp((-x * x) / 2) * sum) / Math.sqrt(2 * Math.PI);
}

/** The z with P(|Z| < z) = confidence, for a standard normal Z. */
export const normalBound = (confidence: number): number => bisect(normalBetween, confidence, 0, 8);

/** P(|T| < t) of Student's T with whole degrees of freedom (Abramowitz & Stegun 26.7.3 and 26.7.4: finite sums). */
function studentBetween(t: number, freedom: number): number {
  const angle = Math.atan(t / Math.sqrt(freedom));
  const cosine = Math.cos(angle);
  const odd = freedom % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = freedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k < freedom; k += 2) {
    term *= ((k - 1) / k) * cosine * cosine;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (angle + Math.sin(angle) * sum) : Math.sin(angle) * sum;
}

/** The t with P(|T| < t) = confidence, for Student's T. */
export const studentBound = (confidence: number, freedom: number): number =>
  bisect((t) => studentBetween(t, freedom), confidence, 0, 1e5);

/** The mean of independent samples with Student's interval; infinite ends for a single sample. */
export function meanEstimate(samples: readonly number[], confidence = CONFIDENCE): Estimate {
  const n = samples.length;
  const value = samples.reduce((a, b) => a + b, 0) / n;
  if (n < 2) return { value, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, confidence };
  const variance = samples.reduce((sum, x) => sum + (x - value) ** 2, 0) / (n - 1);
  const half = studentBound(confidence, n - 1) * Math.sqrt(variance / n);
  return { value, low: value - half, high: value + half, confidence };
}

/** The mean of positive samples' logarithms with its interval, as a ratio: exp of {@link meanEstimate}. */
export function geometricEstimate(samples: readonly number[], confidence = CONFIDENCE): Estimate {
  const { value, low, high } = meanEstimate(samples.map(Math.log), confidence);
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), confidence };
}

/**
 * A positive statistic of independent samples with the interval of the jackknife, on a logarithmic scale: the statistic
 * without one sample each tells its error. Undefined where the statistic is, for all or without some sample.
 */
export function jackknifeEstimate<T>(
  samples: readonly T[],
  statistic: (samples: readonly T[]) => number | undefined,
  confidence = CONFIDENCE,
): Estimate | undefined {
  const n = samples.length;
  const value = statistic(samples);
  const without = samples.map((_, k) => statistic(samples.filter((__, j) => j !== k)));
  if (value === undefined || n < 2 || !without.every((one) => one !== undefined)) return undefined;
  const logs = without.map((one) => Math.log(one));
  const centre = logs.reduce((a, b) => a + b, 0) / n;
  const variance = ((n - 1) / n) * logs.reduce((sum, x) => sum + (x - centre) ** 2, 0);
  const half = studentBound(confidence, n - 1) * Math.sqrt(variance);
  return { value, low: value * Math.exp(-half), high: value * Math.exp(half), confidence };
}

/** A share of `n` with Wilson's score interval. */
export function shareEstimate(count: number, n: number, confidence = CONFIDENCE): Estimate {
  const z = normalBound(confidence);
  const p = count / n;
  const centre = (p + (z * z) / (2 * n)) / (1 + (z * z) / n);
  const half = (z / (1 + (z * z) / n)) * Math.sqrt((p * (1 - p)) / n + (z * z) / (4 * n * n));
  return { value: p, low: Math.max(0, centre - half), high: Math.min(1, centre + half), confidence };
}

/** Least-squares slope of y over x. */
export function slopeOf(x: readonly number[], y: readonly number[]): number {
  const n = x.length;
  const meanX = x.reduce((a, b) => a + b, 0) / n;
  const meanY = y.reduce((a, b) => a + b, 0) / n;
  let product = 0;
  let square = 0;
  for (let k = 0; k < n; k++) {
    product += (x[k]! - meanX) * (y[k]! - meanY);
    square += (x[k]! - meanX) ** 2;
  }
  return product / square;
}
