import { useEffect, useMemo, useRef, useState } from 'react';
import { runKey, type RunConfig } from '../../experiment/config';
import type { OptimizerId } from '../../optimizers/registry';
import { useExperiment } from '../../state/experiment-store';
import { session, useSession } from '../../state/session-store';
import { useView } from '../../state/view-store';
import type { ObjectiveSummary, Trajectory } from '../../worker/protocol';
import { useService } from '../service-context';

/** More lines than this cannot be told apart. */
export const MAX_PATHS = 16;
/** So long the picture waits for all paths of a new problem before it shows the first ones, ms. */
const PATIENCE = 300;

interface Entry {
  readonly key: string;
  readonly optimizer: OptimizerId;
  readonly trajectory: Trajectory;
}

interface Known {
  /** The problem that all entries are paths on: every restart of the race has one of its own. */
  readonly objective: ObjectiveSummary | undefined;
  /** By id of the run. */
  readonly entries: ReadonlyMap<number, Entry>;
  readonly failure?: string;
}

export interface FollowedRun {
  readonly id: number;
  /** Place in the experiment, which decides the colour. */
  readonly index: number;
  readonly run: RunConfig;
  /** Right after a change of hyper-parameters or batch size still that from before: then it is stale. */
  readonly trajectory: Trajectory | undefined;
  readonly stale: boolean;
}

/** The paths of the runs that are shown, asked for one by one once `wanted`. */
export function useTrajectories(wanted: boolean): { runs: FollowedRun[]; left: number; failure: string | undefined } {
  const service = useService();
  const runs = useExperiment((state) => state.config.runs);
  const ids = useExperiment((state) => state.ids);
  const hidden = useView((state) => state.hidden);
  const objective = useSession((state) => state.objective);
  const [known, setKnown] = useState<Known>({ objective: undefined, entries: new Map() });
  const latest = useRef(known);

  const all = useMemo(
    () =>
      runs.flatMap((run, index) => {
        const id = ids[index]!;
        return run.enabled === false || hidden.has(id) ? [] : [{ id, index, run }];
      }),
    [runs, ids, hidden],
  );
  const shown = useMemo(() => all.slice(0, MAX_PATHS), [all]);
  const asked = JSON.stringify(shown.map(({ id, run }) => [id, run]));

  useEffect(() => {
    if (!wanted || !objective) return;
    let stopped = false;
    const started = performance.now();
    const before = latest.current.objective === objective ? latest.current.entries : new Map<number, Entry>();
    const entries = new Map(before);
    const tell = (failure?: string) => {
      latest.current = { objective, entries: new Map(entries), ...(failure === undefined ? {} : { failure }) };
      setKnown(latest.current);
    };
    const ask = async () => {
      for (const [id, run] of JSON.parse(asked) as [number, RunConfig][]) {
        const key = runKey(run);
        if (entries.get(id)?.key === key) continue;
        const trajectory = await service.trajectory(run);
        // The race may have restarted in the meantime: a path on the new problem has no place among those of the old one.
        if (stopped || session.store.getState().objective !== objective) return;
        if (!trajectory) continue;
        entries.set(id, { key, optimizer: run.optimizer, trajectory });
        if (performance.now() - started > PATIENCE) tell();
      }
      tell();
    };
    ask().catch((error: unknown) => {
      if (!stopped) tell(error instanceof Error ? error.message : String(error));
    });
    return () => {
      stopped = true;
    };
  }, [wanted, objective, asked, service]);

  const followed = useMemo(
    () =>
      shown.map((entry) => {
        const found = known.entries.get(entry.id);
        // Another optimizer's path under this one's name would be wrong, not only late.
        const trajectory = found?.optimizer === entry.run.optimizer ? found.trajectory : undefined;
        return { ...entry, trajectory, stale: known.objective !== objective || found?.key !== runKey(entry.run) };
      }),
    [shown, known, objective],
  );
  return {
    runs: followed,
    left: all.length - shown.length,
    failure: known.failure,
  };
}
