/**
 * A session follows an `ExperimentConfig`: it keeps the lanes of its runs advancing together on a backend, restarts just
 * what a change of the configuration makes void, pauses, steps, and goes on from the last checkpoint when a device is
 * lost. Events tell what happened; nothing here knows a page.
 */
import type { Table } from '../data/table';
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import type { NetworkObjective } from '../problems/types';
import type { OpenBackend, OpenedBackend } from './device-keeper';
import type { SessionEvent, SessionState } from './events';
import { GroupRunner } from './group-runner';
import { inspect, type Inspection } from './inspect';
import type { LaneWeights } from './lane-weights';
import { preparedProblem, problemKey, type PreparedProblem } from './prepared-problem';
import { enabledRuns, lanesKey, raceKey } from './race-key';
import { RaceLanes } from './race-lanes';
import { isRaceOf, raceToKeep } from './race-to-keep';
import { samplesOf, type Samples } from './samples';
import type { SavedBody, SavedState } from './saved-race';
import { summaryOf } from './summary';
import { TheoryDesk, type RunAdvice } from './theory-desk';
import { TrajectoryDesk, type Trajectory } from './trajectories';

export type { OpenBackend, OpenedBackend } from './device-keeper';

export interface SessionOptions {
  readonly open: OpenBackend;
  /** Finds parsed data sets by file names; throws `DataError`. */
  readonly table: (files: readonly string[]) => Promise<Table>;
  readonly listener: (event: SessionEvent) => void;
  /** Computing time of one submission: about a frame when watched, more when not. */
  readonly sliceMilliseconds?: number;
  /** Computing time between checkpoints. */
  readonly checkpointSeconds?: number;
  /** From one report of progress to the next, at least, while lanes run. */
  readonly progressMilliseconds?: number;
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

export class Session {
  readonly #options: SessionOptions;
  readonly #emit = (event: SessionEvent): void => {
    this.#options.listener(event);
  };
  readonly #runner: GroupRunner;
  readonly #theory: TheoryDesk;
  readonly #trajectories = new TrajectoryDesk();
  /** What the groups follow; undefined before the first update and after an abort. */
  #active: ExperimentConfig | undefined;
  /** What was followed last: a reset starts it again. */
  #config: ExperimentConfig | undefined;
  #problem: PreparedProblem | undefined;
  /** Those of the race that was started last. */
  #lanes: RaceLanes | undefined;
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
    this.#theory = new TheoryDesk(this.#emit, () => this.#runner.running);
    this.#runner = new GroupRunner({
      open: options.open,
      emit: this.#emit,
      sliceMilliseconds: options.sliceMilliseconds ?? 12,
      checkpointSeconds: options.checkpointSeconds ?? 1,
      moveMilliseconds: options.moveMilliseconds,
      advanced: () => {
        if (performance.now() - this.#lastProgress >= (options.progressMilliseconds ?? 100)) this.#report();
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
      if (!isRaceOf(saved, config, this.#problem!.value)) {
        this.#prepares(false);
        return false;
      }
      await this.#restart(config, saved);
      return true;
    });
  }

  /**
   * What it takes to go on later, as {@link raceToKeep} tells it; undefined where nothing runs or is paused, or where it
   * cannot be told just now.
   */
  get saved(): SavedState | undefined {
    const { state } = this;
    if (!this.#active || !this.#problem || (state !== 'running' && state !== 'paused')) return undefined;
    return raceToKeep(this.#active, this.#problem.value, this.#runner);
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
    return this.#problem && samplesOf(this.#problem.value);
  }

  /**
   * What the lane of this run of a network with this seed has come to, as it is now where the run goes on; undefined for
   * other runs, for other problems, and once a restart has come between.
   */
  async weights(key: string, seed: number): Promise<SessionWeights | undefined> {
    await this.#commands;
    const objective = this.#active && this.#problem?.value;
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
      this.#problem = undefined;
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
    await this.#lanes!.start(config, new Map([...wanted].filter(([key]) => !running.has(key))));
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
    if (this.#problem?.key === problemKey(config)) return true;
    this.#prepares(true);
    try {
      this.#problem = await preparedProblem(config, { table: this.#options.table, signal });
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
    const problem = this.#problem!;
    const { value: objective, constants, exact } = problem;
    if (objective.family !== 'network') {
      if (constants && exact) this.#theory.open({ objective: exact, constants, sampling: config.sampling });
      this.#trajectories.open({ ...config, objective });
    }
    const parts = { runner: this.#runner, theory: this.#theory, emit: this.#emit };
    const lanes = new RaceLanes(parts, objective, config);
    this.#lanes = lanes;
    this.#emit({
      type: 'restarted',
      config,
      objective: { ...summaryOf(objective), ...(constants ? { constants } : {}) },
    });
    try {
      const known = saved ? await lanes.takeUp(config, saved) : new Set<string>();
      await lanes.start(config, new Map([...enabledRuns(config)].filter(([key]) => !known.has(key))));
    } catch (error) {
      this.#fail(error);
    }
    this.#preparing = false;
    this.#go();
    const { compileAheadMilliseconds: wait } = this.#options;
    const wanted = () => this.#problem === problem;
    if (wait !== undefined && objective.family !== 'network')
      this.#ahead = setTimeout(() => void lanes.compileAhead(config, wanted), wait);
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
}
