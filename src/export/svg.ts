/**
 * The chart as a standalone SVG on a light background, with its fonts, legend, title and settings inside. Built from the
 * same model as the chart on the page.
 */
import type { ExperimentConfig } from '../experiment/config';
import { bandsOf, divergenceOf, metricsIn } from '../experiment/curves';
import { titleOf } from '../problems/registry';
import type { ExportSource } from './dataset';
import { DECAY_STROKE, DECAY_TICK } from './figure/decays';
import { formatCount } from './figure/format';
import { legendKeys } from './figure/keys';
import { bandTitle, runLabels, runSettings } from './figure/labels';
import { capitalised, formatMetric, metricName } from './figure/metrics';
import { chartModel, type ChartModel, type Plot, type Series } from './figure/model';
import { placeLabels, textWidth } from './figure/place-labels';
import { BAND_OPACITY, bandPath, linePath, OPEN_BAND_OPACITY } from './figure/series';
import { summarise } from './figure/summary';
import { EXPECTED_STROKE, expectedPath, formatRate, SLOPE_STROKE, slopePath, type Stroke } from './figure/theory';
import { effectiveView, type ChartView, type LineStyle } from './figure/view';
import { footerOf, quiet, rich, styleSheet, text, tickLabel } from './svg-text';
import { element, escapeXml } from './xml';

export interface SvgOptions {
  readonly source: ExportSource;
  readonly view: ChartView;
  /** Line styles for a white background, parallel to the runs. */
  readonly styles: readonly LineStyle[];
  /** `@font-face` rules with the data of the font Inter; without, the viewer's own sans-serif font is used. */
  readonly fontFaces?: string;
}

export interface SvgPicture {
  readonly svg: string;
  /** CSS pixels. */
  readonly width: number;
  readonly height: number;
}

const WIDTH = 960;
const PLOT_HEIGHT = 420;
const MARGIN = 32;
const grid = '#e6e9ee';
const axisColour = '#8a94a1';

/** Draws what the chart shows: the same runs, axes, zoom and smoothing. */
export function chartSvg({ source, view: asked, styles, fontFaces = '' }: SvgOptions): SvgPicture {
  const { config, epochRows } = source;
  const runs = source.runs.map((entry) => (entry.run.enabled === false ? { ...entry, curve: undefined } : entry));
  const labels = runLabels(runs.map(({ run }) => run));
  const labelRoom = Math.min(190, Math.max(40, ...labels.map(textWidth))) + 12;
  const plot: Plot = {
    left: MARGIN + 46,
    top: 122,
    width: WIDTH - 2 * MARGIN - 46 - labelRoom,
    height: PLOT_HEIGHT,
  };
  const view = effectiveView(asked, metricsIn(runs.map(({ curve }) => curve)));
  const model = chartModel({ runs, version: 0, view, plot, epochRows, steps: config.steps, problem: config.problem });
  const legend = legendOf(model, styles, view, plot.top + plot.height + 76);
  const height = legend.bottom + 52;

  const body = [
    element('title', {}, escapeXml(titleOf(config.problem))),
    element(
      'desc',
      {},
      escapeXml(
        [
          ...summarise(runs, model.metric, model.metrics).map((line) => `${line.label}: ${line.text}`),
          ...(model.decays ? [`${capitalised(model.decays.name)}.`] : []),
        ].join(' '),
      ),
    ),
    element('style', {}, styleSheet(fontFaces)),
    element('rect', { width: WIDTH, height, fill: '#ffffff' }),
    text(MARGIN, 44, titleOf(config.problem), { class: 'title' }),
    text(MARGIN, 66, settingsOf(config, model), { class: 'quiet' }),
    axes(model),
    decays(model, styles),
    curves(model, styles, view),
    marks(model, styles),
    endLabels(model, styles),
    legend.svg,
    text(MARGIN, height - 24, footerOf(source), { class: 'small quiet' }),
  ].join('\n');
  const svg =
    '<?xml version="1.0" encoding="UTF-8"?>\n' +
    element(
      'svg',
      {
        xmlns: 'http://www.w3.org/2000/svg',
        width: WIDTH,
        height,
        viewBox: `0 0 ${WIDTH} ${height}`,
        role: 'img',
      },
      `\n${body}\n`,
    ) +
    '\n';
  return { svg, width: WIDTH, height };
}

/** Grid, axes and their titles. */
export function axes({ plot, x, y }: Pick<ChartModel, 'plot' | 'x' | 'y'>): string {
  const bottom = plot.top + plot.height;
  const right = plot.left + plot.width;
  return [
    ...y.ticks.map((tick) => {
      const at = y.scale.toPixel(tick.value);
      return (
        element('path', { d: `M${plot.left} ${at.toFixed(1)}H${right}`, stroke: grid }) +
        element('text', { x: plot.left - 8, y: at + 4, 'text-anchor': 'end', class: 'quiet' }, tickLabel(tick))
      );
    }),
    element('path', { d: `M${plot.left} ${bottom}H${right}`, stroke: axisColour }),
    ...x.ticks.map((tick) => {
      const at = x.scale.toPixel(tick.value);
      return (
        element('path', { d: `M${at.toFixed(1)} ${bottom}v5`, stroke: axisColour }) +
        element('text', { x: at, y: bottom + 19, 'text-anchor': 'middle', class: 'quiet' }, tickLabel(tick))
      );
    }),
    text(right, bottom + 40, x.title, { 'text-anchor': 'end', class: 'strong' }),
    text(MARGIN, plot.top - 16, y.title, { class: 'strong' }),
  ].join('\n');
}

function decays({ decays: shown, plot }: ChartModel, styles: readonly LineStyle[]): string {
  const bottom = plot.top + plot.height;
  const drawn = (shown?.marks ?? []).map(({ x, label, index }) => {
    const at = x.toFixed(1);
    const line = element('path', {
      d: index === undefined ? `M${at} ${plot.top}V${bottom}` : `M${at} ${bottom}v${-DECAY_TICK}`,
      stroke: index === undefined ? quiet : styles[index]!.colour,
      'stroke-width': DECAY_STROKE.width,
      'stroke-dasharray': index === undefined ? DECAY_STROKE.dash : undefined,
      'data-decay': index ?? 'all',
    });
    return label === undefined
      ? line
      : line + text(x, plot.top - 5, label, { 'text-anchor': 'middle', class: 'small quiet' });
  });
  return drawn.join('\n');
}

function curves(model: ChartModel, styles: readonly LineStyle[], { bands, theory, guarantee }: ChartView): string {
  const { plot } = model;
  const scales = { x: model.x.scale, y: model.y.scale };
  const clip = element(
    'clipPath',
    { id: 'plot' },
    element('rect', { x: plot.left, y: plot.top - 1, width: plot.width + 1, height: plot.height + 2 }),
  );
  const filled = model.series.map((series) => {
    const { closed, open } = bandPath(series.indices, series.x, series.values, scales);
    const fill = styles[series.index]!.colour;
    return (
      (closed && element('path', { d: closed, fill, 'fill-opacity': BAND_OPACITY })) +
      (open && element('path', { d: open, fill, 'fill-opacity': OPEN_BAND_OPACITY }))
    );
  });
  const lines = model.series.map((series) => {
    const style = styles[series.index]!;
    const d = linePath(series.indices, series.x, series.values.median, scales);
    return d === ''
      ? ''
      : element('path', {
          d,
          fill: 'none',
          stroke: style.colour,
          'stroke-width': 1.75,
          'stroke-dasharray': style.dash,
          'stroke-linejoin': 'round',
          'stroke-linecap': 'round',
          'data-run': series.label,
        });
  });
  const theoryLine = (d: string, { index, label }: Series, stroke: Stroke) =>
    d === ''
      ? ''
      : element('path', {
          d,
          fill: 'none',
          stroke: styles[index]!.colour,
          'stroke-width': stroke.width,
          'stroke-dasharray': stroke.dash,
          'stroke-opacity': stroke.opacity,
          'stroke-linecap': stroke.cap,
          'data-theory': label,
        });
  const expected = model.series.map((series) =>
    theoryLine(expectedPath(series.curve, series.xOfStep, scales), series, EXPECTED_STROKE),
  );
  const slopes = model.series.map((series) =>
    theoryLine(
      slopePath(series.curve, model.steps, series.values.median[0], series.xOfStep, scales),
      series,
      SLOPE_STROKE,
    ),
  );
  const inside = [...(bands ? filled : []), ...(guarantee ? slopes : []), ...(theory ? expected : []), ...lines].join(
    '\n',
  );
  return element('defs', {}, clip) + '\n' + element('g', { 'clip-path': 'url(#plot)' }, inside || ' ');
}

function marks(model: ChartModel, styles: readonly LineStyle[]): string {
  return model.series
    .map(({ firstDiverged, diverges, end, index }) => {
      const stroke = styles[index]!.colour;
      const ring =
        firstDiverged &&
        element('circle', {
          cx: firstDiverged.x,
          cy: firstDiverged.y,
          r: 3.5,
          fill: '#ffffff',
          stroke,
          'stroke-width': 1.5,
        });
      const cross =
        diverges &&
        end &&
        element('path', {
          d: `M${(end.x - 4).toFixed(1)} ${(end.y - 4).toFixed(1)}l8 8m0 -8l-8 8`,
          fill: 'none',
          stroke,
          'stroke-width': 2,
          'stroke-linecap': 'round',
        });
      return [ring, cross].filter(Boolean).join('');
    })
    .join('');
}

function endLabels(model: ChartModel, styles: readonly LineStyle[]): string {
  return placeLabels(model, WIDTH - 8, false)
    .map((label) => {
      const name = element('tspan', { class: 'strong', fill: styles[label.index]!.colour }, rich(label.name) || ' ');
      const remark =
        label.remark === '' ? '' : element('tspan', { class: 'quiet', dx: label.name ? 6 : 0 }, rich(label.remark));
      return element(
        'text',
        {
          x: label.x,
          y: label.y + 4,
          'text-anchor': label.anchor,
          class: 'halo',
          style: `fill:${styles[label.index]!.colour}`,
        },
        (label.name === '' ? '' : name) + remark,
      );
    })
    .join('\n');
}

function legendOf(
  model: ChartModel,
  styles: readonly LineStyle[],
  view: ChartView,
  top: number,
): { svg: string; bottom: number } {
  const LINE = 20;
  const rows = model.series.map((series, k) => {
    const y = top + k * LINE;
    const style = styles[series.index]!;
    const last = bandsOf(series.curve, model.metric).median.at(-1)!;
    const divergence = divergenceOf(series.curve);
    const rho = series.curve.theory.spectralRadius;
    const outcome = [
      ...(Number.isFinite(last)
        ? [
            `median ${metricName(model.metric, model.metrics)} ${formatMetric(model.metric, last)} at step ${formatCount(series.curve.step.at(-1)!)}`,
          ]
        : []),
      ...(divergence
        ? [
            `${divergence.count} of ${series.curve.lanes} seeds diverged, first at step ${formatCount(divergence.first.step)}`,
          ]
        : []),
      ...(view.theory && rho !== undefined && Number.isFinite(rho) ? [`exact rate ρ ${formatRate(rho)}`] : []),
    ].join('; ');
    return (
      element('path', {
        d: `M${MARGIN} ${y - 4}h24`,
        stroke: style.colour,
        'stroke-width': 2,
        'stroke-dasharray': style.dash,
      }) +
      element(
        'text',
        { x: MARGIN + 34, y },
        element('tspan', { class: 'strong' }, rich(series.label)) +
          element('tspan', { class: 'quiet', dx: 8 }, rich(`${runSettings(series.curve.run)} · ${outcome}`)),
      )
    );
  });
  // The kinds of lines stand in one row below the runs.
  const below = top + rows.length * LINE;
  let x = MARGIN;
  const keys = legendKeys(model, view).map(({ stroke, name, upright }) => {
    const key =
      element('path', {
        d: upright ? `M${x + 12} ${below - 10}v12` : `M${x} ${below - 4}h24`,
        fill: 'none',
        stroke: quiet,
        'stroke-width': stroke.width,
        'stroke-dasharray': stroke.dash,
        'stroke-linecap': stroke.cap,
      }) + text(x + 34, below, name, { class: 'quiet' });
    x += 34 + textWidth(name) + 24;
    return key;
  });
  const lines = rows.length + Math.min(1, keys.length);
  return { svg: [...rows, ...keys].join('\n'), bottom: top + Math.max(0, lines - 1) * LINE };
}

function settingsOf(config: ExperimentConfig, model: ChartModel): string {
  const lanes = Math.max(1, ...model.series.map((series) => series.curve.lanes));
  return [
    `${capitalised(metricName(model.metric, model.metrics))} by ${model.axis === 'seconds' ? 'computing time' : model.axis}: ${bandTitle(lanes)}`,
    `${formatCount(config.steps)} steps`,
    config.sampling === 'epochs' ? 'sampled by epochs' : 'sampled with replacement',
    `root seed ${config.seed}`,
  ].join(' · ');
}
