/**
 * Kernel rows as theory sees them. In the Hilbert space row i is k(x_i, ·), and with K = F Fᵀ row i of F has the same inner
 * products: coefficients α stand for w = Fᵀα, and each step of an optimizer that is linear in the gradient for the same
 * step on stored rows F. So all that is known of stored rows holds for kernels of small rank.
 *
 * H has the eigenvalues of K/n; k(x, x) = 1 makes L₁ = 1; and ⟨x_i, H⁻¹x_i⟩ = n (K K⁻¹)_ii = n makes κ̃ = n where K has full
 * rank (Liu & Belkin 2020, on kernel machines). What float32 cannot tell from zero is left out of F, so that a smooth
 * kernel, whose eigenvalues fall for ever, has a smallest one, and a κ̃ of its range that is smaller than n.
 */
import { kernelRow, type KernelInputs } from '../problems/kernel';
import type { KernelSource, LeastSquares } from '../problems/types';
import { largestEigenvalue, genericVector } from './lanczos';
import { inSlices, part, type Work, type WorkOptions } from './slices';
import type { KnownConstants } from './spectral';
import { storedConstants, type StoredOptions, type StoredRows } from './stored-constants';

/** Largest entry of K − F Fᵀ: the rounding of a kernel's values to float32. */
const TOLERANCE = 2 ** -24;
/** Multiply-adds that F may take: about a second. */
const FACTOR_WORK = 4e8;
/** Rows up to which F can be had whatever its rank, but for the width of the inputs. */
export const ANY_RANK_ROWS = Math.floor(Math.cbrt(2 * FACTOR_WORK));
/** Rows of the sample that stands for more of them. */
const SAMPLE = 1024;
const QUICK = { tolerance: 1e-3, maxSteps: 40 };

/** Found once: constants and exact dynamics both need it. Null where the rank is too large. */
const known = new WeakMap<KernelSource, StoredRows | null>();

/** F as stored rows, or undefined where its rank is too large for so many rows. */
async function embedded(rows: KernelSource, options: WorkOptions): Promise<StoredRows | undefined> {
  let found = known.get(rows);
  if (found === undefined) {
    found = (await inSlices(factor(rows, largestRank(rows)), options)) ?? null;
    known.set(rows, found);
  }
  return found ?? undefined;
}

/** Rank r at which n r (r/2 + width) multiply-adds reach the limit. */
function largestRank({ count, width }: KernelInputs): number {
  return Math.floor(Math.sqrt(width * width + (2 * FACTOR_WORK) / count) - width);
}

/** k(x_i, x_i), 1 but for the rounding of unit vectors: a factor that took it for 1 would have to fit the difference. */
function selfValue({ kernel, inputs, width }: KernelSource, i: number): number {
  if (kernel.kind !== 'polynomial') return 1;
  let square = 0;
  for (let k = i * width; k < (i + 1) * width; k++) square += inputs[k]! ** 2;
  return square ** kernel.degree;
}

/** Cholesky factor with complete pivoting, column by column, without ever forming K. */
function* factor(rows: KernelSource, largest: number): Work<StoredRows | undefined> {
  const { count: n, targets } = rows;
  const columns: Float64Array[] = [];
  const row = new Float64Array(n);
  const remaining = Float64Array.from({ length: n }, (_, i) => selfValue(rows, i));
  for (;;) {
    let pivot = 0;
    for (let i = 1; i < n; i++) if (remaining[i]! > remaining[pivot]!) pivot = i;
    if (!(remaining[pivot]! > TOLERANCE)) break;
    if (columns.length >= largest) return undefined;
    kernelRow(rows, pivot, row);
    yield columns.length / Math.min(n, largest);
    const column = row.slice();
    for (const before of columns) {
      const share = before[pivot]!;
      for (let i = 0; i < n; i++) column[i]! -= share * before[i]!;
    }
    const root = Math.sqrt(remaining[pivot]!);
    for (let i = 0; i < n; i++) {
      column[i]! /= root;
      remaining[i]! -= column[i]! ** 2;
    }
    remaining[pivot] = 0;
    columns.push(column);
    yield columns.length / Math.min(n, largest);
  }
  const rank = columns.length;
  const features = new Float32Array(n * rank);
  columns.forEach((column, k) => {
    for (let i = 0; i < n; i++) features[i * rank + k] = column[i]!;
  });
  return { kind: 'stored', count: n, features, targets };
}

/**
 * The least squares whose expected losses are those of `objective`: itself, or stored rows in place of a kernel. Undefined
 * where there are none: a kernel matrix of large rank, or a loss that is recorded over some of the rows only.
 */
export async function exactForm(objective: LeastSquares, options: WorkOptions = {}): Promise<LeastSquares | undefined> {
  const { rows, start, dimension: n } = objective;
  if (rows.kind !== 'kernel') return objective;
  if (rows.recorded < rows.count) return undefined;
  const stored = await embedded(rows, options);
  if (!stored) return undefined;
  const rank = stored.features.length / n;
  const weights = new Float64Array(rank);
  for (let i = 0; i < n; i++) for (let k = 0; k < rank; k++) weights[k]! += start[i]! * stored.features[i * rank + k]!;
  return { ...objective, dimension: rank, start: weights, rows: stored };
}

/**
 * Constants of kernel rows: all four where F is small enough; else L₁ = 1 and, from a sample, L (from above on average: the
 * largest eigenvalue is convex), and κ̃ = n where that is sure.
 */
export async function kernelConstants(rows: KernelSource, options: StoredOptions = {}): Promise<KnownConstants> {
  const { count, kernel } = rows;
  const stored = await embedded(rows, half(options, 0));
  const unit = { L1: 1, L1IsBound: false } as const;
  if (stored) {
    const constants = await storedConstants(stored, half(options, 0.5));
    return { ...constants, ...unit, ...(stored.features.length === count * count ? { kappaTilde: count } : {}) };
  }
  const L = await inSlices(sampledL(rows), half(options, 0.5));
  const regular = kernel.kind !== 'polynomial' && areDistinct(rows);
  return { L, ...unit, ...(regular ? { kappaTilde: count } : {}) };
}

/** The options of one half of the work, which begins at this fraction of it. */
function half(options: StoredOptions, from: number): StoredOptions {
  const { onProgress } = options;
  if (!onProgress) return options;
  return {
    ...options,
    onProgress: (fraction) => {
      onProgress(from + fraction / 2);
    },
  };
}

/** λ_max(K/n) of the first rows, which are in a drawn order. */
function* sampledL({ kernel, width, inputs, count }: KernelSource): Work<number> {
  const n = Math.min(count, SAMPLE);
  const sample: KernelInputs = { kernel, width, inputs, count: n };
  const matrix = Array.from({ length: n }, () => new Float64Array(n));
  for (const [i, row] of matrix.entries()) {
    kernelRow(sample, i, row);
    yield (0.8 * i) / n;
  }
  const product = function* (v: Float64Array): Work<Float64Array> {
    yield 0;
    return Float64Array.from(matrix, (row) => row.reduce((sum, value, j) => sum + value * v[j]!, 0) / n);
  };
  const { value, residual } = yield* part(largestEigenvalue(product, genericVector(n), QUICK), 0.8, 1);
  return Math.min(1, value + residual);
}

/** A Gaussian or Laplacian kernel matrix is singular only where inputs are equal. */
function areDistinct({ inputs, width, count }: KernelInputs): boolean {
  const seen = new Set<string>();
  for (let i = 0; i < count; i++) seen.add(inputs.subarray(i * width, (i + 1) * width).join());
  return seen.size === count;
}
