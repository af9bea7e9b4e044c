/** The lines of theory behind the curves: the exact expectation, and the slope that the paper guarantees. */
import { unitsPerStep, type RunCurve, type XAxisUnit } from '../../experiment/curves';
import type { Scale } from './scale';
import { drawable, lowerBound } from './series';
import type { ChartView } from './view';

/** How a kind of line is drawn, whatever its colour. */
export interface Stroke {
  /** Pixels. */
  readonly width: number;
  /** SVG `stroke-dasharray`; undefined is solid. */
  readonly dash: string | undefined;
  readonly opacity: number;
  readonly cap: 'butt' | 'round';
}

/** Strokes of the two lines, the same on the page and in exported pictures. */
export const EXPECTED_STROKE: Stroke = { width: 1.25, dash: '5 4', opacity: 0.8, cap: 'butt' };
export const SLOPE_STROKE: Stroke = { width: 1.5, dash: '0.1 4.5', opacity: 0.9, cap: 'round' };

interface Scales {
  readonly x: Scale;
  readonly y: Scale;
}

/**
 * The x value of any step, recorded or not; undefined where an axis of measured time has not got there. Between recorded
 * steps time is taken to pass evenly.
 */
export function stepReader(
  curve: RunCurve,
  axis: XAxisUnit,
  epochRows: number | undefined,
): (step: number) => number | undefined {
  if (axis !== 'seconds') {
    const unit = unitsPerStep(curve.run, axis, epochRows) ?? curve.run.batch;
    return (step) => step * unit;
  }
  return (step) => {
    const after = lowerBound(curve.step.length, (i) => curve.step[i]!, step);
    if (curve.step[after] === undefined) return undefined;
    if (curve.step[after] === step || after === 0) return curve.seconds[after];
    const [a, b] = [curve.step[after - 1]!, curve.step[after]];
    const [s, t] = [curve.seconds[after - 1]!, curve.seconds[after]!];
    return s + ((t - s) * (step - a)) / (b - a);
  };
}

/** Path through (step, value) pairs; values without a place on an axis interrupt it, points on one pixel are drawn once. */
function pathThrough(
  steps: readonly number[],
  value: (k: number) => number | undefined,
  x: (step: number) => number | undefined,
  scales: Scales,
): string {
  let path = '';
  let pen = false;
  let drawn = Number.NEGATIVE_INFINITY;
  const [left, right] = scales.x.domain;
  for (const [k, step] of steps.entries()) {
    const at = x(step);
    const height = value(k);
    if (at === undefined || !drawable(height) || (scales.x.log && at <= 0)) {
      pen = false;
      continue;
    }
    // One point on each side of the picture is enough for the line to run out of it.
    const next = steps[k + 1];
    if (at < left && next !== undefined && (x(next) ?? left) < left) continue;
    const pixel = scales.x.toPixel(at);
    if (pen && pixel - drawn < 0.5 && k < steps.length - 1) continue;
    path += `${pen ? 'L' : 'M'}${pixel.toFixed(1)} ${scales.y.toPixel(height).toFixed(1)}`;
    pen = true;
    drawn = pixel;
    if (at > right) break;
  }
  return path;
}

/** SVG path of a curve's exact expectation; empty where there is none. */
export function expectedPath(curve: RunCurve, x: (step: number) => number | undefined, scales: Scales): string {
  const { expected } = curve.theory;
  return expected ? pathThrough(expected.step, (k) => expected.loss[k], x, scales) : '';
}

/** Steps from 0 to `last`, close together at the start as well as evenly spread: the slope bends on some axes. */
function slopeSteps(last: number): number[] {
  const steps = new Set<number>();
  for (let k = 0; k <= 64; k++) steps.add((last * k) / 64).add(Math.expm1((Math.log1p(last) * k) / 64));
  return [...steps].sort((a, b) => a - b);
}

/** SVG path of the guaranteed slope, from the start of the curve down; empty where nothing is guaranteed. */
export function slopePath(
  curve: RunCurve,
  steps: number | undefined,
  start: number | undefined,
  x: (step: number) => number | undefined,
  scales: Scales,
): string {
  const { guaranteedRate: rate } = curve.theory;
  const last = steps ?? curve.step.at(-1);
  if (rate === undefined || start === undefined || last === undefined) return '';
  const places = slopeSteps(last);
  return pathThrough(places, (k) => start * rate ** places[k]!, x, scales);
}

/** Greatest value of the expectation that the loss axis has to hold: within the picture, and not above `ceiling`. */
export function expectedTop(
  curve: RunCurve,
  x: (step: number) => number | undefined,
  xScale: Scale,
  ceiling: number,
): number {
  const { expected } = curve.theory;
  if (!expected) return 0;
  let top = 0;
  for (const [k, step] of expected.step.entries()) {
    const at = x(step);
    const loss = expected.loss[k];
    if (at === undefined || at < xScale.domain[0] || at > xScale.domain[1] || !drawable(loss)) continue;
    top = Math.max(top, Math.min(loss, ceiling));
  }
  return top;
}

/** The exact rate as a part of a sentence: "expectation shrinks by 0.9993 per step in the end". */
export function rateText({ theory: { spectralRadius: rho } }: RunCurve): string | undefined {
  if (rho === undefined || !Number.isFinite(rho)) return undefined;
  return `expectation ${rho > 1 ? 'grows' : 'shrinks'} by ${formatRate(rho)} per step in the end`;
}

/** A rate per step: four decimals; more where it is so close to 1 that they would hide on which side it is. */
export function formatRate(rho: number): string {
  const digits = rho === 1 ? 4 : Math.max(4, Math.ceil(-Math.log10(Math.abs(1 - rho))) + 1);
  return rho.toFixed(Math.min(10, digits));
}

/** What the lines of theory that are drawn mean, as a legend says it. */
export function theoryKeys(
  series: readonly { readonly curve: Pick<RunCurve, 'theory'> }[],
  { theory, guarantee }: Pick<ChartView, 'theory' | 'guarantee'>,
): { readonly name: string; readonly stroke: Stroke }[] {
  return [
    ...(theory && series.some(({ curve }) => curve.theory.expected)
      ? [{ name: 'exact expectation', stroke: EXPECTED_STROKE }]
      : []),
    ...(guarantee && series.some(({ curve }) => curve.theory.guaranteedRate !== undefined)
      ? [{ name: 'guaranteed slope', stroke: SLOPE_STROKE }]
      : []),
  ];
}
