/**
 * A cohort in a session: where it stands on the recording schedule, how fast it is, what its lanes have shown so far.
 * Plans the next segments and turns recorded losses into points and outcomes. Once few of its lanes go on, it moves to a
 * smaller cohort of just those.
 */
import type { RunConfig } from '../experiment/config';
import type { LaneOutcome } from '../experiment/result';
import type { SideMetric } from '../problems/metrics';
import { DeviceLostError } from '../gpu/errors';
import type { Backend, Cohort, CohortOptions, CohortState, Segment } from './backend';
import { BatchPoints } from './batch-points';
import { savedState, savedWeights, selectLanes } from './cohort-state';
import { LaneOutcomes } from './lane-outcomes';
import { weightsOf, type LaneWeights } from './lane-weights';
import type { SavedGroup } from './saved-race';
import { Slices } from './slices';

/** What the lanes of a group share. */
export interface GroupOptions extends CohortOptions {
  /** A recorded loss at or below this ends a lane: it has converged. */
  readonly stopBelow?: number;
}

/** The lanes first … first + count − 1 of a group belong to one run. */
export interface GroupRun {
  readonly key: string;
  readonly run: RunConfig;
  readonly first: number;
  readonly count: number;
  /** False once the run was changed or removed: its lanes compute for nobody. */
  wanted: boolean;
  /** True once none of its lanes goes on: its curve is complete. The group may go on. */
  over: boolean;
}

/** A run as it is given to a group. */
export type NewRun = Omit<GroupRun, 'wanted' | 'over'>;

/** Numbers recorded beside the training loss, each points × lanes. */
export type SideMetrics = Readonly<Partial<Record<SideMetric, Float64Array<ArrayBuffer>>>>;

/** New points of one run; `loss` is points × lanes. */
export interface NewPoints {
  readonly run: GroupRun;
  readonly step: readonly number[];
  readonly seconds: readonly number[];
  readonly loss: Float64Array<ArrayBuffer>;
  readonly side: SideMetrics;
  readonly outcomes: readonly LaneOutcome[];
  /** These are its last ones. */
  readonly over: boolean;
}

/** A move to a smaller cohort is worth a thought once at most this share of the lanes goes on. */
const FEW = 0.75;
/** A move must save this many times what it costs. */
const MOVE_GAIN = 2;

export class LaneGroup {
  readonly runs: readonly GroupRun[];
  /** Calls of `execute`, `save` and `move` under way. */
  pending = 0;
  /** Computing time so far, in seconds. */
  seconds = 0;
  checkpoint: CohortState | undefined;
  checkpointSeconds = 0;
  /** What was planned before the checkpoint records up to here. */
  #checkpointPoint = -1;
  /** It is to move, or moves, to a smaller cohort: nothing may be planned. */
  moving = false;
  /** A checkpoint is on its way. */
  saving = false;
  #cohort: Cohort;
  /** What makes the cohort, with `checkpoint` as its state. */
  #options: GroupOptions;
  /** The group's numbers of the cohort's lanes, ascending: all of them until the group moves. */
  #members: readonly number[];
  /** A move failed: the device has no room for two cohorts. */
  #stays = false;
  readonly #slices: Slices;
  readonly #outcomes: LaneOutcomes;
  /** Computed up to here at least once. */
  #reached = 0;
  /** Steps up to here have been shown; after a recovery they are computed again but not shown again. */
  #shownStep = -1;
  #shownSeconds = 0;
  /** Of a network: lanes that it left behind when it moved, by number. */
  readonly #left: Map<number, LaneWeights>;
  #last: ReadonlyMap<string, readonly LaneWeights[]> | undefined;

  /** `options` made the cohort, of `saved` the lanes that have a state; every lane belongs to one of the runs. */
  constructor(
    cohort: Cohort,
    options: GroupOptions,
    runs: readonly NewRun[],
    readonly schedule: readonly number[],
    saved?: SavedGroup,
  ) {
    this.#cohort = cohort;
    this.#options = options;
    this.runs = runs.map((run) => ({ ...run, wanted: true, over: false }));
    this.#slices = new Slices(schedule);
    this.#outcomes = new LaneOutcomes(this.runs, { ...options, steps: this.steps }, saved);
    this.#members = saved?.members ?? Array.from({ length: this.#outcomes.lanes }, (_, k) => k);
    this.#left = new Map(saved?.left.map(({ lane, weights }) => [lane, savedWeights(weights)]));
    if (saved) this.#takeUp(saved);
  }

  /** Stands where the saved group stood at its checkpoint. */
  #takeUp(saved: SavedGroup): void {
    this.#shownStep = saved.shownStep;
    this.#shownSeconds = saved.shownSeconds;
    this.#reached = saved.step;
    const going = this.#outcomes.goingOf;
    this.runs.forEach((run, k) => (run.over = going[k] === 0 || saved.shownStep >= this.steps));
    this.checkpoint = savedState(saved);
    this.checkpointSeconds = saved.seconds;
    this.restore(this.#cohort);
  }

  /** The group owns it. */
  get cohort(): Cohort {
    return this.#cohort;
  }

  /** What makes the cohort again after a loss: all its lanes, or just those that went on when it last moved. */
  get remake(): CohortOptions {
    return this.checkpoint ? { ...this.#options, state: this.checkpoint } : this.#options;
  }

  get steps(): number {
    return this.schedule.at(-1)!;
  }

  /** Planned up to here. */
  get step(): number {
    return this.#slices.step;
  }

  get wantedRuns(): readonly GroupRun[] {
    return this.runs.filter((run) => run.wanted);
  }

  /** Lanes that somebody wants and that have not ended. */
  get going(): number {
    return this.#outcomes.going;
  }

  /** Lane-steps of the wanted runs: those that are done or need not be done any more, of all. */
  get laneSteps(): { readonly done: number; readonly total: number } {
    const lanes = this.runs.reduce((sum, run) => sum + (run.wanted ? run.count : 0), 0);
    const total = lanes * this.steps;
    return { done: total - this.going * (this.steps - this.#reached), total };
  }

  /** Something of it has been shown. */
  get shown(): boolean {
    return this.#shownStep >= 0;
  }

  /** Nothing is left to plan: the last point is planned, nobody wants a run of it, or all wanted lanes have ended. */
  get over(): boolean {
    return this.#slices.over || this.going === 0;
  }

  /** Nothing is left to wait for: what was planned has come in as well. A loss may undo a plan, but not this. */
  get done(): boolean {
    return this.pending === 0 && (this.#shownStep >= this.steps || this.going === 0);
  }

  outcomesOf(run: GroupRun): LaneOutcome[] {
    return this.#outcomes.ofRun(run);
  }

  /** Segments worth about `milliseconds` of computing. */
  plan(milliseconds: number): Segment[] {
    return this.#slices.plan(milliseconds, this.#cohort.work);
  }

  /** The step that a single step leads to: one beyond all that is planned and shown. */
  get nextStep(): number {
    return Math.min(Math.max(this.#slices.step, this.#shownStep) + 1, this.steps);
  }

  /** Segments to `target`, which is recorded as well, off the schedule if need be. */
  planTo(target: number): Segment[] {
    return this.#slices.planTo(target, this.#shownStep);
  }

  /** Takes in what a batch of segments recorded, after `milliseconds` of computing. */
  absorb(segments: readonly Segment[], numbers: Float64Array, milliseconds: number): NewPoints[] {
    this.#slices.learn(segments, this.#cohort.work, milliseconds);
    const before = this.seconds;
    this.seconds += milliseconds / 1000;
    this.#reached = Math.max(this.#reached, segments.at(-1)?.to ?? 0);
    const recorded = segments.filter((s) => s.record);
    const { metrics } = this.#cohort;
    const points = new BatchPoints(this.runs, this.#outcomes, metrics, recorded.length);
    const converged: number[] = [];
    recorded.forEach(({ to }, row) => {
      if (to <= this.#shownStep) return;
      this.#shownStep = to;
      const reached = before + ((this.seconds - before) * (row + 1)) / recorded.length;
      this.#shownSeconds = Math.max(reached, this.#shownSeconds);
      const from = row * metrics.length * this.#members.length;
      converged.push(...points.add(to, this.#shownSeconds, numbers, from, this.#members));
    });
    if (points.count === 0) return [];
    if (converged.length > 0) this.#cohort.retire(converged);
    const { goingOf } = this.#outcomes;
    return this.runs.flatMap((run, index) => {
      if (!run.wanted || run.over) return [];
      run.over = goingOf[index] === 0 || this.#shownStep >= this.steps;
      return { run, ...points.of(index), outcomes: this.outcomesOf(run), over: run.over };
    });
  }

  /** Nobody wants this run any more. */
  retire(key: string): void {
    for (const run of this.runs) {
      if (run.key !== key || !run.wanted) continue;
      this.#outcomes.retire(run);
      this.#retireMembers((lane) => lane >= run.first && lane < run.first + run.count);
    }
  }

  #retireMembers(given: (lane: number) => boolean): void {
    const lanes = this.#members.flatMap((lane, k) => (given(lane) ? [k] : []));
    if (lanes.length > 0) this.#cohort.retire(lanes);
  }

  /** Keeps the present state to go on from after a loss. */
  async keepCheckpoint(): Promise<void> {
    const seconds = this.seconds;
    const point = this.#slices.lastPoint;
    this.saving = true;
    try {
      this.checkpoint = await this.#cohort.save();
      this.checkpointSeconds = seconds;
      this.#checkpointPoint = point;
    } finally {
      this.saving = false;
    }
  }

  /** Whether `saved` tells all: what was recorded before the checkpoint has been shown. */
  get savable(): boolean {
    return !this.done && this.checkpoint !== undefined && this.#shownStep >= this.#checkpointPoint;
  }

  /** What its wanted runs need to go on from the checkpoint, all numbers in float64. Only while it is savable. */
  get saved(): SavedGroup {
    const wanted = (lane: number) => this.#outcomes.isWanted(lane);
    const lanes = Array.from({ length: this.#outcomes.lanes }, (_, lane) => lane).filter(wanted);
    const renumbered = new Map(lanes.map((lane, k) => [lane, k]));
    const members = this.#members.flatMap((lane, k) => (wanted(lane) ? [{ lane, k }] : []));
    const state = selectLanes(
      this.checkpoint!,
      members.map(({ k }) => k),
    );
    return {
      runs: this.wantedRuns.map(({ key, count }) => ({ key, count })),
      schedule: [...this.schedule],
      members: members.map(({ lane }) => renumbered.get(lane)!),
      ...state,
      seconds: this.checkpointSeconds,
      outcomes: lanes.map((lane) => this.#outcomes.of(lane)),
      lastFinite: Float64Array.from(lanes, (lane) => this.#outcomes.lastFinite(lane)),
      shownStep: this.#shownStep,
      shownSeconds: this.#shownSeconds,
      left: [...this.#left].flatMap(([lane, weights]) =>
        wanted(lane) ? [{ lane: renumbered.get(lane)!, weights }] : [],
      ),
    };
  }

  /** What `keepWeights` kept, by run; undefined until then. */
  get lastWeights(): ReadonlyMap<string, readonly LaneWeights[]> | undefined {
    return this.#last;
  }

  /** Somebody may want to see what its lanes have learned when it is done, and that is not kept yet. */
  get owesWeights(): boolean {
    return this.#isNetwork && !this.#last && this.wantedRuns.length > 0;
  }

  /** Keeps what its lanes have come to, for the time after the cohort; nothing where that cannot be read. */
  async keepWeights(): Promise<void> {
    try {
      this.#last = await this.weights();
    } catch (error) {
      if (error instanceof DeviceLostError) throw error;
      this.#last = new Map();
    }
  }

  /** What the lanes of a network have come to: by wanted run, in the order of their seeds. */
  async weights(): Promise<Map<string, LaneWeights[]>> {
    const { lanes } = this.#cohort;
    const members = new Map(this.#members.map((lane, k) => [lane, k]));
    const state = await this.#cohort.save();
    return new Map(
      this.wantedRuns.map(({ key, first, count }) => [
        key,
        Array.from({ length: count }, (_, seed) => {
          const lane = first + seed;
          const k = members.get(lane);
          return k === undefined ? this.#left.get(lane)! : this.#dated(lane, weightsOf(lanes, state, k));
        }),
      ]),
    );
  }

  #dated(lane: number, weights: LaneWeights): LaneWeights {
    const outcome = this.#outcomes.of(lane);
    return 'step' in outcome && this.#outcomes.hasEnded(lane) ? { ...weights, step: outcome.step } : weights;
  }

  get #isNetwork(): boolean {
    return this.#options.objective.family === 'network';
  }

  /** Whether it is worth moving to a cohort of just those lanes that go on, if that takes about so long. */
  movePays(milliseconds: number): boolean {
    const share = this.going / this.#members.length;
    if (share > FEW || this.over || this.#stays) return false;
    const left = this.#slices.millisecondsLeft(this.#cohort.work);
    return left !== undefined && (1 - share) * left > MOVE_GAIN * milliseconds;
  }

  /**
   * Moves to a new, smaller cohort of the lanes that go on. Nothing else may be under way, and nothing may be planned
   * meanwhile. Rejects where the new cohort can't be made; then the old one stays for good.
   */
  async move(backend: Backend): Promise<void> {
    const old = this.#cohort;
    const whole = await old.save();
    const kept = this.#members.flatMap((lane, k) => (this.#outcomes.goesOn(lane) ? [k] : []));
    if (kept.length === 0) return;
    const options = { ...this.#options, lanes: kept.map((k) => old.lanes[k]!) };
    const state = selectLanes(whole, kept);
    this.#stays = true;
    const cohort = await backend.cohort({ ...options, state });
    this.#stays = false;
    if (this.#isNetwork)
      this.#members.forEach((lane, k) => {
        if (!kept.includes(k)) this.#left.set(lane, this.#dated(lane, weightsOf(old.lanes, whole, k)));
      });
    this.#cohort = cohort;
    this.#options = options;
    this.#members = kept.map((k) => this.#members[k]!);
    this.checkpoint = state;
    this.checkpointSeconds = this.seconds;
    // Runs that were given up meanwhile.
    this.#retireMembers((lane) => !this.#outcomes.goesOn(lane));
    old.destroy();
  }

  /** Goes on with a new cohort made by `remake`: from `checkpoint`, or from the start where there is none. */
  restore(cohort: Cohort): void {
    this.#cohort = cohort;
    this.moving = this.#stays = false;
    this.#slices.restart(this.checkpoint?.step ?? 0);
    this.seconds = this.checkpointSeconds;
    this.#retireMembers((lane) => !this.#outcomes.goesOn(lane));
  }
}
