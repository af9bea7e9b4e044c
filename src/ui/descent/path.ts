import type { Trajectory } from '../../worker/protocol';
import type { RunStyle } from '../palette';

export type Path = Extract<Trajectory, { kind: 'path' }>;

/** A run's path as the picture draws it. */
export interface DrawnPath {
  readonly id: number;
  readonly label: string;
  readonly style: RunStyle;
  readonly path: Path;
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
