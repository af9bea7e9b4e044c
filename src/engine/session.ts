/**
 * A session follows an `ExperimentConfig`: it keeps the lanes of its runs advancing together on a backend, restarts just
 * what a change of the configuration makes void, pauses, steps, and goes on from the last checkpoint when a device is
 * lost. Events tell what happened; nothing here knows a page.
 */
import type { Table } from '../data/table';
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import { evaluationSteps } from '../experiment/schedule';
import { metricsOf } from '../problems/metrics';
import { prepareProblem } from '../problems/registry';
import type { LeastSquares, NetworkObjective, Objective } from '../problems/types';
import { objectiveConstants, runTheory } from '../theory/advice';
import { exactForm } from '../theory/kernel-rows';
import type { KnownConstants } from '../theory/spectral';
import type { SessionEvent, SessionState } from './events';
import { GroupRunner, type OpenBackend, type OpenedBackend } from './group-runner';
import { inspect, type Inspection } from './inspect';
import type { LaneWeights } from './lane-weights';
import { startLoss } from './loss-limit';
import { pointsOf } from './points';
import { dataPrint, enabledRuns, lanesKey, raceKey } from './race-key';
import { samplesOf, type Samples } from './samples';
import { eventsOf } from './race-log';
import { fitsRace, SAVED_VERSION, type SavedBody, type SavedGroup, type SavedState } from './saved-race';
import { summaryOf } from './summary';
import { TheoryDesk, type RunAdvice } from './theory-desk';
import { TrajectoryDesk, type Trajectory } from './trajectories';

export type { OpenBackend, OpenedBackend } from './group-runner';

export interface SessionOptions {
  readonly open: OpenBackend;
  /** Finds parsed data sets by file names; throws `DataError`. */
  readonly table: (files: readonly string[]) => Promise<Table>;
  readonly listener: (event: SessionEvent) => void;
  /** Computing time of one submission: about a frame when watched, more when not. */
  readonly sliceMilliseconds?: number;
  /** Computing time between checkpoints. */
  readonly checkpointSeconds?: number;
  /** What a move to a smaller cohort is taken to cost, in milliseconds; measured where absent. */
  readonly moveMilliseconds?: number;
  /**
   * So long after a restart the programs are compiled that single runs will need when they are changed, in milliseconds;
   * absent: not before they are.
   */
  readonly compileAheadMilliseconds?: number;
}

/** What a lane has learned, and of which problem. */
export interface SessionWeights extends LaneWeights {
  readonly objective: NetworkObjective;
}

const PROGRESS_INTERVAL = 100;

export class Session {
  readonly #options: SessionOptions;
  readonly #runner: GroupRunner;
  readonly #theory: TheoryDesk;
  readonly #trajectories = new TrajectoryDesk();
  /** What the groups follow; undefined before the first update and after an abort. */
  #active: ExperimentConfig | undefined;
  /** What was followed last: a reset starts it again. */
  #config: ExperimentConfig | undefined;
  #objective:
    | {
        readonly key: string;
        readonly value: Objective;
        readonly constants: KnownConstants | undefined;
        /** What theory looks at. */
        readonly exact: LeastSquares | undefined;
      }
    | undefined;
  #lossLimit = 0;
  #preparing = false;
  #paused = false;
  #failure: { readonly error: unknown } | undefined;
  /** Commands run one after the other. */
  #commands: Promise<unknown> = Promise.resolve();
  #preparation = new AbortController();
  #lastProgress = 0;
  #ahead: ReturnType<typeof setTimeout> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    this.#theory = new TheoryDesk(
      (event) => {
        this.#emit(event);
      },
      () => this.#runner.running,
    );
    this.#runner = new GroupRunner({
      open: options.open,
      emit: (event) => {
        this.#emit(event);
      },
      sliceMilliseconds: options.sliceMilliseconds ?? 12,
      checkpointSeconds: options.checkpointSeconds ?? 1,
      moveMilliseconds: options.moveMilliseconds,
      advanced: () => {
        if (performance.now() - this.#lastProgress >= PROGRESS_INTERVAL) this.#report();
      },
      stopped: () => {
        this.#report();
      },
      failed: (error) => {
        this.#fail(error);
      },
    });
  }

  get state(): SessionState {
    if (this.#preparing) return 'preparing';
    if (this.#failure) return 'failed';
    if (!this.#active) return 'idle';
    if (this.#runner.running) return 'running';
    return this.#runner.groups.length > 0 ? 'paused' : 'finished';
  }

  /** Why the state is 'failed'. */
  get failure(): unknown {
    return this.#failure?.error;
  }

  /** The backend that computes; opens it when needed. */
  open(): Promise<OpenedBackend> {
    return this.#runner.open();
  }

  /** Follows a configuration; only what changed restarts. Rejects with a readable error and keeps what ran. */
  update(config: ExperimentConfig): Promise<void> {
    this.#preparation.abort();
    this.#preparation = new AbortController();
    const { signal } = this.#preparation;
    return this.#command(() => this.#follow(config, signal));
  }

  /**
   * Follows a configuration from where a saved race of it stands: its curves are told as they were, and it runs. Resolves
   * with false, and changes nothing, where the saved race is not one of this configuration and its data.
   */
  goOn(config: ExperimentConfig, saved: SavedBody): Promise<boolean> {
    this.#preparation.abort();
    this.#preparation = new AbortController();
    const { signal } = this.#preparation;
    return this.#command(async () => {
      await this.open();
      if (saved.key !== raceKey(config) || !(await this.#prepare(config, signal))) return false;
      const objective = this.#objective!.value;
      const shape = {
        runs: enabledRuns(config),
        seeds: config.seeds,
        steps: config.steps,
        metrics: metricsOf(objective),
      };
      if (saved.print !== dataPrint(objective) || !fitsRace(saved, objective, shape)) {
        this.#prepares(false);
        return false;
      }
      await this.#restart(config, saved);
      return true;
    });
  }

  /**
   * What it takes to go on later from the last checkpoints, all but the curves; undefined where nothing runs or is paused, or
   * where that cannot be told just now. Runs without a checkpoint are left out. The arrays are fresh.
   */
  get saved(): SavedState | undefined {
    const objective = this.#objective?.value;
    const { state } = this;
    if (!this.#active || !objective || (state !== 'running' && state !== 'paused')) return undefined;
    const { saved: runs, kind } = this.#runner;
    if (!runs || !kind) return undefined;
    const base = { version: SAVED_VERSION, key: raceKey(this.#active) } as const;
    const step = Math.min(...runs.groups.map((group) => group.step));
    return {
      head: { ...base, kind, step, steps: this.#active.steps },
      body: { ...base, print: dataPrint(objective), groups: [...runs.groups], finished: [...runs.finished] },
    };
  }

  pause(): Promise<void> {
    return this.#command(() => this.#pause());
  }

  resume(): Promise<void> {
    return this.#command(() => {
      this.#paused = false;
      this.#go();
    });
  }

  /** Pauses; then every run takes one step and records its loss. */
  step(): Promise<void> {
    return this.#command(async () => {
      await this.#pause();
      await this.#runner.step();
      this.#go();
    });
  }

  /** Starts all runs again from step 0 (paused, if it was paused). */
  reset(): Promise<void> {
    return this.#command(async () => {
      if (this.#config) await this.#restart(this.#config);
    });
  }

  /** Stops and frees all runs; what was shown stays. */
  abort(): Promise<void> {
    this.#preparation.abort();
    return this.#command(async () => {
      clearTimeout(this.#ahead);
      this.#theory.open(undefined);
      this.#trajectories.open(undefined);
      await this.#runner.clear();
      this.#active = undefined;
      this.#failure = undefined;
      this.#paused = false;
      this.#report();
    });
  }

  /** Resolves once nothing is running any more: finished, paused, failed or idle. */
  async settled(): Promise<SessionState> {
    let seen: Promise<unknown> | undefined;
    while (seen !== this.#commands || this.#runner.running) {
      seen = this.#commands;
      await seen;
      await this.#runner.rest();
    }
    return this.state;
  }

  /** Resolves once theory has told all that it can of the runs that were started. */
  theorySettled(): Promise<void> {
    return this.#theory.idle();
  }

  /**
   * What theory advises for a run on the present problem; undefined where there is none or a restart came between.
   * `search` also looks for the truly best hyper-parameters.
   */
  async advise(run: RunConfig, search: boolean): Promise<RunAdvice | undefined> {
    await this.#curvesFirst();
    return this.#theory.advise(run, search);
  }

  /**
   * Where a run's lane of seed 0 goes along the eigen-directions of the present problem; undefined where there is none or a
   * later call or a restart came between.
   */
  async trajectory(run: RunConfig): Promise<Trajectory | undefined> {
    await this.#curvesFirst();
    return this.#trajectories.path(run);
  }

  /** Some training rows of the problem followed; undefined where there is none, or where its rows cannot be pictured. */
  samples(): Samples | undefined {
    return this.#objective && samplesOf(this.#objective.value);
  }

  /**
   * What the lane of this run of a network with this seed has come to, as it is now where the run goes on; undefined for
   * other runs, for other problems, and once a restart has come between.
   */
  async weights(key: string, seed: number): Promise<SessionWeights | undefined> {
    await this.#commands;
    const objective = this.#active && this.#objective?.value;
    if (objective?.family !== 'network') return undefined;
    const weights = await this.#runner.weights(key, seed);
    return weights && { objective, ...weights };
  }

  /** What that lane takes for what; undefined where there are no weights. Rejects as {@link inspect} does. */
  async inspect(key: string, seed: number, signal?: AbortSignal): Promise<Inspection | undefined> {
    const found = await this.weights(key, seed);
    return found && inspect(found.objective, found, signal ? { signal } : {});
  }

  /** What a question costs must not delay the first points of what was just changed. */
  async #curvesFirst(): Promise<void> {
    await this.#commands;
    await this.#runner.firstPoints();
  }

  /** The data behind a problem may have changed: the next update prepares it anew and restarts all runs. */
  forgetProblem(): Promise<void> {
    return this.#command(() => {
      this.#objective = undefined;
      this.#active = undefined;
    });
  }

  /** Frees everything; the session is over. */
  async close(): Promise<void> {
    await this.abort();
    await this.#command(() => this.#runner.close());
  }

  #command<T>(action: () => T | Promise<T>): Promise<T> {
    const result = this.#commands.then(action);
    this.#commands = result.catch(() => undefined);
    return result;
  }

  async #follow(config: ExperimentConfig, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await this.open();
    if (!(await this.#prepare(config, signal))) return;
    if (!this.#active || this.#failure || lanesKey(this.#active) !== lanesKey(config)) {
      await this.#restart(config);
      return;
    }
    const running = enabledRuns(this.#active);
    const wanted = enabledRuns(config);
    // Where the new lanes cannot be made, this rejects and the old ones go on.
    await this.#start(config, new Map([...wanted].filter(([key]) => !running.has(key))));
    this.#active = this.#config = config;
    const gone = [...running.keys()].filter((key) => !wanted.has(key));
    this.#theory.drop(gone);
    await this.#runner.retire(gone);
    this.#go();
  }

  /**
   * Makes the objective ready, for a restart where it is a new one; false where the signal ended it. Until then, and where
   * it fails, all goes on.
   */
  async #prepare(config: ExperimentConfig, signal: AbortSignal): Promise<boolean> {
    const key = JSON.stringify([config.problem, config.seed]);
    if (this.#objective?.key === key) return true;
    this.#prepares(true);
    try {
      const value = await prepareProblem(config.problem, { seed: config.seed, table: this.#options.table, signal });
      const constants = value.family === 'network' ? undefined : await objectiveConstants(value, { signal });
      const exact = value.family === 'network' ? undefined : ((await exactForm(value, { signal })) ?? value);
      signal.throwIfAborted();
      this.#objective = { key, value, constants, exact };
      return true;
    } catch (error) {
      this.#prepares(false);
      if (signal.aborted) return false;
      throw error;
    }
  }

  /** Starts all runs of a configuration, or goes on from where they were. */
  async #restart(config: ExperimentConfig, saved?: SavedBody): Promise<void> {
    clearTimeout(this.#ahead);
    this.#prepares(true);
    this.#theory.open(undefined);
    this.#trajectories.open(undefined);
    await this.#runner.clear();
    this.#active = this.#config = config;
    this.#failure = undefined;
    const { value: objective, constants, exact } = this.#objective!;
    if (objective.family !== 'network') {
      if (constants && exact) this.#theory.open({ objective: exact, constants, sampling: config.sampling });
      this.#trajectories.open({ ...config, objective });
    }
    this.#lossLimit = startLoss(objective, config).limit;
    this.#emit({
      type: 'restarted',
      config,
      objective: { ...summaryOf(objective), ...(constants ? { constants } : {}) },
    });
    try {
      const known = saved ? await this.#takeUp(config, saved) : new Set<string>();
      await this.#start(config, new Map([...enabledRuns(config)].filter(([key]) => !known.has(key))));
    } catch (error) {
      this.#fail(error);
    }
    this.#preparing = false;
    this.#go();
    const { compileAheadMilliseconds: wait } = this.#options;
    if (wait !== undefined && objective.family !== 'network')
      this.#ahead = setTimeout(() => void this.#compileAhead(config, objective), wait);
  }

  /** Makes a lane of each optimizer and lets go of it: what it took to compile its programs is not to be done again. */
  async #compileAhead(config: ExperimentConfig, objective: Objective): Promise<void> {
    const { seed, sampling } = config;
    const runs = new Map([...enabledRuns(config).values()].map((run) => [run.optimizer, run]));
    try {
      const { backend } = await this.open();
      for (const run of runs.values()) {
        if (this.#objective?.value !== objective) return;
        const lanes = [{ run, seed: 0 }];
        (await backend.cohort({ objective, lanes, seed, sampling, lossLimit: this.#lossLimit })).destroy();
      }
    } catch {
      // Just a favour: whoever needs these programs meets the error as well.
    }
  }

  /** Makes the lanes of these runs. */
  async #start(config: ExperimentConfig, runs: ReadonlyMap<string, RunConfig>): Promise<void> {
    if (runs.size === 0) return;
    const { steps, evalEvery } = config;
    const objective = this.#objective!.value;
    const points = pointsOf(config, objective);
    await this.#add(config, runs, evaluationSteps(steps, evalEvery, points));
  }

  /** Makes a group of these runs. */
  async #add(
    config: ExperimentConfig,
    runs: ReadonlyMap<string, RunConfig>,
    schedule: readonly number[],
    saved?: SavedGroup,
  ): Promise<void> {
    const { seeds, seed, sampling } = config;
    const objective = this.#objective!.value;
    const entries = [...runs].map(([key, run], k) => ({ key, run, first: k * seeds, count: seeds }));
    const lanes = entries.flatMap(({ run }) => Array.from({ length: seeds }, (_, k) => ({ run, seed: k })));
    const options = { objective, lanes, seed, sampling, lossLimit: this.#lossLimit };
    const theory = entries.map(({ run }) => (objective.family === 'network' ? {} : runTheory(objective, run)));
    const announce = () => {
      entries.forEach(({ key, run }, k) => {
        this.#emit({ type: 'run-started', run: key, lanes: seeds, ...theory[k] });
        this.#theory.add(key, run, schedule);
      });
    };
    await this.#runner.add(options, entries, schedule, announce, saved ? { saved } : {});
  }

  /** Makes the lanes of a saved race again and tells its curves; returns the keys of its runs. */
  async #takeUp(config: ExperimentConfig, saved: SavedBody): Promise<ReadonlySet<string>> {
    const all = enabledRuns(config);
    const curves = new Map(saved.curves.map((curve) => [curve.key, curve]));
    // The newest group was saved first.
    for (const group of saved.groups.toReversed()) {
      const runs = new Map(group.runs.map(({ key }) => [key, all.get(key)!]));
      await this.#add(config, runs, group.schedule, group);
    }
    for (const finish of saved.finished) {
      const run = all.get(finish.key)!;
      const objective = this.#objective!.value;
      const theory = objective.family === 'network' ? {} : runTheory(objective, run);
      this.#emit({ type: 'run-started', run: finish.key, lanes: config.seeds, ...theory });
      this.#theory.add(finish.key, run, curves.get(finish.key)!.step);
      this.#runner.addFinished(finish);
    }
    const known = new Set([
      ...saved.groups.flatMap(({ runs }) => runs.map(({ key }) => key)),
      ...saved.finished.map(({ key }) => key),
    ]);
    for (const key of known) for (const event of eventsOf(curves.get(key)!)) this.#emit(event);
    return known;
  }

  async #pause(): Promise<void> {
    this.#paused = true;
    await this.#runner.stop();
    this.#go();
  }

  /** Runs what there is to run, unless it is paused. A pause ends with what it held up. */
  #go(): void {
    if (this.#failure || this.#runner.groups.length === 0) this.#paused = false;
    else if (!this.#paused) this.#runner.start();
    this.#report();
  }

  #prepares(preparing: boolean): void {
    this.#preparing = preparing;
    this.#report();
  }

  #fail(error: unknown): void {
    if (this.#failure?.error === error) return;
    this.#failure = { error };
    this.#paused = false;
    this.#report();
    this.#emit({ type: 'notice', level: 'error', message: error instanceof Error ? error.message : String(error) });
  }

  #report(): void {
    this.#lastProgress = performance.now();
    const { groups, meter, bytes, laneSteps } = this.#runner;
    const { done, total } = laneSteps;
    const { state } = this;
    const rate = state === 'running' ? meter.rate : 0;
    this.#emit({
      type: 'progress',
      progress: {
        state,
        rate,
        lanes: groups.reduce((sum, group) => sum + group.going, 0),
        fraction: total > 0 ? done / total : 0,
        ...(rate > 0 ? { secondsLeft: (total - done) / rate } : {}),
        bytes,
      },
    });
  }

  #emit(event: SessionEvent): void {
    this.#options.listener(event);
  }
}
