/** Lines and marks of theory over a map, and how they get from cells to pixels. */
import type { Plot } from '../figure/model';
import type { SweepData } from './data';
import { exactBest, optimalCurve, stabilityBoundary, type Point } from './theory';

export interface MapOverlay {
  /** Where ρ = 1. */
  readonly boundary: readonly (readonly Point[])[];
  /** The paper's optimal step size. */
  readonly optimal: readonly Point[];
  /** The least ρ of every column. */
  readonly best: readonly Point[];
}

/** What followed from a map's ρ: asked for at every frame while the map fills. A map keeps its axes. */
const known = new WeakMap<Float64Array, Omit<MapOverlay, 'optimal'>>();

const none: MapOverlay = { boundary: [], optimal: [], best: [] };

export function mapOverlay({ maps, x, y, constants }: SweepData, map: number): MapOverlay {
  const data = maps[map];
  if (!data) return none;
  const { radius, run } = data;
  const optimal = optimalCurve(run.optimizer, constants, x, y);
  if (radius?.length !== x.values.length * y.values.length) return { ...none, optimal };
  let exact = known.get(radius);
  if (!exact) {
    exact = {
      boundary: stabilityBoundary(radius, x.values.length, y.values.length),
      best: exactBest(radius, x, y),
    };
    known.set(radius, exact);
  }
  return { ...exact, optimal };
}

/** A line in cells as a path in pixels; '' where there is none. */
export function pathThrough(points: readonly Point[], plot: Plot, columns: number, rows: number): string {
  const bottom = plot.top + plot.height;
  return points
    .map(([x, y], k) => {
      const [px, py] = [plot.left + (x / columns) * plot.width, bottom - (y / rows) * plot.height];
      return `${k === 0 ? 'M' : 'L'}${px.toFixed(1)} ${py.toFixed(1)}`;
    })
    .join('');
}
