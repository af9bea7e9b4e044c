/** Speed and progress of a session, from what its groups report. */

/** Milliseconds over which the rate is averaged. */
const WINDOW = 1500;

/** Lane-steps per second over a sliding window. */
export class RateMeter {
  readonly #samples: { at: number; laneSteps: number }[] = [];

  add(laneSteps: number, at = performance.now()): void {
    this.#samples.push({ at, laneSteps });
    while (this.#samples.length > 1 && this.#samples[0]!.at < at - WINDOW) this.#samples.shift();
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
