/** Which segments lanes compute next: along the recording schedule, in slices of about a given computing time. */
import type { Cohort, Segment } from './backend';

type Work = Cohort['work'];

/** Most segments in one batch: bounds the parameters a backend must keep at hand. */
export const MAX_SEGMENTS = 64;
const FIRST_WORK = 2e6;
const GROWTH = 4;

export class Slices {
  /** Planned up to here: the next segment starts at this step. */
  step = 0;
  #nextPoint = 0;
  #workPerMillisecond: number | undefined;
  #lastWork = FIRST_WORK / GROWTH;

  /** `schedule`: the steps that are recorded, ascending. */
  constructor(readonly schedule: readonly number[]) {}

  /** The last point is planned. */
  get over(): boolean {
    return this.#nextPoint >= this.schedule.length;
  }

  /** The last point that is planned; −1 where there is none. */
  get lastPoint(): number {
    return this.schedule[this.#nextPoint - 1] ?? -1;
  }

  /** Segments worth about `milliseconds` of computing. */
  plan(milliseconds: number, { step: stepWork, record: recordWork }: Work): Segment[] {
    const wish = this.#workPerMillisecond === undefined ? FIRST_WORK : this.#workPerMillisecond * milliseconds;
    const budget = Math.min(wish, this.#lastWork * GROWTH);
    const segments: Segment[] = [];
    let work = 0;
    while (!this.over && segments.length < MAX_SEGMENTS && (work < budget || segments.length === 0)) {
      const point = this.schedule[this.#nextPoint]!;
      const affordable = Math.max(1, Math.floor((budget - work) / stepWork));
      const to = Math.min(point, this.step + affordable);
      const record = to === point && (to === this.step || work + (to - this.step) * stepWork + recordWork <= budget);
      work += (to - this.step) * stepWork + (record ? recordWork : 0);
      segments.push({ from: this.step, to, record });
      this.step = to;
      if (record) this.#nextPoint++;
      else if (to === point) break;
    }
    this.#lastWork = Math.max(work, 1);
    return segments;
  }

  /** Segments to `target`, which is recorded as well, off the schedule if need be; nothing up to `shown` is recorded. */
  planTo(target: number, shown: number): Segment[] {
    const segments: Segment[] = [];
    const record = (to: number) => {
      segments.push({ from: this.step, to, record: true });
      this.step = to;
    };
    for (;;) {
      const point = this.schedule[this.#nextPoint];
      if (point === undefined || point > target) break;
      if (point > shown) record(point);
      this.#nextPoint++;
    }
    if (segments.at(-1)?.to !== target && target > shown) record(target);
    return segments;
  }

  /** Some segments took so long. */
  learn(segments: readonly Segment[], { step, record }: Work, milliseconds: number): void {
    if (milliseconds <= 0) return;
    const work = segments.reduce((sum, s) => sum + (s.to - s.from) * step + (s.record ? record : 0), 0);
    const rate = work / milliseconds;
    this.#workPerMillisecond =
      this.#workPerMillisecond === undefined ? rate : 0.6 * this.#workPerMillisecond + 0.4 * rate;
  }

  /** Milliseconds of computing that are left to plan; undefined until it can be told. */
  millisecondsLeft({ step, record }: Work): number | undefined {
    if (this.#workPerMillisecond === undefined) return undefined;
    const left = (this.schedule.at(-1)! - this.step) * step + (this.schedule.length - this.#nextPoint) * record;
    return left / this.#workPerMillisecond;
  }

  /** Goes on from `step`, perhaps on a slower backend. */
  restart(step: number): void {
    this.step = step;
    this.#workPerMillisecond = undefined;
    this.#lastWork = FIRST_WORK / GROWTH;
    // A point at this very step may not have been recorded yet; recording it twice shows it once.
    const next = this.schedule.findIndex((point) => point >= step);
    this.#nextPoint = next < 0 ? this.schedule.length : next;
  }
}
