/**
 * The common colour scale of all maps: viridis, which is perceptually even and safe for colour-blind readers. The better
 * a cell, the brighter.
 */
import { interpolateViridis } from 'd3-scale-chromatic';
import { logTicks, makeScale, shareTicks, type Scale, type Tick } from '../figure/scale';
import type { Metric } from './metrics';

export const SHADES = 256;
/** The darkest shades could hardly be told from a dark page. */
const DARKEST = 0.08;
/** A rate this much below the best one is as good as none: the scale ends there. */
const RATE_RANGE = 1e4;

/** `#rrggbb` from the worst to the best. */
export const shades: readonly string[] = Array.from({ length: SHADES }, (_, k) =>
  interpolateViridis(DARKEST + ((1 - DARKEST) * k) / (SHADES - 1)),
);

export interface ColourScale {
  /** From the worst to the best value. */
  readonly domain: readonly [number, number];
  /** Index into {@link shades}. */
  readonly shade: (value: number) => number;
  /** Position of a value along the legend, 0 (worst) … 1 (best). */
  readonly position: (value: number) => number;
  readonly ticks: (count: number) => Tick[];
}

/** The scale that holds all values of all maps; undefined where there are none. Logarithmic where values span decades. */
export function colourScale(
  maps: readonly { readonly values: Iterable<number> }[],
  metric: Metric,
): ColourScale | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { values } of maps)
    for (const value of values) {
      if (!(value > 0) && !(metric.share && value === 0)) continue;
      if (value < low) low = value;
      if (value > high) high = value;
    }
  if (!(low <= high)) return undefined;
  if (metric.better === 'high' && !metric.share) low = Math.max(low, high / RATE_RANGE);
  const domain: [number, number] = metric.better === 'high' ? [low, high] : [high, low];
  const scale: Scale = makeScale([low, high], metric.better === 'high' ? [0, 1] : [1, 0], !metric.share);
  const position = (value: number): number => {
    if (low === high) return 1;
    // Zero, or a loss that rose: the end of the scale that it is beyond.
    if (!(value > low)) return metric.better === 'high' ? 0 : 1;
    return Math.min(1, Math.max(0, scale.toPixel(value)));
  };
  return {
    domain,
    position,
    shade: (value) => Math.round(position(value) * (SHADES - 1)),
    ticks: (count) =>
      low === high
        ? [{ value: low, label: metric.format(low) }]
        : (metric.share ? shareTicks : logTicks)([low, high], count),
  };
}
