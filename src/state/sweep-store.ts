/**
 * The sweep as far as it is computed. Finished cells are kept by the run that they are of: other axes keep those they
 * share, undo brings a picture back at once, and a sweep that was stopped goes on with what is missing. Only one setting
 * of problem, seeds, steps, sampling and tolerance has cells at a time.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { CellOutcome, SweepEvent, SweepProgress } from '../engine/sweep/events';
import type { ExperimentConfig } from '../experiment/config';
import { axisValues, type SweepConfig } from '../experiment/sweep';
import type { PartialMapResult, PartialSweepResult } from '../experiment/sweep-result';
import { sweepData, type SweepData } from '../export/sweep/data';
import { finite, outcomeOf } from '../export/sweep/import';
import { mapKey, possibleMapKeys, sweepMaps } from '../export/sweep/maps';
import { filesOf } from '../problems/registry';
import type { KnownConstants } from '../theory/spectral';
import type { EngineService } from '../worker/protocol';
import type { Notice } from './controller';
import { sameFiles } from './datasets';
import type { ExperimentStore } from './experiment-store';
import type { SessionState } from './session-store';

export type SweepService = Pick<EngineService, 'startSweep' | 'pauseSweep' | 'resumeSweep' | 'stopSweep'>;

/** A map as the engine planned it. */
export interface Picture {
  readonly keys: readonly string[];
  readonly x: readonly number[];
  readonly y: readonly number[];
  /** What maps with other axes' ends have in common with it. */
  readonly family: string;
  radius?: Float64Array;
}

export interface SweepState {
  /** A sweep is under way: preparing, running or paused. */
  readonly active: boolean;
  /** Of the latest sweep. */
  readonly progress: SweepProgress | undefined;
  /** Why the latest sweep ended before its time, in words. */
  readonly failure: string | undefined;
  readonly note: string | undefined;
  /** Lane-steps per second when last measured. */
  readonly rate: number | undefined;
  /** Grow in place; another object at every change, at most once per frame. */
  readonly cells: SweepCells;
}

/** Everything that is computed. */
export interface SweepCells {
  /** Finished cells by the key of their run. */
  readonly outcomes: ReadonlyMap<string, CellOutcome>;
  /** The settings that the cells are of; undefined where there never were any. */
  readonly base: string | undefined;
  readonly pictures: ReadonlyMap<string, Picture>;
  /** Constants that the engine worked out, and the problem they are of. */
  readonly worked: { readonly problem: string; readonly constants: KnownConstants | undefined } | undefined;
}

export interface SweepStudy {
  readonly store: StoreApi<SweepState>;
  /** Computes what is missing of the experiment's sweep. */
  readonly start: () => void;
  readonly pause: () => void;
  readonly resume: () => void;
  /** Ends the sweep; finished cells stay. */
  readonly stop: () => void;
  /** Ends the sweep and throws all cells away. */
  readonly clear: () => void;
  /** Takes over the experiment and the cells of a sweep's document. Throws where the experiment is refused. */
  readonly open: (result: PartialSweepResult) => void;
}

export interface SweepParts {
  readonly service: SweepService;
  readonly experiment: ExperimentStore;
  readonly session: StoreApi<SessionState>;
  readonly notify: (notice: Notice) => void;
  /** Calls back before the next repaint. */
  readonly frame: (callback: () => void) => void;
}

/** Pictures kept: enough to go back through several refinements of several maps. */
const PICTURES = 40;

const idle: SweepState = {
  active: false,
  progress: undefined,
  failure: undefined,
  note: undefined,
  rate: undefined,
  cells: { outcomes: new Map(), base: undefined, pictures: new Map(), worked: undefined },
};

export function createSweepStudy({ service, experiment, session, notify, frame }: SweepParts): SweepStudy {
  const store = createStore<SweepState>()(() => idle);
  let outcomes = new Map<string, CellOutcome>();
  let pictures = new Map<string, Picture>();
  let base: SweepCells['base'];
  /** What the problem of `base` reads. */
  let files: readonly string[] = [];
  let worked: SweepCells['worked'];
  /** Of the latest sweep: what an earlier one still tells does not count. */
  let current = 0;
  let started: string | undefined;
  let pending: Partial<SweepState> = {};
  let scheduled = false;

  const publish = (patch: Partial<SweepState> = {}) => {
    const all = { ...pending, ...patch };
    pending = {};
    store.setState({ ...all, cells: { outcomes, base, pictures, worked } });
  };
  const schedule = (patch: Partial<SweepState> = {}) => {
    Object.assign(pending, patch);
    if (scheduled) return;
    scheduled = true;
    frame(() => {
      scheduled = false;
      publish();
    });
  };

  const constantsOf = (config: ExperimentConfig) =>
    bestConstants({ worked }, config, session.getState().objective?.constants);

  const identity = (config: ExperimentConfig): string | undefined =>
    config.sweep &&
    JSON.stringify([
      baseKey(config, config.sweep),
      config.sweep,
      sweepMaps(config, config.sweep, constantsOf(config)).map(({ key }) => key),
    ]);

  /** Finished cells that a sweep shares with pictures there are. */
  const knownFor = (config: ExperimentConfig, sweep: SweepConfig): CellOutcome[] => {
    const xs = new Set(axisValues(sweep.x));
    const ys = new Set(axisValues(sweep.y));
    const families = new Set(
      sweepMaps(config, sweep, constantsOf(config)).map(({ key }) => familyKey(config, sweep, key)),
    );
    const known = new Map<string, CellOutcome>();
    for (const picture of pictures.values()) {
      if (!families.has(picture.family)) continue;
      picture.y.forEach((y, j) => {
        if (!ys.has(y)) return;
        picture.x.forEach((x, i) => {
          const outcome = xs.has(x) ? outcomes.get(picture.keys[j * picture.x.length + i]!) : undefined;
          if (outcome) known.set(outcome.key, outcome);
        });
      });
    }
    return [...known.values()];
  };

  const prune = () => {
    if (pictures.size <= PICTURES) return;
    pictures = new Map([...pictures].slice(-PICTURES));
    const wanted = new Set([...pictures.values()].flatMap(({ keys }) => keys));
    for (const key of outcomes.keys()) if (!wanted.has(key)) outcomes.delete(key);
  };

  const listener = (id: number, asked: ExperimentConfig, sweep: SweepConfig) => {
    const ids: string[] = [];
    return (event: SweepEvent) => {
      if (id !== current) return;
      switch (event.type) {
        case 'plan':
          worked = { problem: problemKey(asked), constants: event.constants };
          // Better constants may tell that two maps are one.
          started = identity(experiment.getState().config);
          event.runs.forEach((run, map) => {
            const key = mapKey(run, sweep, event.constants);
            const family = familyKey(asked, sweep, key);
            const at = pictureKey(family, sweep);
            ids[map] = at;
            const radius = pictures.get(at)?.radius;
            // Taken out and put in again: the latest pictures are the last to go.
            pictures.delete(at);
            pictures.set(at, {
              keys: event.keys[map]!,
              x: event.x,
              y: event.y,
              family,
              ...(radius ? { radius } : {}),
            });
          });
          prune();
          schedule();
          break;
        case 'cells':
          for (const outcome of event.outcomes) outcomes.set(outcome.key, outcome);
          schedule();
          break;
        case 'radius': {
          const picture = pictures.get(ids[event.map] ?? '');
          if (picture) picture.radius = event.radius;
          schedule();
          break;
        }
        case 'progress':
          schedule({
            progress: event.progress,
            ...(event.progress.rate > 0 ? { rate: event.progress.rate } : {}),
          });
          break;
        case 'notice':
          notify({ level: event.level, message: event.message });
          break;
      }
    };
  };

  /** Lets go of the sweep under way; what it still tells is not heard. */
  const end = (note?: string) => {
    if (!store.getState().active) return;
    current++;
    const { progress } = { ...store.getState(), ...pending };
    publish({
      active: false,
      note,
      ...(progress ? { progress: { ...progress, state: 'stopped' } } : {}),
    });
    service.stopSweep().catch((error: unknown) => {
      notify({ level: 'error', message: messageOf(error), topic: 'sweep' });
    });
  };

  const clear = () => {
    end();
    outcomes = new Map();
    pictures = new Map();
    worked = undefined;
    base = undefined;
    publish({ progress: undefined, failure: undefined, note: undefined });
  };

  experiment.subscribe(({ config }, previous) => {
    if (config === previous.config || !store.getState().active) return;
    if (identity(config) !== started) end('The experiment has changed, so the sweep was stopped.');
  });
  session.subscribe(({ datasets }, previous) => {
    if (datasets === previous.datasets) return;
    // Loaded again, files of the same name may hold other numbers. Loaded for the first time, they are what a document's
    // sweep was computed for.
    const [before, now] = [previous.datasets, datasets].map((all) => all.find((one) => sameFiles(one.files, files)));
    if (before && before !== now) clear();
  });

  /** The cells of a document's map. */
  const take = ({ config, x, y }: PartialSweepResult, { run, cells, radius }: PartialMapResult) => {
    const keys = cells.map((cell) => {
      if (!cell) return '';
      const outcome = outcomeOf(run, cell);
      outcomes.set(outcome.key, outcome);
      return outcome.key;
    });
    const found = radius && { radius: Float64Array.from(radius, finite) };
    for (const key of possibleMapKeys(run, config.sweep)) {
      const family = familyKey(config, config.sweep, key);
      pictures.set(pictureKey(family, config.sweep), { keys, x, y, family, ...found });
    }
  };

  const order = (call: Promise<void>) => {
    call.catch((error: unknown) => {
      notify({ level: 'error', message: messageOf(error), topic: 'sweep' });
    });
  };

  return {
    store,
    start: () => {
      const { config } = experiment.getState();
      const { sweep } = config;
      if (!sweep) return;
      const key = baseKey(config, sweep);
      if (base !== key) {
        outcomes = new Map();
        base = key;
        files = filesOf(config.problem) ?? [];
      }
      const asked = { ...config, runs: sweepMaps(config, sweep, constantsOf(config)).map(({ run }) => run) };
      const id = ++current;
      started = identity(config);
      publish({ active: true, progress: undefined, failure: undefined, note: undefined });
      service.startSweep(asked, knownFor(config, sweep), listener(id, asked, sweep)).then(
        () => {
          if (id === current) publish({ active: false });
        },
        (error: unknown) => {
          if (id === current) publish({ active: false, failure: messageOf(error) });
        },
      );
    },
    pause: () => {
      order(service.pauseSweep());
    },
    resume: () => {
      order(service.resumeSweep());
    },
    stop: () => {
      end();
    },
    clear,
    open: (result) => {
      const refusal = experiment.getState().load(result.config);
      if (refusal) throw refusal;
      clear();
      base = baseKey(result.config, result.config.sweep);
      files = filesOf(result.config.problem) ?? [];
      for (const map of result.maps) take(result, map);
      publish();
    },
  };
}

/** The constants of an experiment's problem: as the engine worked them out for a sweep, else as the race has them. */
export const bestConstants = (
  { worked }: Pick<SweepCells, 'worked'>,
  config: ExperimentConfig,
  ofRace: KnownConstants | undefined,
): KnownConstants | undefined => (worked?.problem === problemKey(config) ? worked.constants : ofRace);

const noOutcomes: SweepCells['outcomes'] = new Map();

/** What is known of a sweep of an experiment. */
export function sweepDataOf(
  cells: SweepCells,
  config: ExperimentConfig,
  sweep: SweepConfig,
  constants: KnownConstants | undefined,
): SweepData {
  return sweepData({
    config,
    sweep,
    constants,
    outcomes: cells.base === baseKey(config, sweep) ? cells.outcomes : noOutcomes,
    maps: sweepMaps(config, sweep, constants).map((map) => {
      const picture = cells.pictures.get(pictureKey(familyKey(config, sweep, map.key), sweep));
      return { ...map, keys: picture?.keys, radius: picture?.radius };
    }),
  });
}

/** Whether there are cells, and they are of other settings than the experiment's. */
export const isOutdated = ({ outcomes, base }: SweepCells, config: ExperimentConfig): boolean =>
  outcomes.size > 0 && config.sweep !== undefined && base !== baseKey(config, config.sweep);

/** Everything that a cell depends on besides its run. */
function baseKey(config: ExperimentConfig, { tolerance, stopAtTolerance }: SweepConfig): string {
  const { problem, seeds, seed, steps, evalEvery, sampling, divergenceFactor } = config;
  return JSON.stringify([
    problem,
    seeds,
    seed,
    steps,
    evalEvery,
    sampling,
    divergenceFactor,
    tolerance,
    stopAtTolerance,
  ]);
}

const problemKey = ({ problem, seed }: ExperimentConfig): string => JSON.stringify([problem, seed]);

/** Maps of one family have cells in common where their axes have values in common. */
const familyKey = (config: ExperimentConfig, { x, y, others }: SweepConfig, map: string): string =>
  JSON.stringify([config.problem, config.seed, config.sampling, x.parameter, y.parameter, others, map]);

const pictureKey = (family: string, { x, y }: SweepConfig): string =>
  `${family} ${[x, y].map(({ from, to, count }) => [from, to, count].join()).join(' ')}`;

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
