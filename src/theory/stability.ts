/** Where along a slider the expected dynamics diverge. */
import type { HyperParameter, Scale } from '../optimizers/types';

/** A closed range of values. */
export type ValueRange = readonly [from: number, to: number];

type Stretch = Scale | 'whole';

/** The value a share of the way from a to b as a scale sees it; `whole` is logarithmic over whole numbers. */
export function between(scale: Stretch, a: number, b: number, share: number): number {
  switch (scale) {
    case 'linear':
      return a + (b - a) * share;
    case 'log':
      return a * (b / a) ** share;
    case 'whole':
      return Math.round(a * (b / a) ** share);
    case 'log-to-one':
      return 1 - (1 - a) * ((1 - b) / (1 - a)) ** share;
  }
}

/** Ends of a hyper-parameter's slider at which it has a meaning: open ends are moved inside. */
function ends({ slider, valid, scale }: HyperParameter): ValueRange {
  const min = valid.openMin && slider.min <= valid.min ? between(scale, slider.min, slider.max, 1e-3) : slider.min;
  const max = valid.openMax && slider.max >= valid.max ? between(scale, slider.min, slider.max, 1 - 1e-3) : slider.max;
  return [min, max];
}

export interface ScanOptions {
  /** Places looked at before the edges are narrowed down: a range between two of them is not seen. */
  readonly places?: number;
  /** Halvings of the gap that holds an edge. */
  readonly halvings?: number;
}

/** The values of a hyper-parameter, from end to end of its slider, at which `stable` says no. */
export function unstableValues(
  hyper: HyperParameter,
  stable: (value: number) => Promise<boolean>,
  options?: ScanOptions,
): Promise<ValueRange[]> {
  return scan(hyper.scale, ends(hyper), stable, options);
}

/** The batch sizes up to `max` at which `stable` says no. */
export function unstableBatches(
  max: number,
  stable: (value: number) => Promise<boolean>,
  options?: ScanOptions,
): Promise<ValueRange[]> {
  return scan('whole', [1, max], stable, options);
}

async function scan(
  scale: Stretch,
  [min, max]: ValueRange,
  stable: (value: number) => Promise<boolean>,
  { places = 33, halvings = 12 }: ScanOptions = {},
): Promise<ValueRange[]> {
  const grid = [...new Set(Array.from({ length: places }, (_, k) => between(scale, min, max, k / (places - 1))))];
  /** The edge between a and b, where the answers differ, as the nearest value that is unstable. */
  const edge = async (a: number, b: number, stableAtA: boolean): Promise<number> => {
    for (let k = 0; k < halvings; k++) {
      const middle = between(scale, a, b, 0.5);
      if (middle === a || middle === b) break;
      if ((await stable(middle)) === stableAtA) a = middle;
      else b = middle;
    }
    return stableAtA ? b : a;
  };

  const ranges: ValueRange[] = [];
  let from: number | undefined;
  let before: { readonly value: number; readonly stable: boolean } | undefined;
  for (const value of grid) {
    const now = await stable(value);
    if (!before) from = now ? undefined : value;
    else if (before.stable && !now) from = await edge(before.value, value, true);
    else if (!before.stable && now) {
      ranges.push([from!, await edge(before.value, value, false)]);
      from = undefined;
    }
    before = { value, stable: now };
  }
  if (from !== undefined) ranges.push([from, grid.at(-1)!]);
  return ranges;
}
