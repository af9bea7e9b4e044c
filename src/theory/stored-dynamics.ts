/**
 * The exact expected dynamics of a run on stored rows drawn with replacement: expected losses step by step, and the
 * spectral radius. Works for any data: where no weights fit all targets, the noise of the gradient at w* is in it.
 *
 * Along the eigen-directions of H the pair (e, v) of the optimizer's {@link LinearForm} has mean (e_j, v_j) ← A_j (e_j, v_j).
 * For two directions j, k the moments s = E (e_j, v_j) ⊗ (e_k, v_k) therefore follow
 *
 *   s ← (A_j ⊗ A_k) s + (gain ⊗ gain) N_jk / m,   N = E[(⟨x, h⟩ + r)² x xᵀ] − H E[h hᵀ] H,
 *
 * where N is the covariance of the gradient of one row at the query point (Liu & Belkin 2020, appendix, for any optimizer of
 * this form and with residuals r at w*). Only N couples the pairs, through Q = E h hᵀ and, with residuals, through E h.
 */
import type { OptimizerId } from '../optimizers/registry';
import type { Hyper } from '../optimizers/types';
import { dominantEigenvalue } from './arnoldi';
import { linearForm, type LinearForm } from './linear-form';
import { rootSearch, type RootTolerance } from './roots';
import type { Work } from './slices';
import { meanRate } from './spectral-radius';
import { eachPair, packed, type StoredMoments } from './stored-moments';

/** Moments below this are set to zero: arithmetic on denormal numbers is very slow. */
const NEGLIGIBLE = 1e-250;
const FLUSH_EVERY = 256;
/** Accuracy of a spectral radius relative to its distance from the noiseless rate. */
export interface RadiusTolerance {
  readonly eigenvalue: number;
  readonly root: RootTolerance;
}

const FINE: RadiusTolerance = { eigenvalue: 1e-11, root: { relative: 1e-12, absolute: 1e-16 } };
/** Enough to compare hyper-parameters with each other, in less than half the time. */
export const COARSE: RadiusTolerance = { eigenvalue: 1e-8, root: { relative: 1e-8, absolute: 1e-14 } };

/** A_j − I: what the mean dynamics change along a direction. No digit is lost where it is small. */
function meanChange({ gamma, carry, lookahead, gain }: LinearForm, lambda: number): readonly number[] {
  const [n1, n2] = gain;
  return [-n1 * lambda, carry - n1 * lambda * lookahead, -n2 * lambda, gamma - 1 - n2 * lambda * lookahead];
}

/** A_j ⊗ A_k − I, row-major 4 × 4 over (ee, ev, ve, vv). */
function pairChange(bj: readonly number[], bk: readonly number[]): number[] {
  return [0, 1, 2, 3].flatMap((row) =>
    [0, 1, 2, 3].map((column) => {
      const [r1, r2, c1, c2] = [row >> 1, row & 1, column >> 1, column & 1];
      const [x, y] = [bj[2 * r1 + c1]!, bk[2 * r2 + c2]!];
      return x * y + (r2 === c2 ? x : 0) + (r1 === c1 ? y : 0);
    }),
  );
}

/** Expected dynamics of one run that starts at rest. */
export class StoredExpectation {
  /** Steps taken. */
  step = 0;
  readonly #moments: StoredMoments;
  /** Pairs × 16: A_j ⊗ A_k. */
  readonly #matrix: Float64Array;
  /** Pairs × 4, scaled like packs: E ee, ev, ve, vv. */
  readonly #state: Float64Array;
  /** Packs of E h hᵀ and of N. */
  readonly #query: Float64Array;
  readonly #noise: Float64Array;
  /** λ_j λ_k. */
  readonly #curvature: Float64Array;
  readonly #lookahead: number;
  /** (gain ⊗ gain) / m. */
  readonly #gain: readonly [number, number, number];
  #finite = true;

  constructor(moments: StoredMoments, form: LinearForm, batch: number) {
    const { lambda, start } = moments;
    const p = start.length;
    const [n1, n2] = form.gain;
    this.#moments = moments;
    this.#lookahead = form.lookahead;
    this.#gain = [(n1 * n1) / batch, (n1 * n2) / batch, (n2 * n2) / batch];
    this.#matrix = new Float64Array(16 * packed(p));
    this.#state = new Float64Array(4 * packed(p));
    this.#query = new Float64Array(packed(p));
    this.#noise = new Float64Array(packed(lambda.length));
    this.#curvature = new Float64Array(packed(lambda.length));
    // Along the coordinate of the residuals nothing moves: λ = 0 there.
    const changes = Array.from(start, (_, j) => meanChange(form, lambda[j] ?? 0));
    eachPair(p, (j, k, place) => {
      this.#matrix.set(pairChange(changes[j]!, changes[k]!), 16 * place);
      for (let i = 0; i < 16; i += 5) this.#matrix[16 * place + i]! += 1;
      this.#state[4 * place] = start[j]! * start[k]! * (j === k ? 1 : Math.SQRT2);
      if (k < lambda.length) this.#curvature[place] = lambda[j]! * lambda[k]!;
    });
  }

  /** E f(w) at the present step; Infinity once it is beyond double precision. */
  loss(): number {
    if (!this.#finite) return Infinity;
    const { lambda, floor } = this.#moments;
    let sum = 0;
    for (let j = 0; j < lambda.length; j++) sum += lambda[j]! * this.#state[4 * (packed(j + 1) - 1)]!;
    return floor + sum / 2;
  }

  *advance(steps: number): Work<void> {
    for (let t = 0; t < steps && this.#finite; t++) {
      this.#advanceOne();
      if (t % FLUSH_EVERY === FLUSH_EVERY - 1) this.#tidy();
      yield t / steps;
    }
    this.#tidy();
    this.step += steps;
  }

  #advanceOne(): void {
    const state = this.#state;
    const matrix = this.#matrix;
    const query = this.#query;
    const noise = this.#noise;
    const k = this.#lookahead;
    const [g0, g1, g2] = this.#gain;
    for (let a = 0, i = 0; a < query.length; a++, i += 4)
      query[a] = state[i]! + k * (state[i + 1]! + state[i + 2]!) + k * k * state[i + 3]!;
    this.#moments.fourth(query, noise);
    for (let a = 0; a < noise.length; a++) noise[a]! -= this.#curvature[a]! * query[a]!;
    for (let a = 0, i = 0, o = 0; a < query.length; a++, i += 4, o += 16) {
      const s0 = state[i]!;
      const s1 = state[i + 1]!;
      const s2 = state[i + 2]!;
      const s3 = state[i + 3]!;
      const n = a < noise.length ? noise[a]! : 0;
      state[i] = matrix[o]! * s0 + matrix[o + 1]! * s1 + matrix[o + 2]! * s2 + matrix[o + 3]! * s3 + g0 * n;
      state[i + 1] = matrix[o + 4]! * s0 + matrix[o + 5]! * s1 + matrix[o + 6]! * s2 + matrix[o + 7]! * s3 + g1 * n;
      state[i + 2] = matrix[o + 8]! * s0 + matrix[o + 9]! * s1 + matrix[o + 10]! * s2 + matrix[o + 11]! * s3 + g1 * n;
      state[i + 3] = matrix[o + 12]! * s0 + matrix[o + 13]! * s1 + matrix[o + 14]! * s2 + matrix[o + 15]! * s3 + g2 * n;
    }
  }

  /** Forgets moments too small to count, notices those too large to go on. */
  #tidy(): void {
    const state = this.#state;
    for (let i = 0; i < state.length; i++) if (Math.abs(state[i]!) < NEGLIGIBLE) state[i] = 0;
    this.#finite = Number.isFinite(this.loss());
  }
}

/** The expected dynamics of a run, or undefined where no exact theory applies (Adam). */
export function storedExpectation(
  moments: StoredMoments,
  optimizer: OptimizerId,
  hyper: Hyper,
  batch: number,
): StoredExpectation | undefined {
  const form = linearForm(optimizer, hyper);
  return form && new StoredExpectation(moments, form, batch);
}

/**
 * ρ − 1 of the expected dynamics: E (w − w*)² shrinks (without residuals, or else settles) at the rate ρ in the end, and
 * ρ > 1 is divergence in mean square.
 *
 * Seen at the rate z the noise of a step at (j, k) comes back to Q as φ_jk(z) N_jk / m, with φ the z-transform of the
 * products of impulse responses of two directions. The matrix φ(z) is a sum of g gᵀ z^(−t−1) and N keeps the cone of
 * second moments, so Q ↦ φ(z) ∘ N(Q) / m keeps it, too: its dominant eigenvalue is real and falls in z, from a pole at the
 * noiseless rate on, and ρ is where it is 1. The mean dynamics, in which slow directions crowd next to 1, are thus solved
 * exactly, and only the noise is left to an iteration.
 */
export function* storedRadiusExcess(
  moments: StoredMoments,
  form: LinearForm,
  batch: number,
  tolerance = FINE,
): Work<number> {
  const { lambda } = moments;
  if (lambda.length === 0) return 0;
  const low = meanRate(lambda, form);
  const balance = noiseBalance(moments, form, batch, tolerance);
  let width = Math.max(1e-3, Math.abs(low));
  while (!((yield* balance(low + width)) > 0)) {
    width *= 2;
    if (!Number.isFinite(excess(width))) return Infinity;
  }
  const search = rootSearch(low, -1, low + width, tolerance.root);
  let step = search.next();
  while (!step.done) step = search.next(yield* balance(step.value));
  return excess(step.value);
}

/** Whether ρ < 1, without working out ρ: the mean shrinks, and noise does not feed itself at the rate 1. */
export function* storedIsStable(moments: StoredMoments, form: LinearForm, batch: number): Work<boolean> {
  if (moments.lambda.length === 0) return true;
  if (!(meanRate(moments.lambda, form) < 0)) return false;
  return (yield* noiseBalance(moments, form, batch, FINE)(0)) > 0;
}

const excess = (s: number): number => s * (2 + s);

/** 1/eigenvalue − 1 of Q ↦ φ(z) ∘ N(Q) / m at √z = 1 + s, above 0 where z is above ρ. */
function noiseBalance(
  moments: StoredMoments,
  form: LinearForm,
  batch: number,
  tolerance: RadiusTolerance,
): (s: number) => Work<number> {
  const { lambda, fourth } = moments;
  const r = lambda.length;
  const pairs = packed(r);

  const curvature = new Float64Array(pairs);
  const identity = new Float64Array(pairs);
  eachPair(r, (j, k, place) => {
    curvature[place] = lambda[j]! * lambda[k]!;
    if (j === k) identity[place] = 1;
  });
  let guess = identity;
  const changes = Array.from(lambda, (l) => meanChange(form, l));
  const kernels = new Float64Array(16 * pairs);
  eachPair(r, (j, k, place) => {
    kernels.set(pairChange(changes[j]!, changes[k]!), 16 * place);
  });
  const response = new Float64Array(pairs);
  const noise = new Float64Array(pairs);
  const product = (q: Float64Array): Float64Array => {
    fourth(q, noise);
    for (let a = 0; a < pairs; a++) noise[a] = (noise[a]! - curvature[a]! * q[a]!) * response[a]!;
    return noise;
  };
  // Nearly linear next to the pole, where it is −1.
  return function* (s: number): Work<number> {
    for (let a = 0; a < pairs; a++) {
      response[a] = pairResponse(kernels, 16 * a, excess(s), form) / batch;
      if (!Number.isFinite(response[a]!)) return -1;
    }
    for (let j = 0; j < r; j++) if (!(response[packed(j + 1) - 1]! >= 0)) return -1;
    const { value, vector } = yield* dominantEigenvalue(product, guess, tolerance.eigenvalue);
    // The direction that dominates at another rate may be missing in this eigenvector: keep a little of all of them.
    const sign = Math.sign(vector.reduce((sum, x, a) => sum + x * identity[a]!, 0));
    if (value > 0) guess = vector.map((x, a) => sign * x + 0.01 * identity[a]!);
    return 1 / Math.max(value, Number.MIN_VALUE * 2 ** 52) - 1;
  };
}

/** φ: what Q is of the solution y of ((z − 1) I − change) y = gain ⊗ gain, by elimination with pivoting. */
function pairResponse(changes: Float64Array, offset: number, excess: number, form: LinearForm): number {
  const [n1, n2] = form.gain;
  const y = [n1 * n1, n1 * n2, n2 * n1, n2 * n2];
  const m = elimination;
  for (let i = 0; i < 16; i++) m[i] = (i % 5 === 0 ? excess : 0) - changes[offset + i]!;
  for (let c = 0; c < 4; c++) {
    let p = c;
    for (let i = c + 1; i < 4; i++) if (Math.abs(m[4 * i + c]!) > Math.abs(m[4 * p + c]!)) p = i;
    if (p !== c) {
      for (let j = c; j < 4; j++) [m[4 * c + j], m[4 * p + j]] = [m[4 * p + j]!, m[4 * c + j]!];
      [y[c], y[p]] = [y[p]!, y[c]!];
    }
    for (let i = c + 1; i < 4; i++) {
      const factor = m[4 * i + c]! / m[4 * c + c]!;
      for (let j = c; j < 4; j++) m[4 * i + j]! -= factor * m[4 * c + j]!;
      y[i]! -= factor * y[c]!;
    }
  }
  for (let i = 3; i >= 0; i--) {
    for (let j = i + 1; j < 4; j++) y[i]! -= m[4 * i + j]! * y[j]!;
    y[i]! /= m[4 * i + i]!;
  }
  const k = form.lookahead;
  return y[0]! + k * (y[1]! + y[2]!) + k * k * y[3]!;
}
const elimination = new Float64Array(16);
