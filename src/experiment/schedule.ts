/** Rows × coordinates up to which a recording may read a triangular factor instead of all rows. */
const FACTORED = 2e6;
const POINTS = { most: 240, least: 32 } as const;
/** Share of the arithmetic of a run's steps that the recordings of an `auto` schedule take, where its least points allow. */
export const RECORDING_SHARE = 0.1;
/** How much dearer a multiply-add of a recording was measured to be: its rows serve one state, a step's serve many. */
const DEARER = 2;

/**
 * Points of an `auto` schedule: as many as take a tenth of the run at batch size 1, where a step is cheapest; 32 at least,
 * below which a curve looks broken, and 240 at most. `rows` is undefined for streams.
 */
export function autoPoints(steps: number, rows: number | undefined, dimension: number): number {
  if (rows === undefined) return POINTS.most;
  if (rows * dimension > FACTORED) return POINTS.least;
  const recording = (DEARER * dimension * Math.min(rows, dimension)) / 2;
  const step = 6 * dimension;
  return Math.min(POINTS.most, Math.max(POINTS.least, Math.floor((RECORDING_SHARE * steps * step) / recording)));
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
