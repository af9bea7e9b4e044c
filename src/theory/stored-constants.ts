/**
 * Spectral constants of stored rows, where expectations are means over the rows. Exact in any size, which for large data
 * takes seconds to minutes (to 1e-8; μ to about 1e-15 L/μ); or quickly L and the bound L₁ ≤ max ‖x‖², which is enough for
 * a safe step size.
 */
import type { RowSource } from '../problems/types';
import {
  cholesky,
  innerGram,
  invertLower,
  lowerTimes,
  lowerTransposedTimes,
  pivotedCholesky,
  pivotRows,
  timesLower,
  truncated,
  type PivotedFactor,
} from './cholesky';
import { genericVector, largestEigenvalue, type LargestEigenvalue } from './lanczos';
import { addInnerProducts, mirrorLower, momentTimes, secondMoment, squaredLengths } from './products';
import { inSlices, part, type Work, type WorkOptions } from './slices';
import type { KnownConstants } from './spectral';

export type StoredRows = Extract<RowSource, { kind: 'stored' }>;

/** Largest dimension² × (count + dimension) for which the exact constants are quick: about a second on a slow core. */
const QUICK_WORK = 6e8;
/** Up to this rank the weighted moments themselves are cheaper than products with them. */
const DENSE_RANK = 320;
/**
 * Eigenvalues of H below this multiple of L count as zero. Rounding of float32 features turns exact linear dependence
 * into eigenvalues near 2⁻⁴⁸ L.
 */
export const RANK_TOLERANCE = 1e-12;
/** Where L/μ is beyond this, whitening with one Cholesky factor is not exact to 1e-9 and is done twice. */
const ILL_CONDITIONED = 1e6;
const EXACT = { tolerance: 1e-8, maxSteps: 500 };
/** Multiply-adds that the quick estimate of L may take: about a second. */
const QUICK_PRODUCTS = 1.2e9;
const QUICK_STEPS = { least: 4, most: 24 };
/** Rows × dimension from which the quick estimate takes its first direction. */
const SAMPLE = 2e6;

export interface StoredOptions extends WorkOptions {
  /** Work out the exact constants whatever it takes. */
  readonly exact?: boolean | undefined;
  /** Largest dimension² × (count + dimension) for which the exact constants are worked out unasked. */
  readonly exactWork?: number;
}

/** Constants of stored rows; leaves the event loop free while it works and rejects with the signal's reason on abort. */
export function storedConstants(rows: StoredRows, options: StoredOptions = {}): Promise<KnownConstants> {
  const { exact = false, exactWork = QUICK_WORK } = options;
  const { count, features } = rows;
  const d = features.length / count;
  const work = exact || d * d * (count + d) <= exactWork ? exactConstants : quickConstants;
  return inSlices(work(features, count, d), options);
}

/** All four constants, exactly: about count × dimension² multiply-adds. */
function* exactConstants(x: Float32Array, n: number, d: number): Work<KnownConstants> {
  const lengths = yield* part(squaredLengths(x, n, d), 0, 0.01);
  const moment = yield* part(secondMoment(x, n, d), 0.01, 0.35);
  const { value: L } = yield* part(largestEigenvalue(denseTimes(moment, d), genericVector(d), EXACT), 0.35, 0.36);
  if (!(L > 0)) return { L: 0, L1: 0, L1IsBound: false };

  // x = F c on the range of H = F Fᵀ, with E c cᵀ = I: in the coordinates c both orderings "≼ κ H" read "≼ κ I".
  const tolerance = RANK_TOLERANCE * L;
  const pivoted = yield* part(pivotedCholesky(moment, d, tolerance), 0.36, 0.39);
  const first = yield* part(smallestEigenvalue(pivoted, d, tolerance), 0.39, 0.43);
  let { mu } = first;
  const { rank } = first;
  let whitening = truncated(pivoted, rank);
  let inverse = yield* part(invertLower(pivotRows(whitening), rank), 0.43, 0.45);
  if (L / mu > ILL_CONDITIONED) {
    const rows = yield* part(whitened(x, n, d, whitening, inverse, lengths, ['one']), 0.45, 0.56);
    const correction = yield* part(cholesky(rows.moments[0]!, rank), 0.56, 0.57);
    if (correction.rank === rank) {
      const factor = yield* part(timesLower(whitening.factor, d, correction.factor, rank), 0.57, 0.58);
      whitening = { ...whitening, factor };
      inverse = yield* part(invertLower(pivotRows(whitening), rank), 0.58, 0.59);
      ({ mu } = yield* part(smallestEigenvalue(whitening, d, 0), 0.59, 0.6));
    }
  }
  const kinds = rank <= DENSE_RANK ? (['length', 'leverage'] as const) : [];
  const rows = yield* part(whitened(x, n, d, whitening, inverse, lengths, kinds), 0.6, 0.8);
  const top = (weights: Float64Array, dense: Float64Array | undefined): Work<LargestEigenvalue> =>
    largestEigenvalue(
      dense ? denseTimes(dense, rank) : (v) => whitenedMomentTimes(x, d, whitening, inverse, weights, v),
      genericVector(rank),
      EXACT,
    );
  const smoothness = yield* part(top(lengths, rows.moments[0]), 0.8, 0.9);
  const condition = yield* part(top(rows.leverages, rows.moments[1]), 0.9, 1);
  return {
    L,
    mu,
    ...(smoothness.converged ? { L1: smoothness.value, L1IsBound: false } : { L1: largest(lengths), L1IsBound: true }),
    ...(condition.converged ? { kappaTilde: condition.value } : {}),
  };
}

/** L (from above where it has not converged) and the bound max ‖x‖² of L₁. */
function* quickConstants(x: Float32Array, n: number, d: number): Work<KnownConstants> {
  const L1 = largest(yield* part(squaredLengths(x, n, d), 0, 0.2));
  if (!(L1 > 0)) return { L: 0, L1: 0, L1IsBound: false };
  const maxSteps = Math.min(QUICK_STEPS.most, Math.max(QUICK_STEPS.least, Math.floor(QUICK_PRODUCTS / (2 * n * d))));
  // A sample knows the direction well enough: the products with all rows then have little left to find.
  const step = Math.floor((n * d) / SAMPLE);
  let start = genericVector(d);
  if (step > 1) {
    const sample = largestEigenvalue((v) => momentTimes(x, d, v, undefined, step), start, {
      tolerance: 1e-2,
      maxSteps: QUICK_STEPS.most,
    });
    const { value, vector } = yield* part(sample, 0.2, 0.4);
    if (value > 0) start = vector;
  }
  const all = largestEigenvalue((v) => momentTimes(x, d, v), start, { tolerance: 1e-3, maxSteps });
  const { value, residual, converged } = yield* part(all, 0.4, 1);
  return { L: converged ? value : Math.min(value + residual, L1), L1, L1IsBound: true };
}

/**
 * Smallest eigenvalue μ of F Fᵀ that is not zero: that of FᵀF, whose inverse shows it as the largest. Columns of F that
 * add no eigenvalue above `tolerance` do not count; `rank` is the number of those before them.
 */
function* smallestEigenvalue(
  { factor, rank: columns }: PivotedFactor,
  d: number,
  tolerance: number,
): Work<{ readonly mu: number; readonly rank: number }> {
  const gram = yield* part(innerGram(factor, d, columns), 0, 0.4);
  const root = yield* part(cholesky(gram, columns, tolerance), 0.4, 0.6);
  const rank = Math.max(1, root.rank);
  const leading = truncated({ rank: columns, pivots: new Int32Array(columns), factor: root.factor }, rank).factor;
  const inverse = yield* part(invertLower(leading.subarray(0, rank * rank), rank), 0.6, 0.8);
  const product = function* (v: Float64Array): Work<Float64Array> {
    yield 0;
    return lowerTransposedTimes(inverse, rank, lowerTimes(inverse, rank, v));
  };
  const { value } = yield* part(largestEigenvalue(product, genericVector(rank), EXACT), 0.8, 1);
  return { mu: 1 / value, rank };
}

const denseTimes = (matrix: Float64Array, d: number) =>
  function* (v: Float64Array): Work<Float64Array> {
    yield 0;
    const result = new Float64Array(d);
    for (let j = 0; j < d; j++) {
      const y = v[j]!;
      for (let k = 0; k < d; k++) result[k]! += y * matrix[j * d + k]!;
    }
    return result;
  };

const CHUNK = 192;

/** Leverages ⟨x, H⁺x⟩ = ‖c‖² of the rows, and second moments (1/n) Σ w c cᵀ with the weights asked for. */
function* whitened(
  x: Float32Array,
  n: number,
  d: number,
  { rank, pivots }: PivotedFactor,
  inverse: Float64Array,
  lengths: Float64Array,
  kinds: readonly ('one' | 'length' | 'leverage')[],
): Work<{ readonly leverages: Float64Array; readonly moments: readonly Float64Array[] }> {
  const leverages = new Float64Array(n);
  const moments = kinds.map(() => new Float64Array(rank * rank));
  const rows = new Float64Array(CHUNK * rank);
  const c = new Float64Array(rank * CHUNK);
  const weighted = new Float64Array(kinds.length > 0 ? rank * CHUNK : 0);
  for (let first = 0; first < n; first += CHUNK) {
    const count = Math.min(CHUNK, n - first);
    for (let i = 0; i < count; i++)
      for (let k = 0; k < rank; k++) rows[i * rank + k] = x[(first + i) * d + pivots[k]!]!;
    c.fill(0);
    const shape = { a: inverse, rows: rank, b: rows, columns: count, stride: rank, length: rank, triangular: true };
    yield* part(addInnerProducts({ ...shape, out: c, outStride: CHUNK }), first / n, first / n);
    for (let k = 0; k < rank; k++) for (let i = 0; i < count; i++) leverages[first + i]! += c[k * CHUNK + i]! ** 2;
    for (const [place, kind] of kinds.entries()) {
      const weights = kind === 'one' ? undefined : kind === 'length' ? lengths : leverages;
      for (let k = 0; k < rank; k++)
        for (let i = 0; i < count; i++)
          weighted[k * CHUNK + i] = (c[k * CHUNK + i]! * (weights ? weights[first + i]! : 1)) / n;
      const square = { a: weighted, rows: rank, b: c, columns: rank, stride: CHUNK, length: count, lower: true };
      yield* part(addInnerProducts({ ...square, out: moments[place]!, outStride: rank }), first / n, first / n);
    }
  }
  for (const moment of moments) mirrorLower(moment, rank);
  return { leverages, moments };
}

/** (1/n) Σ w_i c_i ⟨c_i, v⟩ without ever forming the whitened rows c_i. */
function* whitenedMomentTimes(
  x: Float32Array,
  d: number,
  { rank, pivots }: PivotedFactor,
  inverse: Float64Array,
  weights: Float64Array,
  v: Float64Array,
): Work<Float64Array> {
  const direction = new Float64Array(d);
  const pulled = lowerTransposedTimes(inverse, rank, v);
  pivots.forEach((p, k) => (direction[p] = pulled[k]!));
  const image = yield* momentTimes(x, d, direction, weights);
  return lowerTimes(
    inverse,
    rank,
    Float64Array.from(pivots, (p) => image[p]!),
  );
}

const largest = (values: Float64Array): number => values.reduce((a, b) => Math.max(a, b), 0);
