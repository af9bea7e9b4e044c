/** The maps as a standalone SVG on a light background, with fonts, legend, title and settings inside. */
import { formatCount } from '../figure/format';
import { textWidth } from '../figure/place-labels';
import { titleOf } from '../../problems/registry';
import type { SvgPicture } from '../svg';
import { footerOf, styleSheet, text, tickLabel } from '../svg-text';
import { element, escapeXml } from '../xml';
import { axisTicks } from './axis';
import { colourScale, SHADES, shades, type ColourScale } from './colours';
import { CELL, isFinished, readMaps, type MapValues, type SweepData } from './data';
import { columnTicks, rowTicks, sheetLayout, TOP, type Panel } from './layout';
import { overlaysThere, type LegendEntries } from './legend';
import type { Metric } from './metrics';
import { mapOverlay, pathThrough } from './overlay';
import type { SweepSource } from './result';
import { winnerSentence } from './winner';

export interface SweepSvgOptions extends SweepSource {
  readonly metric: Metric;
  /** `@font-face` rules with the data of the font Inter; without, the viewer's own sans-serif font is used. */
  readonly fontFaces?: string;
}

const WIDTH = 960;
const MARGIN = 32;
const LINE = 20;
const MISSING = '#dfe3e8';
const DIVERGED = '#f6f7f9';
const HATCH = '#98a3b1';
const HALO = '#0a0c10';

/** Draws what the page shows: all maps with axes, theory, best cells and the legend. */
export function sweepSvg({ data, engine, metric, fontFaces = '' }: SweepSvgOptions): SvgPicture {
  const values = readMaps(data, metric);
  const scale = colourScale(values, metric);
  const sentence = winnerSentence(data, metric, values);
  const lines = wrapped(sentence, WIDTH - 2 * MARGIN);
  const legendTop = 104 + lines.length * LINE;
  const legend = legendOf(data, values, scale, metric, legendTop);
  const sheetTop = legend.bottom + 26;
  const layout = sheetLayout(data.maps.length, WIDTH - 2 * MARGIN, data.y);
  const height = sheetTop + layout.height + 48;
  const title = `Sweep: ${titleOf(data.config.problem)}`;
  const last = layout.panels.at(-1);
  const sheet = [
    text(0, TOP - 7, data.y.title, { class: 'strong' }),
    ...layout.panels.map((panel) => panelOf(panel, data, values[panel.map]!, scale, metric)),
    last
      ? text(last.plot.left + last.plot.width, layout.height - 4, data.x.title, {
          'text-anchor': 'end',
          class: 'strong',
        })
      : '',
  ].join('\n');
  const body = [
    element('title', {}, escapeXml(title)),
    element('desc', {}, escapeXml(sentence)),
    element('style', {}, styleSheet(fontFaces)),
    element('defs', {}, hatch()),
    element('rect', { width: WIDTH, height, fill: '#ffffff' }),
    text(MARGIN, 44, title, { class: 'title' }),
    text(MARGIN, 66, settingsOf(data, isFinished(values)), { class: 'quiet' }),
    ...lines.map((line, k) => text(MARGIN, 92 + k * LINE, line)),
    legend.svg,
    element('g', { transform: `translate(${MARGIN} ${sheetTop})` }, `\n${sheet}\n`),
    text(MARGIN, height - 24, footerOf({ engine }), { class: 'small quiet' }),
  ].join('\n');
  const svg = element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}`, role: 'img' },
    `\n${body}\n`,
  );
  return { svg: `<?xml version="1.0" encoding="UTF-8"?>\n${svg}\n`, width: WIDTH, height };
}

function hatch(): string {
  return element(
    'pattern',
    { id: 'hatch', width: 5, height: 5, patternUnits: 'userSpaceOnUse', patternTransform: 'rotate(45)' },
    element('path', { d: 'M0 0V5', stroke: HATCH, 'stroke-width': 1.6 }),
  );
}

/** One path per colour: 64 × 64 cells of several maps as single rectangles would be a large file. */
function cellsOf({ plot }: Panel, columns: number, rows: number, cells: MapValues, scale: ColourScale | undefined) {
  const paths = new Map<string, string>();
  const [width, height] = [plot.width / columns, plot.height / rows];
  const edge = (value: number) => Number(value.toFixed(2));
  const add = (fill: string, index: number) => {
    const [x, y] = [index % columns, Math.floor(index / columns)];
    const [left, right] = [edge(plot.left + x * width), edge(plot.left + (x + 1) * width)];
    const [top, bottom] = [edge(plot.top + plot.height - (y + 1) * height), edge(plot.top + plot.height - y * height)];
    paths.set(fill, `${paths.get(fill) ?? ''}M${left} ${top}H${right}V${bottom}H${left}z`);
  };
  cells.kinds.forEach((kind, index) => {
    if (kind === CELL.value && scale) add(shades[scale.shade(cells.values[index]!)]!, index);
    else if (kind === CELL.missing) add(MISSING, index);
    else if (kind === CELL.diverged) add(DIVERGED, index);
  });
  // Hatches last: they lie over the colours.
  cells.kinds.forEach((kind, index) => {
    if (kind === CELL.diverged || cells.risky[index]) add('url(#hatch)', index);
  });
  return [...paths].map(([fill, d]) => element('path', { d, fill })).join('');
}

function panelOf(
  panel: Panel,
  data: SweepData,
  cells: MapValues,
  scale: ColourScale | undefined,
  metric: Metric,
): string {
  const { plot, map, labelledX, labelledY } = panel;
  const [columns, rows] = [data.x.values.length, data.y.values.length];
  const bottom = plot.top + plot.height;
  const overlay = mapOverlay(data, map);
  const path = (points: Parameters<typeof pathThrough>[0]) => pathThrough(points, plot, columns, rows);
  const line = (d: string, width: number, dash?: string) =>
    d === ''
      ? ''
      : element('path', { d, fill: 'none', stroke: HALO, 'stroke-opacity': '0.6', 'stroke-width': width + 2 }) +
        element('path', { d, fill: 'none', stroke: '#ffffff', 'stroke-width': width, 'stroke-dasharray': dash });
  const at = (x: number, y: number) => ({
    cx: plot.left + (x / columns) * plot.width,
    cy: bottom - (y / rows) * plot.height,
  });
  const { best } = cells;
  const ring = best ? at(best.x + 0.5, best.y + 0.5) : undefined;
  return [
    text(plot.left, plot.top - 9, data.maps[map]!.label, { class: 'strong' }),
    best
      ? text(plot.left + plot.width, plot.top - 9, metric.format(best.value) + metric.unit, {
          'text-anchor': 'end',
          class: 'quiet',
        })
      : '',
    cellsOf(panel, columns, rows, cells, scale),
    element('rect', {
      x: plot.left,
      y: plot.top,
      width: plot.width,
      height: plot.height,
      fill: 'none',
      stroke: '#c3cad3',
    }),
    ...axisTicks(data.x, columnTicks(plot)).map((tick) => {
      const x = plot.left + (tick.at / columns) * plot.width;
      const label = { x, y: bottom + 16, 'text-anchor': 'middle', class: 'small quiet' };
      return (
        element('path', { d: `M${x.toFixed(1)} ${bottom}v4`, stroke: '#8a94a1' }) +
        (labelledX ? element('text', label, tickLabel(tick)) : '')
      );
    }),
    ...axisTicks(data.y, rowTicks(plot)).map((tick) => {
      const y = bottom - (tick.at / rows) * plot.height;
      const label = { x: plot.left - 7, y: y + 4, 'text-anchor': 'end', class: 'small quiet' };
      return (
        element('path', { d: `M${plot.left - 4} ${y.toFixed(1)}h4`, stroke: '#8a94a1' }) +
        (labelledY ? element('text', label, tickLabel(tick)) : '')
      );
    }),
    ...overlay.best.map(([x, y]) =>
      element('circle', { ...at(x, y), r: 2, fill: '#ffffff', stroke: HALO, 'stroke-width': 0.8 }),
    ),
    line(overlay.boundary.map(path).join(''), 1.75),
    line(path(overlay.optimal), 1.5, '5 4'),
    ring
      ? element('circle', {
          ...ring,
          r: 6.5,
          fill: 'none',
          stroke: HALO,
          'stroke-opacity': '0.7',
          'stroke-width': 4.5,
        }) + element('circle', { ...ring, r: 6.5, fill: 'none', stroke: '#ffffff', 'stroke-width': 2 })
      : '',
  ].join('');
}

const RAMP = { width: 300, height: 10 };

function legendOf(
  data: SweepData,
  values: readonly MapValues[],
  scale: ColourScale | undefined,
  metric: Metric,
  top: number,
): { svg: string; bottom: number } {
  const ascending = metric.better === 'high';
  const ramp = scale
    ? element(
        'linearGradient',
        { id: 'ramp' },
        Array.from({ length: 17 }, (_, k) => {
          const share = k / 16;
          const shade = Math.round((ascending ? share : 1 - share) * (SHADES - 1));
          return element('stop', { offset: `${100 * share}%`, 'stop-color': shades[shade] });
        }).join(''),
      ) +
      element('rect', { x: MARGIN, y: top + 8, ...RAMP, fill: 'url(#ramp)' }) +
      scale
        .ticks(5)
        .map(({ value, label }) => {
          const position =
            scale.domain[0] === scale.domain[1] ? 0.5 : ascending ? scale.position(value) : 1 - scale.position(value);
          const x = MARGIN + position * RAMP.width;
          return (
            element('path', { d: `M${x.toFixed(1)} ${top + 18}v4`, stroke: '#8a94a1' }) +
            element('text', { x, y: top + 34, 'text-anchor': 'middle', class: 'small quiet' }, tickLabel({ label }))
          );
        })
        .join('')
    : '';
  const left = MARGIN + RAMP.width + 48;
  let [x, y] = [left, top];
  const keys = keysOf(overlaysThere(data, values, metric)).map(({ name, mark }) => {
    const width = 28 + textWidth(name) + 18;
    if (x > left && x + width > WIDTH - MARGIN) [x, y] = [left, y + LINE];
    const key =
      element('g', { transform: `translate(${x.toFixed(1)} ${y - 10})` }, mark) +
      text(x + 28, y, name, { class: 'quiet' });
    x += width;
    return key;
  });
  return {
    svg: [text(MARGIN, top, metric.title(data.sweep.tolerance)), ramp, ...keys].join('\n'),
    bottom: Math.max(top + 36, y + 8),
  };
}

/** Marks are 20 × 12. */
function keysOf(entries: LegendEntries): { readonly name: string; readonly mark: string }[] {
  const box = (fill: string) =>
    element('rect', { width: 20, height: 12, fill, stroke: fill.startsWith('url') ? '#c3cad3' : undefined });
  const onColour = (inside: string) => box('#2c728e') + inside;
  const stroke = { fill: 'none', stroke: '#ffffff', 'stroke-width': 1.75 };
  const marks: Record<keyof LegendEntries, string> = {
    diverged: box('url(#hatch)'),
    missing: box(MISSING),
    best: onColour(element('circle', { cx: 10, cy: 6, r: 3.5, ...stroke })),
    boundary: onColour(element('path', { d: 'M0 6H20', ...stroke })),
    optimal: onColour(element('path', { d: 'M0 6H20', ...stroke, 'stroke-dasharray': '4 3' })),
    exactBest: onColour(element('circle', { cx: 10, cy: 6, r: 2, fill: '#ffffff' })),
  };
  return (Object.keys(marks) as (keyof LegendEntries)[]).flatMap((mark) => {
    const name = entries[mark];
    return name === undefined ? [] : [{ name, mark: marks[mark] }];
  });
}

function settingsOf({ config, sweep }: SweepData, complete: boolean): string {
  return [
    `${formatCount(config.seeds)} ${config.seeds === 1 ? 'seed' : 'seeds'} per cell`,
    `${sweep.stopAtTolerance ? 'at most ' : ''}${formatCount(config.steps)} steps`,
    sweep.others === 'optimal' ? 'other values as the paper has them at each batch' : 'other values as in the runs',
    config.sampling === 'epochs' ? 'sampled by epochs' : 'sampled with replacement',
    `root seed ${config.seed}`,
    ...(complete ? [] : ['not finished']),
  ].join(' · ');
}

/** Lines of at most so many pixels. */
function wrapped(sentence: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of sentence.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && textWidth(`${last} ${word}`) <= width) lines[lines.length - 1] = `${last} ${word}`;
    else if (word !== '') lines.push(word);
  }
  return lines;
}
