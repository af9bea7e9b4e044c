/**
 * Keeps the session's race in a store while it computes, so that it can go on after a reload; lets go of it once it is
 * finished, stopped or too old. Races of a few seconds are not worth it.
 */
import type { SessionEvent } from '../engine/events';
import { enabledRuns, raceKey } from '../engine/race-key';
import { RaceLog } from '../engine/race-log';
import {
  bodySchema,
  headSchema,
  type SavedBody,
  type SavedGroup,
  type SavedHead,
  type SavedState,
} from '../engine/saved-race';
import type { ExperimentConfig } from '../experiment/config';
import type { RaceStore } from './race-store';

/** Computing time before a race is kept, and between two times that it is, in milliseconds. */
const EVERY_MS = 5000;
const MAX_AGE_MS = 7 * 24 * 3600 * 1000;
const MAX_BYTES = 512 * 2 ** 20;

/** Where a kept race stands: its lanes have taken at least `step` of `steps`. */
export interface RaceOffer {
  readonly step: number;
  readonly steps: number;
}

export interface KeeperParts {
  readonly store: RaceStore;
  /** The session's race as it is now. */
  readonly saved: () => SavedState | undefined;
  readonly notify: (message: string) => void;
  /** Milliseconds; only differences count. */
  readonly now?: () => number;
  /** Milliseconds since 1970. */
  readonly date?: () => number;
  /** Largest race that is kept. */
  readonly maxBytes?: number;
}

export class RaceKeeper {
  readonly #parts: Required<KeeperParts>;
  readonly #log = new RaceLog();
  /** Time spent running since the race started, and what of it was kept. */
  #computed = 0;
  #kept = 0;
  #running = false;
  #last = 0;
  /** Key of the race that was kept last, or gone on with. */
  #key: string | undefined;
  #writing = false;
  /** What has been told: once is enough. */
  readonly #told = new Set<'size' | 'room'>();
  /** Uses of the store, one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: KeeperParts) {
    this.#parts = { now: () => performance.now(), date: () => Date.now(), maxBytes: MAX_BYTES, ...parts };
  }

  /** Takes in what the session tells, before anybody else may transfer it. */
  take(event: SessionEvent): void {
    this.#log.take(event);
    if (event.type === 'restarted') {
      this.#computed = this.#kept = 0;
      this.#running = false;
      if (raceKey(event.config) === this.#key) this.#letGo();
    }
    if (event.type !== 'progress') return;
    const { state } = event.progress;
    const now = this.#parts.now();
    if (this.#running) this.#computed += now - this.#last;
    this.#last = now;
    this.#running = state === 'running';
    if (state === 'finished' || state === 'idle') this.#letGo();
    else if (state === 'running' && this.#computed - this.#kept >= EVERY_MS) this.#keep();
    else if (state === 'paused' && this.#computed >= EVERY_MS && this.#computed > this.#kept) this.#keep();
  }

  /** The session follows this configuration: curves of other runs are of no use. */
  follow(config: ExperimentConfig): void {
    this.#log.retain(new Set(enabledRuns(config).keys()));
  }

  /** Whether the race of this configuration is kept, computed by this arithmetic. Lets go of what is of no use to anybody. */
  offer(config: ExperimentConfig, kind: SavedHead['kind']): Promise<RaceOffer | undefined> {
    return this.#queued(async () => {
      const head = await this.#head();
      if (head?.key !== raceKey(config) || head.kind !== kind) return undefined;
      return { step: head.step, steps: head.steps };
    });
  }

  /**
   * Has a session go on with the kept race of this configuration; false where there is none that can be used, and then what
   * is kept of it is let go of.
   */
  async goOn(config: ExperimentConfig, start: (saved: SavedBody) => Promise<boolean>): Promise<boolean> {
    const key = raceKey(config);
    const saved = await this.#queued(async () => {
      const { data } = bodySchema.safeParse(await this.#parts.store.body());
      return data?.key === key ? data : undefined;
    });
    this.#key = undefined;
    const taken = saved !== undefined && (await start(saved));
    this.#key = key;
    if (taken) this.#computed = this.#kept = Math.max(this.#computed, EVERY_MS);
    else this.#letGo();
    return taken;
  }

  /** Lets go of the kept race of this configuration. */
  async discard(config: ExperimentConfig): Promise<void> {
    await this.#remove(raceKey(config));
  }

  /** Resolves when the store holds what was to be kept. */
  async settled(): Promise<void> {
    await this.#queue;
  }

  #keep(): void {
    if (this.#writing) return;
    const state = this.#parts.saved();
    // Just now it cannot be told: the next event asks again.
    if (!state) return;
    const { head, body } = state;
    this.#kept = this.#computed;
    const keys = [...body.groups.flatMap(({ runs }) => runs.map((run) => run.key)), ...body.finished.map((f) => f.key)];
    const curves = keys.flatMap((key) => this.#log.curve(key) ?? []);
    const groups = head.kind === 'webgpu' ? body.groups.map(inFloat32) : body.groups;
    const whole: SavedBody = { ...body, groups, curves };
    const bytes = bytesOf(whole);
    const { store, maxBytes, date } = this.#parts;
    if (bytes > maxBytes) {
      this.#tell(
        'size',
        `This race takes ${mebibytes(bytes)} and is not kept in the browser: it starts anew after a reload. At most ${mebibytes(maxBytes)} are kept.`,
      );
      return;
    }
    this.#key = head.key;
    this.#writing = true;
    void this.#queued(async () => {
      try {
        await store.write({ ...head, savedAt: date() } satisfies SavedHead, whole);
      } catch (error) {
        if (error instanceof DOMException && error.name === 'QuotaExceededError')
          this.#tell(
            'room',
            'The browser has no room left to keep this race: after a reload it goes on from before, or anew.',
          );
        // A browser that refuses its database keeps nothing: that is no fault of the race.
      } finally {
        this.#writing = false;
      }
    });
  }

  #tell(what: 'size' | 'room', message: string): void {
    if (this.#told.has(what)) return;
    this.#told.add(what);
    this.#parts.notify(message);
  }

  #letGo(): void {
    if (this.#key === undefined) return;
    void this.#remove(this.#key);
    this.#key = undefined;
  }

  #remove(key: string): Promise<unknown> {
    return this.#queued(async () => {
      // Another page may have kept its own race meanwhile.
      if ((await this.#head())?.key === key) await this.#parts.store.remove();
    });
  }

  /** What is kept, unless it is broken, of another version, or too old: then it is removed. */
  async #head(): Promise<SavedHead | undefined> {
    const { store, date } = this.#parts;
    const found = await store.head();
    if (found === undefined) return undefined;
    const { data } = headSchema.safeParse(found);
    if (data && date() - data.savedAt <= MAX_AGE_MS) return data;
    await store.remove();
    return undefined;
  }

  /** Runs an action on the store after those before it; undefined where the browser refuses. */
  #queued<T>(action: () => Promise<T>): Promise<T | undefined> {
    const result = this.#queue.then(action).catch(() => undefined);
    this.#queue = result;
    return result;
  }
}

const mebibytes = (bytes: number) => `${Math.ceil(bytes / 2 ** 20)} MiB`;

const inFloat32 = (group: SavedGroup): SavedGroup => ({
  ...group,
  values: Float32Array.from(group.values),
  statistics: Float32Array.from(group.statistics),
});

function bytesOf({ groups, finished, curves }: SavedBody): number {
  const arrays: ArrayBufferView[] = [
    ...groups.flatMap(({ values, statistics, alive, lastFinite, left }) => [
      ...[values, statistics, alive, lastFinite],
      ...left.flatMap(({ weights }) => [weights.parameters, weights.statistics]),
    ]),
    ...finished.flatMap(({ weights = [] }) => weights.flatMap((one) => [one.parameters, one.statistics])),
    ...curves.flatMap(({ loss, side }) => [loss, ...Object.values(side)]),
  ];
  return arrays.reduce((sum, { byteLength }) => sum + byteLength, 0);
}
