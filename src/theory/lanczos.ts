/** The largest eigenvalue of a symmetric operator that is known only by its products (Lanczos 1950). */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { dot } from './products';
import type { Work } from './slices';

export interface LanczosOptions {
  /** Stop where the residual ‖Av − θv‖ is below this multiple of θ; the error is of its square over the gap. */
  readonly tolerance: number;
  readonly maxSteps: number;
}

export interface LargestEigenvalue {
  /** θ, from below. */
  readonly value: number;
  /** An eigenvalue lies within this distance of θ. */
  readonly residual: number;
  readonly vector: Float64Array;
  readonly converged: boolean;
}

/**
 * Largest eigenvalue of a positive semidefinite operator, with full reorthogonalisation: no digits are lost and no copy of
 * an eigenvalue appears twice. `start` must not be orthogonal to the eigenvector.
 */
export function* largestEigenvalue(
  product: (v: Float64Array) => Work<Float64Array>,
  start: Float64Array,
  { tolerance, maxSteps }: LanczosOptions,
): Work<LargestEigenvalue> {
  const d = start.length;
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const off: number[] = [];
  let next = Float64Array.from(start);
  let norm = Math.sqrt(dot(next, 0, next, 0, d));
  let nextCheck = 1;
  let progress = 0;
  for (;;) {
    const v = next.map((x) => x / norm);
    basis.push(v);
    const steps = basis.length;
    const image = product(v);
    for (;;) {
      const step = image.next();
      if (step.done) {
        next = Float64Array.from(step.value);
        break;
      }
      // Nobody knows how many steps there will be: the first ones count most.
      yield progress + 0.05 * step.value * (1 - progress);
    }
    progress += 0.05 * (1 - progress);
    diagonal.push(dot(v, 0, next, 0, d));
    for (let pass = 0; pass < 2; pass++)
      for (const b of basis) {
        const share = dot(b, 0, next, 0, d);
        for (let j = 0; j < d; j++) next[j]! -= share * b[j]!;
      }
    norm = Math.sqrt(dot(next, 0, next, 0, d));
    const scale = Math.max(...diagonal);
    const exhausted = steps >= d || norm <= 1e-14 * scale;
    if (exhausted || steps >= nextCheck || steps >= maxSteps) {
      const { value, coefficients } = topOfTridiagonal(diagonal, off);
      const residual = exhausted ? 0 : norm * Math.abs(coefficients[steps - 1]!);
      const converged = residual <= tolerance * value;
      if (converged || steps >= maxSteps) {
        const vector = new Float64Array(d);
        basis.forEach((b, k) => {
          for (let j = 0; j < d; j++) vector[j]! += coefficients[k]! * b[j]!;
        });
        return { value, residual, vector, converged };
      }
      nextCheck = steps + Math.max(1, steps >> 3);
    }
    off.push(norm);
  }
}

/** A start with every frequency in it: no structured data is orthogonal to it. */
export const genericVector = (d: number): Float64Array =>
  Float64Array.from({ length: d }, (_, j) => 1 + 0.5 * Math.sin(1 + j * j));

function topOfTridiagonal(
  diagonal: readonly number[],
  off: readonly number[],
): { readonly value: number; readonly coefficients: number[] } {
  const matrix = Matrix.diag([...diagonal]);
  off.forEach((value, k) => {
    matrix.set(k, k + 1, value);
    matrix.set(k + 1, k, value);
  });
  const decomposition = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  const values = decomposition.realEigenvalues;
  const value = Math.max(...values);
  return { value, coefficients: decomposition.eigenvectorMatrix.getColumn(values.indexOf(value)) };
}
