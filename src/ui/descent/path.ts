import type { Trajectory } from '../../worker/protocol';
import type { RunStyle } from '../palette';

export type Path = Extract<Trajectory, { kind: 'path' }>;

/** A run's path as the picture draws it. */
export interface DrawnPath {
  readonly id: number;
  readonly label: string;
  readonly style: RunStyle;
  readonly path: Path;
  /** The path of settings of a moment ago: the new one is being worked out. */
  readonly stale: boolean;
}

/** The last recorded point at or before a step. */
export function pointAt({ step }: Path, at: number): number {
  let low = 0;
  let high = step.length - 1;
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (step[middle]! <= at) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Error of a point along a kept direction. */
export const errorAt = ({ errors, ranks }: Path, point: number, direction: number): number =>
  errors[point * ranks.length + direction]!;

/** Share ½ λ_j e_j² of a point's excess loss that lies along a kept direction. */
export const shareAt = (path: Path, point: number, direction: number): number =>
  (path.eigenvalues[direction]! * errorAt(path, point, direction) ** 2) / 2;

export const hasDiverged = ({ diverged }: Path, at: number): boolean => diverged !== undefined && at >= diverged;

/** Range of losses: at the start, the most and the least above zero. */
export interface LossRange {
  readonly start: number;
  readonly most: number;
  readonly least: number;
}

/** Range of the loss in the plane of two kept directions over all paths; of those that diverge only their start counts. */
export function planeRange(paths: readonly DrawnPath[], [first, second]: readonly [number, number]): LossRange {
  return rangeOf(paths, `plane ${first} ${second}`, (path, point) => {
    const loss = shareAt(path, point, first);
    return [first === second ? loss : loss + shareAt(path, point, second)];
  });
}

/** Range of the shares of the loss along all kept directions, likewise. */
export function shareRange(paths: readonly DrawnPath[]): LossRange {
  return rangeOf(paths, 'shares', (path, point) =>
    Array.from(path.ranks, (_, direction) => shareAt(path, point, direction)),
  );
}

/** Range of the loss over all paths, likewise. */
export function excessRange(paths: readonly DrawnPath[]): LossRange {
  return rangeOf(paths, 'excess', (path, point) => [path.excess[point]!]);
}

type LossesAt = (path: Path, point: number) => readonly number[];

/** What is known of single paths, by the name of the range: a drag gives one path anew and leaves the others. */
const ranges = new WeakMap<Path, Map<string, LossRange>>();

function rangeOf(paths: readonly DrawnPath[], name: string, lossesAt: LossesAt): LossRange {
  let [start, most, least] = [0, 0, Infinity];
  for (const { path } of paths) {
    const known = ranges.get(path) ?? new Map<string, LossRange>();
    const range = known.get(name) ?? rangeOfOne(path, lossesAt);
    ranges.set(path, known.set(name, range));
    start = Math.max(start, range.start);
    most = Math.max(most, range.most);
    least = Math.min(least, range.least);
  }
  return { start, most, least };
}

function rangeOfOne(path: Path, lossesAt: LossesAt): LossRange {
  let [start, most, least] = [0, 0, Infinity];
  const points = path.diverged === undefined ? path.step.length : 1;
  for (let point = 0; point < points; point++)
    for (const loss of lossesAt(path, point)) {
      if (!(loss > 0) || !Number.isFinite(loss)) continue;
      if (point === 0) start = Math.max(start, loss);
      most = Math.max(most, loss);
      least = Math.min(least, loss);
    }
  return { start, most, least };
}

/** Paths that leave go at most so many times as far out as the start before a linear view lets them go. */
const OVERSHOOT = 1.5;

/** How far a linear view must reach along a direction for the last `points` points of all paths up to a step. */
export function reach(paths: readonly DrawnPath[], direction: number, step: number, points: number): number {
  let farthest = 0;
  let start = 0;
  for (const { path } of paths) {
    const last = pointAt(path, step);
    start = Math.max(start, Math.abs(errorAt(path, 0, direction)));
    if (path.diverged !== undefined) continue;
    for (let k = Math.max(0, last + 1 - points); k <= last; k++)
      farthest = Math.max(farthest, Math.abs(errorAt(path, k, direction)));
  }
  const range = Math.min(farthest || start, start > 0 ? start * OVERSHOOT : Infinity);
  return Number.isFinite(range) && range > 1e-300 ? range : 1;
}
