/**
 * The experiment being edited: always a valid configuration, with undo and redo. An edit that would make it invalid is
 * refused with an error that names the field, and the last good configuration stays.
 */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import {
  ConfigError,
  experimentSchema,
  LIMITS,
  parseWith,
  runKey,
  type ExperimentConfig,
  type RunConfig,
} from '../experiment/config';
import { defaultExperiment } from '../experiment/default';
import { sweepIssues } from '../experiment/sweep-checks';
import { defaultHyper, optimizerOf, type OptimizerId } from '../optimizers/registry';

interface Snapshot {
  readonly config: ExperimentConfig;
  /** Identity of each run on the page, parallel to `config.runs`; it survives edits, undo and reordering. */
  readonly ids: readonly number[];
}

/** How an edit enters the history. */
export interface EditOptions {
  /**
   * Name of a continuous gesture (one slider, say). Edits of one gesture become one step of the history until the
   * gesture ends or pauses.
   */
  readonly gesture?: string;
  /** Folds the edit into the latest step of the history: a consequence of it, not a deed of its own. */
  readonly amend?: boolean;
}

export interface ExperimentState extends Snapshot {
  readonly past: readonly Snapshot[];
  readonly future: readonly Snapshot[];
  /** `given` by a file, a link or the history: its step sizes are taken as they are; or `edited` by hand since. */
  readonly origin: 'edited' | 'given';
  /** Applies an edit; returns what is wrong with it, or undefined once it is in. */
  readonly edit: (
    change: (config: ExperimentConfig) => ExperimentConfig,
    options?: EditOptions,
  ) => ConfigError | undefined;
  readonly editRun: (
    id: number,
    change: (run: RunConfig) => RunConfig,
    options?: EditOptions,
  ) => ConfigError | undefined;
  readonly addRun: (optimizer: OptimizerId) => number | undefined;
  readonly duplicateRun: (id: number) => number | undefined;
  /** Adds a run, or switches on the one that computes the same; returns its id, or what is wrong with it. */
  readonly openRun: (run: RunConfig) => number | ConfigError;
  readonly removeRun: (id: number) => void;
  /** Another rule for the same card; the step size and the momentum stay where both rules have them. */
  readonly changeOptimizer: (id: number, optimizer: OptimizerId) => void;
  /** Takes over a whole configuration, as one step of the history, or of a gesture's. */
  readonly load: (config: ExperimentConfig, options?: EditOptions) => ConfigError | undefined;
  readonly endGesture: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
}

export type ExperimentStore = StoreApi<ExperimentState>;

const HISTORY = 200;
/** An ended gesture goes on when it is taken up again this soon: a burst of key presses on one slider is one deed. */
const GESTURE_PAUSE_MS = 700;

export function createExperimentStore(
  initial: ExperimentConfig = defaultExperiment,
  now: () => number = () => performance.now(),
): ExperimentStore {
  let nextId = 0;
  const freshIds = (config: ExperimentConfig) => config.runs.map(() => nextId++);
  let gesture: string | undefined;
  let endedAt: number | undefined;

  return createStore<ExperimentState>()((set, get) => {
    const commit = (wanted: Snapshot, options: EditOptions, origin: ExperimentState['origin']) => {
      const next = { ...wanted, config: withFittingSweep(wanted.config, get().config) };
      const error = problemIn(next.config);
      if (error) return error;
      const { config, ids, past } = get();
      const continues =
        options.amend === true ||
        (options.gesture !== undefined &&
          options.gesture === gesture &&
          (endedAt === undefined || now() - endedAt < GESTURE_PAUSE_MS));
      // An amendment belongs to the step before it and leaves a gesture that is under way alone.
      if (options.amend !== true) {
        gesture = options.gesture;
        endedAt = undefined;
      }
      set({
        ...next,
        past: continues ? past : [...past.slice(1 - HISTORY), { config, ids }],
        future: [],
        origin,
      });
      return undefined;
    };

    const insertRun = (run: RunConfig, at: number): number | ConfigError => {
      const { config, ids } = get();
      const id = nextId++;
      const error = commit(
        {
          config: { ...config, runs: [...config.runs.slice(0, at), run, ...config.runs.slice(at)] },
          ids: [...ids.slice(0, at), id, ...ids.slice(at)],
        },
        {},
        'edited',
      );
      return error ?? id;
    };
    const idOf = (inserted: number | ConfigError) => (typeof inserted === 'number' ? inserted : undefined);

    const travel = (from: 'past' | 'future', to: 'past' | 'future') => {
      const state = get();
      const target = state[from].at(-1);
      if (!target) return;
      gesture = undefined;
      set({
        ...target,
        [from]: state[from].slice(0, -1),
        [to]: [...state[to], { config: state.config, ids: state.ids }],
        origin: 'given',
      });
    };

    return {
      config: initial,
      ids: freshIds(initial),
      past: [],
      future: [],
      origin: 'given',
      edit: (change, options = {}) => {
        const { config, ids } = get();
        const next = change(config);
        return next === config ? undefined : commit({ config: next, ids }, options, 'edited');
      },
      editRun: (id, change, options) => {
        const index = get().ids.indexOf(id);
        if (index < 0) return undefined;
        return get().edit(
          (config) => ({ ...config, runs: config.runs.map((run, k) => (k === index ? change(run) : run)) }),
          options,
        );
      },
      addRun: (optimizer) => {
        const { runs } = get().config;
        const neighbour = runs.find((run) => isGradientScaled(run.optimizer) === isGradientScaled(optimizer));
        const hyper = defaultHyper(optimizer);
        if (neighbour?.hyper['eta'] !== undefined) hyper['eta'] = neighbour.hyper['eta'];
        return idOf(insertRun({ optimizer, batch: neighbour?.batch ?? runs[0]?.batch ?? 1, hyper }, runs.length));
      },
      duplicateRun: (id) => {
        const { config, ids } = get();
        const index = ids.indexOf(id);
        const run = config.runs[index];
        return run && idOf(insertRun({ ...run, hyper: { ...run.hyper } }, index + 1));
      },
      openRun: (run) => {
        const { config, ids, edit } = get();
        const at = config.runs.findIndex((other) => runKey(other) === runKey(run));
        if (at < 0) return insertRun(run, config.runs.length);
        const error = edit((latest) =>
          latest.runs[at]!.enabled === false
            ? { ...latest, runs: latest.runs.map((other, k) => (k === at ? { ...other, enabled: true } : other)) }
            : latest,
        );
        return error ?? ids[at]!;
      },
      removeRun: (id) => {
        const { config, ids } = get();
        const index = ids.indexOf(id);
        if (index < 0) return;
        commit(
          { config: { ...config, runs: config.runs.toSpliced(index, 1) }, ids: ids.toSpliced(index, 1) },
          {},
          'edited',
        );
      },
      changeOptimizer: (id, optimizer) => {
        get().editRun(id, (run) => {
          const hyper = defaultHyper(optimizer);
          for (const { key } of optimizerOf(optimizer).hyper) {
            const kept = run.hyper[key];
            const comparable = key !== 'eta' || isGradientScaled(run.optimizer) === isGradientScaled(optimizer);
            if (kept !== undefined && comparable) hyper[key] = kept;
          }
          return { ...run, optimizer, hyper };
        });
      },
      load: (config, options = {}) => commit({ config, ids: freshIds(config) }, options, 'given'),
      endGesture: () => {
        endedAt ??= now();
      },
      undo: () => {
        travel('past', 'future');
      },
      redo: () => {
        travel('future', 'past');
      },
    };
  });
}

/** Whether a rule's step is proportional to the gradient, so that step sizes of two such rules can be compared. */
export function isGradientScaled(optimizer: OptimizerId): boolean {
  return optimizer !== 'adam';
}

/** An edit of something else may leave a sweep without meaning, of γ, say, with no run that has it: then the sweep goes. */
function withFittingSweep(config: ExperimentConfig, before: ExperimentConfig): ExperimentConfig {
  const { sweep, ...rest } = config;
  return sweep && sweep === before.sweep && sweepIssues(sweep, config, LIMITS.batch).length > 0 ? rest : config;
}

function problemIn(config: ExperimentConfig): ConfigError | undefined {
  try {
    // Only checked: keeping the caller's own objects keeps untouched parts identical, so that only what changed re-renders.
    parseWith(experimentSchema, config);
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

/** The page's one experiment. */
export const experimentStore = createExperimentStore();

export function useExperiment<T>(selector: (state: ExperimentState) => T): T {
  return useStore(experimentStore, selector);
}
