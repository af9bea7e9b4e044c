/** How many points an `auto` schedule has. */
import type { ExperimentConfig } from '../experiment/config';
import { autoPoints, RECORDING_SHARE } from '../experiment/schedule';
import { multiplyAdds } from '../models/cost';
import type { Objective } from '../problems/types';
import { recordingWork } from './work';

const NETWORK_POINTS = { most: 120, least: 24 } as const;

/** Points of the race of `config`, by what a recording costs beside a step. */
export function pointsOf({ steps, runs }: ExperimentConfig, objective: Objective): number {
  if (objective.family !== 'network') {
    const { rows, dimension } = objective;
    const recorded = rows.kind === 'kernel' ? rows.recorded : undefined;
    return autoPoints(steps, recorded ?? ('count' in rows ? rows.count : undefined), dimension);
  }
  const batch = runs.reduce((least, run) => Math.min(least, run.batch), Infinity);
  const step = 3 * batch * multiplyAdds(objective.network);
  const points = Math.floor((RECORDING_SHARE * steps * step) / recordingWork(objective));
  return Math.min(NETWORK_POINTS.most, Math.max(NETWORK_POINTS.least, points));
}
