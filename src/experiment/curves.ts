/**
 * Curves: what a run shows. A {@link RunCurve} collects the recorded losses of a run's lanes as they arrive; from it come
 * the median and the 10–90 % band over lanes, the place where the run diverged, and the x value of a point.
 *
 * A curve grows by appending in place. Everything derived from it is kept beside it and extended by the new points only,
 * so that a frame costs what arrived in it and not the whole history.
 */
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
    outcomes: Array.from({ length: lanes }, () => ({ kind: 'running', step: 0 })),
    theory,
    finished: false,
  };
}

/** New points of one curve, as the engine sends them: `loss` is points × lanes, row-major. */
export interface CurvePoints {
  readonly step: readonly number[];
  readonly seconds: readonly number[];
  readonly loss: Float64Array;
  readonly outcomes: readonly LaneOutcome[];
}

/** Appends points in place. The curve keeps views of `points.loss`: the caller must not write to it afterwards. */
export function appendPoints(curve: RunCurve, points: CurvePoints): void {
  const { lanes } = curve;
  if (points.loss.length !== points.step.length * lanes)
    throw new RangeError(`${points.loss.length} losses for ${points.step.length} points of ${lanes} lanes`);
  points.step.forEach((step, i) => {
    curve.step.push(step);
    curve.seconds.push(points.seconds[i] ?? 0);
    curve.loss.push(points.loss.subarray(i * lanes, (i + 1) * lanes));
  });
  curve.outcomes = points.outcomes;
}

/** Recorded losses lane by lane, as a result document holds them: `loss` has one entry per point, L values each. */
export function laneResults(outcomes: readonly LaneOutcome[], loss: readonly Float64Array[]): LaneResult[] {
  return outcomes.map((outcome, lane) => ({
    seed: lane,
    outcome,
    loss: loss.map((values) => (Number.isFinite(values[lane]) ? values[lane]! : null)),
  }));
}

/**
 * Quantiles over lanes, one per point. A lane that converged counts with its last loss, a diverged lane as +∞, so `high` is +∞ (a band without an upper edge) once
 * more than about a tenth of the lanes diverged, and `median` once half of them did.
 */
export interface Bands {
  readonly median: number[];
  /** 10 % quantile. */
  readonly low: number[];
  /** 90 % quantile. */
  readonly high: number[];
  /** Number of lanes that have not diverged. */
  readonly alive: number[];
}

const caches = new WeakMap<Float64Array[], Bands>();
let scratch = new Float64Array(0);

/** The quantiles of a curve; the same object on every call, extended by the points that are new. */
export function bandsOf(curve: RunCurve): Bands {
  let bands = caches.get(curve.loss);
  if (!bands || bands.median.length > curve.loss.length) {
    bands = { median: [], low: [], high: [], alive: [] };
    caches.set(curve.loss, bands);
  }
  for (let i = bands.median.length; i < curve.loss.length; i++) {
    const lanes = curve.loss[i]!;
    if (scratch.length !== lanes.length) scratch = new Float64Array(lanes.length);
    let alive = 0;
    for (let k = 0; k < lanes.length; k++) {
      const outcome = curve.outcomes[k];
      const loss = !Number.isFinite(lanes[k]!) && outcome?.kind === 'converged' ? outcome.loss : lanes[k]!;
      const finite = Number.isFinite(loss);
      scratch[k] = finite ? loss : Number.POSITIVE_INFINITY;
      if (finite) alive++;
    }
    scratch.sort();
    bands.median.push(quantile(scratch, 0.5));
    bands.low.push(quantile(scratch, 0.1));
    bands.high.push(quantile(scratch, 0.9));
    bands.alive.push(alive);
  }
  return bands;
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
