/**
 * A cohort in a session: where it stands on the recording schedule, how fast it is, what its lanes have shown so far.
 * Plans the next segments and turns recorded losses into points and outcomes.
 */
import type { RunConfig } from '../experiment/config';
import type { LaneOutcome } from '../experiment/result';
import type { Cohort, CohortOptions, CohortState, Segment } from './backend';

/** The lanes first … first + count − 1 of a group belong to one run. */
export interface GroupRun {
  readonly key: string;
  readonly run: RunConfig;
  readonly first: number;
  readonly count: number;
  /** False once the run was changed or removed: its lanes compute for nobody. */
  wanted: boolean;
}

/** New points of one run; `loss` is points × lanes. */
export interface NewPoints {
  readonly run: GroupRun;
  readonly step: number[];
  readonly seconds: number[];
  readonly loss: Float64Array<ArrayBuffer>;
  readonly outcomes: readonly LaneOutcome[];
}

/** Most segments in one batch: bounds the parameters a backend must keep at hand. */
export const MAX_SEGMENTS = 64;
const FIRST_WORK = 2e6;
const GROWTH = 4;

export class LaneGroup {
  readonly runs: readonly GroupRun[];
  /** Planned up to here: the next segment starts at this step. */
  step = 0;
  /** Calls of `execute` and `save` under way. */
  pending = 0;
  /** Computing time so far, in seconds. */
  seconds = 0;
  checkpoint: CohortState | undefined;
  checkpointSeconds = 0;
  #nextPoint = 0;
  /** Steps up to here have been shown; after a recovery they are computed again but not shown again. */
  #shownStep = -1;
  #shownSeconds = 0;
  #workPerMillisecond: number | undefined;
  #lastWork = FIRST_WORK / GROWTH;
  readonly #outcomes: LaneOutcome[];
  readonly #lastFinite: Float64Array;

  /** `options` made the cohort, and make it again after a loss. */
  constructor(
    public cohort: Cohort,
    readonly options: CohortOptions,
    runs: readonly Omit<GroupRun, 'wanted'>[],
    readonly schedule: readonly number[],
  ) {
    this.runs = runs.map((run) => ({ ...run, wanted: true }));
    this.#outcomes = cohort.lanes.map(() => ({ kind: 'running', step: 0 }));
    this.#lastFinite = new Float64Array(cohort.lanes.length);
  }

  get steps(): number {
    return this.schedule.at(-1)!;
  }

  get wantedRuns(): readonly GroupRun[] {
    return this.runs.filter((run) => run.wanted);
  }

  /** Nothing is left to plan: the last point is planned, nobody wants a run of it, or all wanted lanes have diverged. */
  get over(): boolean {
    return this.#planned || this.#idle;
  }

  /** Nothing is left to wait for: what was planned has come in as well. A loss may undo a plan, but not this. */
  get done(): boolean {
    return this.pending === 0 && (this.#shownStep >= this.steps || this.#idle);
  }

  get #planned(): boolean {
    return this.#nextPoint >= this.schedule.length;
  }

  get #idle(): boolean {
    return this.wantedRuns.every((run) => this.outcomesOf(run).every((outcome) => outcome.kind === 'diverged'));
  }

  outcomesOf(run: GroupRun): LaneOutcome[] {
    return this.#outcomes.slice(run.first, run.first + run.count);
  }

  /** Segments worth about `milliseconds` of computing. */
  plan(milliseconds: number): Segment[] {
    const { step: stepWork, record: recordWork } = this.cohort.work;
    const wish = this.#workPerMillisecond === undefined ? FIRST_WORK : this.#workPerMillisecond * milliseconds;
    const budget = Math.min(wish, this.#lastWork * GROWTH);
    const segments: Segment[] = [];
    let work = 0;
    while (!this.#planned && segments.length < MAX_SEGMENTS && (work < budget || segments.length === 0)) {
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

  /** The step that a single step leads to: one beyond all that is planned and shown. */
  get nextStep(): number {
    return Math.min(Math.max(this.step, this.#shownStep) + 1, this.steps);
  }

  /** Segments to `target`, which is recorded as well, off the schedule if need be. */
  planTo(target: number): Segment[] {
    const segments: Segment[] = [];
    const record = (to: number) => {
      segments.push({ from: this.step, to, record: true });
      this.step = to;
    };
    for (;;) {
      const point = this.schedule[this.#nextPoint];
      if (point === undefined || point > target) break;
      if (point > this.#shownStep) record(point);
      this.#nextPoint++;
    }
    if (segments.at(-1)?.to !== target && target > this.#shownStep) record(target);
    return segments;
  }

  /** Takes in what a batch of segments recorded, after `milliseconds` of computing. */
  absorb(segments: readonly Segment[], losses: Float64Array, milliseconds: number): NewPoints[] {
    const work = segments.reduce(
      (sum, s) => sum + (s.to - s.from) * this.cohort.work.step + (s.record ? this.cohort.work.record : 0),
      0,
    );
    if (milliseconds > 0) {
      const rate = work / milliseconds;
      this.#workPerMillisecond =
        this.#workPerMillisecond === undefined ? rate : 0.6 * this.#workPerMillisecond + 0.4 * rate;
    }
    const before = this.seconds;
    this.seconds += milliseconds / 1000;
    const recorded = segments.filter((s) => s.record);
    const lanes = this.cohort.lanes.length;
    const shown: { loss: Float64Array; step: number; seconds: number }[] = [];
    recorded.forEach((segment, row) => {
      if (segment.to <= this.#shownStep) return;
      this.#shownStep = segment.to;
      const seconds = Math.max(before + ((this.seconds - before) * (row + 1)) / recorded.length, this.#shownSeconds);
      this.#shownSeconds = seconds;
      const loss = losses.slice(row * lanes, (row + 1) * lanes);
      for (let k = 0; k < lanes; k++) loss[k] = this.#observe(k, segment.to, loss[k]!);
      shown.push({ loss, step: segment.to, seconds });
    });
    if (shown.length === 0) return [];
    return this.wantedRuns.map((run) => {
      const loss = new Float64Array(shown.length * run.count);
      shown.forEach((point, p) => {
        loss.set(point.loss.subarray(run.first, run.first + run.count), p * run.count);
      });
      return {
        run,
        step: shown.map((point) => point.step),
        seconds: shown.map((point) => point.seconds),
        loss,
        outcomes: this.outcomesOf(run),
      };
    });
  }

  /** Notes what a recorded loss says of a lane; returns what is shown of it: nothing (NaN) once it has diverged. */
  #observe(lane: number, step: number, loss: number): number {
    if (this.#outcomes[lane]!.kind === 'diverged') return Number.NaN;
    if (loss <= this.options.lossLimit) {
      this.#lastFinite[lane] = loss;
      this.#outcomes[lane] = step === this.steps ? { kind: 'completed' } : { kind: 'running', step };
    } else {
      const last = Number.isFinite(loss) ? loss : this.#lastFinite[lane]!;
      this.#outcomes[lane] = { kind: 'diverged', step, lastFiniteLoss: last };
    }
    return loss;
  }

  /** Nobody wants this run any more. */
  retire(key: string): void {
    for (const run of this.runs) {
      if (run.key !== key || !run.wanted) continue;
      run.wanted = false;
      this.cohort.retire(Array.from({ length: run.count }, (_, k) => run.first + k));
    }
  }

  /** Keeps the present state to go on from after a loss. */
  async keepCheckpoint(): Promise<void> {
    const seconds = this.seconds;
    this.checkpoint = await this.cohort.save();
    this.checkpointSeconds = seconds;
  }

  /** Goes on with a new cohort made from `checkpoint` (or from the start where there is none). */
  restore(cohort: Cohort): void {
    this.cohort = cohort;
    this.step = this.checkpoint?.step ?? 0;
    this.seconds = this.checkpointSeconds;
    // The new backend may be a slower one.
    this.#workPerMillisecond = undefined;
    this.#lastWork = FIRST_WORK / GROWTH;
    // A point at this very step may not have been recorded yet; recording it twice shows it once.
    const next = this.schedule.findIndex((step) => step >= this.step);
    this.#nextPoint = next < 0 ? this.schedule.length : next;
    for (const run of this.runs)
      if (!run.wanted) cohort.retire(Array.from({ length: run.count }, (_, k) => run.first + k));
  }
}
