/** What the recorded losses have shown of the lanes of a group: which of them have ended, and how. */
import type { LaneOutcome } from '../experiment/result';
import type { GroupRun } from './lane-group';

export interface Limits {
  /** A loss above this, or not finite, ends a lane. */
  readonly lossLimit: number;
  /** A loss at or below this ends a lane as well. */
  readonly stopBelow?: number;
  /** The last step. */
  readonly steps: number;
}

const COMPLETED: LaneOutcome = { kind: 'completed' };

export class LaneOutcomes {
  readonly #runs: readonly GroupRun[];
  readonly #limits: Limits;
  readonly #outcomes: LaneOutcome[];
  readonly #lastFinite: Float64Array;
  /** 1 for lanes that ended before their last step. */
  readonly #ended: Uint8Array;
  readonly #runOf: Int32Array;
  /** One object for all lanes that stand there: what is sent to another thread is copied once. */
  #running: LaneOutcome & { readonly kind: 'running' } = { kind: 'running', step: 0 };
  /** Lanes of wanted runs that have not ended, all in all; and of each run, wanted or not. */
  #going: number;
  readonly #goingOf: number[];

  /** Every lane belongs to one of the runs; `seen` goes on from what another one has seen. */
  constructor(
    runs: readonly GroupRun[],
    limits: Limits,
    seen?: { readonly outcomes: readonly LaneOutcome[]; readonly lastFinite: Float64Array },
  ) {
    const lanes = runs.reduce((sum, run) => sum + run.count, 0);
    this.#runs = runs;
    this.#limits = limits;
    this.#outcomes = seen ? [...seen.outcomes] : Array.from({ length: lanes }, () => this.#running);
    this.#lastFinite = seen ? seen.lastFinite.slice() : new Float64Array(lanes);
    this.#runOf = new Int32Array(lanes);
    runs.forEach((run, k) => this.#runOf.fill(k, run.first, run.first + run.count));
    this.#goingOf = runs.map((run) => run.count);
    this.#going = lanes;
    this.#ended = new Uint8Array(lanes);
    this.#outcomes.forEach((outcome, lane) => {
      if (!isOver(outcome)) return;
      this.#ended[lane] = 1;
      this.#goingOf[this.#runOf[lane]!]!--;
      this.#going--;
    });
  }

  get lanes(): number {
    return this.#outcomes.length;
  }

  /** Lanes of wanted runs that have not ended. */
  get going(): number {
    return this.#going;
  }

  /** Lanes of each run that have not ended; a copy. */
  get goingOf(): number[] {
    return [...this.#goingOf];
  }

  /** Place, in the order of the runs, of the lane's run. */
  runOf(lane: number): number {
    return this.#runOf[lane]!;
  }

  of(lane: number): LaneOutcome {
    return this.#outcomes[lane]!;
  }

  ofRun({ first, count }: GroupRun): LaneOutcome[] {
    return this.#outcomes.slice(first, first + count);
  }

  /** The last loss of the lane before it ended; 0 where there was none. */
  lastFinite(lane: number): number {
    return this.#lastFinite[lane]!;
  }

  hasEnded(lane: number): boolean {
    return this.#ended[lane] === 1;
  }

  /** Somebody wants the lane, ended or not. */
  isWanted(lane: number): boolean {
    return this.#runs[this.#runOf[lane]!]!.wanted;
  }

  /** Whether the lane computes for somebody. */
  goesOn(lane: number): boolean {
    return this.isWanted(lane) && !this.hasEnded(lane);
  }

  /** Notes and returns what a recorded loss says of a lane that has not ended. */
  observe(lane: number, step: number, loss: number): LaneOutcome {
    const outcome = this.#outcomeOf(lane, step, loss);
    this.#outcomes[lane] = outcome;
    if (isOver(outcome)) {
      this.#ended[lane] = 1;
      this.#goingOf[this.#runOf[lane]!]!--;
      if (this.isWanted(lane)) this.#going--;
    } else this.#lastFinite[lane] = loss;
    return outcome;
  }

  #outcomeOf(lane: number, step: number, loss: number): LaneOutcome {
    const { lossLimit, stopBelow = Number.NEGATIVE_INFINITY, steps } = this.#limits;
    if (!(loss <= lossLimit))
      return { kind: 'diverged', step, lastFiniteLoss: Number.isFinite(loss) ? loss : this.#lastFinite[lane]! };
    if (loss <= stopBelow) return { kind: 'converged', step, loss };
    if (step === steps) return COMPLETED;
    if (this.#running.step !== step) this.#running = { kind: 'running', step };
    return this.#running;
  }

  /** Nobody wants this run of the group any more. */
  retire(run: GroupRun): void {
    run.wanted = false;
    this.#going -= this.#goingOf[this.#runs.indexOf(run)]!;
  }
}

/** Whether a lane ended before its last step. */
const isOver = (outcome: LaneOutcome) => outcome.kind === 'diverged' || outcome.kind === 'converged';
