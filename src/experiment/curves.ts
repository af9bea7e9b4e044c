/**
 * Curves: what a run shows. A {@link RunCurve} collects the recorded numbers of a run's lanes as they arrive; from it come
 * the median and the 10–90 % band over lanes, the place where the run diverged, and the x value of a point.
 *
 * A curve grows by appending in place. Everything derived from it is kept beside it and extended by the new points only,
 * so that a frame costs what arrived in it and not the whole history.
 */
import { isAccuracy, METRICS, SIDE_METRICS, type Metric, type SideMetric } from '../problems/metrics';
import type { RunConfig } from './config';
import type { CurveTheory } from './curve-theory';
import type { LaneOutcome, LaneResult } from './result';

export interface RunCurve {
  /** `runKey` of the run. */
  readonly key: string;
  readonly run: RunConfig;
  /** Number of lanes L; lane k has seed k. */
  readonly lanes: number;
  /** Recorded steps, ascending. */
  readonly step: number[];
  /** Computing time of the run when `step[i]` was reached, seconds. */
  readonly seconds: number[];
  /** One entry per point, L values each; NaN (or any non-finite value) from where a lane ended. */
  readonly loss: Float64Array[];
  /** What is recorded beside the loss, in the same form; without entries before the first points and where it is nothing. */
  readonly side: Partial<Record<SideMetric, Float64Array[]>>;
  /** One per lane. */
  outcomes: readonly LaneOutcome[];
  /** What theory knows of the run so far. */
  theory: CurveTheory;
  finished: boolean;
}

/** A curve without points, all lanes at step 0. */
export function emptyCurve(key: string, run: RunConfig, lanes: number, theory: CurveTheory = {}): RunCurve {
  return {
    key,
    run,
    lanes,
    step: [],
    seconds: [],
    loss: [],
    side: {},
    outcomes: Array.from({ length: lanes }, () => ({ kind: 'running', step: 0 })),
    theory,
    finished: false,
  };
}

/** New points of one curve, as the engine sends them: `loss` and all of `side` are points × lanes, row-major. */
export interface CurvePoints {
  readonly step: readonly number[];
  readonly seconds: readonly number[];
  readonly loss: Float64Array;
  readonly side?: Readonly<Partial<Record<SideMetric, Float64Array>>>;
  readonly outcomes: readonly LaneOutcome[];
}

/** Appends points in place. The curve keeps views of the points' numbers: the caller must not write to them afterwards. */
export function appendPoints(curve: RunCurve, points: CurvePoints): void {
  const { lanes } = curve;
  const count = points.step.length;
  for (const numbers of [points.loss, ...Object.values(points.side ?? {})])
    if (numbers.length !== count * lanes)
      throw new RangeError(`${numbers.length} numbers for ${count} points of ${lanes} lanes`);
  for (const metric of SIDE_METRICS)
    if ((curve.side[metric]?.length ?? 0) !== (points.side?.[metric] ? curve.step.length : 0))
      throw new RangeError(`points with and without "${metric}" in one curve`);
  const append = (to: Float64Array[], numbers: Float64Array) => {
    for (let i = 0; i < count; i++) to.push(numbers.subarray(i * lanes, (i + 1) * lanes));
  };
  append(curve.loss, points.loss);
  for (const metric of SIDE_METRICS) {
    const numbers = points.side?.[metric];
    if (numbers) append((curve.side[metric] ??= []), numbers);
  }
  points.step.forEach((step, i) => {
    curve.step.push(step);
    curve.seconds.push(points.seconds[i] ?? 0);
  });
  curve.outcomes = points.outcomes;
}

/** The recorded numbers of a metric, one entry per point; undefined where the curve has none. */
export function recordedOf(curve: Pick<RunCurve, 'loss' | 'side'>, metric: Metric): Float64Array[] | undefined {
  return metric === 'loss' ? curve.loss : curve.side[metric];
}

/** The metrics that any of the curves has, in their order; the loss always. */
export const metricsIn = (curves: readonly (RunCurve | undefined)[]): readonly Metric[] =>
  METRICS.filter((metric) => metric === 'loss' || curves.some((curve) => curve?.side[metric]));

/** Recorded numbers lane by lane, as a result document holds them; what is not finite is null. */
export function laneResults(
  outcomes: readonly LaneOutcome[],
  loss: readonly Float64Array[],
  side: Readonly<Partial<Record<SideMetric, readonly Float64Array[]>>> = {},
): LaneResult[] {
  return outcomes.map((outcome, lane) => {
    const own = (points: readonly Float64Array[]) =>
      points.map((values) => (Number.isFinite(values[lane]) ? values[lane]! : null));
    const { accuracy, testLoss, testAccuracy } = side;
    return {
      seed: lane,
      outcome,
      loss: own(loss),
      ...(accuracy ? { accuracy: own(accuracy) } : {}),
      ...(testLoss ? { testLoss: own(testLoss) } : {}),
      ...(testAccuracy ? { testAccuracy: own(testAccuracy) } : {}),
    };
  });
}

/**
 * Quantiles over lanes, one per point. A lane that converged counts with its last number, a diverged lane as the worst
 * there is: a loss of +∞, an accuracy of −∞. So of losses `high` is +∞ (a band without an upper edge) once more than about a
 * tenth of the lanes diverged, of accuracies `low` is −∞, and `median` is infinite once half of them did.
 */
export interface Bands {
  readonly median: number[];
  /** 10 % quantile. */
  readonly low: number[];
  /** 90 % quantile. */
  readonly high: number[];
  /** Number of lanes with a finite number: those that have not diverged. */
  readonly alive: number[];
}

const caches = new WeakMap<Float64Array[], Bands>();
let scratch = new Float64Array(0);

/**
 * The quantiles of a metric of a curve, without points where it is not recorded; the same object on every call, extended by
 * the points that are new.
 */
export function bandsOf(curve: RunCurve, metric: Metric = 'loss'): Bands {
  const points = recordedOf(curve, metric);
  if (!points) return { median: [], low: [], high: [], alive: [] };
  let bands = caches.get(points);
  if (!bands || bands.median.length > points.length) {
    bands = { median: [], low: [], high: [], alive: [] };
    caches.set(points, bands);
  }
  // The worst is sorted to the end whatever it is: neighbours of opposite infinities have no quantile in between.
  const sign = isAccuracy(metric) ? -1 : 1;
  for (let i = bands.median.length; i < points.length; i++) {
    const lanes = points[i]!;
    if (scratch.length !== lanes.length) scratch = new Float64Array(lanes.length);
    let alive = 0;
    for (let k = 0; k < lanes.length; k++) {
      const converged = !Number.isFinite(lanes[k]!) && curve.outcomes[k]?.kind === 'converged';
      const value = converged ? lastFinite(points, i, k) : lanes[k]!;
      const finite = Number.isFinite(value);
      scratch[k] = finite ? sign * value : Number.POSITIVE_INFINITY;
      if (finite) alive++;
    }
    scratch.sort();
    const at = (q: number) => sign * quantile(scratch, sign > 0 ? q : 1 - q);
    bands.median.push(at(0.5));
    bands.low.push(at(0.1));
    bands.high.push(at(0.9));
    bands.alive.push(alive);
  }
  return bands;
}

/** The latest finite number of a lane at or before a point; NaN where there is none. */
function lastFinite(points: readonly Float64Array[], at: number, lane: number): number {
  for (let i = at; i >= 0; i--) if (Number.isFinite(points[i]![lane])) return points[i]![lane]!;
  return Number.NaN;
}

/**
 * Quantile q of ascending values, linear between neighbours (type 7 of Hyndman & Fan 1996, the default of NumPy and R).
 * NaN for no values; +∞ as soon as an infinite neighbour has a share.
 */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const place = (sorted.length - 1) * q;
  const below = Math.floor(place);
  const low = sorted[below];
  if (low === undefined) return Number.NaN;
  const share = place - below;
  const high = sorted[below + 1];
  return share === 0 || high === undefined || high === low ? low : low + share * (high - low);
}

/** Units of the horizontal axis. */
export const X_AXES = ['steps', 'samples', 'epochs', 'seconds'] as const;
export type XAxisUnit = (typeof X_AXES)[number];

/**
 * What one step is worth on an axis: samples = step × batch, epochs = samples / rows. Undefined for `seconds`, which are
 * measured, and for epochs of a stream, which has none.
 */
export function unitsPerStep(run: RunConfig, axis: XAxisUnit, epochRows: number | undefined): number | undefined {
  if (axis === 'steps') return 1;
  if (axis === 'samples') return run.batch;
  if (axis === 'epochs' && epochRows !== undefined) return run.batch / epochRows;
  return undefined;
}

/** The x value of point i. An axis in epochs of a stream falls back to samples. */
export function xOf(curve: RunCurve, i: number, axis: XAxisUnit, epochRows: number | undefined): number {
  if (axis === 'seconds') return curve.seconds[i] ?? Number.NaN;
  return (curve.step[i] ?? Number.NaN) * (unitsPerStep(curve.run, axis, epochRows) ?? curve.run.batch);
}

export interface DivergenceEvent {
  readonly lane: number;
  readonly step: number;
  readonly lastFiniteLoss: number;
}

export interface Divergence {
  /** Number of lanes that diverged. */
  readonly count: number;
  /** The lane that diverged first. */
  readonly first: DivergenceEvent;
  /** The lane with which the median diverged: the ⌈L/2⌉-th. Absent while fewer have. */
  readonly median?: DivergenceEvent;
}

/** Where a curve diverged; undefined when every lane is finite. */
export function divergenceOf(curve: RunCurve): Divergence | undefined {
  const events: DivergenceEvent[] = [];
  curve.outcomes.forEach((outcome, lane) => {
    if (outcome.kind === 'diverged') events.push({ lane, step: outcome.step, lastFiniteLoss: outcome.lastFiniteLoss });
  });
  if (events.length === 0) return undefined;
  events.sort((a, b) => a.step - b.step || a.lane - b.lane);
  const median = events[Math.ceil(curve.lanes / 2) - 1];
  return { count: events.length, first: events[0]!, ...(median ? { median } : {}) };
}

/** First recorded step at which the median is at or below `fraction` of its first value; undefined if none is. */
export function stepReaching(curve: RunCurve, fraction: number): number | undefined {
  const { median } = bandsOf(curve);
  const start = median[0];
  if (start === undefined || !Number.isFinite(start)) return undefined;
  const i = median.findIndex((value) => value <= start * fraction);
  return i < 0 ? undefined : curve.step[i];
}
