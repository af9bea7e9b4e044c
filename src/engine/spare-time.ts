/** Rests for work that must not slow down what is more urgent: it gets a small share of the machine. */

/** Share of all cores: on two of them a thirty-second of a thread. */
const SHARE = 1 / 64;
/** Milliseconds of work that are done at once where nothing was done for a while. */
const BURST = 40;

/** Cores of this machine; two where the runtime doesn't tell. */
const cores = (): number => (typeof navigator === 'undefined' ? 2 : navigator.hardwareConcurrency);

export class SpareTime {
  readonly #busy: () => boolean;
  readonly #now: () => number;
  /** Milliseconds of work that fall to it in a millisecond. */
  readonly #share: number;
  /** Milliseconds of work that it may still do; below 0 it has to wait. */
  #credit = BURST;
  #last: number;

  /** `busy`: whether there is anything more urgent; `now` in milliseconds. */
  constructor(busy: () => boolean, now: () => number = () => performance.now(), share = SHARE * cores()) {
    this.#busy = busy;
    this.#now = now;
    this.#share = Math.min(1, share);
    this.#last = now();
  }

  /** Milliseconds to rest after so many milliseconds of work. */
  rest(worked: number): number {
    const now = this.#now();
    this.#credit = Math.min(BURST, this.#credit + (now - this.#last) * this.#share);
    this.#last = now;
    if (!this.#busy()) return 0;
    this.#credit -= worked;
    return Math.max(0, -this.#credit / this.#share);
  }
}
