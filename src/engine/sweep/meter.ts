/** How far a sweep is, and how long it will still take. */
import type { LaneGroup } from '../lane-group';

/** Computing time before a rest is estimated, in seconds. */
const SETTLED = 0.5;

export class SweepMeter {
  /** Work of each cell, by key. */
  readonly #work = new Map<string, number>();
  readonly #told = new Set<string>();
  #total = 0;
  /** Work of the cells that are told. */
  #done = 0;
  #fraction = 0;
  #activeSeconds = 0;
  /** When it last began to run, in milliseconds; undefined while it rests. */
  #since: number | undefined;
  /** The fraction when this sweep began: some of it may have been known. */
  #first = 0;

  /** A cell that belongs to the sweep, and what it takes to compute it. */
  add(key: string, work: number): void {
    this.#work.set(key, work);
    this.#total += work;
  }

  /** A cell is finished, whether computed now or known before. */
  tell(key: string): void {
    const work = this.#work.get(key);
    if (work === undefined || this.#told.has(key)) return;
    this.#told.add(key);
    this.#done += work;
  }

  /** What is told by now was known before. */
  begin(): void {
    this.#first = this.#fraction = this.#total > 0 ? this.#done / this.#total : 0;
  }

  /** The time from here on counts, or no more. */
  run(running: boolean, now = performance.now()): void {
    if (this.#since !== undefined) this.#activeSeconds += (now - this.#since) / 1000;
    this.#since = running ? now : undefined;
  }

  /** Work done of all work, 0 … 1; never steps back. */
  fraction(groups: readonly LaneGroup[]): number {
    let done = this.#done;
    for (const group of groups) {
      const { done: laneSteps, total } = group.laneSteps;
      for (const { key } of group.runs) {
        const work = this.#work.get(key) ?? 0;
        done += (total > 0 ? laneSteps / total : 0) * work - (this.#told.has(key) ? work : 0);
      }
    }
    const now = this.#total > 0 ? done / this.#total : 1;
    this.#fraction = Math.min(1, Math.max(this.#fraction, now));
    return this.#fraction;
  }

  /** Seconds left at the mean pace so far; undefined until it can be told. */
  secondsLeft(now = performance.now()): number | undefined {
    const seconds = this.#activeSeconds + (this.#since === undefined ? 0 : (now - this.#since) / 1000);
    const gained = this.#fraction - this.#first;
    return seconds >= SETTLED && gained > 0 ? (seconds * (1 - this.#fraction)) / gained : undefined;
  }
}
