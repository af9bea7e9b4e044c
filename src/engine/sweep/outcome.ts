/** What a cell's lanes came to, from their recorded losses. */
import { quantile } from '../../experiment/curves';
import type { LaneOutcome } from '../../experiment/result';
import { isAccuracy, SIDE_METRICS, type SideMetric } from '../../problems/metrics';
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
  /** As they came in: points × lanes each. */
  readonly #loss: Float64Array[] = [];
  /** The last finite number of every lane, NaN before there is one. */
  readonly #side: Partial<Record<SideMetric, Float64Array>> = {};
  #outcomes: readonly LaneOutcome[] = [];

  /** `loss` and all of `side` are points × lanes; the loss is kept. */
  add(
    step: readonly number[],
    loss: Float64Array,
    outcomes: readonly LaneOutcome[],
    side: Readonly<Partial<Record<SideMetric, Float64Array>>> = {},
  ): void {
    this.#step.push(...step);
    this.#loss.push(loss);
    this.#outcomes = outcomes;
    for (const metric of SIDE_METRICS) {
      const numbers = side[metric];
      if (!numbers) continue;
      const last = (this.#side[metric] ??= new Float64Array(outcomes.length).fill(Number.NaN));
      numbers.forEach((value, at) => {
        if (Number.isFinite(value)) last[at % outcomes.length] = value;
      });
    }
  }

  /** Medians over the lanes; undefined where nothing is recorded beside the loss. */
  #sides(): Partial<Record<SideMetric, number>> | undefined {
    const medians = SIDE_METRICS.flatMap((metric) => {
      const last = this.#side[metric];
      if (!last) return [];
      // The worst is sorted to the end.
      const sign = isAccuracy(metric) ? -1 : 1;
      const lanes = last.map((value, k) =>
        this.#outcomes[k]!.kind === 'diverged' || Number.isNaN(value) ? Number.POSITIVE_INFINITY : sign * value,
      );
      return [[metric, sign * median(lanes)] as const];
    });
    return medians.length > 0 ? Object.fromEntries(medians) : undefined;
  }

  /** Once all lanes have ended. Thousands of cells may end at once: this must be quick. */
  outcome(key: string, rules: OutcomeRules): CellOutcome {
    const outcomes = this.#outcomes;
    const count = outcomes.length;
    const losses = new Float64Array(count);
    const arrivals = new Float64Array(count);
    const rates: number[] = [];
    let steps = 0;
    let diverged = 0;
    let divergedAt = Number.POSITIVE_INFINITY;
    outcomes.forEach((outcome, k) => {
      const lane = this.#lane(k, count, rules);
      losses[k] = lane.loss;
      arrivals[k] = lane.arrived;
      let { rate } = lane;
      if (outcome.kind === 'diverged') {
        losses[k] = Number.POSITIVE_INFINITY;
        diverged++;
        divergedAt = Math.min(divergedAt, outcome.step);
        // Too quick to tell.
        if (Number.isNaN(rate)) rate = Number.NEGATIVE_INFINITY;
      }
      if (!Number.isNaN(rate)) rates.push(rate);
      // What a slice of work computes beyond the end of a lane says nothing.
      steps = Math.max(steps, outcome.kind === 'completed' ? this.#step.at(-1)! : outcome.step);
    });
    losses.sort();
    const rate = 2 * rates.length >= count ? median(Float64Array.from(rates)) : Number.NaN;
    const stepsToTolerance = median(arrivals);
    const side = this.#sides();
    return {
      key,
      lanes: count,
      diverged,
      ...(diverged > 0 ? { divergedAt } : {}),
      loss: { median: quantile(losses, 0.5), low: quantile(losses, 0.1), high: quantile(losses, 0.9) },
      ...(side ? { side } : {}),
      start: this.#loss[0]?.[0] ?? Number.NaN,
      ...(Number.isFinite(rate) ? { rate } : {}),
      ...(Number.isFinite(stepsToTolerance) ? { stepsToTolerance } : {}),
      steps,
    };
  }

  /**
   * The last finite loss of a lane, the first step within the arrival (Infinity where there is none), and the rate (NaN where
   * too few points tell it).
   */
  #lane(k: number, lanes: number, { arrival, floor }: OutcomeRules) {
    let loss = Number.POSITIVE_INFINITY;
    let arrived = Number.POSITIVE_INFINITY;
    const times: number[] = [];
    const logs: number[] = [];
    let p = 0;
    for (const chunk of this.#loss)
      for (let at = k; at < chunk.length; at += lanes, p++) {
        const value = chunk[at]!;
        if (!Number.isFinite(value)) continue;
        const step = this.#step[p]!;
        loss = value;
        if (value <= arrival && step < arrived) arrived = step;
        if (value <= floor) continue;
        times.push(step);
        logs.push(Math.log(value));
      }
    return { loss, arrived, rate: -laterSlope(times, logs) };
  }
}

/** Sorts the values. */
const median = (values: Float64Array): number => quantile(values.sort(), 0.5);

/** Slope of the least-squares line through the later half of the points; NaN where these are too few. */
function laterSlope(x: readonly number[], y: readonly number[]): number {
  const first = Math.floor(x.length / 2);
  const n = x.length - first;
  if (n < RATE_POINTS) return Number.NaN;
  let [meanX, meanY] = [0, 0];
  for (let k = first; k < x.length; k++) {
    meanX += x[k]! / n;
    meanY += y[k]! / n;
  }
  let [above, below] = [0, 0];
  for (let k = first; k < x.length; k++) {
    above += (x[k]! - meanX) * (y[k]! - meanY);
    below += (x[k]! - meanX) ** 2;
  }
  return above / below;
}
