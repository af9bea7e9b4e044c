import { describe, expect, it } from 'vitest';
import { LeastSquaresReference } from '../../src/problems/least-squares';
import { atOnce } from '../../src/theory/slices';
import { storedMoments } from '../../src/theory/stored-moments';
import { randomRows, storedProblem } from './theory-stored';

describe('fourth moments of stored rows', () => {
  it('are E[(xᵀMx) x xᵀ] in the eigen-directions, for few rows and for many', () => {
    for (const [count, noise] of [
      [3, 0],
      [3, 1],
      [40, 0],
      [400, 0.7],
    ] as const) {
      const rows = randomRows(count, 4, count, noise);
      const problem = storedProblem(rows);
      const { lambda, start, floor, fourth } = atOnce(storedMoments(problem, rows));
      const p = start.length;
      expect(lambda.length).toBe(Math.min(count, 4));
      expect(p).toBe(lambda.length + (noise > 0 && count > 4 ? 1 : 0));
      // Invariant under rotation: M = I gives E ‖x‖² x xᵀ with trace E ‖x‖⁴, and M = e eᵀ at e = w₀ − w* the loss at w₀.
      const pack = (entry: (j: number, k: number) => number) => {
        const values: number[] = [];
        for (let k = 0; k < p; k++) for (let j = 0; j <= k; j++) values.push(entry(j, k) * (j === k ? 1 : Math.SQRT2));
        return Float64Array.from(values);
      };
      const trace = (m: Float64Array) => lambda.reduce((sum, _, k) => sum + m[(k * (k + 3)) / 2]!, 0);
      const out = new Float64Array((lambda.length * (lambda.length + 1)) / 2);
      const lengths = Array.from({ length: count }, (_, i) =>
        rows.features.subarray(4 * i, 4 * i + 4).reduce((sum, x) => sum + x * x, 0),
      );
      fourth(
        pack((j, k) => (j === k && j < lambda.length ? 1 : 0)),
        out,
      );
      expect(trace(out) / (lengths.reduce((sum, l) => sum + l * l, 0) / count)).toBeCloseTo(1, 12);
      fourth(
        pack((j, k) => start[j]! * start[k]!),
        out,
      );
      let weighted = 0;
      for (let i = 0; i < count; i++) {
        const x = rows.features.subarray(4 * i, 4 * i + 4);
        const residual = x.reduce((sum, value, j) => sum + value * problem.start[j]!, 0) - rows.targets[i]!;
        weighted += (lengths[i]! * residual * residual) / count;
      }
      expect(trace(out) / weighted).toBeCloseTo(1, 10);
      const reference = new LeastSquaresReference(problem, { seed: 1, mode: 'replacement' });
      const loss = floor + lambda.reduce((sum, l, j) => sum + (l * start[j]! ** 2) / 2, 0);
      expect(loss / reference.loss(problem.start)).toBeCloseTo(1, 10);
    }
  });
});
