/** Cholesky factors that reveal the rank, and what is worked out with them. Matrices are row-major and flat. */
import { addInnerProducts, dot, transpose } from './products';
import type { Work } from './slices';

/** A ≈ F Fᵀ with F of size d × rank; the rows of F at the pivots are lower triangular, in the order of the pivots. */
export interface PivotedFactor {
  readonly rank: number;
  readonly pivots: Int32Array;
  /** F, d × rank. */
  readonly factor: Float64Array;
}

/**
 * Cholesky factor of a positive semidefinite d × d matrix with complete pivoting; stops where what remains has no diagonal
 * entry above `tolerance`.
 */
export function* pivotedCholesky(matrix: Float64Array, d: number, tolerance: number): Work<PivotedFactor> {
  const rows = new Float64Array(d * d);
  const remaining = Float64Array.from({ length: d }, (_, j) => matrix[j * d + j]!);
  const open = Array.from({ length: d }, (_, j) => j);
  const pivots: number[] = [];
  while (open.length > 0) {
    const place = open.reduce((best, j, k) => (remaining[j]! > remaining[open[best]!]! ? k : best), 0);
    const p = open[place]!;
    if (!(remaining[p]! > tolerance)) break;
    open[place] = open.at(-1)!;
    open.pop();
    const s = pivots.length;
    const root = Math.sqrt(remaining[p]!);
    rows[p * d + s] = root;
    for (const i of open) {
      const value = (matrix[p * d + i]! - dot(rows, i * d, rows, p * d, s)) / root;
      rows[i * d + s] = value;
      remaining[i]! -= value * value;
    }
    pivots.push(p);
    yield (s * s) / (d * d);
  }
  const rank = pivots.length;
  const factor = new Float64Array(d * rank);
  for (let j = 0; j < d; j++) factor.set(rows.subarray(j * d, j * d + rank), j * rank);
  return { rank, pivots: Int32Array.from(pivots), factor };
}

/**
 * Lower triangular k × k Cholesky factor of a positive definite matrix, of which the lower triangle is read. Ends at the
 * first pivot that is not above `tolerance`: the leading `rank` rows and columns are the factor of the leading part.
 */
export function* cholesky(
  matrix: Float64Array,
  k: number,
  tolerance = 0,
): Work<{ readonly rank: number; readonly factor: Float64Array }> {
  const factor = new Float64Array(k * k);
  for (let j = 0; j < k; j++) {
    const square = matrix[j * k + j]! - dot(factor, j * k, factor, j * k, j);
    if (!(square > tolerance)) return { rank: j, factor };
    const root = Math.sqrt(square);
    factor[j * k + j] = root;
    for (let i = j + 1; i < k; i++)
      factor[i * k + j] = (matrix[i * k + j]! - dot(factor, i * k, factor, j * k, j)) / root;
    yield (j * j) / (k * k);
  }
  return { rank: k, factor };
}

/** The first columns of a factor. */
export function truncated({ rank, pivots, factor }: PivotedFactor, columns: number): PivotedFactor {
  const d = factor.length / rank;
  const kept = new Float64Array(d * columns);
  for (let j = 0; j < d; j++) kept.set(factor.subarray(j * rank, j * rank + columns), j * columns);
  return { rank: columns, pivots: pivots.slice(0, columns), factor: kept };
}

/** The square lower triangular part of a factor: its rows at the pivots. */
export function pivotRows({ rank, pivots, factor }: PivotedFactor): Float64Array {
  const square = new Float64Array(rank * rank);
  pivots.forEach((p, k) => {
    square.set(factor.subarray(p * rank, p * rank + k + 1), k * rank);
  });
  return square;
}

/** Inverse of a lower triangular k × k matrix. */
export function* invertLower(lower: Float64Array, k: number): Work<Float64Array> {
  // Column c of the inverse is row c of its transpose: both sides of the inner products lie in memory in order.
  const transposed = new Float64Array(k * k);
  for (let c = 0; c < k; c++) {
    const row = c * k;
    transposed[row + c] = 1 / lower[c * k + c]!;
    for (let j = c + 1; j < k; j++)
      transposed[row + j] = -dot(lower, j * k + c, transposed, row + c, j - c) / lower[j * k + j]!;
    yield c / k;
  }
  return transpose(transposed, k, k);
}

/** M v for a lower triangular k × k matrix M. */
export const lowerTimes = (m: Float64Array, k: number, v: Float64Array): Float64Array =>
  Float64Array.from({ length: k }, (_, j) => dot(m, j * k, v, 0, j + 1));

/** Mᵀ v for a lower triangular k × k matrix M. */
export function lowerTransposedTimes(m: Float64Array, k: number, v: Float64Array): Float64Array {
  const result = new Float64Array(k);
  for (let j = 0; j < k; j++) {
    const y = v[j]!;
    for (let c = 0; c <= j; c++) result[c]! += y * m[j * k + c]!;
  }
  return result;
}

/** F R for a d × k matrix F and the square lower triangular R given by the rows of another factor. */
export function* timesLower(factor: Float64Array, d: number, lower: Float64Array, k: number): Work<Float64Array> {
  const out = new Float64Array(d * k);
  const b = transpose(lower, k, k);
  yield* addInnerProducts({ a: factor, b, rows: d, columns: k, stride: k, length: k, out, outStride: k });
  return out;
}

/** FᵀF of a d × k matrix, symmetric k × k; only the lower triangle is filled. */
export function* innerGram(factor: Float64Array, d: number, k: number): Work<Float64Array> {
  const out = new Float64Array(k * k);
  const a = transpose(factor, d, k);
  yield* addInnerProducts({ a, b: a, rows: k, columns: k, stride: d, length: d, lower: true, out, outStride: k });
  return out;
}
