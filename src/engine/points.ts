/** How many points an `auto` schedule has. */
import type { ExperimentConfig } from '../experiment/config';
import { autoPoints, RECORDING_SHARE } from '../experiment/schedule';
import { multiplyAdds } from '../models/cost';
import type { LeastSquares, Objective } from '../problems/types';
import { isFactored, recordingWork } from './work';

const NETWORK_POINTS = { most: 120, least: 24 } as const;

/** Steps that a recording was measured to cost beside its arithmetic: within a dispatch, and where it is one of its own. */
const WITHIN = 1.5;
const APART = 15;

/**
 * What a recording costs, in steps at batch size 1, where a step is cheapest: runs of all batch sizes record at the same
 * steps. Such a step was measured to take as long as six rows of a recording.
 */
function recordingCost({ rows, dimension }: LeastSquares): number {
  if ('scales' in rows) return 0;
  if (rows.kind === 'kernel') return rows.recorded / 6 + APART;
  return isFactored(rows.count, dimension) ? dimension / 6 + WITHIN : rows.count / 6 + APART;
}

/** Points of a race of so many steps, whatever its runs. */
export const linearPoints = (steps: number, objective: LeastSquares): number =>
  autoPoints(steps, recordingCost(objective));

/** Points of the race of `config`, by what a recording costs beside a step. */
export function pointsOf({ steps, runs }: ExperimentConfig, objective: Objective): number {
  if (objective.family !== 'network') return linearPoints(steps, objective);
  const batch = runs.reduce((least, run) => Math.min(least, run.batch), Infinity);
  const step = 3 * batch * multiplyAdds(objective.network);
  const points = Math.floor((RECORDING_SHARE * steps * step) / recordingWork(objective));
  return Math.min(NETWORK_POINTS.most, Math.max(NETWORK_POINTS.least, points));
}
