/**
 * Keeps lane groups advancing on a backend: slices of work, a few in flight; checkpoints; another device where one is
 * lost. Nothing here knows a configuration.
 */
import { DeviceLostError } from '../gpu/errors';
import type { Backend, CohortOptions, Segment } from './backend';
import type { EngineInfo, SessionEvent } from './events';
import { LaneGroup, type GroupRun } from './lane-group';
import { RateMeter } from './pace';

export interface OpenedBackend {
  readonly backend: Backend;
  readonly info: EngineInfo;
}

export interface RunnerHost {
  /** Opens a backend; called again after a device was lost. */
  readonly open: () => Promise<OpenedBackend>;
  readonly emit: (event: SessionEvent) => void;
  /** Computing time of one submission. */
  readonly sliceMilliseconds: number;
  /** Computing time between checkpoints. */
  readonly checkpointSeconds: number;
  /** Losses of a slice have come in. */
  readonly advanced: () => void;
  /** It stopped: all is done, or it was told to. */
  readonly stopped: () => void;
  /** It stopped and let go of all groups: something went wrong that another device doesn't mend. */
  readonly failed: (error: unknown) => void;
}

/** Losses in a row, with nothing computed in between, after which there is no point in opening another device. */
const MAX_LOSSES = 5;

export class GroupRunner {
  readonly meter = new RateMeter();
  readonly #host: RunnerHost;
  #opened: OpenedBackend | undefined;
  #opening: Promise<OpenedBackend> | undefined;
  #groups: LaneGroup[] = [];
  #turn = 0;
  #running = false;
  #wanted = false;
  #rest: Promise<void> = Promise.resolve();
  readonly #inFlight = new Set<Promise<void>>();
  #lastCompletion = 0;
  #recovery: Promise<void> | undefined;
  #losses = 0;

  constructor(host: RunnerHost) {
    this.#host = host;
  }

  /** Groups that are not done, the newest first. */
  get groups(): readonly LaneGroup[] {
    return this.#groups;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Bytes held by the backend. */
  get bytes(): number {
    return this.#opened?.backend.bytes ?? 0;
  }

  /** The backend that computes; opens it when needed. */
  async open(): Promise<OpenedBackend> {
    if (this.#opened) return this.#opened;
    this.#opening ??= this.#host
      .open()
      .then((opened) => {
        this.#opened = opened;
        this.#host.emit({ type: 'engine', engine: opened.info });
        return opened;
      })
      .finally(() => {
        this.#opening = undefined;
      });
    return this.#opening;
  }

  /**
   * Makes lanes; they are the next to advance once it runs. `announce` is called before anything of them is shown. Rejects
   * where they cannot be made; the groups there are stay as they are.
   */
  async add(
    options: CohortOptions,
    runs: readonly Omit<GroupRun, 'wanted'>[],
    schedule: readonly number[],
    announce: () => void,
  ): Promise<void> {
    for (;;) {
      const opened = await this.open();
      try {
        const cohort = await opened.backend.cohort(options);
        if (this.#opened !== opened) {
          cohort.destroy();
          continue;
        }
        this.#groups.unshift(new LaneGroup(cohort, options, runs, schedule));
        announce();
        return;
      } catch (error) {
        await this.#survive(error, opened);
      }
    }
  }

  /** Nobody wants these runs any more. */
  retire(keys: Iterable<string>): void {
    for (const key of keys) for (const group of this.#groups) group.retire(key);
    this.#sweep();
  }

  start(): void {
    this.#wanted = true;
    if (this.#running) return;
    this.#running = true;
    this.#rest = this.#run();
  }

  /** Resolves when all that is under way has come in; groups keep their state. */
  async stop(): Promise<void> {
    this.#wanted = false;
    await this.#rest;
  }

  /** Resolves when it has stopped by itself or was stopped. */
  async rest(): Promise<void> {
    while (this.#running) await this.#rest;
  }

  /** Every group takes one step and records its loss. Only while it does not run. */
  async step(): Promise<void> {
    const targets = this.#groups.filter((group) => !group.over).map((group) => [group, group.nextStep] as const);
    try {
      await this.#attempt(async () => {
        const plans = targets.map(([group, target]) => ({ group, segments: group.planTo(target) }));
        const jobs = plans.filter(({ segments }) => segments.length > 0);
        await Promise.all(jobs.map(({ group, segments }) => this.#submit(group, segments)));
      });
      this.#sweep();
    } catch (error) {
      await this.#letGo();
      this.#host.failed(error);
    }
  }

  /** Stops and frees all groups. */
  async clear(): Promise<void> {
    await this.stop();
    await this.#letGo();
  }

  /** Frees the backend as well. */
  async close(): Promise<void> {
    await this.clear();
    this.#closeBackend();
  }

  async #run(): Promise<void> {
    this.#lastCompletion = performance.now();
    try {
      await this.#attempt(async () => {
        for (;;) {
          this.#sweep();
          this.#fill();
          if (this.#inFlight.size === 0) return;
          await Promise.race(this.#inFlight);
          this.#sweep();
          await this.#checkpoint();
        }
      });
    } catch (error) {
      await this.#letGo();
      this.#running = false;
      this.#host.failed(error);
      return;
    }
    // A group may have come while the loop was being left.
    if (this.#wanted && this.#nextGroup()) return this.#run();
    this.#running = false;
    this.#host.stopped();
  }

  #fill(): void {
    while (this.#wanted && this.#inFlight.size < (this.#opened?.backend.depth ?? 1)) {
      const group = this.#nextGroup();
      if (!group) return;
      // A failure is met by whoever waits for the race.
      this.#submit(group, group.plan(this.#host.sliceMilliseconds)).catch(() => undefined);
    }
  }

  /** Takes turns; the newest group comes first. */
  #nextGroup(): LaneGroup | undefined {
    const open = this.#groups.filter((group) => !group.over);
    return open[this.#turn++ % Math.max(open.length, 1)];
  }

  #submit(group: LaneGroup, segments: readonly Segment[]): Promise<void> {
    const job = this.#execute(group, segments).finally(() => this.#inFlight.delete(job));
    this.#inFlight.add(job);
    return job;
  }

  async #execute(group: LaneGroup, segments: readonly Segment[]): Promise<void> {
    const started = performance.now();
    const { cohort } = group;
    group.pending++;
    const losses = await cohort.execute(segments).finally(() => group.pending--);
    this.#losses = 0;
    const now = performance.now();
    const milliseconds = now - Math.max(started, this.#lastCompletion);
    this.#lastCompletion = now;
    if (!this.#groups.includes(group)) return;
    this.meter.add(segments.reduce((sum, s) => sum + s.to - s.from, 0) * cohort.lanes.length, now);
    for (const { run, step, seconds, loss, outcomes } of group.absorb(segments, losses, milliseconds))
      this.#host.emit({ type: 'points', run: run.key, step, seconds, loss, outcomes });
    this.#host.advanced();
  }

  /** Lets go of groups that are done or that nobody wants. */
  #sweep(): void {
    for (const group of [...this.#groups]) {
      if (!group.done) continue;
      this.#groups.splice(this.#groups.indexOf(group), 1);
      group.cohort.destroy();
      for (const run of group.wantedRuns) this.#host.emit({ type: 'run-finished', run: run.key });
    }
  }

  async #checkpoint(): Promise<void> {
    for (const group of [...this.#groups]) {
      if (group.seconds - group.checkpointSeconds < this.#host.checkpointSeconds || !this.#groups.includes(group))
        continue;
      // Nobody may free the lanes while they are read.
      group.pending++;
      await group.keepCheckpoint().finally(() => group.pending--);
    }
  }

  /** Runs an action on the backend, again on another device where one is lost. */
  async #attempt(action: () => Promise<unknown>): Promise<void> {
    for (;;) {
      const opened = this.#opened;
      try {
        await action();
        return;
      } catch (error) {
        await this.#survive(error, opened);
      }
    }
  }

  /** After a lost device: resolves when all groups are on another one. Throws whatever else went wrong. */
  async #survive(error: unknown, on: OpenedBackend | undefined): Promise<void> {
    if (!(error instanceof DeviceLostError)) throw error;
    // Several calls see one loss; only the first deals with it.
    if (!this.#recovery && this.#opened === on)
      this.#recovery = this.#recover(error).finally(() => {
        this.#recovery = undefined;
      });
    await this.#recovery;
  }

  /** Where this fails, nothing can go on: all groups are let go of. */
  async #recover(loss: DeviceLostError): Promise<void> {
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
    try {
      for (let cause: DeviceLostError | undefined = loss; cause;) cause = await this.#replaceBackend(cause);
    } catch (error) {
      await this.#letGo();
      this.#host.failed(error);
      throw error;
    }
  }

  /** Puts all groups on a new device; returns that one's loss where it doesn't last that long. */
  async #replaceBackend(loss: DeviceLostError): Promise<DeviceLostError | undefined> {
    this.#closeBackend();
    if (++this.#losses > MAX_LOSSES) throw loss;
    const { backend, info } = await this.open();
    const engine = info.kind === 'webgpu' ? 'a new graphics device' : 'the processor';
    this.#host.emit({
      type: 'notice',
      level: 'warning',
      message: `The graphics device was lost; the runs go on with ${engine} from the last checkpoint.`,
    });
    try {
      for (const group of [...this.#groups]) {
        const { options, checkpoint } = group;
        const cohort = await backend.cohort(checkpoint ? { ...options, state: checkpoint } : options);
        if (this.#groups.includes(group)) group.restore(cohort);
        else cohort.destroy();
      }
      return undefined;
    } catch (error) {
      if (error instanceof DeviceLostError) return error;
      throw error;
    }
  }

  async #letGo(): Promise<void> {
    const groups = this.#groups;
    // Nothing more is submitted for them, and what comes in is not shown.
    this.#groups = [];
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
    for (const group of groups) group.cohort.destroy();
    this.meter.clear();
    this.#losses = 0;
  }

  #closeBackend(): void {
    this.#opened?.backend.destroy();
    this.#opened = undefined;
  }
}
