/** A claim's figure as a standalone SVG: points with error bars, theory as lines, on two logarithmic axes. */
import { logAxis, makeScale, type AxisChoice, type Tick } from '../../src/export/figure/scale';
import type { SvgPicture } from '../../src/export/svg';
import { element, escapeXml } from '../../src/export/xml';
import type { ClaimFigure } from '../../src/gallery/types';

const WIDTH = 720;
const PLOT = { left: 88, top: 76, width: 600, height: 360 };
const LEGEND_LINE = 20;
const colours = ['#1971c2', '#d9480f', '#c2255c', '#2b8a3e'];
const ink = '#1c232b';
const quiet = '#5b6673';
const grid = '#e6e9ee';

/** `fontFaces`: `@font-face` rules with the data of the font Inter. */
export function claimSvg(figure: ClaimFigure, fontFaces = ''): SvgPicture {
  const points = figure.series.flatMap((series) => series.points);
  const values = points
    .flatMap(({ y, low, high }) => [y, low ?? y, high ?? y])
    .filter((y) => y > 0 && Number.isFinite(y));
  const xAxis = axisOf(points.map(({ x }) => x));
  const yAxis = axisOf(values);
  const right = PLOT.left + PLOT.width;
  const bottom = PLOT.top + PLOT.height;
  const x = makeScale(xAxis.domain, [PLOT.left, right], true);
  const y = makeScale(yAxis.domain, [bottom, PLOT.top], true);
  const height = bottom + 64 + LEGEND_LINE * figure.series.length + 8;

  const body = [
    element('title', {}, escapeXml(figure.title)),
    element(
      'style',
      {},
      escapeXml(
        `text{font:400 12px Inter,"Helvetica Neue",Arial,sans-serif;fill:${ink}}.title{font-size:18px;font-weight:600}.quiet{fill:${quiet}}`,
      ).replace(/&quot;/g, '"') + fontFaces.replace(/&/g, '&amp;').replace(/</g, '&lt;'),
    ),
    element('rect', { width: WIDTH, height, fill: '#ffffff' }),
    element('text', { x: 24, y: 36, class: 'title' }, escapeXml(figure.title)),
    element('text', { x: 24, y: PLOT.top - 14, class: 'quiet' }, escapeXml(figure.y)),
    ...yAxis.ticks.map((tick) => {
      const at = y.toPixel(tick.value);
      return (
        element('path', { d: `M${PLOT.left} ${at.toFixed(1)}H${right}`, stroke: grid }) +
        element('text', { x: PLOT.left - 8, y: at + 4, 'text-anchor': 'end', class: 'quiet' }, label(tick))
      );
    }),
    ...xAxis.ticks.map((tick) => {
      const at = x.toPixel(tick.value);
      return (
        element('path', { d: `M${at.toFixed(1)} ${PLOT.top}V${bottom}`, stroke: grid }) +
        element('text', { x: at, y: bottom + 18, 'text-anchor': 'middle', class: 'quiet' }, label(tick))
      );
    }),
    element('path', { d: `M${PLOT.left} ${bottom}H${right}`, stroke: quiet }),
    element('text', { x: right, y: bottom + 40, 'text-anchor': 'end' }, escapeXml(figure.x)),
    ...(figure.marks ?? []).map((mark) => {
      const at = x.toPixel(mark.x);
      return (
        element('path', { d: `M${at.toFixed(1)} ${PLOT.top}V${bottom}`, stroke: quiet, 'stroke-dasharray': '3 3' }) +
        element('text', { x: at + 5, y: PLOT.top + 14 }, escapeXml(mark.label))
      );
    }),
    ...figure.series.map(({ kind, group, points: own, label: name }, k) => {
      const colour = colours[group % colours.length]!;
      const drawn = own.filter((p) => p.y > 0 && Number.isFinite(p.y));
      const legendY = bottom + 64 + k * LEGEND_LINE;
      const shape =
        kind === 'theory'
          ? element('path', {
              d: drawn.map((p, i) => `${i === 0 ? 'M' : 'L'}${pair(x.toPixel(p.x), y.toPixel(p.y))}`).join(''),
              fill: 'none',
              stroke: colour,
              'stroke-width': 1.5,
              'stroke-dasharray': '6 4',
            })
          : drawn
              .map((p) => {
                const at = x.toPixel(p.x);
                const bar =
                  p.low !== undefined && p.high !== undefined && p.low > 0
                    ? element('path', {
                        d: `M${pair(at, y.toPixel(p.low))}V${y.toPixel(p.high).toFixed(1)}`,
                        stroke: colour,
                        'stroke-width': 1.5,
                      })
                    : '';
                return bar + element('circle', { cx: at, cy: y.toPixel(p.y), r: 4, fill: colour });
              })
              .join('');
      const sign =
        kind === 'theory'
          ? element('path', {
              d: `M24 ${legendY - 4}h24`,
              stroke: colour,
              'stroke-width': 1.5,
              'stroke-dasharray': '6 4',
            })
          : element('circle', { cx: 36, cy: legendY - 4, r: 4, fill: colour });
      return shape + sign + element('text', { x: 58, y: legendY }, escapeXml(name));
    }),
  ].join('\n');
  const svg = `<?xml version="1.0" encoding="UTF-8"?>\n${element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', width: WIDTH, height, viewBox: `0 0 ${WIDTH} ${height}`, role: 'img' },
    `\n${body}\n`,
  )}\n`;
  return { svg, width: WIDTH, height };
}

function axisOf(values: readonly number[]): AxisChoice {
  if (values.length === 0) return logAxis(1, 10, 6);
  return logAxis(Math.min(...values), Math.max(...values), 6);
}

const pair = (x: number, y: number): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

function label(tick: Tick): string {
  if (typeof tick.label === 'string') return escapeXml(tick.label);
  const { exponent } = tick.label;
  return exponent === 0 ? '1' : `10${element('tspan', { dy: -5, 'font-size': 9 }, String(exponent).replace('-', '−'))}`;
}
