/** From a session to what is kept of its race, and whether what is kept is the race that is wanted. */
import type { ExperimentConfig } from '../experiment/config';
import { MAX_SLOTS } from '../optimizers/types';
import { METRICS, metricsOf } from '../problems/metrics';
import { startStatistics } from '../problems/start';
import type { Objective } from '../problems/types';
import type { GroupRunner } from './group-runner';
import { dataPrint, enabledRuns, raceKey } from './race-key';
import { SAVED_VERSION, type SavedBody, type SavedState, type SavedWeights } from './saved-race';

/**
 * What it takes to go on later from the last checkpoints, all but the curves; undefined where that cannot be told just now.
 * Runs without a checkpoint are left out. The arrays are fresh.
 */
export function raceToKeep(
  config: ExperimentConfig,
  objective: Objective,
  { saved, kind }: Pick<GroupRunner, 'saved' | 'kind'>,
): SavedState | undefined {
  if (!saved || !kind) return undefined;
  const base = { version: SAVED_VERSION, key: raceKey(config) } as const;
  const step = Math.min(...saved.groups.map((group) => group.step));
  return {
    head: { ...base, kind, step, steps: config.steps },
    body: { ...base, print: dataPrint(objective), groups: [...saved.groups], finished: [...saved.finished] },
  };
}

/** Whether a kept race, valid in itself, is that of a configuration on its data. */
export function isRaceOf(saved: SavedBody, config: ExperimentConfig, objective: Objective): boolean {
  return saved.key === raceKey(config) && saved.print === dataPrint(objective) && fits(saved, config, objective);
}

/** Whether lanes and numbers are as many as they are there, and every run has its curve up to where its lanes show it. */
function fits({ groups, finished, curves }: SavedBody, config: ExperimentConfig, objective: Objective): boolean {
  const { seeds, steps } = config;
  const runs = enabledRuns(config);
  const metrics = metricsOf(objective);
  const statistics = startStatistics(objective).length;
  const curveOf = new Map(curves.map((curve) => [curve.key, curve]));
  const keys = [...groups.flatMap((group) => group.runs.map(({ key }) => key)), ...finished.map(({ key }) => key)];
  const recorded = METRICS.filter((metric) => metrics.includes(metric)).join();
  const weightsFit = ({ parameters, statistics: own }: SavedWeights) =>
    parameters.length === objective.dimension && own.length === statistics;
  return (
    new Set(keys).size === keys.length &&
    keys.every((key) => {
      const curve = curveOf.get(key);
      const has = METRICS.filter((metric) => metric === 'loss' || curve?.side[metric]).join();
      return runs.has(key) && curve?.lanes === seeds && has === recorded;
    }) &&
    finished.every(({ key, weights = [] }) => curveOf.get(key)!.finished && weights.every(weightsFit)) &&
    groups.every(
      (group) =>
        group.schedule.at(-1) === steps &&
        group.values.length === group.members.length * MAX_SLOTS * objective.dimension &&
        group.statistics.length === group.members.length * statistics &&
        group.left.every(({ weights }) => weightsFit(weights)) &&
        (objective.family !== 'network' || group.members.length + group.left.length === group.runs.length * seeds) &&
        group.runs.every((run) => {
          const curve = curveOf.get(run.key)!;
          return run.count === seeds && (curve.finished || (curve.step.at(-1) ?? -1) === group.shownStep);
        }),
    )
  );
}
