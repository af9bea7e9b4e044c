/** The zero of an increasing function of one variable. */

/** How close to the zero a search goes. */
export interface RootTolerance {
  readonly relative: number;
  readonly absolute: number;
}

const FULL: RootTolerance = { relative: 2 ** -52, absolute: 1e-18 };

/**
 * The zero of an increasing function between `low`, where its value is taken to be `atLow` ≤ 0, and `high`, where it is
 * positive. Inverse quadratic interpolation where it is safe, else bisection (Chandrupatla 1997).
 */
export function increasingRoot(f: (x: number) => number, low: number, atLow: number, high: number): number {
  const search = rootSearch(low, atLow, high, FULL);
  let step = search.next();
  while (!step.done) step = search.next(f(step.value));
  return step.value;
}

/** The same as a dialogue, for functions that take long: yields where the value is wanted and is sent it. */
export function* rootSearch(
  low: number,
  atLow: number,
  high: number,
  tolerance: RootTolerance,
): Generator<number, number, number> {
  let [a, fa] = [high, yield high];
  let [b, fb] = [low, atLow];
  let c: number;
  let fc: number;
  let t = 0.5;
  for (let iteration = 0; iteration < 200; iteration++) {
    const x = a + t * (b - a);
    const fx = yield x;
    if (fx > 0 === fa > 0) [c, fc] = [a, fa];
    else [c, fc, b, fb] = [b, fb, a, fa];
    [a, fa] = [x, fx];
    const [best, value] = Math.abs(fa) < Math.abs(fb) ? [a, fa] : [b, fb];
    const limit = (tolerance.relative * Math.abs(best) + tolerance.absolute) / Math.abs(b - a);
    if (value === 0 || limit > 0.5) return best;
    const xi = (a - b) / (c - b);
    const phi = (fa - fb) / (fc - fb);
    const interpolate = phi ** 2 < xi && (1 - phi) ** 2 < 1 - xi;
    const inverse = (fa / (fb - fa)) * (fc / (fb - fc)) + ((c - a) / (b - a)) * (fa / (fc - fa)) * (fb / (fc - fb));
    t = Math.min(1 - limit, Math.max(limit, interpolate ? inverse : 0.5));
  }
  return a;
}
