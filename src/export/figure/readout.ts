/** What stands at one place of the x axis: the values of all curves there, for the crosshair. */
import { expectedAt } from '../../experiment/curve-theory';
import { bandsOf } from '../../experiment/curves';
import { isAccuracy } from '../../problems/metrics';
import type { ChartModel, Series } from './model';
import { drawable, nearestIndex } from './series';

export interface ReadoutRow {
  readonly series: Series;
  /** Index of the point that is read. */
  readonly point: number;
  readonly median: number;
  readonly low: number;
  readonly high: number;
  /** Lanes with a finite value. */
  readonly alive: number;
  /** Exact expectation of the loss here, where theory has it. */
  readonly expected: number | undefined;
  /** Pixel of the median; undefined where it has no place on the axis. */
  readonly y: number | undefined;
  /** `pending`: the curve has not got here yet. `diverged`: no median any more. */
  readonly state: 'value' | 'pending' | 'diverged';
}

export interface Readout {
  /** The recorded x nearest to the pointer, and its pixel. */
  readonly x: number;
  readonly pixel: number;
  readonly step: number;
  /** Greatest value first, as the lines lie above each other. */
  readonly rows: readonly ReadoutRow[];
}

/** How far, in pixels, a curve's last point may lie before the pointer and still be read there. */
const REACH = 12;

/** Reads all visible curves at the recorded point nearest to `pixel`; undefined when there is none. */
export function readoutAt(model: ChartModel, pixel: number): Readout | undefined {
  const { scale } = model.x;
  const value = scale.toValue(pixel);
  let snapped: { x: number; pixel: number; step: number } | undefined;
  for (const series of model.series) {
    const i = nearestIndex(series.curve.step.length, series.x, value, scale);
    if (i < 0) continue;
    const at = scale.toPixel(series.x(i));
    if (at < model.plot.left - 0.5 || at > model.plot.left + model.plot.width + 0.5) continue;
    if (!snapped || Math.abs(at - pixel) < Math.abs(snapped.pixel - pixel))
      snapped = { x: series.x(i), pixel: at, step: series.curve.step[i]! };
  }
  if (!snapped) return undefined;
  const at = snapped;
  const rows = model.series.map((series) => rowAt(model, series, at));
  const rank = isAccuracy(model.metric) ? rankOfAccuracy : rankOfLoss;
  rows.sort((a, b) => rank(b) - rank(a) || a.series.index - b.series.index);
  return { ...at, rows };
}

function rowAt(model: ChartModel, series: Series, { x, pixel, step: at }: Omit<Readout, 'rows'>): ReadoutRow {
  const { curve, values } = series;
  const point = nearestIndex(curve.step.length, series.x, x, model.x.scale);
  const median = values.median[point]!;
  // Where the curve has not got to, theory speaks of the step that is read on the others.
  const step = model.axis === 'steps' ? at : curve.step[point]!;
  const beyond = pixel - model.x.scale.toPixel(series.x(point)) > REACH;
  const ended = curve.outcomes.length > 0 && curve.outcomes.every((outcome) => outcome.kind === 'diverged');
  return {
    series,
    point,
    median,
    low: values.low[point]!,
    high: values.high[point]!,
    alive: bandsOf(curve, model.metric).alive[point]!,
    expected: model.metric === 'loss' && curve.theory.expected ? expectedAt(curve.theory.expected, step) : undefined,
    y: !beyond && drawable(median, model.y.scale.log) ? model.y.scale.toPixel(median) : undefined,
    state: !Number.isFinite(median) || (beyond && ended) ? 'diverged' : beyond ? 'pending' : 'value',
  };
}

function rankOfLoss(row: ReadoutRow): number {
  if (row.state === 'diverged') return Number.POSITIVE_INFINITY;
  return row.state === 'pending' ? -1 : row.median;
}

/** Accuracies that diverged lie at the bottom, what is not there yet below them. */
function rankOfAccuracy(row: ReadoutRow): number {
  return row.state === 'value' ? row.median : row.state === 'diverged' ? -1 : -2;
}
