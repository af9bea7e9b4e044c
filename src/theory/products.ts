/**
 * Products of float64 matrices, fast in plain JavaScript: sums are kept in blocks of 3 × 3 registers, so that a load serves
 * three multiplications. Matrices are row-major and flat.
 */
import { part, type Work } from './slices';

export interface InnerProducts {
  /** At least `rows` rows of length `stride`. */
  readonly a: Float64Array;
  readonly rows: number;
  /** At least `columns` rows of length `stride`. */
  readonly b: Float64Array;
  readonly columns: number;
  readonly stride: number;
  /** Only the first `length` entries of the rows take part. */
  readonly length: number;
  /** `a` is lower triangular: entries of row j beyond j are zero, up to the next multiple of 3. */
  readonly triangular?: boolean;
  /** Only entries (j, k) with k ≤ j are wanted; some others may be added, too. */
  readonly lower?: boolean;
  /** Entry (j, k) is at j × outStride + k. */
  readonly out: Float64Array;
  readonly outStride: number;
}

/** Adds ⟨row j of a, row k of b⟩ to entry (j, k) of `out`. */
export function* addInnerProducts(options: InnerProducts): Work<void> {
  for (let j = 0; j < options.rows; j += 3) {
    addThreeRows(options, j);
    yield j / options.rows;
  }
}

function addThreeRows(options: InnerProducts, j: number): void {
  const { a, rows, b, stride, out, outStride } = options;
  const length = options.triangular ? Math.min(options.length, j + 3) : options.length;
  const columns = options.lower ? Math.min(options.columns, j + 3) : options.columns;
  let k = 0;
  if (j + 3 <= rows) {
    const [a0, a1, a2] = [j * stride, (j + 1) * stride, (j + 2) * stride];
    for (; k + 3 <= columns; k += 3) {
      const b0 = k * stride;
      const b1 = b0 + stride;
      const b2 = b1 + stride;
      let [s00, s01, s02, s10, s11, s12, s20, s21, s22] = [0, 0, 0, 0, 0, 0, 0, 0, 0];
      for (let i = 0; i < length; i++) {
        const x0 = a[a0 + i]!;
        const x1 = a[a1 + i]!;
        const x2 = a[a2 + i]!;
        const y0 = b[b0 + i]!;
        const y1 = b[b1 + i]!;
        const y2 = b[b2 + i]!;
        s00 += x0 * y0;
        s01 += x0 * y1;
        s02 += x0 * y2;
        s10 += x1 * y0;
        s11 += x1 * y1;
        s12 += x1 * y2;
        s20 += x2 * y0;
        s21 += x2 * y1;
        s22 += x2 * y2;
      }
      const o = j * outStride + k;
      out[o]! += s00;
      out[o + 1]! += s01;
      out[o + 2]! += s02;
      out[o + outStride]! += s10;
      out[o + outStride + 1]! += s11;
      out[o + outStride + 2]! += s12;
      out[o + 2 * outStride]! += s20;
      out[o + 2 * outStride + 1]! += s21;
      out[o + 2 * outStride + 2]! += s22;
    }
  }
  for (let row = j; row < Math.min(j + 3, rows); row++)
    for (let column = k; column < columns; column++)
      out[row * outStride + column]! += dot(a, row * stride, b, column * stride, length);
}

/** Σ a[i + k] b[j + k] over k < length. */
export function dot(a: Float64Array, i: number, b: Float64Array, j: number, length: number): number {
  let [s0, s1, s2, s3] = [0, 0, 0, 0];
  let k = 0;
  // Four sums: one would wait for each addition to end.
  for (; k + 4 <= length; k += 4) {
    s0 += a[i + k]! * b[j + k]!;
    s1 += a[i + k + 1]! * b[j + k + 1]!;
    s2 += a[i + k + 2]! * b[j + k + 2]!;
    s3 += a[i + k + 3]! * b[j + k + 3]!;
  }
  for (; k < length; k++) s0 += a[i + k]! * b[j + k]!;
  return s0 + s1 + (s2 + s3);
}

export function transpose(matrix: Float64Array, rows: number, columns: number): Float64Array {
  const result = new Float64Array(rows * columns);
  for (let j = 0; j < rows; j++) for (let k = 0; k < columns; k++) result[k * rows + j] = matrix[j * columns + k]!;
  return result;
}

/** Fills the strict upper triangle of a square matrix from the lower one. */
export function mirrorLower(matrix: Float64Array, d: number): void {
  for (let j = 0; j < d; j++) for (let k = 0; k < j; k++) matrix[k * d + j] = matrix[j * d + k]!;
}

/** Rows taken at once where they are transposed. */
const CHUNK = 256;

/** Second moment (1/n) Σ x_i x_iᵀ of row-major x (n × d), symmetric d × d. */
export function* secondMoment(x: Float32Array, n: number, d: number): Work<Float64Array> {
  const sum = new Float64Array(d * d);
  const columns = new Float64Array(d * CHUNK);
  for (let first = 0; first < n; first += CHUNK) {
    const count = Math.min(CHUNK, n - first);
    for (let i = 0; i < count; i++) for (let j = 0; j < d; j++) columns[j * CHUNK + i] = x[(first + i) * d + j]!;
    const shape = { a: columns, b: columns, rows: d, columns: d, stride: CHUNK, length: count };
    yield* part(addInnerProducts({ ...shape, lower: true, out: sum, outStride: d }), first / n, first / n);
  }
  for (let i = 0; i < sum.length; i++) sum[i]! /= n;
  mirrorLower(sum, d);
  return sum;
}

/** (1/n) Σ w_i ⟨x_i, v⟩ x_i over the rows first, first + step, … of row-major x; all weights are 1 when absent. */
export function* momentTimes(
  x: Float32Array,
  d: number,
  v: Float64Array,
  weights?: Float64Array,
  step = 1,
): Work<Float64Array> {
  const result = new Float64Array(d);
  const rows = Math.ceil(x.length / d / step);
  const block = 4 * Math.max(1, Math.floor(50_000 / d));
  for (let first = 0; first < rows; first += block) {
    addWeighted(x, d, v, weights, step, first, Math.min(rows, first + block), result);
    yield first / rows;
  }
  for (let j = 0; j < d; j++) result[j]! /= rows;
  return result;
}

/** Adds w_i ⟨x_i, v⟩ x_i for the rows from × step, …, (to − 1) × step. */
function addWeighted(
  x: Float32Array,
  d: number,
  v: Float64Array,
  weights: Float64Array | undefined,
  step: number,
  from: number,
  to: number,
  into: Float64Array,
): void {
  const weight = (k: number): number => weights?.[k * step] ?? 1;
  const stride = step * d;
  let k = from;
  for (; k + 4 <= to; k += 4) {
    const a = k * stride;
    const b = a + stride;
    const c = b + stride;
    const e = c + stride;
    let [sa, sb, sc, se] = [0, 0, 0, 0];
    for (let j = 0; j < d; j++) {
      const y = v[j]!;
      sa += x[a + j]! * y;
      sb += x[b + j]! * y;
      sc += x[c + j]! * y;
      se += x[e + j]! * y;
    }
    sa *= weight(k);
    sb *= weight(k + 1);
    sc *= weight(k + 2);
    se *= weight(k + 3);
    for (let j = 0; j < d; j++) into[j]! += sa * x[a + j]! + sb * x[b + j]! + sc * x[c + j]! + se * x[e + j]!;
  }
  for (; k < to; k++) {
    const a = k * stride;
    let s = 0;
    for (let j = 0; j < d; j++) s += x[a + j]! * v[j]!;
    s *= weight(k);
    for (let j = 0; j < d; j++) into[j]! += s * x[a + j]!;
  }
}

/** ‖x_i‖² of every row. */
export function* squaredLengths(x: Float32Array, n: number, d: number): Work<Float64Array> {
  const lengths = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    let [even, odd] = [0, 0];
    const end = (i + 1) * d;
    let j = i * d;
    for (; j + 2 <= end; j += 2) {
      even += x[j]! * x[j]!;
      odd += x[j + 1]! * x[j + 1]!;
    }
    lengths[i] = even + odd + (j < end ? x[j]! * x[j]! : 0);
    if (i % 64 === 63) yield i / n;
  }
  return lengths;
}
