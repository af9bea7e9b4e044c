/** Points of an `auto` schedule: a curve of fewer looks broken, and more are not seen. */
const POINTS = { most: 240, least: 24 } as const;
/** Share of the arithmetic of a run's steps that the recordings of an `auto` schedule take, where its least points allow. */
export const RECORDING_SHARE = 0.1;

/**
 * Points of an `auto` schedule: as many as take a tenth of the run's steps, but 24 at least and 240 at most. `cost`: that of a
 * recording, in steps.
 */
export function autoPoints(steps: number, cost: number): number {
  return Math.min(POINTS.most, Math.max(POINTS.least, Math.floor((RECORDING_SHARE * steps) / cost)));
}

/**
 * The steps at which losses are recorded, ascending. Step 0 and the last step are always there.
 *
 * A number k records every k-th step. `auto` spends at most `points` more: half of them evenly in log(1 + t), for the
 * start where curves bend, and half evenly in t, for an axis that is linear.
 */
export function evaluationSteps(steps: number, every: number | 'auto', points: number = POINTS.most): number[] {
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
