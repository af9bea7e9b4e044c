/**
 * Keeps lane groups advancing on a backend: slices of work, a few in flight; checkpoints; smaller cohorts where lanes have
 * ended; another device where one is lost. Nothing here knows a configuration.
 */
import { DeviceLostError } from '../gpu/errors';
import type { Backend, Segment } from './backend';
import { savedState } from './cohort-state';
import { DeviceKeeper, type OpenedBackend } from './device-keeper';
import { FinishedRuns } from './finished-runs';
import { LaneGroup, type GroupOptions, type NewRun } from './lane-group';
import type { LaneWeights } from './lane-weights';
import { RateMeter, sliceFor } from './pace';
import type { RunnerHost } from './runner-host';
import type { SavedFinish, SavedGroup } from './saved-race';

/** What a move to a smaller cohort is taken to cost before one was measured, in milliseconds. */
const FIRST_MOVE = 200;

export interface AddOptions {
  /** Waits, before the lanes are made, until fewer groups than this are there. */
  readonly atMost?: number;
  /** Where the lanes stand; at their start where absent. */
  readonly saved?: SavedGroup;
}

export class GroupRunner {
  readonly meter = new RateMeter();
  readonly #host: RunnerHost;
  readonly #devices: DeviceKeeper;
  readonly #finished = new FinishedRuns();
  #groups: LaneGroup[] = [];
  #turn = 0;
  #running = false;
  #wanted = false;
  #rest: Promise<void> = Promise.resolve();
  readonly #inFlight = new Set<Promise<void>>();
  #lastCompletion = 0;
  #moveMilliseconds = FIRST_MOVE;
  /** Called when a group has gone. */
  readonly #waiting = new Set<(cleared: boolean) => void>();

  constructor(host: RunnerHost) {
    this.#host = host;
    this.#devices = new DeviceKeeper({
      open: host.open,
      opened: (engine) => {
        host.emit({ type: 'engine', engine });
      },
      settled: async () => {
        while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
      },
      moveTo: (backend, message) => this.#moveAll(backend, message),
      failed: async (error) => {
        await this.#letGo();
        host.failed(error);
      },
    });
  }

  /** Groups that are not done, the newest first. */
  get groups(): readonly LaneGroup[] {
    return this.#groups;
  }

  get running(): boolean {
    return this.#running;
  }

  /** Lane-steps that are done, of all: those of finished runs count, those of runs that nobody wants any more do not. */
  get laneSteps(): { readonly done: number; readonly total: number } {
    const finished = this.#finished.laneSteps;
    return this.#groups.reduce(
      (sum, { laneSteps: { done, total } }) => ({ done: sum.done + done, total: sum.total + total }),
      { done: finished, total: finished },
    );
  }

  /** The arithmetic that computes; undefined while none is open. */
  get kind(): Backend['kind'] | undefined {
    return this.#devices.current?.backend.kind;
  }

  /** Bytes held by the backend. */
  get bytes(): number {
    return this.#devices.current?.backend.bytes ?? 0;
  }

  /** The backend that computes; opens it when needed. */
  open(): Promise<OpenedBackend> {
    return this.#devices.open();
  }

  /**
   * Makes lanes; they are the next to advance once it runs. `announce` is called before anything of them is shown. Rejects
   * where they cannot be made; the groups there are stay as they are. Where it is cleared while this waits for other groups
   * to go, it rejects with an 'AbortError'.
   */
  async add(
    options: GroupOptions,
    runs: readonly NewRun[],
    schedule: readonly number[],
    announce: () => void,
    { atMost = Number.POSITIVE_INFINITY, saved }: AddOptions = {},
  ): Promise<void> {
    while (this.#groups.length >= atMost) await this.#groupGone();
    const present = saved ? { ...options, lanes: saved.members.map((lane) => options.lanes[lane]!) } : options;
    for (;;) {
      const opened = await this.open();
      try {
        const cohort = await opened.backend.cohort(saved ? { ...present, state: savedState(saved) } : present);
        if (this.#devices.current !== opened) {
          cohort.destroy();
          continue;
        }
        this.#groups.unshift(new LaneGroup(cohort, present, runs, schedule, saved));
        this.#finished.forget(runs.map(({ key }) => key));
        announce();
        return;
      } catch (error) {
        await this.#devices.survive(error, opened);
      }
    }
  }

  /** Takes in a run that finished before: it counts as done. */
  addFinished(finish: SavedFinish): void {
    this.#finished.addSaved(finish);
  }

  /**
   * What all groups that have a checkpoint and all finished runs need to go on later; undefined while there is no such group,
   * or while one waits for what was recorded before its checkpoint.
   */
  get saved(): { readonly groups: readonly SavedGroup[]; readonly finished: readonly SavedFinish[] } | undefined {
    const groups = this.#groups.filter(({ checkpoint, wantedRuns }) => checkpoint && wantedRuns.length > 0);
    if (groups.length === 0 || !groups.every(({ savable }) => savable)) return undefined;
    return { groups: groups.map(({ saved }) => saved), finished: this.#finished.saved };
  }

  #groupGone(): Promise<void> {
    return new Promise((resolve, reject) => {
      const tell = (cleared: boolean) => {
        this.#waiting.delete(tell);
        if (cleared) reject(new DOMException('All groups were cleared.', 'AbortError'));
        else resolve();
      };
      this.#waiting.add(tell);
    });
  }

  /** Nobody wants these runs any more. While it does not run, resolves when groups that are done with that have gone. */
  async retire(keys: readonly string[]): Promise<void> {
    this.#finished.forget(keys);
    for (const key of keys) for (const group of this.#groups) group.retire(key);
    this.#sweep();
    if (!this.#running) await this.#finish();
  }

  /**
   * What the lane of a network's run with this seed has come to, also after its end; undefined where there is none. Nothing
   * is given up for it: a run that goes on goes on. Rejects where its device fails.
   */
  async weights(key: string, seed: number): Promise<LaneWeights | undefined> {
    let found: LaneWeights | undefined;
    await this.#devices.attempt(async () => {
      found = (await this.#weightsNow(key))?.[seed];
    });
    return found;
  }

  async #weightsNow(key: string): Promise<readonly LaneWeights[] | undefined> {
    for (;;) {
      const group = this.#groups.find(({ wantedRuns }) => wantedRuns.some((run) => run.key === key));
      if (!group) return this.#finished.weights(key);
      if (group.moving && this.#inFlight.size > 0) {
        await Promise.race(this.#inFlight).catch(() => undefined);
        continue;
      }
      let all: ReadonlyMap<string, readonly LaneWeights[]> | undefined;
      await this.#track(group, async () => {
        all = await group.weights();
      });
      return all?.get(key);
    }
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

  /** Resolves when something of every group has been shown, or nothing goes on. */
  async firstPoints(): Promise<void> {
    while (this.#running && this.#groups.some((group) => !group.shown && !group.over) && this.#inFlight.size > 0)
      await Promise.race(this.#inFlight).catch(() => undefined);
  }

  /** Every group takes one step and records its loss. Only while it does not run. */
  async step(): Promise<void> {
    const targets = this.#groups.filter((group) => !group.over).map((group) => [group, group.nextStep] as const);
    try {
      await this.#devices.attempt(async () => {
        const plans = targets.map(([group, target]) => ({ group, segments: group.planTo(target) }));
        const jobs = plans.filter(({ segments }) => segments.length > 0);
        await Promise.all(jobs.map(({ group, segments }) => this.#submit(group, segments)));
      });
      this.#sweep();
      await this.#finish();
    } catch (error) {
      await this.#letGo();
      this.#host.failed(error);
    }
  }

  /** While it does not run: resolves when groups that are done have gone. */
  async #finish(): Promise<void> {
    await this.#devices.attempt(async () => {
      while (this.#inFlight.size > 0) {
        await Promise.all(this.#inFlight);
        this.#sweep();
      }
    });
  }

  /** Stops and frees all groups. */
  async clear(): Promise<void> {
    await this.stop();
    await this.#letGo();
  }

  /** Frees the backend as well. */
  async close(): Promise<void> {
    await this.clear();
    this.#devices.close();
  }

  async #run(): Promise<void> {
    this.#lastCompletion = performance.now();
    try {
      await this.#devices.attempt(async () => {
        for (;;) {
          this.#sweep();
          this.#keepCheckpoints();
          this.#move();
          this.#fill();
          if (this.#inFlight.size === 0) return;
          await Promise.race(this.#inFlight);
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
    while (this.#wanted && this.#inFlight.size < (this.#devices.current?.backend.depth ?? 1)) {
      const group = this.#nextGroup();
      if (!group) return;
      // A failure is met by whoever waits for the race.
      this.#submit(group, group.plan(sliceFor(this.#host.sliceMilliseconds, group.seconds))).catch(() => undefined);
    }
  }

  /** Takes turns; the newest group comes first. */
  #nextGroup(): LaneGroup | undefined {
    const open = this.#groups.filter((group) => !group.over && !group.moving);
    return open[this.#turn++ % Math.max(open.length, 1)];
  }

  #submit(group: LaneGroup, segments: readonly Segment[]): Promise<void> {
    return this.#track(group, () => this.#execute(group, segments));
  }

  /** Runs an action that uses a group's lanes: nobody may free them meanwhile. */
  #track(group: LaneGroup, action: () => Promise<void>): Promise<void> {
    group.pending++;
    const job = action().finally(() => {
      group.pending--;
      this.#inFlight.delete(job);
    });
    this.#inFlight.add(job);
    return job;
  }

  async #execute(group: LaneGroup, segments: readonly Segment[]): Promise<void> {
    const started = performance.now();
    const { cohort } = group;
    const numbers = await cohort.execute(segments);
    this.#devices.trust();
    const now = performance.now();
    const milliseconds = now - Math.max(started, this.#lastCompletion);
    this.#lastCompletion = now;
    if (!this.#groups.includes(group)) return;
    this.meter.add(segments.reduce((sum, s) => sum + s.to - s.from, 0) * group.going, now);
    for (const { run, over, ...points } of group.absorb(segments, numbers, milliseconds)) {
      this.#host.emit({ type: 'points', run: run.key, ...points });
      if (over) this.#host.emit({ type: 'run-finished', run: run.key });
    }
    this.#host.advanced();
  }

  /** Lets go of groups that are done or that nobody wants. */
  #sweep(): void {
    for (const group of [...this.#groups]) {
      if (!group.done) continue;
      if (group.owesWeights) {
        // After a loss it must first come to its end again.
        if (group.over) this.#track(group, () => group.keepWeights()).catch(() => undefined);
        continue;
      }
      this.#groups.splice(this.#groups.indexOf(group), 1);
      group.cohort.destroy();
      this.#finished.add(group);
      for (const tell of [...this.#waiting]) tell(false);
    }
  }

  #keepCheckpoints(): void {
    for (const group of this.#groups) {
      const since = group.seconds - group.checkpointSeconds;
      if (group.saving || group.moving || since === 0 || since < this.#host.checkpointSeconds) continue;
      this.#track(group, () => group.keepCheckpoint()).catch(() => undefined);
    }
  }

  /** Moves groups to smaller cohorts where that pays, as soon as nothing of them is under way. */
  #move(): void {
    if (!this.#wanted) return;
    for (const group of this.#groups) {
      group.moving ||= group.movePays(this.#host.moveMilliseconds ?? this.#moveMilliseconds);
      if (group.moving && group.pending === 0) this.#track(group, () => this.#moveNow(group)).catch(() => undefined);
    }
  }

  async #moveNow(group: LaneGroup): Promise<void> {
    const started = performance.now();
    try {
      await group.move(this.#devices.current!.backend);
    } catch (error) {
      // Perhaps there is no room for both cohorts: the group goes on as it was.
      if (error instanceof DeviceLostError) throw error;
    } finally {
      group.moving = false;
      this.#moveMilliseconds = performance.now() - started;
      this.#lastCompletion = performance.now();
    }
  }

  /** Puts all groups on a new device. */
  async #moveAll(backend: Backend, message: string): Promise<void> {
    this.#host.emit({ type: 'notice', level: 'warning', message });
    for (const group of [...this.#groups]) {
      const cohort = await backend.cohort(group.remake);
      if (this.#groups.includes(group)) group.restore(cohort);
      else cohort.destroy();
    }
  }

  async #letGo(): Promise<void> {
    const groups = this.#groups;
    // Nothing more is submitted for them, and what comes in is not shown.
    this.#groups = [];
    while (this.#inFlight.size > 0) await Promise.allSettled(this.#inFlight);
    for (const group of groups) group.cohort.destroy();
    for (const tell of [...this.#waiting]) tell(true);
    this.#finished.clear();
    this.meter.clear();
    this.#devices.trust();
  }
}
