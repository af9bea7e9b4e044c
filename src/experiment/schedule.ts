/** Multiply-adds of one lane's recording up to which curves get all their points. */
const CHEAP_RECORDING = 2e6;

/** Points of an `auto` schedule: fewer where a recording reads a large data set. `rows` is 1 for streams. */
export const autoPoints = (rows: number, dimension: number): number => (rows * dimension <= CHEAP_RECORDING ? 160 : 60);

/**
 * The steps at which losses are recorded.
 *
 * `auto` spaces `points` points evenly in log(1 + t), dense at the start where curves bend and sparse later; a number
 * k records every k-th step. Step 0 and the last step are always there.
 */
export function evaluationSteps(steps: number, every: number | 'auto', points = 160): number[] {
  const result = [0];
  if (every === 'auto') {
    for (let k = 1; k <= points; k++) {
      const t = Math.round(Math.expm1((Math.log1p(steps) * k) / points));
      if (t > (result.at(-1) ?? 0)) result.push(t);
    }
  } else {
    for (let t = every; t < steps; t += every) result.push(t);
  }
  if (result.at(-1) !== steps) result.push(steps);
  return result;
}
