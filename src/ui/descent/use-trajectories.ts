import { useEffect, useMemo, useRef, useState } from 'react';
import type { RunConfig } from '../../experiment/config';
import { useExperiment } from '../../state/experiment-store';
import { session, useSession } from '../../state/session-store';
import { useView } from '../../state/view-store';
import type { Trajectory } from '../../worker/protocol';
import { useService } from '../service-context';
import { askForPaths, followed, startOn, type KnownPaths } from './known-paths';

/** More lines than this cannot be told apart. */
export const MAX_PATHS = 16;
/** So long the picture waits for all paths of a new problem before it shows the first ones, ms. */
const PATIENCE = 300;

interface Known extends KnownPaths {
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
    const entries = startOn(latest.current, objective);
    const tell = (failure?: string) => {
      latest.current = { objective, entries: new Map(entries), ...(failure === undefined ? {} : { failure }) };
      setKnown(latest.current);
    };
    askForPaths({
      runs: JSON.parse(asked) as [number, RunConfig][],
      entries,
      ask: (run) => service.trajectory(run),
      present: () => !stopped && session.store.getState().objective === objective,
      arrived: () => {
        if (performance.now() - started > PATIENCE) tell();
      },
    }).then(
      (all) => {
        if (all) tell();
      },
      (error: unknown) => {
        if (!stopped) tell(error instanceof Error ? error.message : String(error));
      },
    );
    return () => {
      stopped = true;
    };
  }, [wanted, objective, asked, service]);

  const paths = useMemo(
    () => shown.map((entry) => ({ ...entry, ...followed(known, objective, entry.id, entry.run) })),
    [shown, known, objective],
  );
  return {
    runs: paths,
    left: all.length - shown.length,
    failure: known.failure,
  };
}
