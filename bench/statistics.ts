/** Medians and spreads of repeated measurements. */

/** Median of at least one number; of an even count the mean of the middle two. */
export function median(values: readonly number[]): number {
  if (values.length === 0) throw new Error('nothing has no median');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return (sorted[Math.floor(middle)]! + sorted[Math.ceil(middle)]!) / 2;
}

export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export const spreadOf = (values: readonly number[]): Spread => ({
  median: median(values),
  min: Math.min(...values),
  max: Math.max(...values),
});
