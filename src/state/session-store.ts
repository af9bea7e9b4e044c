/**
 * What the engine reported: which engine runs, how far it is, and the curves. Events arrive at any rate; they are
 * applied at once to plain objects and published to the views at most once per frame.
 */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import { runKey, type ExperimentConfig, type RunConfig } from '../experiment/config';
import { learn } from '../experiment/curve-theory';
import { appendPoints, emptyCurve, type RunCurve } from '../experiment/curves';
import type { ExperimentResult } from '../experiment/result';
import type {
  DatasetSummary,
  EngineInfo,
  ObjectiveSummary,
  Progress,
  RaceOffer,
  SessionEvent,
} from '../worker/protocol';

/** A run of the experiment with the curve the page shows for it. */
export interface ShownRun {
  /** Id of the run in the experiment store. */
  readonly id: number;
  readonly run: RunConfig;
  /**
   * The run's curve. Right after a change it is still the curve from before (`stale`), until the first new points are
   * there: the picture follows a drag without flashing empty. None stays from another kind of problem, whose losses are of
   * another size, nor once it is known that there will be no new points.
   */
  readonly curve: RunCurve | undefined;
  readonly stale: boolean;
}

export interface SessionState {
  readonly engine: EngineInfo | undefined;
  readonly progress: Progress;
  readonly objective: ObjectiveSummary | undefined;
  /** What the curves were computed for; runs may have come and gone since. Right after a change it is what was before. */
  readonly computed: ExperimentConfig | undefined;
  /** Parallel to the experiment's runs. Curves grow in place: compare `generation`, not the objects. */
  readonly shown: readonly ShownRun[];
  /** Grows by one whenever what `shown` says has changed, at most once per frame. */
  readonly generation: number;
  readonly datasets: readonly DatasetSummary[];
  /** The message of the latest failure; gone as soon as the engine goes on. What was computed up to it is still there. */
  readonly failure: string | undefined;
  /** Where the curves come from when an opened result is shown; the engine is then at rest. */
  readonly imported: ImportedSource | undefined;
  /** Where the experiment stood when an earlier page was left: the engine rests until the user decides. */
  readonly offer: RaceOffer | undefined;
}

export type ImportedSource = Pick<ExperimentResult, 'config' | 'engine' | 'adapter' | 'epochRows'>;

export const idleProgress: Progress = { state: 'idle', rate: 0, lanes: 0, fraction: 0, bytes: 0 };

export interface Session {
  readonly store: StoreApi<SessionState>;
  /** Takes in an event of the engine; of its notices only why it failed is kept here. */
  apply(event: SessionEvent): void;
  /** Tells which runs the page shows; `ids` is parallel to `config.runs`. */
  follow(config: ExperimentConfig, ids: readonly number[]): void;
  /** Tells which configuration the engine was asked to follow: curves of other runs are void. */
  expect(config: ExperimentConfig): void;
  /** Shows finished curves that were computed elsewhere. */
  showImported(curves: readonly RunCurve[], source: ImportedSource): void;
  /** Offers to go on; gone with the next thing that is computed or shown. */
  offer(offer: RaceOffer): void;
  addDataset(dataset: DatasetSummary): void;
  /** Every loaded data set, those included that are not published yet. */
  datasets(): readonly DatasetSummary[];
  /** Removes all curves: nothing can be computed for the present experiment. */
  clear(): void;
  fail(message: string): void;
  /** Whether a run has points since it last started. */
  hasPoints(key: string): boolean;
}

/** Events that replace or extend curves. */
const aboutRuns: ReadonlySet<SessionEvent['type']> = new Set([
  'restarted',
  'run-started',
  'theory',
  'points',
  'run-finished',
]);

const nothing = { objective: undefined, imported: undefined, failure: undefined, offer: undefined } as const;

/** `frame` calls back before the next repaint. */
export function createSession(frame: (callback: () => void) => void): Session {
  const store = createStore<SessionState>()(() => ({
    engine: undefined,
    progress: idleProgress,
    objective: undefined,
    computed: undefined,
    shown: [],
    generation: 0,
    datasets: [],
    failure: undefined,
    imported: undefined,
    offer: undefined,
  }));

  /** Curves with points, by run key. */
  const curves = new Map<string, RunCurve>();
  /** Curves that started and have no point yet. */
  const starting = new Map<string, RunCurve>();
  /** Everything that came in since the last publication. */
  let pending: Partial<SessionState> = {};
  let scheduled = false;
  let followed: { config: ExperimentConfig; ids: readonly number[] } | undefined;
  /** Runs the engine was asked for, by key. */
  let expected = new Map<string, RunConfig>();
  /** Curves from elsewhere are shown: what an engine that has not stopped yet still says about runs is not theirs. */
  let detached = false;
  /** Curves from before may stand in for those that have no points yet, at the next publication. */
  let standIn = true;

  const shownRuns = (): ShownRun[] => {
    const before = new Map(standIn ? store.getState().shown.map((shown) => [shown.id, shown.curve]) : []);
    return (followed?.config.runs ?? []).map((run, k) => {
      const id = followed!.ids[k]!;
      const current = curves.get(runKey(run));
      return { id, run, curve: current ?? before.get(id), stale: current === undefined };
    });
  };

  const publish = () => {
    scheduled = false;
    const patch = pending;
    pending = {};
    store.setState({ ...patch, shown: shownRuns(), generation: store.getState().generation + 1 });
    standIn = true;
  };

  const schedule = (patch: Partial<SessionState> = {}) => {
    Object.assign(pending, patch);
    if (scheduled) return;
    scheduled = true;
    frame(publish);
  };

  /** The state with what is not published yet. */
  const latest = () => ({ ...store.getState(), ...pending });

  const datasets = () => latest().datasets;

  const clear = () => {
    curves.clear();
    starting.clear();
    expected = new Map();
    store.setState({ shown: [] });
    schedule({ ...nothing, computed: undefined });
  };

  const reveal = (key: string) => {
    const started = starting.get(key);
    if (!started) return;
    starting.delete(key);
    curves.set(key, started);
  };

  return {
    store,
    apply: (event) => {
      if (detached && aboutRuns.has(event.type)) return;
      switch (event.type) {
        case 'engine':
          schedule({ engine: event.engine });
          break;
        case 'restarted':
          curves.clear();
          starting.clear();
          if (latest().computed?.problem.kind !== event.config.problem.kind) standIn = false;
          schedule({ objective: event.objective, computed: event.config, failure: undefined, imported: undefined });
          break;
        case 'run-started': {
          // A run that was given up in the meantime stays out, and so do its points.
          const run = expected.get(event.run);
          const { spectralRadius } = event;
          const theory = spectralRadius === undefined ? {} : { spectralRadius };
          if (run) starting.set(event.run, emptyCurve(event.run, run, event.lanes, theory));
          break;
        }
        case 'theory': {
          const curve = starting.get(event.run) ?? curves.get(event.run);
          if (!curve) break;
          curve.theory = learn(curve.theory, event);
          schedule();
          break;
        }
        case 'points': {
          reveal(event.run);
          const curve = curves.get(event.run);
          if (!curve) break;
          appendPoints(curve, event);
          schedule();
          break;
        }
        case 'run-finished': {
          reveal(event.run);
          const curve = curves.get(event.run);
          if (curve) curve.finished = true;
          schedule();
          break;
        }
        case 'progress':
          if (event.progress.state === 'failed') standIn = false;
          schedule({
            progress: event.progress,
            ...(event.progress.state === 'running' ? { failure: undefined } : {}),
          });
          break;
        case 'notice':
          // Others pass; this one is why nothing more comes.
          if (event.level === 'error') schedule({ failure: event.message });
          break;
      }
    },
    follow: (config, ids) => {
      followed = { config, ids };
      schedule();
    },
    expect: (config) => {
      detached = false;
      schedule({ offer: undefined });
      expected = new Map(config.runs.map((run) => [runKey(run), run]));
      // The engine drops a run that left; if it comes back, it starts again.
      for (const map of [curves, starting]) for (const key of map.keys()) if (!expected.has(key)) map.delete(key);
    },
    showImported: (finished, source) => {
      detached = true;
      starting.clear();
      curves.clear();
      for (const curve of finished) curves.set(curve.key, curve);
      schedule({ ...nothing, computed: source.config, imported: source });
    },
    offer: (offer) => {
      schedule({ offer });
    },
    addDataset: (dataset) => {
      const others = datasets().filter((other) => other.files.join('\n') !== dataset.files.join('\n'));
      schedule({ datasets: [...others, dataset] });
    },
    datasets,
    clear,
    fail: (message) => {
      // What is on screen no longer belongs to the experiment that failed.
      clear();
      schedule({ failure: message });
    },
    hasPoints: (key) => !starting.has(key) && curves.has(key),
  };
}

const frameOrTimeout = (callback: () => void) => {
  requestAnimationFrame(callback);
};

export const session = createSession(frameOrTimeout);

export function useSession<T>(selector: (state: SessionState) => T): T {
  return useStore(session.store, selector);
}
