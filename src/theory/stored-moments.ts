/**
 * Second and fourth moments of stored rows along the eigen-directions of H, where H is diagonal: what the exact expected
 * dynamics of any optimizer at any batch size follow from.
 *
 * Symmetric matrices M are packed: entries (j, k), j ≤ k, at k(k + 1)/2 + j, those off the diagonal times √2, so that the
 * inner product of two packs is tr(M N). Row i as a pack φ_i of x_i x_iᵀ turns the fourth moment E[(xᵀMx) x xᵀ] into
 * (1/n) Σ φ_i ⟨φ_i, M⟩.
 *
 * Where no weights fit all targets, every row has a residual r = ⟨x, w*⟩ − y at the least-squares solution. It is kept as a
 * last coordinate, along which the error is always 1: ⟨x, h⟩ + r = ⟨(x, r), (h, 1)⟩. The moments of the extended rows then
 * hold all that the noise of the gradient at w* needs, and E (e, 1)(e, 1)ᵀ holds the first moments of e.
 */
import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import type { LeastSquares } from '../problems/types';
import { addInnerProducts, dot, secondMoment, transpose } from './products';
import { atOnce, part, type Work } from './slices';
import { RANK_TOLERANCE, type StoredRows } from './stored-constants';

/** Largest min(rows, dimension) for which the exact dynamics are worked out. */
export const EXACT_DYNAMICS_DIMENSION = 64;
/** Residuals below this multiple of the targets are rounding. */
const NO_RESIDUAL = 1e-12;
/** Rows taken at once: their columns fit a first-level cache. */
const CHUNK = 128;

export interface StoredMoments {
  /** The eigenvalues of H that are not zero. */
  readonly lambda: Float64Array;
  /** w₀ − w* along the eigen-directions, with a last entry 1 where there are residuals. */
  readonly start: Float64Array;
  /** f(w*), the least loss. */
  readonly floor: number;
  /**
   * E[(xᵀMx) x xᵀ] of a pack M of `start.length` coordinates, or of those of `lambda` only. Writes the pack of those of
   * `lambda`. The function keeps its scratch memory: one caller at a time.
   */
  readonly fourth: (m: Float64Array, into: Float64Array) => void;
}

/** Length of a pack of p coordinates. */
export const packed = (p: number): number => (p * (p + 1)) / 2;

/** Calls `visit` for every pair j ≤ k of p coordinates in the order of packs. */
export function eachPair(p: number, visit: (j: number, k: number, place: number) => void): void {
  for (let k = 0, place = 0; k < p; k++) for (let j = 0; j <= k; j++) visit(j, k, place++);
}

export const hasExactDynamics = ({ count, features }: StoredRows): boolean =>
  Math.min(count, features.length / count) <= EXACT_DYNAMICS_DIMENSION;

/**
 * Moments of a stored problem of at most {@link EXACT_DYNAMICS_DIMENSION} rows or dimensions. Directions in which no row
 * points are left out: there nothing moves, and the loss does not depend on them.
 */
export function* storedMoments(objective: LeastSquares, rows: StoredRows): Work<StoredMoments> {
  const along = yield* part(eigenRows(objective, rows), 0, 0.1);
  const { coordinates: z, lambda, start: weights } = along;
  const { count: n, targets } = rows;
  const r = lambda.length;
  const realizable = targets.every((y) => y === 0);
  const optimum = realizable ? new Float64Array(r) : yield* part(leastSquares(z, lambda, targets), 0.1, 0.1);
  const residual = Float64Array.from(targets, (y, i) => (realizable ? 0 : dot(z, i * r, optimum, 0, r) - y));
  const floor = dot(residual, 0, residual, 0, n) / (2 * n);
  const scale = Math.sqrt(targets.reduce((sum, y) => sum + y * y, 0) / n);
  const noisy = Math.sqrt(2 * floor) > NO_RESIDUAL * scale;

  const p = noisy ? r + 1 : r;
  const start = new Float64Array(p).fill(1);
  for (let k = 0; k < r; k++) start[k] = weights[k]! - optimum[k]!;
  // Extended rows by columns.
  const columns = new Float64Array(p * n);
  for (let k = 0; k < r; k++) for (let i = 0; i < n; i++) columns[k * n + i] = z[i * r + k]!;
  if (noisy) columns.set(residual, r * n);
  // About equally fast at 4n = p².
  const fourth = 4 * n <= p * p ? rowwise(columns, n, r, p) : yield* part(symmetricTensor(columns, n, r, p), 0.1, 1);
  return { lambda, start, floor: noisy ? floor : 0, fourth };
}

interface EigenRows {
  /** Row-major n × r. */
  readonly coordinates: Float64Array;
  readonly lambda: Float64Array;
  /** w₀ along the eigen-directions. */
  readonly start: Float64Array;
}

/** The rows and w₀ along the eigenvectors of H, from the smaller of XᵀX/n and XXᵀ/n. */
function* eigenRows({ start: w0, dimension: d }: LeastSquares, { count: n, features: x }: StoredRows): Work<EigenRows> {
  const wide = n < d;
  const side = wide ? n : d;
  const gram = wide ? rowGram(x, n, d) : yield* part(secondMoment(x, n, d), 0, 0.5);
  const decomposition = new EigenvalueDecomposition(new Matrix(to2D(gram, side)), { assumeSymmetric: true });
  const values = decomposition.realEigenvalues;
  const L = Math.max(...values);
  const range = values.flatMap((value, k) => (value > RANK_TOLERANCE * L && L > 0 ? [k] : []));
  const r = range.length;
  const vectors = new Float64Array(side * r);
  for (const [k, column] of range.entries())
    for (let j = 0; j < side; j++) vectors[j * r + k] = decomposition.eigenvectorMatrix.get(j, column);
  yield 0.5;

  const start = new Float64Array(r);
  const coordinates = new Float64Array(n * r);
  if (wide) {
    // X = U √(nΛ) Vᵀ: the rows along V are U √(nΛ), and Vᵀw = Uᵀ(Xw) / √(nΛ).
    const root = range.map((k) => Math.sqrt(n * values[k]!));
    for (let i = 0; i < n; i++) {
      let inner = 0;
      for (let j = 0; j < d; j++) inner += x[i * d + j]! * w0[j]!;
      for (let k = 0; k < r; k++) {
        const u = vectors[i * r + k]!;
        coordinates[i * r + k] = u * root[k]!;
        start[k]! += (u * inner) / root[k]!;
      }
    }
  } else {
    for (let j = 0; j < d; j++) for (let k = 0; k < r; k++) start[k]! += vectors[j * r + k]! * w0[j]!;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < d; j++) {
        const value = x[i * d + j]!;
        for (let k = 0; k < r; k++) coordinates[i * r + k]! += value * vectors[j * r + k]!;
      }
      if (i % 256 === 255) yield 0.5 + (0.5 * i) / n;
    }
  }
  // As the coordinates have them: closer than the decomposition for the small ones.
  const lambda = new Float64Array(r);
  for (let i = 0; i < n; i++) for (let k = 0; k < r; k++) lambda[k]! += coordinates[i * r + k]! ** 2 / n;
  return { coordinates, lambda, start };
}

function rowGram(x: Float32Array, n: number, d: number): Float64Array {
  const rows = Float64Array.from(x);
  return Float64Array.from({ length: n * n }, (_, i) => dot(rows, Math.floor(i / n) * d, rows, (i % n) * d, d) / n);
}

const to2D = (matrix: Float64Array, d: number): Float64Array[] =>
  Array.from({ length: d }, (_, j) => matrix.slice(j * d, (j + 1) * d));

/** The least-squares solution along the eigen-directions, corrected twice for the rounding of the first attempt. */
function* leastSquares(z: Float64Array, lambda: Float64Array, targets: Float32Array): Work<Float64Array> {
  const r = lambda.length;
  const w = new Float64Array(r);
  for (let round = 0; round < 3; round++) {
    const correction = new Float64Array(r);
    for (const [i, y] of targets.entries()) {
      const residual = (dot(z, i * r, w, 0, r) - y) / targets.length;
      for (let k = 0; k < r; k++) correction[k]! += residual * z[i * r + k]!;
    }
    for (let k = 0; k < r; k++) w[k]! -= correction[k]! / lambda[k]!;
    yield 1;
  }
  return w;
}

type Fourth = StoredMoments['fourth'];

/** For few rows: all rows times M, then the second moment of the rows with the weights xᵀMx. */
function rowwise(columns: Float64Array, n: number, r: number, p: number): Fourth {
  const rows = transpose(columns, p, n);
  const lower = new Float64Array(p * p);
  const images = new Float64Array(p * n);
  const weights = new Float64Array(n);
  const weighted = new Float64Array(r * n);
  const sum = new Float64Array(r * r);
  return (m, into) => {
    const size = m.length === packed(r) ? r : p;
    // xᵀMx = Σ x_k (M_kk x_k + 2 Σ_{j<k} M_jk x_j): half of M will do.
    eachPair(size, (j, k, place) => (lower[k * p + j] = m[place]! * (j === k ? 1 : Math.SQRT2)));
    images.fill(0);
    const image = { a: lower, rows: size, b: rows, columns: n, stride: p, length: size, triangular: true };
    atOnce(addInnerProducts({ ...image, out: images, outStride: n }));
    weights.fill(0);
    for (let k = 0; k < size; k++) for (let i = 0; i < n; i++) weights[i]! += columns[k * n + i]! * images[k * n + i]!;
    for (let k = 0; k < r; k++) for (let i = 0; i < n; i++) weighted[k * n + i] = weights[i]! * columns[k * n + i]!;
    sum.fill(0);
    const square = { a: weighted, rows: r, b: columns, columns: r, stride: n, length: n, lower: true };
    atOnce(addInnerProducts({ ...square, out: sum, outStride: r }));
    eachPair(r, (j, k, place) => (into[place] = (sum[k * r + j]! / n) * (j === k ? 1 : Math.SQRT2)));
  };
}

/**
 * For many rows: the fourth moments U_abcd themselves, of which those with a ≥ b ≥ c ≥ d are enough. Such a one occurs in
 * tr(M E[(xᵀMx) x xᵀ]) as N/3 (M_ab M_cd + M_ac M_bd + M_ad M_bc), N being the number of its orders; half of the
 * derivative of that is what it adds to the result.
 */
function* symmetricTensor(columns: Float64Array, n: number, r: number, p: number): Work<Fourth> {
  const tensor = yield* fourthMoments(columns, n, p);
  let place = 0;
  for (let a = 0; a < p; a++)
    for (let b = 0; b <= a; b++)
      for (let c = 0; c <= b; c++) for (let d = 0; d <= c; d++) tensor[place++]! *= orders(a, b, c, d) / 6;
  const root = new Float64Array(packed(p)).fill(Math.SQRT1_2);
  for (let k = 0; k < p; k++) root[packed(k) + k] = 1;
  const q = new Float64Array(packed(p));
  const g = new Float64Array(packed(p));
  return (m, into) => {
    const size = m.length === packed(r) ? r : p;
    for (let i = 0; i < m.length; i++) q[i] = m[i]! * root[i]!;
    g.fill(0);
    contract(tensor, size, q, g);
    for (let i = 0; i < packed(r); i++) into[i] = g[i]! * root[i]!;
  };
}

/** Adds u (q_cd to g_ab, and so on for the six ways to split a, b, c, d) for all a ≥ b ≥ c ≥ d. */
function contract(tensor: Float64Array, p: number, q: Float64Array, g: Float64Array): void {
  let u = 0;
  for (let a = 0, pa = 0; a < p; pa += ++a)
    for (let b = 0, pb = 0; b <= a; pb += ++b) {
      const qab = q[pa + b]!;
      let gab = 0;
      for (let c = 0, pc = 0; c <= b; pc += ++c) {
        const qac = q[pa + c]!;
        const qbc = q[pb + c]!;
        let gac = 0;
        let gbc = 0;
        for (let d = 0; d <= c; d++) {
          const x = tensor[u++]!;
          gab += x * q[pc + d]!;
          gac += x * q[pb + d]!;
          gbc += x * q[pa + d]!;
          g[pc + d]! += x * qab;
          g[pb + d]! += x * qac;
          g[pa + d]! += x * qbc;
        }
        g[pa + c]! += gac;
        g[pb + c]! += gbc;
      }
      g[pa + b]! += gab;
    }
}

/** Number of different orders of four numbers a ≥ b ≥ c ≥ d. */
function orders(a: number, b: number, c: number, d: number): number {
  const [ab, bc, cd] = [a === b, b === c, c === d];
  if (ab && bc && cd) return 1;
  if ((ab && bc) || (bc && cd)) return 4;
  if (ab && cd) return 6;
  return ab || bc || cd ? 12 : 24;
}

/** E x_a x_b x_c x_d for a ≥ b ≥ c ≥ d, a slowest and d fastest: each product once, not 24 times. */
function* fourthMoments(columns: Float64Array, n: number, p: number): Work<Float64Array> {
  const tensor = new Float64Array((p * (p + 1) * (p + 2) * (p + 3)) / 24);
  const chunk = new Float64Array(p * CHUNK);
  const pair = new Float64Array(CHUNK);
  const weighted = new Float64Array(p * CHUNK);
  const square = new Float64Array(p * p);
  for (let first = 0; first < n; first += CHUNK) {
    const count = Math.min(CHUNK, n - first);
    for (let k = 0; k < p; k++) chunk.set(columns.subarray(k * n + first, k * n + first + count), k * CHUNK);
    let place = 0;
    for (let a = 0; a < p; a++)
      for (let b = 0; b <= a; b++) {
        // All pairs c ≥ d up to b at once: the second moment of the rows, weighted with x_a x_b.
        for (let i = 0; i < count; i++) pair[i] = chunk[a * CHUNK + i]! * chunk[b * CHUNK + i]!;
        for (let c = 0; c <= b; c++)
          for (let i = 0; i < count; i++) weighted[c * CHUNK + i] = pair[i]! * chunk[c * CHUNK + i]!;
        const rows = b + 1;
        square.fill(0, 0, rows * rows);
        const shape = { a: weighted, rows, b: chunk, columns: rows, stride: CHUNK, length: count, lower: true };
        yield* part(addInnerProducts({ ...shape, out: square, outStride: rows }), first / n, first / n);
        for (let c = 0; c <= b; c++) for (let d = 0; d <= c; d++) tensor[place++]! += square[c * rows + d]! / n;
      }
  }
  return tensor;
}
