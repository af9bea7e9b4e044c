/** The eigen-directions of a least-squares Hessian, and the error of an iterate along them. */
import { streamSpectrum } from '../problems/least-squares';
import { kernelRow } from '../problems/kernel';
import type { KernelSource, LeastSquares } from '../problems/types';
import { symmetricEigen } from '../theory/eigen';
import { dot, secondMoment } from '../theory/products';
import { part, type Work } from '../theory/slices';
import { RANK_TOLERANCE } from '../theory/stored-constants';

/** Most directions whose errors are kept. */
export const SHOWN_DIRECTIONS = 64;
/** Most features of stored rows: eigenvectors cost d³. */
export const EIGEN_DIMENSION = 256;
/** Most multiply-adds that the Hessian of stored rows may take. */
const HESSIAN_WORK = 4e9;

export interface Directions {
  /** Number of directions with a positive eigenvalue. */
  readonly total: number;
  /** Place of each kept direction among all, 0 the largest eigenvalue; ascending, the first and the last are kept. */
  readonly ranks: Int32Array<ArrayBuffer>;
  /** Eigenvalues λ of the kept directions, descending. */
  readonly eigenvalues: Float64Array<ArrayBuffer>;
  /**
   * Errors e_j = ⟨v_j, w − w*⟩ of weights w (length d) along the kept directions into `into` at `offset`; returns the
   * excess loss f(w) − f(w*) = ½ Σ λ_j e_j² over all directions.
   */
  readonly project: (w: Float64Array, into: Float64Array, offset: number) => number;
}

/** Why an objective has no such directions to offer, or undefined where it has. */
export function whyNoDirections({ rows, dimension }: LeastSquares): string | undefined {
  if ('scales' in rows) return undefined;
  if (rows.kind === 'kernel')
    return dimension > EIGEN_DIMENSION
      ? `Eigen-directions of a kernel are worked out for up to ${EIGEN_DIMENSION} rows; here are ${dimension}.`
      : undefined;
  if (dimension > EIGEN_DIMENSION)
    return `Eigen-directions of stored rows are worked out for up to ${EIGEN_DIMENSION} features; these have ${dimension}.`;
  return (rows.count * dimension ** 2) / 2 > HESSIAN_WORK
    ? 'The eigen-directions of so many rows and features would take too long to work out.'
    : undefined;
}

/** All directions of an objective that has them. */
export function* directionsOf(objective: LeastSquares): Work<Directions> {
  const { rows, dimension: d } = objective;
  if (rows.kind === 'kernel') return yield* kernelDirections(rows);
  if (rows.kind !== 'stored') {
    const spectrum = streamSpectrum(objective)!;
    const axes = Array.from(spectrum.keys()).sort((i, j) => spectrum[j]! - spectrum[i]!);
    return directions(
      axes.map((j) => spectrum[j]!),
      (w, k) => w[axes[k]!]!,
    );
  }
  const hessian = yield* part(secondMoment(rows.features, rows.count, d), 0, 0.3);
  const { values, vectors } = yield* part(symmetricEigen(hessian, d), 0.3, 0.9);
  // Stationarity H w* = b along a direction with λ > 0: ⟨v, w*⟩ = ⟨v, b⟩ / λ. Where λ = 0 the loss does not change.
  const b = new Float64Array(d);
  for (let i = 0; i < rows.count; i++) {
    const target = rows.targets[i]! / rows.count;
    for (let j = 0; j < d; j++) b[j]! += target * rows.features[i * d + j]!;
    if (i % 256 === 0) yield 0.9 + (0.1 * i) / rows.count;
  }
  const positive = Array.from(values).filter((value) => value > RANK_TOLERANCE * values[0]!);
  const minimum = positive.map((value, k) => dot(vectors, k * d, b, 0, d) / value);
  return directions(positive, (w, k) => dot(vectors, k * d, w, 0, d) - minimum[k]!);
}

/**
 * K/n = U Λ Uᵀ has the eigenvalues of H, and v_j = Σ U_ij k(x_i, ·) / √(nλ_j) are its eigenvectors: coefficients α have
 * ⟨v_j, α⟩ = √(nλ_j) ⟨u_j, α⟩, and the minimum is where nλ_j ⟨u_j, α⟩ = ⟨u_j, y⟩.
 */
function* kernelDirections(rows: KernelSource): Work<Directions> {
  const { count: n, targets } = rows;
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    kernelRow(rows, i, matrix.subarray(i * n, (i + 1) * n));
    yield (0.3 * i) / n;
  }
  for (let k = 0; k < matrix.length; k++) matrix[k]! /= n;
  const { values, vectors } = yield* part(symmetricEigen(matrix, n), 0.3, 1);
  // Below that they are the rounding of a kernel's values to float32.
  const positive = Array.from(values).filter((value) => value > 2 ** -24);
  const y = Float64Array.from(targets);
  const minimum = positive.map((value, k) => dot(vectors, k * n, y, 0, n) / Math.sqrt(n * value));
  return directions(positive, (w, k) => Math.sqrt(n * positive[k]!) * dot(vectors, k * n, w, 0, n) - minimum[k]!);
}

function directions(spectrum: readonly number[], error: (w: Float64Array, k: number) => number): Directions {
  const total = spectrum.length;
  const shown = Math.min(total, SHOWN_DIRECTIONS);
  const ranks = Int32Array.from({ length: shown }, (_, k) => Math.round((k * (total - 1)) / Math.max(1, shown - 1)));
  return {
    total,
    ranks,
    eigenvalues: Float64Array.from(ranks, (rank) => spectrum[rank]!),
    project: (w, into, offset) => {
      let excess = 0;
      let next = 0;
      for (let k = 0; k < total; k++) {
        const e = error(w, k);
        excess += spectrum[k]! * e * e;
        if (ranks[next] !== k) continue;
        into[offset + next] = e;
        next++;
      }
      return excess / 2;
    },
  };
}
