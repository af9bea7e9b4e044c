/** The valid range of a hyper-parameter; bounds are exclusive where marked. */
export interface ValidRange {
  readonly min: number;
  readonly max: number;
  readonly openMin?: boolean;
  readonly openMax?: boolean;
}

export function within({ min, max, openMin = false, openMax = false }: ValidRange, value: number): boolean {
  return value >= min && value <= max && !(openMin && value === min) && !(openMax && value === max);
}

/** A range in words: "above 0", "at least 1", "at least 0 and below 1". */
export function range(valid: ValidRange): string {
  const low = `${valid.openMin ? 'above' : 'at least'} ${bound(valid.min)}`;
  const high = `${valid.openMax ? 'below' : 'at most'} ${bound(valid.max)}`;
  return Number.isFinite(valid.max) ? `${low} and ${high}` : low;
}

/** Long numbers with their thousands set apart, as number fields show them. */
const bound = (value: number): string =>
  Number.isInteger(value) && Math.abs(value) >= 10_000 ? value.toLocaleString('en-US') : String(value);
