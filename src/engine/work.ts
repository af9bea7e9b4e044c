/** How much arithmetic lanes cost, to size what is submitted at once. */
import { multiplyAdds } from '../models/cost';
import type { Objective } from '../problems/types';
import type { CohortOptions } from './backend';

/** Multiply-adds of a factorisation that are not noticed at the start of a run: some 50 ms. */
const FACTOR_WORK = 2e7;

/** Whether recordings read the triangular factor of stored rows instead of all of them, where float32 can hold it. */
export const isFactored = (count: number, dimension: number): boolean =>
  count >= 2 * dimension + 2 && count * dimension ** 2 <= FACTOR_WORK;

/** Multiply-adds of one recording of one lane, of all rows that it looks at. */
export function recordingWork(objective: Objective): number {
  if (objective.family === 'network') {
    const { recorded } = objective.rows;
    return (recorded.count + recorded.test) * multiplyAdds(objective.network);
  }
  const { rows, dimension } = objective;
  if (rows.kind === 'kernel') return dimension * rows.recorded;
  return dimension * (rows.kind === 'stored' ? rows.count : 1);
}

/**
 * Multiply-adds of one step, and of one recording, of all lanes of a cohort. `recording`: those of one lane's recording,
 * where they are not those of all its rows.
 */
export function workOf(
  { objective, lanes }: Pick<CohortOptions, 'objective' | 'lanes'>,
  recording = recordingWork(objective),
): { step: number; record: number } {
  const d = objective.dimension;
  // Forward, and backward to the weights and to the inputs; or the residuals and the gradient of a linear model.
  const sample = objective.family === 'network' ? 3 * multiplyAdds(objective.network) : 2 * d;
  return {
    step: lanes.reduce((sum, lane) => sum + sample * lane.run.batch + 4 * d, 0),
    record: lanes.length * recording,
  };
}
