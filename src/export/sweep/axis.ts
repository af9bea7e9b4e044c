/** The axes of a map. Cells stand side by side, one unit wide each: cell k reaches from k to k + 1. */
import { axisParameter, axisScale, axisValues, BATCH_PARAMETER, type SweepAxis } from '../../experiment/sweep';
import type { Scale } from '../../optimizers/types';
import { formatParameter, formatX } from '../figure/format';
import { linearTicks, logTicks, type Tick } from '../figure/scale';

export interface AxisTick {
  /** In cells from the start of the axis. */
  readonly at: number;
  readonly label: Tick['label'];
}

export interface CellAxis {
  readonly parameter: string;
  /** "Step size η". */
  readonly title: string;
  /** "η". */
  readonly symbol: string;
  readonly values: readonly number[];
}

export function cellAxis(axis: SweepAxis): CellAxis {
  const { parameter } = axis;
  const name = parameterName(parameter);
  return { parameter, ...name, values: axisValues(axis) };
}

/** What a parameter is called: in full, and its symbol. */
export function parameterName(parameter: string): { readonly title: string; readonly symbol: string } {
  if (parameter === BATCH_PARAMETER) return { title: 'Batch size m', symbol: 'm' };
  const hyper = axisParameter(parameter);
  if (!hyper) return { title: parameter, symbol: parameter };
  return { title: `${hyper.label.charAt(0).toUpperCase()}${hyper.label.slice(1)} ${hyper.text}`, symbol: hyper.text };
}

/** A value of an axis as text, short. */
export const axisValueText = ({ parameter }: CellAxis, value: number): string =>
  parameter === BATCH_PARAMETER ? formatX(value) : shortParameter(value);

/** Four digits, or as many as tell a value just below 1 from 1. */
function shortParameter(value: number): string {
  if (value > 0.9 && value < 1) return String(1 - Number((1 - value).toPrecision(2))).slice(0, 10);
  return formatParameter(value, 3);
}

const stretch: Record<Scale, (value: number) => number> = {
  linear: (value) => value,
  log: (value) => Math.log(value),
  'log-to-one': (value) => -Math.log(1 - value),
};

/**
 * Where a value stands, in cells from the start of the axis: a cell's own value in its middle, in between as the axis is
 * spread. Undefined beyond half a cell outside of the first and the last middle.
 */
export function cellPosition({ parameter, values }: CellAxis, value: number): number | undefined {
  const warp = stretch[values.every((v) => v > 0) || axisScale(parameter) !== 'log' ? axisScale(parameter) : 'linear'];
  const last = values.length - 1;
  const sign = values[last]! >= values[0]! ? 1 : -1;
  const target = sign * warp(value);
  const at = (k: number) => sign * warp(values[k]!);
  // The segment that holds the value; the outermost ones reach on.
  let k = 0;
  while (k < last - 1 && at(k + 1) < target) k++;
  const position = k + 0.5 + (target - at(k)) / (at(k + 1) - at(k));
  return position >= 0 && position <= values.length ? position : undefined;
}

/** About `count` ticks at tidy values. */
export function axisTicks(axis: CellAxis, count: number): AxisTick[] {
  const { parameter, values } = axis;
  const ends = [values[0]!, values.at(-1)!].sort((a, b) => a - b) as [number, number];
  const placed = thinned(tidyTicks(parameter, ends, count), count).flatMap(({ value, label }) => {
    const at = cellPosition(axis, value);
    return at === undefined ? [] : [{ at, label }];
  });
  if (placed.length >= 2) return placed;
  return [0, values.length - 1].map((k) => ({ at: k + 0.5, label: axisValueText(axis, values[k]!) }));
}

function tidyTicks(parameter: string, [low, high]: [number, number], count: number): Tick[] {
  const scale = axisScale(parameter);
  if (parameter === BATCH_PARAMETER && high / low <= 2 ** 10) {
    const ticks: Tick[] = [];
    for (let m = 2 ** Math.ceil(Math.log2(low)); m <= high; m *= 2) ticks.push({ value: m, label: formatX(m) });
    return ticks;
  }
  if (scale === 'log' && low > 0) return logTicks([low, high], count);
  if (scale === 'log-to-one')
    return [0, 0.5, 0.9, 0.99, 0.999, 0.9999, 0.99999]
      .filter((value) => value >= low && value <= high)
      .map((value) => ({ value, label: String(value) }));
  return linearTicks([low, high], count);
}

function thinned(ticks: readonly Tick[], count: number): Tick[] {
  const every = Math.max(1, Math.ceil(ticks.length / Math.max(2, count)));
  return ticks.filter((_, k) => k % every === 0);
}
