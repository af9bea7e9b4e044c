/** Multiply-adds of one lane's recording up to which curves get all their points. */
const CHEAP_RECORDING = 2e6;
const POINTS = { cheap: 240, dear: 60 } as const;

/** Points of an `auto` schedule: fewer where a recording reads a large data set. `rows` is 1 for streams. */
export const autoPoints = (rows: number, dimension: number): number =>
  rows * dimension <= CHEAP_RECORDING ? POINTS.cheap : POINTS.dear;

/**
 * The steps at which losses are recorded, ascending. Step 0 and the last step are always there.
 *
 * A number k records every k-th step. `auto` spends at most `points` more: half of them evenly in log(1 + t), for the
 * start where curves bend, and half evenly in t, for an axis that is linear.
 */
export function evaluationSteps(steps: number, every: number | 'auto', points: number = POINTS.cheap): number[] {
  const chosen = new Set([0, steps]);
  if (every === 'auto') {
    const half = Math.max(1, Math.floor(points / 2));
    for (let k = 1; k <= half; k++) {
      chosen.add(Math.round(Math.expm1((Math.log1p(steps) * k) / half)));
      chosen.add(Math.round((steps * k) / half));
    }
  } else for (let t = every; t < steps; t += every) chosen.add(t);
  return [...chosen].sort((a, b) => a - b);
}
