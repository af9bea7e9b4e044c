/** Which paths the picture may show while the race changes: what is out of date fades, what is wrong goes. */
import { runKey, type RunConfig } from '../../experiment/config';
import type { OptimizerId } from '../../optimizers/registry';
import type { ObjectiveSummary, Trajectory } from '../../worker/protocol';

/** A path with the run that it is of. */
export interface KnownPath {
  readonly key: string;
  readonly optimizer: OptimizerId;
  readonly trajectory: Trajectory;
}

export interface KnownPaths {
  /** The problem that all of them are paths on: every restart of the race has one of its own. */
  readonly objective: ObjectiveSummary | undefined;
  /** By id of the run. */
  readonly entries: ReadonlyMap<number, KnownPath>;
}

/** What is still of use on the present problem. */
export function startOn({ objective, entries }: KnownPaths, present: ObjectiveSummary): Map<number, KnownPath> {
  return new Map(objective === present ? entries : []);
}

/** A run's path, and whether it is that of settings or of a race of a moment ago. */
export function followed(
  { objective, entries }: KnownPaths,
  present: ObjectiveSummary | undefined,
  id: number,
  run: RunConfig,
): { trajectory: Trajectory | undefined; stale: boolean } {
  const found = entries.get(id);
  // Another optimizer's path under this one's name would be wrong, not only late.
  const trajectory = found?.optimizer === run.optimizer ? found.trajectory : undefined;
  return { trajectory, stale: objective !== present || found?.key !== runKey(run) };
}

export interface Asking {
  readonly runs: readonly (readonly [id: number, run: RunConfig])[];
  /** Known paths on the present problem; those that are asked for are put in. */
  readonly entries: Map<number, KnownPath>;
  readonly ask: (run: RunConfig) => Promise<Trajectory | undefined>;
  /** Whether the problem is still the one that was asked about. */
  readonly present: () => boolean;
  /** After every new path. */
  readonly arrived: () => void;
}

/**
 * Asks for the paths that are not known, one by one. False where the race restarted in the meantime: a path on the new
 * problem has no place among those of the old one, so the late answer is dropped and no further one is asked for.
 *
 * @throws what `ask` throws
 */
export async function askForPaths({ runs, entries, ask, present, arrived }: Asking): Promise<boolean> {
  for (const [id, run] of runs) {
    const key = runKey(run);
    if (entries.get(id)?.key === key) continue;
    const trajectory = await ask(run);
    if (!present()) return false;
    if (!trajectory) continue;
    entries.set(id, { key, optimizer: run.optimizer, trajectory });
    arrived();
  }
  return true;
}
