/** The dominant eigenvalue of an operator that keeps a cone, known only by its products (Arnoldi 1951, restarted). */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { dot } from './products';
import type { Work } from './slices';

export interface DominantEigenvalue {
  readonly value: number;
  readonly vector: Float64Array;
}

/** Directions kept before the search starts again from the best vector. */
const SUBSPACE = 32;
const RESTARTS = 30;

/**
 * Largest eigenvalue of an operator whose spectral radius is an eigenvalue, as it is where a cone is mapped into itself
 * (Krein–Rutman). `start` should lie inside the cone. Ends where the residual is below `tolerance` × eigenvalue.
 */
export function* dominantEigenvalue(
  product: (v: Float64Array) => Float64Array,
  start: Float64Array,
  tolerance: number,
): Work<DominantEigenvalue> {
  const d = start.length;
  let vector = start;
  let value = 0;
  for (let round = 0; round < RESTARTS; round++) {
    const basis = [scaled(vector, 1 / length(vector))];
    const columns: number[][] = [];
    for (let nextCheck = 1; ;) {
      const image = Float64Array.from(product(basis.at(-1)!));
      const size = basis.length;
      const column = new Array<number>(size + 1).fill(0);
      const before = length(image);
      for (let pass = 0; pass < 2; pass++)
        basis.forEach((b, k) => {
          const share = dot(b, 0, image, 0, d);
          column[k]! += share;
          for (let j = 0; j < d; j++) image[j]! -= share * b[j]!;
        });
      const norm = length(image);
      column[size] = norm;
      columns.push(column);
      yield 0;
      const exhausted = !(norm > 1e-14 * before) || size === d;
      if (!exhausted && size < nextCheck && size < SUBSPACE) {
        basis.push(scaled(image, 1 / norm));
        continue;
      }
      const top = topOfHessenberg(columns);
      value = top.value;
      const residual = exhausted ? 0 : norm * Math.abs(top.coefficients[size - 1]!);
      const converged = residual <= tolerance * Math.abs(value);
      if (converged || size >= SUBSPACE) {
        vector = new Float64Array(d);
        for (const [k, b] of basis.entries()) for (let j = 0; j < d; j++) vector[j]! += top.coefficients[k]! * b[j]!;
        if (converged) return { value, vector };
        break;
      }
      nextCheck = size + Math.max(1, size >> 2);
      basis.push(scaled(image, 1 / norm));
    }
  }
  return { value, vector };
}

function topOfHessenberg(columns: readonly number[][]): {
  readonly value: number;
  readonly coefficients: readonly number[];
} {
  const size = columns.length;
  const matrix = Matrix.zeros(size, size);
  columns.forEach((column, c) => {
    column.slice(0, size).forEach((x, r) => matrix.set(r, c, x));
  });
  const decomposition = new EigenvalueDecomposition(matrix);
  const values = decomposition.realEigenvalues;
  const value = Math.max(...values);
  const coefficients = decomposition.eigenvectorMatrix.getColumn(values.indexOf(value));
  const norm = Math.hypot(...coefficients);
  return { value, coefficients: coefficients.map((x) => x / norm) };
}

const length = (v: Float64Array): number => Math.sqrt(dot(v, 0, v, 0, v.length));
const scaled = (v: Float64Array, factor: number): Float64Array => v.map((x) => x * factor);
