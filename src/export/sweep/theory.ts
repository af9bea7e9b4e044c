/** What theory draws over a map, in cells: x to the right, y upwards, cell k from k to k + 1. */
import { contours } from 'd3-contour';
import { BATCH_PARAMETER } from '../../experiment/sweep';
import { optimalHyper } from '../../theory/optimal';
import { isComplete, type KnownConstants } from '../../theory/spectral';
import type { OptimizerId } from '../../optimizers/registry';
import { cellPosition, type CellAxis } from './axis';

export type Point = readonly [x: number, y: number];

/**
 * The line between cells with ρ < 1 and cells with ρ ≥ 1, by marching squares: halfway between the middles of the two,
 * since the exact place between them is not known. Empty where ρ is unknown anywhere, or on one side of 1 everywhere.
 */
export function stabilityBoundary(radius: Float64Array, width: number, height: number): Point[][] {
  if (radius.some(Number.isNaN)) return [];
  // The outermost cells are repeated around the map, so that the line meets its edge straight.
  const inside = (k: number, count: number) => Math.min(count - 1, Math.max(0, k - 1));
  const unstable = Array.from({ length: (width + 2) * (height + 2) }, (_, k) => {
    const x = inside(k % (width + 2), width);
    const y = inside(Math.floor(k / (width + 2)), height);
    return radius[y * width + x]! >= 1 ? 1 : 0;
  });
  const { coordinates } = contours()
    .size([width + 2, height + 2])
    .contour(unstable, 0.5);
  const clipped = ([x, y]: readonly number[]): Point => [
    Math.min(width, Math.max(0, x! - 1)),
    Math.min(height, Math.max(0, y! - 1)),
  ];
  const lines: Point[][] = [];
  for (const ring of coordinates.flat()) {
    let line: Point[] = [];
    for (let k = 0; k + 1 < ring.length; k++) {
      const [from, to] = [clipped(ring[k]!), clipped(ring[k + 1]!)];
      // The ring closes outside of the map, where no boundary is.
      if (onEdge(from, width, height) && onEdge(to, width, height)) {
        if (line.length > 1) lines.push(line);
        line = [];
        continue;
      }
      if (line.length === 0) line.push(from);
      line.push(to);
    }
    if (line.length > 1) lines.push(line);
  }
  return lines;
}

const onEdge = ([x, y]: Point, width: number, height: number): boolean => x <= 0 || y <= 0 || x >= width || y >= height;

const CURVE_POINTS = 96;

/**
 * The paper's optimal step size 1/L_m over the batch size m, where these are the axes and the optimizer has one. Parts
 * outside of the map are left out.
 */
export function optimalCurve(
  optimizer: OptimizerId,
  constants: KnownConstants | undefined,
  x: CellAxis,
  y: CellAxis,
): Point[] {
  const batch = [x, y].find(({ parameter }) => parameter === BATCH_PARAMETER);
  const eta = [x, y].find(({ parameter }) => parameter === 'eta');
  if (!batch || !eta || !constants || !isComplete(constants)) return [];
  const [first, last] = [batch.values[0]!, batch.values.at(-1)!];
  const points: Point[] = [];
  for (let k = 0; k < CURVE_POINTS; k++) {
    const m = first * (last / first) ** (k / (CURVE_POINTS - 1));
    const optimal = optimalHyper(optimizer, constants, m)?.['eta'];
    if (optimal === undefined) return [];
    const along = cellPosition(batch, m);
    const up = cellPosition(eta, optimal);
    if (along !== undefined && up !== undefined) points.push(batch === x ? [along, up] : [up, along]);
  }
  return points;
}

/**
 * The cell with the least ρ of every column (of every row where the batch size goes upwards), if it is below 1. Middles of
 * the cells.
 */
export function exactBest(radius: Float64Array, x: CellAxis, y: CellAxis): Point[] {
  const [width, height] = [x.values.length, y.values.length];
  const rows = y.parameter === BATCH_PARAMETER;
  const points: Point[] = [];
  for (let i = 0; i < (rows ? height : width); i++) {
    let best: { rho: number; k: number } | undefined;
    for (let k = 0; k < (rows ? width : height); k++) {
      const rho = radius[rows ? i * width + k : k * width + i]!;
      if (rho < 1 && (!best || rho < best.rho)) best = { rho, k };
    }
    if (best) points.push(rows ? [best.k + 0.5, i + 0.5] : [i + 0.5, best.k + 0.5]);
  }
  return points;
}
