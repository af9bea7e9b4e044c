/** The batch-size study as files: CSV, JSON and a standalone SVG of its chart. */
import Papa from 'papaparse';
import type { ExperimentConfig } from '../experiment/config';
import { optimizerOf } from '../optimizers/registry';
import { batchAdvice, BATCH_OPTIMIZERS, guaranteedSpeed, type BatchOptimizer } from '../theory/batch-curve';
import { criticalBatches, type SpectralConstants } from '../theory/spectral';
import { batchModel, inUnit, type ExactPoint, type MeasuredPoint, type SpeedUnit } from './figure/batch';
import type { Plot } from './figure/model';
import { prettyJson } from './json';
import { titleOf } from '../problems/registry';
import { axes, type SvgPicture } from './svg';
import { styleSheet, text } from './svg-text';
import { element, escapeXml } from './xml';

export interface BatchSource {
  readonly config: Pick<ExperimentConfig, 'problem' | 'seed'>;
  readonly constants: SpectralConstants;
  readonly exact: readonly ExactPoint[];
  readonly measured: readonly MeasuredPoint[];
  readonly unmeasured: readonly {
    readonly optimizer: BatchOptimizer;
    readonly batch: number;
    readonly reason: string;
  }[];
}

/** What is known at one batch size of one optimizer; speeds are −ln of the contraction per step. */
interface Row {
  readonly optimizer: BatchOptimizer;
  readonly batch: number;
  readonly guaranteed: number;
  readonly exact?: number;
  readonly measured?: { readonly speed: number; readonly low: number; readonly high: number };
  readonly lanes?: number;
  readonly steps?: number;
  /** Why there is no measurement. */
  readonly note?: string;
}

/** All points by optimizer and ascending batch size. */
function rowsOf({ constants, exact, measured, unmeasured }: BatchSource): Row[] {
  return BATCH_OPTIMIZERS.flatMap((optimizer) => {
    const own = <T extends { readonly optimizer: BatchOptimizer; readonly batch: number }>(points: readonly T[]) =>
      new Map(points.filter((point) => point.optimizer === optimizer).map((point) => [point.batch, point]));
    const [theory, points, gaps] = [own(exact), own(measured), own(unmeasured)];
    const batches = [...new Set([...theory.keys(), ...points.keys(), ...gaps.keys()])].sort((a, b) => a - b);
    return batches.map((batch): Row => {
      const [speed, point, gap] = [theory.get(batch)?.speed, points.get(batch), gaps.get(batch)];
      return {
        optimizer,
        batch,
        guaranteed: guaranteedSpeed(optimizer, constants, batch),
        ...(speed === undefined ? {} : { exact: speed }),
        ...(point
          ? {
              measured: { speed: point.speed, low: point.low, high: point.high },
              lanes: point.lanes,
              steps: point.steps,
            }
          : {}),
        ...(gap ? { note: gap.reason } : {}),
      };
    });
  });
}

/** One row per optimizer and batch size, speeds per step; what is not known is an empty cell. */
export function batchCsv(source: BatchSource): string {
  const fields = [
    'optimizer',
    'batch (samples)',
    'guaranteed speed per step',
    'exact speed per step',
    'measured speed per step',
    '95 % low',
    '95 % high',
    'lanes',
    'steps',
    'note',
  ];
  const data = rowsOf(source).map((row) => [
    row.optimizer,
    row.batch,
    row.guaranteed,
    row.exact ?? '',
    row.measured?.speed ?? '',
    row.measured?.low ?? '',
    row.measured?.high ?? '',
    row.lanes ?? '',
    row.steps ?? '',
    row.note ?? '',
  ]);
  return Papa.unparse({ fields, data }, { newline: '\r\n', escapeFormulae: true }) + '\r\n';
}

/** The same with the problem, its constants and the critical batch sizes m₁*, m₂*. */
export function batchJson(source: BatchSource): string {
  const { config, constants } = source;
  const { m1, m2 } = criticalBatches(constants);
  return prettyJson({
    kind: 'batch-sizes',
    problem: config.problem,
    seed: config.seed,
    constants,
    critical: { m1, m2 },
    points: rowsOf(source),
  });
}

const WIDTH = 960;
const HEIGHT = 620;
const MARGIN = 32;
const plot: Plot = { left: MARGIN + 46, top: 148, width: WIDTH - 2 * MARGIN - 46, height: 340 };

interface BatchSvgOptions {
  readonly unit: SpeedUnit;
  /** Colours for a white background. */
  readonly colours: Readonly<Record<BatchOptimizer, string>>;
  /** See `SvgOptions` of the race. */
  readonly fontFaces?: string;
}

/** The chart on a white background with its title, regimes, legend and the advice in a sentence. */
export function batchSvg(source: BatchSource, { unit, colours, fontFaces = '' }: BatchSvgOptions): SvgPicture {
  const { config, constants, exact, measured } = source;
  const model = batchModel(constants, exact, measured, unit, plot);
  const bottom = plot.top + plot.height;
  const y = (speed: number) => Math.min(bottom, Math.max(plot.top, model.y.scale.toPixel(speed)));
  const regimes = model.regimes.map(
    ({ name, from, to }, k) =>
      element('rect', {
        x: from,
        y: plot.top,
        width: to - from,
        height: plot.height,
        fill: '#1c232b',
        'fill-opacity': 0.04 + 0.04 * k,
      }) + text((from + to) / 2, bottom - 10, name, { 'text-anchor': 'middle', class: 'quiet' }),
  );
  const marks = model.marks.map(
    ({ name, x }) =>
      element('path', { d: `M${x.toFixed(1)} ${plot.top}V${bottom}`, stroke: '#5b6673', 'stroke-dasharray': '2 3' }) +
      text(x + 5, plot.top + 15, name, { class: 'quiet' }),
  );
  const lines = BATCH_OPTIMIZERS.map((optimizer) => {
    const common = { fill: 'none', stroke: colours[optimizer], 'stroke-width': 1.75 };
    const { guaranteed, exact: known } = model;
    return (
      element('path', {
        ...common,
        d: guaranteed[optimizer],
        'stroke-dasharray': '5 4',
        'data-guaranteed': optimizer,
      }) + (known[optimizer] && element('path', { ...common, d: known[optimizer], 'data-exact': optimizer }))
    );
  });
  const points = measured.map(({ optimizer, batch, speed, low, high }) => {
    const x = model.x.scale.toPixel(batch);
    const [top, foot] = [y(inUnit(high, batch, unit)), low > 0 ? y(inUnit(low, batch, unit)) : bottom];
    const stroke = colours[optimizer];
    return (
      element('path', {
        d: `M${(x - 3).toFixed(1)} ${top.toFixed(1)}h6m-3 0V${foot.toFixed(1)}m-3 0h6`,
        fill: 'none',
        stroke,
      }) +
      element('circle', { cx: x, cy: y(inUnit(speed, batch, unit)), r: 3.5, fill: stroke, 'data-measured': optimizer })
    );
  });
  const legend = BATCH_OPTIMIZERS.map((optimizer, k) => {
    const x = MARGIN + k * 190;
    return (
      element('path', { d: `M${x} 110h24`, stroke: colours[optimizer], 'stroke-width': 2 }) +
      text(x + 34, 114, `${optimizerOf(optimizer).label} at its best`, { class: 'strong' })
    );
  });
  const body = [
    element('title', {}, escapeXml(`Batch sizes: ${titleOf(config.problem)}`)),
    element('desc', {}, escapeXml(batchAdvice(constants))),
    element('style', {}, styleSheet(fontFaces)),
    element('rect', { width: WIDTH, height: HEIGHT, fill: '#ffffff' }),
    text(MARGIN, 44, `Batch sizes: ${titleOf(config.problem)}`, { class: 'title' }),
    text(MARGIN, 70, batchAdvice(constants)),
    ...legend,
    ...regimes,
    axes({ plot, x: model.x, y: model.y }),
    ...marks,
    ...lines,
    ...points,
    text(
      MARGIN,
      HEIGHT - 24,
      `Solid: exact speed −ln ρ; dashed: guaranteed speed${measured.length > 0 ? '; points: measured, 95 % interval' : ''}. Rows drawn with replacement, root seed ${config.seed}.`,
      { class: 'small quiet' },
    ),
  ].join('\n');
  const size = { width: WIDTH, height: HEIGHT };
  const attributes = { xmlns: 'http://www.w3.org/2000/svg', ...size, viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: 'img' };
  return { svg: `<?xml version="1.0" encoding="UTF-8"?>\n${element('svg', attributes, `\n${body}\n`)}\n`, ...size };
}
