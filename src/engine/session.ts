/**
 * A session follows an `ExperimentConfig`: it keeps the lanes of its runs advancing together on a backend, restarts just
 * what a change of the configuration makes void, pauses, steps, and goes on from the last checkpoint when a device is
 * lost. Events tell what happened; nothing here knows a page.
 */
import { DeviceLostError } from '../gpu/errors';
import type { Table } from '../data/table';
import { runKey, type ExperimentConfig, type RunConfig } from '../experiment/config';
import { autoPoints, evaluationSteps } from '../experiment/schedule';
import { LeastSquaresReference } from '../problems/least-squares';
import { prepareProblem } from '../problems/registry';
import type { Objective } from '../problems/types';
import { objectiveConstants, runTheory } from '../theory/advice';
import type { KnownConstants } from '../theory/spectral';
import type { Backend, CohortOptions, Segment } from './backend';
import type { EngineInfo, SessionEvent, SessionState } from './events';
import { LaneGroup } from './lane-group';
import { RateMeter } from './pace';

export interface OpenedBackend {
  readonly backend: Backend;
  readonly info: EngineInfo;
}

export interface SessionOptions {
  /** Opens a backend; called again after a device was lost. */
  readonly open: () => Promise<OpenedBackend>;
  /** Finds parsed data sets by file names; throws `DataError`. */
  readonly table: (files: readonly string[]) => Promise<Table>;
  readonly listener: (event: SessionEvent) => void;
  /** Computing time of one submission: about a frame when watched, more when not. */
  readonly sliceMilliseconds?: number;
  /** Computing time between checkpoints. */
  readonly checkpointSeconds?: number;
}

const PROGRESS_INTERVAL = 100;

export class Session {
  readonly #options: Required<SessionOptions>;
  #opened: OpenedBackend | undefined;
  #config: ExperimentConfig | undefined;
  #objective: { readonly key: string; readonly value: Objective; readonly constants: KnownConstants } | undefined;
  #lossLimit = 0;
  #groups: LaneGroup[] = [];
  #turn = 0;
  #state: SessionState = 'idle';
  #wantPause = false;
  /** Commands run one after the other. */
  #commands: Promise<unknown> = Promise.resolve();
  #pumping: Promise<void> | undefined;
  readonly #inFlight = new Set<Promise<void>>();
  #lastCompletion = 0;
  #failure: unknown;
  readonly #meter = new RateMeter();
  #lastProgress = 0;
  #preparation = new AbortController();

  constructor(options: SessionOptions) {
    this.#options = { sliceMilliseconds: 12, checkpointSeconds: 1, ...options };
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The backend that computes; opens it when needed. */
  async open(): Promise<OpenedBackend> {
    if (!this.#opened) {
      this.#opened = await this.#options.open();
      this.#emit({ type: 'engine', engine: this.#opened.info });
    }
    return this.#opened;
  }

  /** Follows a configuration; only what changed restarts. Rejects with a readable error and keeps what ran. */
  update(config: ExperimentConfig): Promise<void> {
    this.#preparation.abort();
    this.#preparation = new AbortController();
    const { signal } = this.#preparation;
    return this.#command(() => this.#follow(config, signal));
  }

  pause(): Promise<void> {
    return this.#command(async () => {
      if (this.#groups.length === 0) return;
      this.#wantPause = true;
      await this.#pumping;
      if (this.#state === 'running') this.#become('paused');
    });
  }

  resume(): Promise<void> {
    return this.#command(() => {
      this.#wantPause = false;
      this.#pump();
    });
  }

  /** Pauses; then every run takes one step and records its loss. */
  step(): Promise<void> {
    return this.#command(async () => {
      this.#wantPause = true;
      await this.#pumping;
      const groups = this.#groups.filter((group) => !group.over);
      await this.#guarded(() => Promise.all(groups.map((group) => this.#execute(group, group.planSingleStep()))));
      this.#sweep();
      this.#wantPause = this.#groups.length > 0;
      if (this.#state !== 'failed') this.#become(this.#wantPause ? 'paused' : 'finished');
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
      await this.#stop();
      this.#become('idle');
    });
  }

  /** Resolves once nothing is running any more: finished, paused, failed or idle. */
  async settled(): Promise<SessionState> {
    await this.#commands.catch(() => undefined);
    await this.#pumping;
    return this.#state;
  }

  /** Why the state is 'failed'. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Frees everything; the session is over. */
  async close(): Promise<void> {
    await this.abort();
    this.#opened?.backend.destroy();
    this.#opened = undefined;
  }

  #command<T>(action: () => T | Promise<T>): Promise<T> {
    const result = this.#commands.then(action);
    this.#commands = result.catch(() => undefined);
    return result;
  }

  async #follow(config: ExperimentConfig, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return;
    await this.open();
    const objectiveKey = JSON.stringify([config.problem, config.seed]);
    if (this.#objective?.key !== objectiveKey) {
      const before = this.#state;
      this.#become('preparing');
      try {
        const value = await prepareProblem(config.problem, { seed: config.seed, table: this.#options.table, signal });
        const constants = await objectiveConstants(value, { signal });
        this.#objective = { key: objectiveKey, value, constants };
      } catch (error) {
        this.#become(before);
        if (error === signal.reason) return;
        throw error;
      }
    }
    const old = this.#config;
    const alive = this.#state !== 'idle' && this.#state !== 'failed';
    if (!old || !alive || lanesKey(old) !== lanesKey(config)) {
      await this.#restart(config);
      return;
    }
    this.#config = config;
    const wanted = enabledRuns(config);
    const running = enabledRuns(old);
    for (const gone of running.keys()) if (!wanted.has(gone)) for (const group of this.#groups) group.retire(gone);
    const added = [...wanted].filter(([key]) => !running.has(key));
    await this.#start(new Map(added));
    this.#sweep();
    this.#pump();
  }

  async #restart(config: ExperimentConfig): Promise<void> {
    await this.#stop();
    this.#config = config;
    const { value: objective, constants } = this.#objective!;
    const reference = new LeastSquaresReference(objective, { seed: config.seed, mode: config.sampling });
    const first = reference.loss(objective.start);
    this.#lossLimit = first > 0 ? Math.min(first * config.divergenceFactor, 3e38) : 3e38;
    this.#emit({
      type: 'restarted',
      config,
      objective: {
        dimension: objective.dimension,
        coordinates: objective.coordinates,
        constants,
        ...(objective.rows.kind === 'stored' ? { rows: objective.rows.count } : {}),
      },
    });
    await this.#start(enabledRuns(config));
    this.#pump();
  }

  async #start(runs: ReadonlyMap<string, RunConfig>): Promise<void> {
    if (runs.size === 0) return;
    const { seeds, steps, evalEvery } = this.#config!;
    const { rows, dimension } = this.#objective!.value;
    const points = autoPoints(rows.kind === 'stored' ? rows.count : 1, dimension);
    const schedule = evaluationSteps(steps, evalEvery, points);
    const entries = [...runs].map(([key, run], k) => ({ key, run, first: k * seeds, count: seeds }));
    await this.#guarded(async () => {
      const { backend } = await this.open();
      const cohort = await backend.cohort(this.#cohortOptions(entries));
      this.#groups.unshift(new LaneGroup(cohort, entries, schedule, this.#lossLimit));
    });
    for (const { key, run } of entries)
      this.#emit({ type: 'run-started', run: key, lanes: seeds, ...runTheory(this.#objective!.value, run) });
  }

  #cohortOptions(runs: readonly { readonly run: RunConfig; readonly count: number }[]): CohortOptions {
    const { seed, sampling } = this.#config!;
    return {
      objective: this.#objective!.value,
      lanes: runs.flatMap(({ run, count }) => Array.from({ length: count }, (_, k) => ({ run, seed: k }))),
      seed,
      sampling,
      lossLimit: this.#lossLimit,
    };
  }

  async #stop(): Promise<void> {
    const paused = this.#wantPause;
    this.#wantPause = true;
    await this.#pumping;
    this.#wantPause = paused;
    for (const group of this.#groups) group.cohort.destroy();
    this.#groups = [];
    this.#meter.clear();
  }

  /** Keeps submitting slices of work, a few in flight, until all is done or a pause is wanted. */
  #pump(): void {
    if (this.#pumping) return;
    if (this.#groups.length === 0) {
      if (this.#state !== 'failed') this.#become('finished');
      return;
    }
    if (this.#wantPause) {
      this.#become('paused');
      return;
    }
    this.#become('running');
    this.#pumping = this.#run().finally(() => {
      this.#pumping = undefined;
    });
  }

  async #run(): Promise<void> {
    this.#lastCompletion = performance.now();
    await this.#guarded(async () => {
      for (;;) {
        while (!this.#wantPause && this.#inFlight.size < (this.#opened?.backend.depth ?? 1)) {
          const group = this.#nextGroup();
          if (!group) break;
          const job = this.#execute(group, group.plan(this.#options.sliceMilliseconds));
          const tracked = job.finally(() => this.#inFlight.delete(tracked));
          this.#inFlight.add(tracked);
        }
        if (this.#inFlight.size === 0) break;
        await Promise.race(this.#inFlight);
        this.#sweep();
        await this.#checkpoint();
      }
    });
    if (this.#groups.length === 0 && this.#state === 'running') this.#become('finished');
  }

  /** Takes turns; the newest group comes first. */
  #nextGroup(): LaneGroup | undefined {
    const open = this.#groups.filter((group) => !group.over);
    return open[this.#turn++ % Math.max(open.length, 1)];
  }

  async #execute(group: LaneGroup, segments: readonly Segment[]): Promise<void> {
    const started = performance.now();
    const { cohort } = group;
    group.pending++;
    const losses = await cohort.execute(segments).finally(() => group.pending--);
    const now = performance.now();
    const milliseconds = now - Math.max(started, this.#lastCompletion);
    this.#lastCompletion = now;
    if (!this.#groups.includes(group)) return;
    this.#meter.add(segments.reduce((sum, s) => sum + s.to - s.from, 0) * cohort.lanes.length, now);
    for (const { run, step, seconds, loss, outcomes } of group.absorb(segments, losses, milliseconds))
      this.#emit({ type: 'points', run: run.key, step, seconds, loss, outcomes });
    if (now - this.#lastProgress >= PROGRESS_INTERVAL) this.#report();
  }

  /** Lets go of groups that are done or that nobody wants. */
  #sweep(): void {
    for (const group of [...this.#groups]) {
      const wanted = group.wantedRuns;
      if (!group.over || group.pending > 0) continue;
      this.#groups.splice(this.#groups.indexOf(group), 1);
      group.cohort.destroy();
      for (const run of wanted) this.#emit({ type: 'run-finished', run: run.key });
    }
  }

  async #checkpoint(): Promise<void> {
    for (const group of this.#groups)
      if (group.seconds - group.checkpointSeconds >= this.#options.checkpointSeconds) await group.keepCheckpoint();
  }

  /** Runs an action on the backend; a lost device is replaced and all groups go on, anything else fails the session. */
  async #guarded(action: () => Promise<unknown>): Promise<void> {
    try {
      await action();
    } catch (error) {
      await Promise.allSettled(this.#inFlight);
      if (error instanceof DeviceLostError) await this.#recover(action);
      else await this.#fail(error);
    }
  }

  async #recover(action: () => Promise<unknown>): Promise<void> {
    try {
      this.#opened?.backend.destroy();
      this.#opened = undefined;
      const { backend, info } = await this.open();
      const engine = info.kind === 'webgpu' ? 'a new graphics device' : 'the processor';
      this.#emit({
        type: 'notice',
        level: 'warning',
        message: `The graphics device was lost; the runs go on with ${engine} from the last checkpoint.`,
      });
      for (const group of this.#groups) {
        const options = this.#cohortOptions(group.runs);
        group.restore(await backend.cohort(group.checkpoint ? { ...options, state: group.checkpoint } : options));
      }
    } catch (error) {
      if (!(error instanceof DeviceLostError)) {
        await this.#fail(error);
        return;
      }
      await this.#recover(action);
      return;
    }
    await this.#guarded(action);
  }

  async #fail(error: unknown): Promise<void> {
    this.#failure = error;
    await Promise.allSettled(this.#inFlight);
    for (const group of this.#groups) group.cohort.destroy();
    this.#groups = [];
    this.#become('failed');
    this.#emit({ type: 'notice', level: 'error', message: error instanceof Error ? error.message : String(error) });
  }

  #become(state: SessionState): void {
    this.#state = state;
    this.#report();
  }

  #report(): void {
    this.#lastProgress = performance.now();
    const total = this.#groups.reduce((sum, group) => sum + group.steps * group.cohort.lanes.length, 0);
    const done = this.#groups.reduce((sum, group) => sum + group.step * group.cohort.lanes.length, 0);
    const { rate } = this.#meter;
    const running = this.#state === 'running';
    this.#emit({
      type: 'progress',
      progress: {
        state: this.#state,
        rate: running ? rate : 0,
        lanes: this.#groups.reduce((sum, group) => sum + group.cohort.lanes.length, 0),
        fraction: total > 0 ? done / total : this.#state === 'finished' ? 1 : 0,
        ...(running && rate > 0 ? { secondsLeft: (total - done) / rate } : {}),
        bytes: this.#opened?.backend.bytes ?? 0,
      },
    });
  }

  #emit(event: SessionEvent): void {
    this.#options.listener(event);
  }
}

/** The runs that are not switched off, by key; equal runs share their lanes. */
function enabledRuns(config: ExperimentConfig): Map<string, RunConfig> {
  return new Map(config.runs.filter((run) => run.enabled !== false).map((run) => [runKey(run), run]));
}

/** What all lanes share: when it changes, every curve is void. */
function lanesKey(config: ExperimentConfig): string {
  const { problem, seeds, seed, steps, evalEvery, sampling, divergenceFactor } = config;
  return JSON.stringify([problem, seeds, seed, steps, evalEvery, sampling, divergenceFactor]);
}
