/** Results before times: every contestant's losses against the float64 twin's. */
import { CpuBackend } from '../src/engine/cpu/cpu-backend';
import { LeastSquaresReference } from '../src/problems/least-squares';
import type { NetworkTask } from './network/task';
import type { Task } from './tasks';

/** Largest relative error of a lane's loss: float32 rounding, summed in whatever order, stays well below it. */
export const TOLERANCE = 5e-4;

/** Loss of each lane after `steps` float64 steps. */
export async function twinLosses(
  { objective, lanes, config }: Task | NetworkTask,
  steps: number,
): Promise<Float64Array> {
  const backend = new CpuBackend(Number.POSITIVE_INFINITY);
  const { seed, sampling } = config;
  const twin = await backend.cohort({ objective, lanes, seed, sampling, lossLimit: Number.MAX_VALUE });
  const losses = await twin.execute([{ from: 0, to: steps, record: true }]);
  backend.destroy();
  // The first of a recording's numbers is the loss.
  return losses.subarray(0, lanes.length);
}

/** Loss of each lane from its weights, lanes × dimension. */
export function lossesAt({ objective, lanes, config }: Task, weights: ArrayLike<number>): Float64Array {
  const reference = new LeastSquaresReference(objective, { seed: config.seed, mode: config.sampling });
  const d = objective.dimension;
  const w = new Float64Array(d);
  return Float64Array.from(lanes, (_, lane) => {
    for (let j = 0; j < d; j++) w[j] = weights[lane * d + j]!;
    return reference.loss(w);
  });
}

/** Largest relative error of any lane; Infinity where one is missing or not a number. */
export function worstError(found: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (found.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let k = 0; k < expected.length; k++) {
    const error = Math.abs(found[k]! / expected[k]! - 1);
    worst = Number.isNaN(error) ? Number.POSITIVE_INFINITY : Math.max(worst, error);
  }
  return worst;
}
