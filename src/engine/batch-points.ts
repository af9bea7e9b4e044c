/** The points that a batch of segments recorded, of all runs of a group: run by run in one array for each metric. */
import type { Metric } from '../problems/metrics';
import type { GroupRun, NewPoints } from './lane-group';
import type { LaneOutcomes } from './lane-outcomes';

export class BatchPoints {
  readonly #runs: readonly GroupRun[];
  readonly #outcomes: LaneOutcomes;
  readonly #metrics: readonly Metric[];
  readonly #most: number;
  /** Of each metric: runs × points × lanes of the run, with room for `most` points of each run; NaN where a lane has ended. */
  readonly #tables: readonly Float64Array<ArrayBuffer>[];
  readonly #step: number[] = [];
  readonly #seconds: number[] = [];
  /** Points of each run: its curve ends with its last lane, wherever a slice of work happens to end. */
  readonly #lengths: number[];

  /** For at most `most` points. */
  constructor(runs: readonly GroupRun[], outcomes: LaneOutcomes, metrics: readonly Metric[], most: number) {
    this.#runs = runs;
    this.#outcomes = outcomes;
    this.#metrics = metrics;
    this.#most = most;
    this.#tables = metrics.map(() => new Float64Array(most * outcomes.lanes).fill(Number.NaN));
    this.#lengths = runs.map(() => 0);
  }

  get count(): number {
    return this.#step.length;
  }

  /**
   * Adds a point and notes what it says of its lanes. `numbers` holds, from `from` on, metrics × members: of those lanes of
   * the group that the cohort has. Returns the places among them of those that have converged with it.
   */
  add(step: number, seconds: number, numbers: Float64Array, from: number, members: readonly number[]): number[] {
    const outcomes = this.#outcomes;
    const tables = this.#tables;
    const { goingOf } = outcomes;
    const places = this.#runs.map(({ first, count }) => first * (this.#most - 1) + this.count * count);
    goingOf.forEach((going, run) => {
      if (going > 0) this.#lengths[run]!++;
    });
    this.#step.push(step);
    this.#seconds.push(seconds);
    const converged: number[] = [];
    for (let k = 0; k < members.length; k++) {
      const lane = members[k]!;
      if (outcomes.hasEnded(lane)) continue;
      const place = places[outcomes.runOf(lane)]! + lane;
      for (let m = 0; m < tables.length; m++) tables[m]![place] = numbers[from + m * members.length + k]!;
      if (outcomes.observe(lane, step, tables[0]![place]!).kind === 'converged') converged.push(k);
    }
    return converged;
  }

  /** Those of a run, by its place. Runs share what they can: arrays that nobody may write to. */
  of(index: number): Pick<NewPoints, 'step' | 'seconds' | 'loss' | 'side'> {
    const length = this.#lengths[index]!;
    const { first, count } = this.#runs[index]!;
    const own = (numbers: readonly number[]) => (length === numbers.length ? numbers : numbers.slice(0, length));
    const from = first * this.#most;
    const tables = this.#tables.map((table) => table.subarray(from, from + length * count));
    return {
      step: own(this.#step),
      seconds: own(this.#seconds),
      loss: tables[0]!,
      side: Object.fromEntries(
        this.#metrics.flatMap((metric, m) => (metric === 'loss' ? [] : [[metric, tables[m]!] as const])),
      ),
    };
  }
}
