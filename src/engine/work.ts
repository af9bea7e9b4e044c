/** How much arithmetic lanes cost, to size what is submitted at once. */
import type { CohortOptions } from './backend';

/**
 * Multiply-adds of one step, and of one recording, of all lanes of a cohort. `recording`: those of one lane's recording,
 * where they are not those of all its rows.
 */
export function workOf(
  { objective, lanes }: Pick<CohortOptions, 'objective' | 'lanes'>,
  recording = objective.dimension * (objective.rows.kind === 'stored' ? objective.rows.count : 1),
): { step: number; record: number } {
  const d = objective.dimension;
  return {
    step: lanes.reduce((sum, lane) => sum + 2 * d * lane.run.batch + 4 * d, 0),
    record: lanes.length * recording,
  };
}
