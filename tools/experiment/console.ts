/** What the command line shows while it works: a progress bar and notes, on standard error. */
import { SingleBar } from 'cli-progress';
import type { HeadlessEvent } from '../../src/headless/api';

type ShownProgress = Extract<HeadlessEvent, { kind: 'progress' }>['progress'];

/** Work in thousandths, which a bar can count. */
const WHOLE = 1000;

export class ProgressConsole {
  readonly #bar: SingleBar | undefined;
  #shown = false;

  /** @param quiet shows nothing at all */
  constructor(readonly quiet: boolean) {
    if (quiet) return;
    this.#bar = new SingleBar({
      stream: process.stderr,
      format: '{bar} {percentage}% | {lanes} lanes | {rate} lane-steps/s | {left}',
      hideCursor: true,
      noTTYOutput: true,
      notTTYSchedule: 5000,
      clearOnComplete: true,
    });
  }

  progress({ fraction, lanes, rate, secondsLeft }: ShownProgress): void {
    // Until the problem is prepared there is nothing to count.
    if (!this.#bar || lanes === 0) return;
    const payload = {
      lanes,
      rate: rate.toLocaleString('en', { notation: 'compact', maximumSignificantDigits: 3 }),
      left: secondsLeft === undefined ? '' : `${duration(secondsLeft)} left`,
    };
    const value = Math.round(WHOLE * fraction);
    if (this.#shown) this.#bar.update(value, payload);
    else this.#bar.start(WHOLE, value, payload);
    this.#shown = true;
  }

  note(message: string): void {
    if (this.quiet) return;
    const clear = this.#shown && process.stderr.isTTY ? '\r\u001B[K' : '';
    process.stderr.write(`${clear}note: ${message}\n`);
  }

  /** Takes the bar away; full, where the work is done. */
  stop(done = false): void {
    if (this.#shown && done) this.#bar?.update(WHOLE, { left: 'done' });
    if (this.#shown) this.#bar?.stop();
    this.#shown = false;
  }
}

/** Seconds as `8 s`, `3 min 5 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const s = Math.ceil(seconds);
  if (s < 60) return `${s} s`;
  const min = Math.floor(s / 60);
  return min < 60 ? `${min} min ${s % 60} s` : `${Math.floor(min / 60)} h ${min % 60} min`;
}
