/** What a cell's lanes came to, from their recorded losses. */
import { quantile } from '../../experiment/curves';
import type { LaneOutcome } from '../../experiment/result';
import type { CellOutcome } from './events';

export interface OutcomeRules {
  /** A lane has arrived at a loss of at most this. */
  readonly arrival: number;
  /** Losses at or below this are rounding: no rate is read from them. */
  readonly floor: number;
}

/** Fewest points that a rate is read from. */
const RATE_POINTS = 3;

/** Collects the recorded losses of a cell while it is computed. */
export class CellCurve {
  readonly #step: number[] = [];
  /** One row of losses per point. */
  readonly #loss: Float64Array[] = [];
  #outcomes: readonly LaneOutcome[] = [];

  /** `loss` is points × lanes. */
  add(step: readonly number[], loss: Float64Array, outcomes: readonly LaneOutcome[]): void {
    const lanes = outcomes.length;
    step.forEach((t, p) => {
      this.#step.push(t);
      this.#loss.push(loss.subarray(p * lanes, (p + 1) * lanes));
    });
    this.#outcomes = outcomes;
  }

  /** Once all lanes have ended. */
  outcome(key: string, rules: OutcomeRules): CellOutcome {
    const outcomes = this.#outcomes;
    const lanes = outcomes.map((outcome, k) => this.#lane(k, outcome, rules));
    const losses = Float64Array.from(lanes, (lane) => lane.loss).sort();
    const divergences = outcomes.flatMap((outcome) => (outcome.kind === 'diverged' ? [outcome.step] : []));
    const rates = lanes.flatMap((lane) => (Number.isNaN(lane.rate) ? [] : [lane.rate]));
    const rate = 2 * rates.length >= lanes.length ? median(rates) : Number.NaN;
    const stepsToTolerance = median(lanes.map((lane) => lane.arrived));
    return {
      key,
      lanes: outcomes.length,
      diverged: divergences.length,
      ...(divergences.length > 0 ? { divergedAt: Math.min(...divergences) } : {}),
      loss: { median: quantile(losses, 0.5), low: quantile(losses, 0.1), high: quantile(losses, 0.9) },
      start: this.#loss[0]?.[0] ?? Number.NaN,
      ...(Number.isFinite(rate) ? { rate } : {}),
      ...(Number.isFinite(stepsToTolerance) ? { stepsToTolerance } : {}),
      steps: Math.max(0, ...outcomes.map((outcome) => this.#end(outcome))),
    };
  }

  /** The last step of a lane: what a slice of work computes beyond it says nothing. */
  #end(outcome: LaneOutcome): number {
    return outcome.kind === 'completed' ? this.#step.at(-1)! : outcome.step;
  }

  /**
   * The last loss of a lane (Infinity after divergence), its arrival, and its rate: −Infinity where divergence was too quick
   * to tell, NaN where the loss was too quick to fall.
   */
  #lane(k: number, outcome: LaneOutcome, { arrival, floor }: OutcomeRules) {
    const diverged = outcome.kind === 'diverged';
    const finite = this.#loss.findLastIndex((row) => Number.isFinite(row[k]));
    const arrived = this.#loss.findIndex((row) => row[k]! <= arrival);
    const points = this.#loss.flatMap((row, p) => (Number.isFinite(row[k]) && row[k]! > floor ? [p] : []));
    const later = points.slice(Math.floor(points.length / 2));
    return {
      loss: diverged || finite < 0 ? Number.POSITIVE_INFINITY : this.#loss[finite]![k]!,
      arrived: arrived < 0 ? Number.POSITIVE_INFINITY : this.#step[arrived]!,
      rate:
        later.length >= RATE_POINTS
          ? -slope(
              later.map((p) => this.#step[p]!),
              later.map((p) => Math.log(this.#loss[p]![k]!)),
            )
          : diverged
            ? Number.NEGATIVE_INFINITY
            : Number.NaN,
    };
  }
}

const median = (values: readonly number[]): number => quantile(Float64Array.from(values).sort(), 0.5);

/** Slope of the least-squares line; the abscissae are not all equal. */
function slope(x: readonly number[], y: readonly number[]): number {
  const n = x.length;
  const meanX = x.reduce((sum, value) => sum + value, 0) / n;
  const meanY = y.reduce((sum, value) => sum + value, 0) / n;
  let [above, below] = [0, 0];
  x.forEach((value, k) => {
    above += (value - meanX) * (y[k]! - meanY);
    below += (value - meanX) ** 2;
  });
  return above / below;
}
