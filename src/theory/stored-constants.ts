/**
 * Spectral constants of stored rows, where expectations are means over the rows. Exact (to rounding) for moderate sizes;
 * beyond them L from a few Lanczos steps and the bound L₁ ≤ max ‖x‖², which is enough for a safe step size.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { RowSource } from '../problems/types';
import type { KnownConstants } from './spectral';

export type StoredRows = Extract<RowSource, { kind: 'stored' }>;

/** Largest dimension for dense decompositions. */
const EXACT_DIMENSION = 256;
/** Largest count × dimension² for the exact constants: one or two seconds on a slow core. */
const EXACT_WORK = 3e8;
/**
 * Eigenvalues of H below this multiple of L count as zero. Rounding of float32 features turns exact linear dependence
 * into eigenvalues near 2⁻⁴⁸ L.
 */
const RANK_TOLERANCE = 1e-12;
const LANCZOS_STEPS = 24;
const LANCZOS_TOLERANCE = 1e-5;

export interface StoredOptions {
  readonly signal?: AbortSignal | undefined;
  /** Largest count × dimension² for which the exact constants are worked out. */
  readonly exactWork?: number;
}

/** Constants of stored rows; yields to the event loop while it works and rejects with the signal's reason on abort. */
export async function storedConstants(rows: StoredRows, options: StoredOptions = {}): Promise<KnownConstants> {
  const { signal, exactWork = EXACT_WORK } = options;
  const { count, features } = rows;
  const d = features.length / count;
  const breathe = breather(signal);
  return d <= EXACT_DIMENSION && count * d * d <= exactWork
    ? exactConstants(features, count, d, breathe)
    : boundedConstants(features, count, d, breathe);
}

type Breathe = () => Promise<void> | undefined;

/** Yields to the event loop where the last time was more than 25 ms ago. */
function breather(signal: AbortSignal | undefined): Breathe {
  signal?.throwIfAborted();
  let last = performance.now();
  return () => {
    if (performance.now() - last < 25) return undefined;
    return new Promise((resolve, reject) => {
      setTimeout(() => {
        last = performance.now();
        if (signal?.aborted) reject(signal.reason as Error);
        else resolve();
      });
    });
  };
}

async function exactConstants(x: Float32Array, n: number, d: number, breathe: Breathe): Promise<KnownConstants> {
  const { vectors, values } = eigen(await weightedGram(x, n, d, undefined, breathe));
  await breathe();
  const L = Math.max(0, ...values);
  const range = values.flatMap((value, k) => (value > RANK_TOLERANCE * L ? [k] : []));
  const rank = range.length;
  if (rank === 0) return { L: 0, L1: 0, L1IsBound: false };

  // In whitened coordinates z = H^(−1/2) x on the range of H, both orderings "≼ c H" read "≼ c I".
  const whiten = new Float64Array(d * rank);
  range.forEach((k, r) => {
    const scale = 1 / Math.sqrt(values[k]!);
    for (let j = 0; j < d; j++) whiten[j * rank + r] = vectors.get(j, k) * scale;
  });
  const z = new Float64Array(n * rank);
  const lengths = new Float64Array(n);
  const leverages = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const row = z.subarray(i * rank, (i + 1) * rank);
    for (let j = 0; j < d; j++) {
      const value = x[i * d + j]!;
      if (value === 0) continue;
      lengths[i]! += value * value;
      const offset = j * rank;
      for (let r = 0; r < rank; r++) row[r]! += value * whiten[offset + r]!;
    }
    for (const value of row) leverages[i]! += value * value;
    await breathe();
  }
  const top = async (weights: Float64Array): Promise<number> =>
    Math.max(...eigen(await weightedGram(z, n, rank, weights, breathe)).values);
  return {
    L,
    mu: Math.min(...range.map((k) => values[k]!)),
    L1: await top(lengths),
    L1IsBound: false,
    kappaTilde: await top(leverages),
  };
}

async function boundedConstants(x: Float32Array, n: number, d: number, breathe: Breathe): Promise<KnownConstants> {
  let longest = 0;
  for (let i = 0; i < n; i++) {
    let length = 0;
    for (let j = i * d; j < (i + 1) * d; j++) length += x[j]! * x[j]!;
    longest = Math.max(longest, length);
  }
  await breathe();
  const product = async (v: Float64Array): Promise<Float64Array> => {
    const result = new Float64Array(d);
    for (let i = 0; i < n; i++) {
      const row = x.subarray(i * d, (i + 1) * d);
      let inner = 0;
      for (let j = 0; j < d; j++) inner += row[j]! * v[j]!;
      inner /= n;
      for (let j = 0; j < d; j++) result[j]! += inner * row[j]!;
      await breathe();
    }
    return result;
  };
  return { L: await largestEigenvalue(product, d), L1: longest, L1IsBound: true };
}

/** (1/n) Σ w_i x_i x_iᵀ of row-major x (n × d), symmetric d × d. */
async function weightedGram(
  x: Float32Array | Float64Array,
  n: number,
  d: number,
  weights: Float64Array | undefined,
  breathe: Breathe,
): Promise<Matrix> {
  const sum = new Float64Array(d * d);
  for (let i = 0; i < n; i++) {
    const row = x.subarray(i * d, (i + 1) * d);
    const weight = (weights ? weights[i]! : 1) / n;
    for (let j = 0; j < d; j++) {
      const scaled = weight * row[j]!;
      if (scaled === 0) continue;
      const offset = j * d;
      for (let k = j; k < d; k++) sum[offset + k]! += scaled * row[k]!;
    }
    await breathe();
  }
  const gram = new Matrix(d, d);
  for (let j = 0; j < d; j++)
    for (let k = j; k < d; k++) {
      gram.set(j, k, sum[j * d + k]!);
      gram.set(k, j, sum[j * d + k]!);
    }
  return gram;
}

function eigen(symmetric: Matrix): { readonly values: readonly number[]; readonly vectors: Matrix } {
  const decomposition = new EigenvalueDecomposition(symmetric, { assumeSymmetric: true });
  return { values: decomposition.realEigenvalues, vectors: decomposition.eigenvectorMatrix };
}

/**
 * Largest eigenvalue of a positive semidefinite operator on ℝᵈ, from below, by the Lanczos iteration with full
 * reorthogonalisation from a fixed start.
 */
async function largestEigenvalue(product: (v: Float64Array) => Promise<Float64Array>, d: number): Promise<number> {
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const off: number[] = [];
  let value = 0;
  // A start with every frequency in it: no structured data is orthogonal to it.
  let next = Float64Array.from({ length: d }, (_, j) => 1 + 0.5 * Math.sin(1 + j * j));
  let norm = Math.hypot(...next);
  while (basis.length < Math.min(d, LANCZOS_STEPS)) {
    const v = next.map((x) => x / norm);
    basis.push(v);
    next = Float64Array.from(await product(v));
    diagonal.push(dot(v, next));
    for (let pass = 0; pass < 2; pass++)
      for (const b of basis) {
        const share = dot(b, next);
        for (let j = 0; j < d; j++) next[j]! -= share * b[j]!;
      }
    norm = Math.hypot(...next);
    const before = value;
    value = Math.max(...eigen(tridiagonal(diagonal, off)).values);
    if (value - before <= LANCZOS_TOLERANCE * value && basis.length > 2) break;
    if (norm <= 1e-14 * value) break;
    off.push(norm);
  }
  return value;
}

function tridiagonal(diagonal: readonly number[], off: readonly number[]): Matrix {
  const matrix = Matrix.diag([...diagonal]);
  off.forEach((value, k) => {
    matrix.set(k, k + 1, value);
    matrix.set(k + 1, k, value);
  });
  return matrix;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += a[j]! * b[j]!;
  return sum;
}
