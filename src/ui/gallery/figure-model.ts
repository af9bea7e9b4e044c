/** A claim's figure as numbers: axes, paths and points in pixels. */
import type { Axis } from '../../export/figure/model';
import { ticksAcross, ticksUp, type Plot } from '../../export/figure/plot';
import { logAxis, logTicks, makeScale } from '../../export/figure/scale';
import type { ClaimFigure } from '../../gallery/types';
import { optimizers } from '../../optimizers/registry';
import { variantColour, type Scheme } from '../palette';

export interface FigureModel {
  readonly x: Axis;
  readonly y: Axis;
  readonly series: readonly {
    readonly label: string;
    readonly kind: 'measured' | 'theory';
    readonly colour: string;
    /** SVG path of a theory's line; empty for points. */
    readonly path: string;
    /** Of measured points; `top` and `foot` are the ends of the interval. */
    readonly points: readonly { readonly x: number; readonly y: number; readonly top: number; readonly foot: number }[];
  }[];
  readonly marks: readonly { readonly x: number; readonly label: string }[];
}

export function figureModel(figure: ClaimFigure, plot: Plot, scheme: Scheme): FigureModel {
  const all = figure.series.flatMap(({ points }) => points).filter(({ x, y }) => isDrawable(x) && isDrawable(y));
  const xs = all.map(({ x }) => x);
  const ys = all.flatMap(({ y, low, high }) => [y, low ?? y, high ?? y]).filter(isDrawable);
  const domain = widened(xs);
  const yAxis = logAxis(least(ys, 1), greatest(ys, 10), ticksUp(plot));
  const bottom = plot.top + plot.height;
  const right = plot.left + plot.width;
  const x = makeScale(domain, [plot.left, right], true);
  const y = makeScale(yAxis.domain, [bottom, plot.top], true);
  const inside = (pixel: number) => Math.min(bottom, Math.max(plot.top, pixel));
  const colours = groupColours(figure, scheme);
  return {
    x: { scale: x, ticks: logTicks(domain, ticksAcross(plot, 80)), title: figure.x },
    y: { scale: y, ticks: yAxis.ticks, title: figure.y },
    series: figure.series.map(({ label, kind, group, points }) => {
      const drawn = points.filter((point) => isDrawable(point.x) && isDrawable(point.y));
      return {
        label,
        kind,
        colour: colours.get(group)!,
        path:
          kind === 'theory'
            ? drawn.map((p, k) => `${k ? 'L' : 'M'}${x.toPixel(p.x).toFixed(1)} ${y.toPixel(p.y).toFixed(1)}`).join('')
            : '',
        points:
          kind === 'measured'
            ? drawn.map((p) => ({
                x: x.toPixel(p.x),
                y: y.toPixel(p.y),
                top: inside(y.toPixel(p.high ?? p.y)),
                foot: (p.low ?? p.y) > 0 ? inside(y.toPixel(p.low ?? p.y)) : bottom,
              }))
            : [],
      };
    }),
    marks: (figure.marks ?? []).map((mark) => ({ x: x.toPixel(mark.x), label: mark.label })),
  };
}

/** A group that names an optimizer wears its colour, so that it is the same on the whole page; MaSS is what claims are about. */
function groupColours({ series }: ClaimFigure, scheme: Scheme): Map<number, string> {
  const colours = new Map<number, string>();
  const taken = new Map<string, number>();
  for (const { group, label } of series) {
    if (colours.has(group)) continue;
    const named = optimizers.find((optimizer) => label.startsWith(optimizer.label));
    const base = (named ?? optimizers.find(({ id }) => id === 'mass')!).colour[scheme];
    const variant = taken.get(base) ?? 0;
    taken.set(base, variant + 1);
    colours.set(group, variantColour(base, variant, scheme));
  }
  return colours;
}

const isDrawable = (value: number): boolean => value > 0 && Number.isFinite(value);
const least = (values: readonly number[], none: number) => values.reduce((a, b) => Math.min(a, b), values[0] ?? none);
const greatest = (values: readonly number[], none: number) =>
  values.reduce((a, b) => Math.max(a, b), values[0] ?? none);

/** From the least to the greatest value with a little room beside them. */
function widened(values: readonly number[]): readonly [number, number] {
  const low = least(values, 1);
  const high = greatest(values, 10);
  const room = high > low ? (high / low) ** 0.03 : 1.5;
  return [low / room, high * room];
}
