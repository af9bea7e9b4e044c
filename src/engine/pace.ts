/** Speed and progress of a session, from what its groups report, and the size of what they submit. */

/** Computing time after which submissions are long, in seconds, and how long they then are, in milliseconds. */
const SETTLED = 0.25;
const LONG_SLICE = 25;

/**
 * Milliseconds of the next submission of a group that has computed for so many seconds. First points come fast; later on,
 * fewer and larger submissions, with fewer events, leave more of the machine to the lanes.
 */
export function sliceFor(short: number, seconds: number): number {
  const grown = short * (1 + Math.min(1, seconds / SETTLED));
  return Math.max(short, Math.min(LONG_SLICE, grown));
}

/** Milliseconds over which the rate is averaged. */
const WINDOW = 1500;

/** Lane-steps per second over a sliding window, or between the last two reports where these are further apart. */
export class RateMeter {
  readonly #samples: { at: number; laneSteps: number }[] = [];

  add(laneSteps: number, at = performance.now()): void {
    this.#samples.push({ at, laneSteps });
    while (this.#samples.length > 2 && this.#samples[0]!.at < at - WINDOW) this.#samples.shift();
  }

  get rate(): number {
    const first = this.#samples[0];
    const last = this.#samples.at(-1);
    if (!first || !last || last.at <= first.at) return 0;
    const sum = this.#samples.slice(1).reduce((total, sample) => total + sample.laneSteps, 0);
    return (1000 * sum) / (last.at - first.at);
  }

  clear(): void {
    this.#samples.length = 0;
  }
}
