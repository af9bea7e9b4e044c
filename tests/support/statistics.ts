/** Statistics for tests of randomness. All draws are seeded: a test that passes passes always. */

/**
 * How surprising counts are where `expected` of each were to come, as a standard normal score: χ² brought to normality by
 * Wilson & Hilferty's cube root. Beyond +4 the counts are too uneven, below −4 too even.
 */
export function chiSquareScore(counts: ArrayLike<number>, expected: number | ArrayLike<number>): number {
  let chi = 0;
  for (let k = 0; k < counts.length; k++) {
    const wish = typeof expected === 'number' ? expected : expected[k]!;
    chi += (counts[k]! - wish) ** 2 / wish;
  }
  const freedom = counts.length - 1;
  return (Math.cbrt(chi / freedom) - (1 - 2 / (9 * freedom))) / Math.sqrt(2 / (9 * freedom));
}

export interface Moments {
  readonly mean: number;
  readonly variance: number;
  /** E (x − mean)⁴. */
  readonly fourth: number;
}

export function moments(values: ArrayLike<number>): Moments {
  const n = values.length;
  const mean = Array.from(values).reduce((sum, x) => sum + x, 0) / n;
  let second = 0;
  let fourth = 0;
  for (let k = 0; k < n; k++) {
    const square = (values[k]! - mean) ** 2;
    second += square;
    fourth += square * square;
  }
  return { mean, variance: second / n, fourth: fourth / n };
}

/** Correlation coefficient times √n: a standard normal score where the two are independent. */
export function correlationScore(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [p, q] = [moments(a), moments(b)];
  let sum = 0;
  for (let k = 0; k < a.length; k++) sum += (a[k]! - p.mean) * (b[k]! - q.mean);
  return sum / Math.sqrt(p.variance * q.variance * a.length);
}

/** How often each of 0 … size − 1 comes. */
export function histogram(values: Iterable<number>, size: number): Uint32Array {
  const counts = new Uint32Array(size);
  for (const value of values) counts[value] = counts[value]! + 1;
  return counts;
}
