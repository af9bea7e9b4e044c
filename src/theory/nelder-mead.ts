/** The downhill simplex method (Nelder & Mead 1965), restarted until it stops gaining: for few variables without gradients. */
import { atOnce, part, type Work } from './slices';

export interface Minimum {
  readonly x: readonly number[];
  readonly value: number;
  readonly evaluations: number;
}

export interface SimplexOptions {
  /** Edge of the first simplex along each axis. */
  readonly size?: number;
  /** Stop where the values at the corners differ by less. */
  readonly tolerance?: number;
  readonly maxEvaluations?: number;
}

interface Corner {
  readonly x: readonly number[];
  readonly value: number;
}

/** A function whose values take long. */
export type Slow = (x: readonly number[]) => Work<number>;

/** {@link minimising} without a pause, of a function whose values come at once. */
export const minimise = (f: (x: readonly number[]) => number, start: readonly number[], options?: SimplexOptions) =>
  atOnce(
    minimising(
      function* (x) {
        yield 0;
        return f(x);
      },
      start,
      options,
    ),
  );

/**
 * A local minimum of `f` near `start`. The method can stall on the ridges of a maximum of smooth functions; a fresh simplex
 * at the best point gets it going again. Infinite values are allowed, NaN counts as infinite.
 */
export function* minimising(f: Slow, start: readonly number[], options: SimplexOptions = {}): Work<Minimum> {
  const { size = 0.5, tolerance = 1e-10, maxEvaluations = 4000 } = options;
  let evaluations = 0;
  const spent = (): number => Math.min(1, evaluations / maxEvaluations);
  const at = function* (x: readonly number[]): Work<Corner> {
    const done = spent();
    evaluations++;
    const value = yield* part(f(x), done, done);
    return { x, value: Number.isNaN(value) ? Infinity : value };
  };
  let best = yield* at(start);
  yield 0;
  for (let edge = size; evaluations < maxEvaluations; edge = edge > 0 ? -edge / 2 : -edge) {
    const before = best.value;
    best = yield* descend(at, best, edge, tolerance, spent);
    if (!(before - best.value > tolerance) && Math.abs(edge) < size / 8) break;
  }
  return { ...best, evaluations };
}

function* descend(
  at: (x: readonly number[]) => Work<Corner>,
  start: Corner,
  edge: number,
  tolerance: number,
  spent: () => number,
): Work<Corner> {
  const n = start.x.length;
  const corners = [start];
  for (let k = 0; k < n; k++) corners.push(yield* at(start.x.map((x, j) => (j === k ? x + edge : x))));
  for (;;) {
    corners.sort((a, b) => a.value - b.value);
    const best = corners[0]!;
    const worst = corners[n]!;
    if (worst.value - best.value < tolerance || spent() >= 1) return best;
    yield spent();
    const centre = best.x.map((_, j) => corners.slice(0, n).reduce((sum, c) => sum + c.x[j]!, 0) / n);
    // The point on the line from the worst corner through the centre: 1 reflects, 2 expands, ±½ contracts.
    const along = (t: number): Work<Corner> => at(centre.map((c, j) => c + t * (c - worst.x[j]!)));
    const reflected = yield* along(1);
    if (reflected.value < best.value) {
      const expanded = yield* along(2);
      corners[n] = expanded.value < reflected.value ? expanded : reflected;
    } else if (reflected.value < corners[n - 1]!.value) {
      corners[n] = reflected;
    } else {
      const contracted = yield* along(reflected.value < worst.value ? 0.5 : -0.5);
      if (contracted.value < Math.min(reflected.value, worst.value)) corners[n] = contracted;
      else for (let k = 1; k <= n; k++) corners[k] = yield* at(corners[k]!.x.map((x, j) => (x + best.x[j]!) / 2));
    }
  }
}
