/**
 * Keeps the session's race in a store while it computes, so that it can go on after a reload; lets go of it once it is
 * finished, stopped or too old. Races of a few seconds are not worth it.
 *
 * Pages share the store. Each keeps the race that it computes, and no other page writes or removes that record meanwhile.
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
import type { RaceLocks } from './race-locks';
import type { RaceStore } from './race-store';

/** Computing time before a race is kept, and between two times that it is, in milliseconds. */
const EVERY_MS = 5000;
const MAX_AGE_MS = 7 * 24 * 3600 * 1000;
/** Of one race, and of all of them. */
const MAX_BYTES = 512 * 2 ** 20;
const MAX_RACES = 8;
/** A page that is reloaded may be slow to let go of its race, in milliseconds. */
const PATIENCE_MS = 1000;

/** Where a kept race stands: its lanes have taken at least `step` of `steps`. */
export interface RaceOffer {
  readonly step: number;
  readonly steps: number;
  /** What computed it, where the rest would be computed by another arithmetic. */
  readonly other?: SavedHead['kind'];
}

export interface KeeperParts {
  readonly store: RaceStore;
  readonly locks: RaceLocks;
  /** The session's race as it is now. */
  readonly saved: () => SavedState | undefined;
  readonly notify: (message: string) => void;
  /** Milliseconds; only differences count. */
  readonly now?: () => number;
  /** Milliseconds since 1970. */
  readonly date?: () => number;
  /** Largest race that is kept, and most bytes of all that are. */
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
  /** Key of the race that was to be kept last, or gone on with. */
  #key: string | undefined;
  /** The record that is this page's to write. */
  #own: { readonly key: string; readonly release: () => void } | undefined;
  /** A kept race is being started: that is no reason to let go of it. */
  #resuming = false;
  #writing = false;
  /** What has been told: once is enough. */
  readonly #told = new Set<'size' | 'room'>();
  /** Uses of the store, one after the other. */
  #queue: Promise<unknown> = Promise.resolve();

  constructor(parts: KeeperParts) {
    this.#parts = { now: () => performance.now(), date: () => Date.now(), maxBytes: MAX_BYTES, ...parts };
  }

  /** Takes in what the session tells, and keeps it: nobody may write to it or transfer it. */
  take(event: SessionEvent): void {
    this.#log.take(event);
    if (event.type === 'restarted') {
      this.#computed = this.#kept = 0;
      this.#running = false;
      if (!this.#resuming && raceKey(event.config) === this.#key) this.#letGo();
    }
    if (event.type !== 'progress') return;
    const { state } = event.progress;
    const now = this.#parts.now();
    if (this.#running) this.#computed += now - this.#last;
    this.#last = now;
    this.#running = state === 'running';
    if (state === 'finished') this.#letGo({ ofOthers: true });
    else if (state === 'idle') this.#letGo();
    else if (state === 'running' && this.#computed - this.#kept >= EVERY_MS) this.#keep();
    else if (state === 'paused' && this.#computed >= EVERY_MS && this.#computed > this.#kept) this.#keep();
  }

  /** The session follows this configuration: curves of other runs are of no use. */
  follow(config: ExperimentConfig): void {
    this.#log.retain(new Set(enabledRuns(config).keys()));
  }

  /**
   * Whether the race of this configuration is kept, by no page that still computes it, and where it stands; `kind` is the
   * arithmetic that would go on with it. Lets go of what is of no use to anybody.
   */
  offer(config: ExperimentConfig, kind: SavedHead['kind']): Promise<RaceOffer | undefined> {
    return this.#queued(async () => {
      const key = raceKey(config);
      const head = (await this.#heads()).get(key);
      if (head && this.#own?.key !== key) {
        const release = await this.#parts.locks.take(key, PATIENCE_MS);
        if (!release) return undefined;
        release();
      }
      return head && { step: head.step, steps: head.steps, ...(head.kind === kind ? {} : { other: head.kind }) };
    });
  }

  /**
   * Has a session go on with the kept race of this configuration; false where there is none that can be used, and then what
   * is kept of it is let go of.
   */
  async goOn(config: ExperimentConfig, start: (saved: SavedBody) => Promise<boolean>): Promise<boolean> {
    const key = raceKey(config);
    const saved = await this.#queued(async () => {
      const { data } = bodySchema.safeParse(await this.#parts.store.body(key));
      return data?.key === key ? data : undefined;
    });
    this.#resuming = true;
    let taken: boolean;
    try {
      taken = saved !== undefined && (await start(saved));
    } finally {
      this.#resuming = false;
    }
    if (!taken) {
      await this.discard(config);
      return false;
    }
    this.#key = key;
    this.#computed = this.#kept = Math.max(this.#computed, EVERY_MS);
    await this.#queued(() => this.#take(key));
    return true;
  }

  /** Lets go of the kept race of this configuration, unless another page computes it. */
  async discard(config: ExperimentConfig): Promise<void> {
    await this.#queued(() => this.#remove(raceKey(config)));
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
    const { maxBytes, date } = this.#parts;
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
        await this.#write({ ...head, savedAt: date(), bytes }, whole);
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

  async #write(head: SavedHead, body: SavedBody): Promise<void> {
    const { key } = head;
    if (!(await this.#take(key))) return;
    const heads = await this.#heads();
    // Another page had come further before it was left.
    if ((heads.get(key)?.step ?? 0) > head.step) return;
    heads.delete(key);
    const { store, maxBytes } = this.#parts;
    const oldest = [...heads.values()].sort((a, b) => a.savedAt - b.savedAt);
    let total = oldest.reduce((sum, { bytes }) => sum + bytes, head.bytes);
    let count = oldest.length + 1;
    for (const other of oldest) {
      if (count <= MAX_RACES && total <= maxBytes) break;
      if (!(await this.#remove(other.key))) continue;
      total -= other.bytes;
      count--;
    }
    await store.write(key, head, body);
  }

  /** Makes the record of a race this page's own, in place of the one it had; false where it is another page's. */
  async #take(key: string): Promise<boolean> {
    if (this.#own?.key === key) return true;
    const release = await this.#parts.locks.take(key);
    if (!release) return false;
    const before = this.#own;
    if (before) await this.#remove(before.key);
    this.#own = { key, release };
    return true;
  }

  /** Lets go of the race that was to be kept last; with `ofOthers` also where a page kept it that is gone. */
  #letGo({ ofOthers = false } = {}): void {
    const key = this.#key;
    this.#key = undefined;
    if (key === undefined) return;
    void this.#queued(async () => {
      if (ofOthers || this.#own?.key === key) await this.#remove(key);
    });
  }

  /** Removes the record of a race, unless it is another page's; whether it did. */
  async #remove(key: string): Promise<boolean> {
    const own = this.#own?.key === key ? this.#own : undefined;
    const release = own ? own.release : await this.#parts.locks.take(key);
    if (!release) return false;
    if (own) this.#own = undefined;
    try {
      await this.#parts.store.remove(key);
    } finally {
      release();
    }
    return true;
  }

  /** What is kept, by race. What is broken, of another version, or too old is removed. */
  async #heads(): Promise<Map<string, SavedHead>> {
    const { store, date } = this.#parts;
    const good = new Map<string, SavedHead>();
    for (const [key, found] of await store.heads()) {
      const { data } = headSchema.safeParse(found);
      if (data?.key === key && date() - data.savedAt <= MAX_AGE_MS) good.set(key, data);
      else if (this.#own?.key === key) await store.remove(key);
      else await this.#remove(key);
    }
    return good;
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
