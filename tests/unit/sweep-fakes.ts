/** A sweep engine that does nothing by itself, and sweeps that are finished without one. */
import { createStore } from 'zustand/vanilla';
import type { CellOutcome, SweepEvent, SweepProgress } from '../../src/engine/sweep/events';
import { sweepPlan, type SweptConfig } from '../../src/engine/sweep/plan';
import type { ExperimentConfig, RunConfig } from '../../src/experiment/config';
import { sweepData, type SweepData } from '../../src/export/sweep/data';
import { sweepMaps } from '../../src/export/sweep/maps';
import type { Notice } from '../../src/state/controller';
import { createExperimentStore } from '../../src/state/experiment-store';
import type { SessionState } from '../../src/state/session-store';
import { createSweepStudy, sweepDataOf, type SweepService } from '../../src/state/sweep-store';
import type { KnownConstants } from '../../src/theory/spectral';
import { swept } from '../support/sweeps';
import { settle } from './fake-engine';

/** Those of the problem that `swept` is about. */
export const constants: KnownConstants = { L: 1, L1: 6, L1IsBound: false, mu: 0.25, kappaTilde: 6 };

export const outcome = (key: string, change: Partial<CellOutcome> = {}): CellOutcome => ({
  key,
  lanes: 3,
  diverged: 0,
  loss: { median: 0.5, low: 0.4, high: 0.6 },
  start: 1,
  rate: 0.01,
  steps: 300,
  ...change,
});

/** All of its lanes diverged. */
export const gone = (key: string, step = 12): CellOutcome => ({
  key,
  lanes: 3,
  diverged: 3,
  divergedAt: step,
  loss: { median: Infinity, low: Infinity, high: Infinity },
  start: 1,
  steps: 300,
});

export const progressOf = (change: Partial<SweepProgress> = {}): SweepProgress => ({
  state: 'running',
  cells: 0,
  total: 18,
  fraction: 0,
  rate: 1000,
  lanes: 54,
  lanesAtOnce: 54,
  bytes: 1024,
  budget: 2 ** 28,
  ...change,
});

/** A finished sweep: `cell` says what became of each run; undefined is pending. */
export function finished(
  config: SweptConfig,
  cell: (run: RunConfig, key: string) => CellOutcome | undefined,
  radius?: (run: RunConfig) => number,
): SweepData {
  const plan = sweepPlan(config, constants);
  const runs = new Map(plan.cells.map(({ key, run }) => [key, run]));
  const outcomes = new Map(
    plan.cells.flatMap(({ key, run }) => {
      const found = cell(run, key);
      return found ? [[key, found] as const] : [];
    }),
  );
  return sweepData({
    config,
    sweep: config.sweep,
    constants,
    outcomes,
    maps: sweepMaps(config, config.sweep, constants).map((map) => {
      const keys = plan.keys[plan.runs.indexOf(map.run)]!;
      return { ...map, keys, radius: radius && Float64Array.from(keys, (key) => radius(runs.get(key)!)) };
    }),
  });
}

interface StartCall {
  readonly config: ExperimentConfig;
  readonly known: readonly CellOutcome[];
  readonly emit: (event: SweepEvent) => void;
  readonly answer: (finished: boolean) => Promise<void>;
  readonly refuse: (message: string) => Promise<void>;
}

export class FakeSweeps implements SweepService {
  readonly starts: StartCall[] = [];
  readonly orders: string[] = [];

  get last(): StartCall {
    return this.starts.at(-1)!;
  }

  startSweep(config: ExperimentConfig, known: readonly CellOutcome[], listener: (event: SweepEvent) => void) {
    return new Promise<boolean>((resolve, reject) => {
      this.starts.push({
        config,
        known,
        emit: listener,
        answer: (done) => {
          resolve(done);
          return settle();
        },
        refuse: (message) => {
          reject(new Error(message));
          return settle();
        },
      });
    });
  }

  readonly #order = (name: string) => {
    this.orders.push(name);
    return Promise.resolve();
  };
  pauseSweep = () => this.#order('pause');
  resumeSweep = () => this.#order('resume');
  stopSweep = () => this.#order('stop');
}

/** The store on a fake engine. Frames come when `tick` is called. */
export function stage(initial: SweptConfig = swept()) {
  const service = new FakeSweeps();
  const experiment = createExperimentStore(initial);
  const session = createStore<SessionState>()(
    () => ({ objective: { constants }, datasets: [] }) as unknown as SessionState,
  );
  const notices: Notice[] = [];
  let waiting: (() => void)[] = [];
  const study = createSweepStudy({
    service,
    experiment,
    session,
    notify: (notice) => notices.push(notice),
    frame: (callback) => waiting.push(callback),
  });
  return {
    service,
    experiment,
    session,
    notices,
    study,
    tick: () => {
      const callbacks = waiting;
      waiting = [];
      for (const callback of callbacks) callback();
      return callbacks.length;
    },
    /** What the page shows of the experiment as it is. */
    data: () => {
      const { config } = experiment.getState();
      return sweepDataOf(study.store.getState().cells, config, config.sweep!, constants);
    },
    /** Tells the plan of the latest start as the engine does, and returns the keys of its cells, without those known. */
    plan: () => {
      const { config, known, emit } = service.last;
      const plan = sweepPlan(config as SweptConfig, constants);
      emit({ type: 'plan', runs: plan.runs, x: plan.x, y: plan.y, keys: plan.keys, constants });
      if (known.length > 0) emit({ type: 'cells', outcomes: known });
      const told = new Set(known.map(({ key }) => key));
      return plan.cells.map(({ key }) => key).filter((key) => !told.has(key));
    },
  };
}
