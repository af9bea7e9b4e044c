/** The batch-size chart as numbers: the page and the export draw the same picture. */
import {
  BATCH_OPTIMIZERS,
  guaranteedSpeed,
  largestBatch,
  smoothBatches,
  type BatchOptimizer,
} from '../../theory/batch-curve';
import { criticalBatches, type SpectralConstants } from '../../theory/spectral';
import type { Axis } from './model';
import { ticksAcross, ticksUp, type Plot } from './plot';
import { logAxis, logTicks, makeScale } from './scale';
import type { Stroke } from './theory';

/** Exact speed per step −ln ρ at an optimizer's optimal hyper-parameters. */
export interface ExactPoint {
  readonly optimizer: BatchOptimizer;
  readonly batch: number;
  readonly speed: number;
}

/** Measured speed per step with its 95 % interval. */
export interface MeasuredPoint extends ExactPoint {
  readonly low: number;
  readonly high: number;
  readonly lanes: number;
  readonly steps: number;
}

/** Strokes of the two lines of theory. */
export const EXACT_STROKE: Stroke = { width: 1.75, dash: undefined, opacity: 1, cap: 'butt' };
export const GUARANTEED_STROKE: Stroke = { width: 1.5, dash: '5 4', opacity: 1, cap: 'butt' };

export type SpeedUnit = 'step' | 'sample';

/** Speed per step or per sample. */
export const inUnit = (speed: number, batch: number, unit: SpeedUnit): number =>
  unit === 'step' ? speed : speed / batch;

export interface BatchModel {
  readonly x: Axis;
  readonly y: Axis;
  readonly guaranteed: Readonly<Record<BatchOptimizer, string>>;
  readonly exact: Readonly<Record<BatchOptimizer, string>>;
  /** Pixels; the regimes from left to right, empty ones left out. */
  readonly regimes: readonly { readonly name: string; readonly from: number; readonly to: number }[];
  readonly marks: readonly { readonly name: string; readonly x: number }[];
}

const POINTS = 80;

export function batchModel(
  constants: SpectralConstants,
  exact: readonly ExactPoint[],
  measured: readonly MeasuredPoint[],
  unit: SpeedUnit,
  plot: Plot,
): BatchModel {
  const most = largestBatch(constants);
  const lines = BATCH_OPTIMIZERS.map((optimizer) => ({
    optimizer,
    guaranteed: smoothBatches(most, POINTS).map(
      (m) => [m, inUnit(guaranteedSpeed(optimizer, constants, m), m, unit)] as const,
    ),
    exact: exact
      .filter((point) => point.optimizer === optimizer)
      .map(({ batch, speed }) => [batch, inUnit(speed, batch, unit)] as const),
  }));
  const speeds = [
    ...lines.flatMap((line) => [...line.guaranteed, ...line.exact].map(([, y]) => y)),
    ...measured.map(({ speed, batch }) => inUnit(speed, batch, unit)),
  ].filter((speed) => speed > 0 && Number.isFinite(speed));
  const low = speeds.reduce((a, b) => Math.min(a, b));
  const high = speeds.reduce((a, b) => Math.max(a, b));
  const choice = logAxis(low, high, ticksUp(plot));
  const right = plot.left + plot.width;
  const x: Axis = {
    scale: makeScale([1, most], [plot.left, right], true),
    ticks: logTicks([1, most], ticksAcross(plot)),
    title: 'Batch size m',
  };
  const y: Axis = {
    scale: makeScale(choice.domain, [plot.top + plot.height, plot.top], true),
    ticks: choice.ticks,
    title: `Speed per ${unit}`,
  };
  const path = (points: readonly (readonly [number, number])[]): string =>
    points
      .map(([m, s], k) => `${k ? 'L' : 'M'}${x.scale.toPixel(m).toFixed(1)} ${y.scale.toPixel(s).toFixed(1)}`)
      .join('');
  const record = (kind: 'guaranteed' | 'exact') =>
    Object.fromEntries(lines.map((line) => [line.optimizer, path(line[kind])])) as Record<BatchOptimizer, string>;
  const { m1, m2 } = criticalBatches(constants);
  const at = (m: number) => x.scale.toPixel(Math.min(most, Math.max(1, m)));
  return {
    x,
    y,
    guaranteed: record('guaranteed'),
    exact: record('exact'),
    regimes: [
      { name: 'linear scaling', from: plot.left, to: at(m1) },
      { name: 'diminishing returns', from: at(m1), to: at(m2) },
      { name: 'saturation', from: at(m2), to: right },
    ].filter(({ from, to }) => to - from > 1),
    marks: at(m2) - at(m1) > 1 ? [mark('m₁*', at(m1)), mark('m₂*', at(m2))] : [mark('m₁* = m₂*', at(m2))],
  };
}

const mark = (name: string, x: number) => ({ name, x });
