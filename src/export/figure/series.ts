/**
 * From recorded points to drawn points: smoothing, and decimation to the pixels there are. Both are kept per curve and
 * extended by new points, so that a frame of a long run stays cheap.
 */
import { bandsOf, recordedOf, unitsPerStep, type Bands, type RunCurve, type XAxisUnit } from '../../experiment/curves';
import { isAccuracy, type Metric } from '../../problems/metrics';
import type { Scale } from './scale';

export type Values = Pick<Bands, 'median' | 'low' | 'high'>;

interface Smoothed extends Values {
  readonly window: number;
}
const smoothCache = new WeakMap<Float64Array[], Smoothed>();

/**
 * The bands of a curve after smoothing: each value becomes the mean over a centred window of `window` recorded points. Of
 * losses it is the geometric mean, which keeps straight lines on a log axis straight. Towards the ends, and beside values
 * that have no place on the axis, the window shrinks on both sides alike.
 */
export function valuesOf(curve: RunCurve, window: number, metric: Metric = 'loss'): Values {
  const bands = bandsOf(curve, metric);
  const points = recordedOf(curve, metric);
  if (window <= 1 || !points) return bands;
  let smoothed = smoothCache.get(points);
  if (smoothed?.window !== window || smoothed.median.length > bands.median.length) {
    smoothed = { window, median: [], low: [], high: [] };
    smoothCache.set(points, smoothed);
  }
  if (smoothed.median.length < bands.median.length)
    for (const name of ['median', 'low', 'high'] as const)
      smooth(bands[name], smoothed[name], window >> 1, !isAccuracy(metric));
  return smoothed;
}

/** Brings `target` up to date with `source`; only the last `radius` old values can have changed. */
function smooth(source: readonly number[], target: number[], radius: number, log: boolean): void {
  const [warp, unwarp] = log ? [Math.log, Math.exp] : [Number, Number];
  for (let i = Math.max(0, target.length - radius); i < source.length; i++) {
    const centre = source[i]!;
    if (!drawable(centre, log)) {
      target[i] = centre;
      continue;
    }
    let sum = warp(centre);
    let terms = 1;
    for (let k = 1; k <= radius; k++) {
      const before = source[i - k];
      const after = source[i + k];
      if (!drawable(before, log) || !drawable(after, log)) break;
      sum += warp(before) + warp(after);
      terms += 2;
    }
    target[i] = terms === 1 ? centre : unwarp(sum / terms);
  }
}

/** Whether a value has a place on an axis, a logarithmic one unless told otherwise. */
export function drawable(value: number | undefined, log = true): value is number {
  return value !== undefined && value > (log ? 0 : Number.NEGATIVE_INFINITY) && value < Number.POSITIVE_INFINITY;
}

/** x of each point without building an array of them. */
export function xReader(curve: RunCurve, axis: XAxisUnit, epochRows: number | undefined): (i: number) => number {
  if (axis === 'seconds') return (i) => curve.seconds[i]!;
  const unit = unitsPerStep(curve.run, axis, epochRows) ?? curve.run.batch;
  return (i) => curve.step[i]! * unit;
}

/** First index in [0, length) with x(index) ≥ value, else length; x must not decrease. */
export function lowerBound(length: number, x: (i: number) => number, value: number): number {
  let low = 0;
  let high = length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x(middle) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Index of the point whose pixel is nearest to that of `value`; −1 without points. */
export function nearestIndex(length: number, x: (i: number) => number, value: number, scale: Scale): number {
  const after = lowerBound(length, x, value);
  if (after === 0) return length === 0 ? -1 : 0;
  if (after === length) return length - 1;
  const at = scale.toPixel(value);
  return at - scale.toPixel(x(after - 1)) < scale.toPixel(x(after)) - at ? after - 1 : after;
}

/** One pixel column while it is being filled: the indices of its first and last point and of its extremes. */
interface Column {
  pixel: number;
  first: number;
  last: number;
  lowest: number;
  highest: number;
  bottom: number;
  top: number;
}

interface Decimation {
  readonly key: string;
  readonly closed: number[];
  column: Column | undefined;
  next: number;
}
const decimations = new WeakMap<Float64Array[], Decimation>();

/**
 * Indices of the points to draw so that the picture is the same as with all of them: per pixel column the first, the
 * last, and those with the least and greatest median, lower and upper edge. Points left and right of the domain are
 * dropped but for one neighbour each, so that lines run out of the picture. Points without a place on a log x axis are
 * dropped.
 */
export function drawnIndices(
  curve: RunCurve,
  values: Values,
  axis: XAxisUnit,
  x: (i: number) => number,
  scale: Scale,
  metric: Metric = 'loss',
): number[] {
  const n = values.median.length;
  const points = recordedOf(curve, metric);
  const kept = points && values === bandsOf(curve, metric) ? points : undefined;
  const key = `${axis} ${x(1)} ${scale.domain.join()} ${scale.log} ${scale.toPixel(scale.domain[1])}`;
  let state = kept && decimations.get(kept);
  if (state?.key !== key || state.next > n) {
    const start = lowerBound(n, x, scale.domain[0]);
    // The neighbour outside, unless it has no logarithm.
    const next = start > 0 && !(scale.log && x(start - 1) <= 0) ? start - 1 : start;
    state = { key, closed: [], column: undefined, next };
    if (kept) decimations.set(kept, state);
  }
  for (; state.next < n; state.next++) {
    const i = state.next;
    const beyond = i > 0 && x(i - 1) > scale.domain[1];
    if (beyond) break;
    const pixel = Math.floor(scale.toPixel(x(i)));
    const column: Column | undefined = state.column;
    if (column?.pixel !== pixel) {
      if (column) state.closed.push(...indicesOf(column));
      state.column = { pixel, first: i, last: i, lowest: i, highest: i, bottom: i, top: i };
      continue;
    }
    column.last = i;
    if (values.median[i]! < values.median[column.lowest]!) column.lowest = i;
    if (values.median[i]! > values.median[column.highest]!) column.highest = i;
    if (values.low[i]! < values.low[column.bottom]!) column.bottom = i;
    if (values.high[i]! > values.high[column.top]!) column.top = i;
  }
  return state.column ? [...state.closed, ...indicesOf(state.column)] : [...state.closed];
}

function indicesOf(column: Column): number[] {
  const { first, last, lowest, highest, bottom, top } = column;
  if (first === last) return [first];
  return [...new Set([first, lowest, highest, bottom, top, last])].sort((a, b) => a - b);
}

const round = (pixel: number) => Math.round(pixel * 10) / 10;

/** SVG path of the median. Values without a place on the axis interrupt it. */
export function linePath(
  indices: readonly number[],
  x: (i: number) => number,
  median: readonly number[],
  scales: { readonly x: Scale; readonly y: Scale },
): string {
  let path = '';
  let pen = false;
  for (const i of indices) {
    const value = median[i];
    if (!drawable(value, scales.y.log)) {
      pen = false;
      continue;
    }
    path += `${pen ? 'L' : 'M'}${round(scales.x.toPixel(x(i)))} ${round(scales.y.toPixel(value))}`;
    pen = true;
  }
  return path;
}

export const BAND_OPACITY = 0.13;
export const OPEN_BAND_OPACITY = 0.06;

export interface BandPaths {
  /** Where the band has both edges. */
  readonly closed: string;
  /** Where it has no upper edge (or no lower one): filled to the top (or bottom) of the plot, to be drawn fainter. */
  readonly open: string;
}

/**
 * SVG paths of the band. A lower edge of zero on a log axis is filled to the bottom; where both edges are infinite there is
 * no band.
 */
export function bandPath(
  indices: readonly number[],
  x: (i: number) => number,
  values: Values,
  scales: { readonly x: Scale; readonly y: Scale },
): BandPaths {
  const [bottom, top] = scales.y.domain;
  const paths = { closed: '', open: '' };
  let kind: keyof BandPaths = 'closed';
  let upper: string[] = [];
  let lower: string[] = [];
  const close = () => {
    if (upper.length > 1) paths[kind] += `M${upper.join('L')}L${lower.reverse().join('L')}Z`;
    upper = [];
    lower = [];
  };
  for (const i of indices) {
    const low = values.low[i]!;
    const high = values.high[i]!;
    if (!(low < Number.POSITIVE_INFINITY && high > Number.NEGATIVE_INFINITY)) {
      close();
      continue;
    }
    const px = round(scales.x.toPixel(x(i)));
    const y = (value: number) => round(scales.y.toPixel(Math.min(Math.max(value, bottom), top)));
    const next = Number.isFinite(low) && Number.isFinite(high) ? 'closed' : 'open';
    if (next !== kind && upper.length > 0) {
      // The two parts meet at the first point of the new one.
      upper.push(`${px} ${y(high)}`);
      lower.push(`${px} ${y(low)}`);
      close();
    }
    kind = next;
    upper.push(`${px} ${y(high)}`);
    lower.push(`${px} ${y(low)}`);
  }
  close();
  return paths;
}
