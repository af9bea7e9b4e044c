/**
 * Eigenvalues and eigenvectors of a symmetric matrix by cyclic Jacobi rotations (Golub & Van Loan, Matrix Computations,
 * section 8.5): slower than tridiagonal methods, but it can pause anywhere, and small eigenvalues of a positive
 * definite matrix stay accurate.
 */
import type { Work } from './slices';

export interface SymmetricEigen {
  /** Length d, descending. */
  readonly values: Float64Array;
  /** d × d, row-major: row k is the unit eigenvector of `values[k]`. */
  readonly vectors: Float64Array;
}

const MAX_SWEEPS = 30;
/** Entries this small beside their diagonal entries, or beside the whole matrix, are done. */
const RELATIVE = 1e-15;
const NEGLIGIBLE = 1e-18;

/** `matrix` is row-major d × d, symmetric, and left as it is. */
export function* symmetricEigen(matrix: Float64Array, d: number): Work<SymmetricEigen> {
  const a = matrix.slice();
  const v = new Float64Array(d * d);
  let trace = 0;
  for (let j = 0; j < d; j++) {
    v[j * d + j] = 1;
    trace += Math.abs(a[j * d + j]!);
  }
  let rotated = true;
  for (let sweep = 0; rotated && sweep < MAX_SWEEPS; sweep++) {
    rotated = false;
    for (let p = 0; p < d - 1; p++) {
      for (let q = p + 1; q < d; q++) {
        const off = Math.abs(a[p * d + q]!);
        const beside = Math.sqrt(Math.abs(a[p * d + p]! * a[q * d + q]!));
        if (off <= RELATIVE * beside || off <= NEGLIGIBLE * trace) continue;
        rotate(a, v, d, p, q);
        rotated = true;
      }
      yield (sweep + p / d) / MAX_SWEEPS;
    }
  }
  const order = Array.from({ length: d }, (_, j) => j).sort((i, j) => a[j * d + j]! - a[i * d + i]!);
  const vectors = new Float64Array(d * d);
  order.forEach((from, to) => {
    vectors.set(v.subarray(from * d, (from + 1) * d), to * d);
  });
  return { values: Float64Array.from(order, (j) => a[j * d + j]!), vectors };
}

/** The rotation in the plane (p, q) that makes a_pq zero: of a from both sides, of the rows of v from one. */
function rotate(a: Float64Array, v: Float64Array, d: number, p: number, q: number): void {
  const theta = (a[q * d + q]! - a[p * d + p]!) / (2 * a[p * d + q]!);
  const t = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
  const c = 1 / Math.sqrt(t * t + 1);
  const s = t * c;
  for (let k = 0; k < d; k++) {
    const x = a[p * d + k]!;
    const y = a[q * d + k]!;
    a[p * d + k] = c * x - s * y;
    a[q * d + k] = s * x + c * y;
    const vx = v[p * d + k]!;
    const vy = v[q * d + k]!;
    v[p * d + k] = c * vx - s * vy;
    v[q * d + k] = s * vx + c * vy;
  }
  for (let k = 0; k < d; k++) {
    const x = a[k * d + p]!;
    const y = a[k * d + q]!;
    a[k * d + p] = c * x - s * y;
    a[k * d + q] = s * x + c * y;
  }
  a[p * d + q] = 0;
  a[q * d + p] = 0;
}
