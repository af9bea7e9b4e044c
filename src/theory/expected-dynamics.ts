/**
 * The exact expectation of the loss on streams, step by step: no bound, no sampling.
 *
 * Along every coordinate the second moments P = E e², R = E ev, K = E v² of the optimizer's {@link LinearForm} follow a
 * linear recursion. Only the minibatch's fourth moments couple coordinates, through λᵀ E h², and only where the samples are
 * Gaussian; the diagonals close on themselves (Liu & Belkin 2020, appendix, worked out per coordinate).
 */
import type { OptimizerId } from '../optimizers/registry';
import type { Hyper } from '../optimizers/types';
import type { LeastSquares } from '../problems/types';
import { linearForm, type LinearForm } from './linear-form';
import { diagonalMoments, type DiagonalMoments } from './spectral';

/** Beyond this many steps at once an uncoupled coordinate advances by matrix powers. */
const POWER_THRESHOLD = 32;
/** Moments below this are set to zero: arithmetic on denormal numbers is very slow. */
const NEGLIGIBLE = 1e-250;
const FLUSH_EVERY = 256;

/**
 * Expected dynamics of one run that starts at rest. O(d) per step; with uncoupled coordinates O(d log steps) per call.
 */
export class Expectation {
  /** Steps taken. */
  step = 0;
  readonly #lambda: Float64Array;
  /** d × 9, row-major: the recursion of (P, R, K) without the coupling. */
  readonly #matrix: Float64Array;
  /** The powers 2^k of `#matrix`, as far as they were needed: curves leap hundreds of times. */
  readonly #powers: Float64Array[];
  /** d × 3: (P, R, K). */
  readonly #state: Float64Array;
  /** What λᵀE h² adds to (P, R, K) of a coordinate, per unit of its λ. */
  readonly #coupling: readonly [number, number, number];
  readonly #coupled: boolean;
  readonly #lookahead: number;
  #finite = true;

  /** `start` is w₀ − w* (length d); `batch` is m. */
  constructor(moments: DiagonalMoments, form: LinearForm, batch: number, start: Float64Array) {
    const { lambda, ownNoise, sharedNoise } = moments;
    const [n1, n2] = form.gain;
    this.#lambda = lambda;
    this.#lookahead = form.lookahead;
    this.#matrix = new Float64Array(9 * lambda.length);
    this.#powers = [this.#matrix];
    this.#state = new Float64Array(3 * lambda.length);
    lambda.forEach((l, j) => {
      this.#matrix.set(momentMatrix(form, l, l * l * (1 + ownNoise / batch)), 9 * j);
      this.#state[3 * j] = start[j]! ** 2;
    });
    const shared = sharedNoise / batch;
    this.#coupling = [shared * n1 * n1, shared * n1 * n2, shared * n2 * n2];
    this.#coupled = sharedNoise !== 0;
  }

  /** E f(w) − f(w*) at the present step; Infinity once it is beyond double precision. */
  loss(): number {
    if (!this.#finite) return Infinity;
    let sum = 0;
    for (let j = 0; j < this.#lambda.length; j++) sum += this.#lambda[j]! * this.#state[3 * j]!;
    return sum / 2;
  }

  advance(steps: number): void {
    this.step += steps;
    if (!this.#finite) return;
    if (!this.#coupled && steps > POWER_THRESHOLD) this.#leap(steps);
    else
      for (let t = 0; t < steps; t++) {
        this.#advanceOne();
        if (t % FLUSH_EVERY === FLUSH_EVERY - 1) this.#flush();
      }
    this.#flush();
    this.#finite = Number.isFinite(this.loss());
  }

  #advanceOne(): void {
    const state = this.#state;
    const matrix = this.#matrix;
    const lambda = this.#lambda;
    const k = this.#lookahead;
    const [g0, g1, g2] = this.#coupling;
    let shared = 0;
    if (this.#coupled)
      for (let j = 0; j < lambda.length; j++)
        shared += lambda[j]! * (state[3 * j]! + 2 * k * state[3 * j + 1]! + k * k * state[3 * j + 2]!);
    for (let j = 0; j < lambda.length; j++) {
      const p = state[3 * j]!;
      const r = state[3 * j + 1]!;
      const v = state[3 * j + 2]!;
      const i = 9 * j;
      const s = lambda[j]! * shared;
      state[3 * j] = matrix[i]! * p + matrix[i + 1]! * r + matrix[i + 2]! * v + g0 * s;
      state[3 * j + 1] = matrix[i + 3]! * p + matrix[i + 4]! * r + matrix[i + 5]! * v + g1 * s;
      state[3 * j + 2] = matrix[i + 6]! * p + matrix[i + 7]! * r + matrix[i + 8]! * v + g2 * s;
    }
  }

  /** Applies the `steps`-th power of every coordinate's matrix, by the powers of two in it. */
  #leap(steps: number): void {
    for (let k = 0, n = steps; n > 0; k++, n = Math.floor(n / 2)) {
      const power = (this.#powers[k] ??= squared(this.#powers[k - 1]!));
      if (n % 2 === 1) apply(power, this.#state);
    }
  }

  #flush(): void {
    const state = this.#state;
    for (let i = 0; i < state.length; i += 3)
      if (Math.abs(state[i]!) < NEGLIGIBLE && Math.abs(state[i + 2]!) < NEGLIGIBLE) state.fill(0, i, i + 3);
  }
}

/**
 * The 3×3 recursion of (P, R, K) along a coordinate whose curvature samples have mean `lambda` and mean square `square`.
 * Row-major.
 */
export function momentMatrix(form: LinearForm, lambda: number, square: number): number[] {
  const { gamma, carry: c, lookahead: k } = form;
  const [n1, n2] = form.gain;
  // Rows over (P, R, K) of E h², and of λ E[h (e + carry v)] and λ E[h γv].
  const queried = [1, 2 * k, k * k];
  const along = [1, k + c, k * c].map((x) => lambda * x);
  const across = [0, gamma, gamma * k].map((x) => lambda * x);
  const free = [
    [1, 2 * c, c * c],
    [0, gamma, gamma * c],
    [0, 0, gamma * gamma],
  ];
  return [0, 1, 2].flatMap((row) =>
    [0, 1, 2].map((i) => {
      const linear =
        row === 0 ? 2 * n1 * along[i]! : row === 1 ? n1 * across[i]! + n2 * along[i]! : 2 * n2 * across[i]!;
      const noise = (row === 0 ? n1 * n1 : row === 1 ? n1 * n2 : n2 * n2) * square * queried[i]!;
      return free[row]![i]! - linear + noise;
    }),
  );
}

/** The square of each of d 3×3 matrices. */
function squared(a: Float64Array): Float64Array {
  const square = new Float64Array(a.length);
  for (let at = 0; at < a.length; at += 9)
    for (let i = at; i < at + 9; i += 3)
      for (let j = 0; j < 3; j++)
        square[i + j] = a[i]! * a[at + j]! + a[i + 1]! * a[at + 3 + j]! + a[i + 2]! * a[at + 6 + j]!;
  return square;
}

/** Multiplies each of d vectors of three by its matrix, in place. Zeros stay zeros whatever the power has come to. */
function apply(m: Float64Array, v: Float64Array): void {
  for (let i = 0, j = 0; j < v.length; i += 9, j += 3) {
    const x = v[j]!;
    const y = v[j + 1]!;
    const z = v[j + 2]!;
    if (x === 0 && y === 0 && z === 0) continue;
    v[j] = m[i]! * x + m[i + 1]! * y + m[i + 2]! * z;
    v[j + 1] = m[i + 3]! * x + m[i + 4]! * y + m[i + 5]! * z;
    v[j + 2] = m[i + 6]! * x + m[i + 7]! * y + m[i + 8]! * z;
  }
}

/** The expected dynamics of a run, or undefined where no exact theory applies: stored rows, Adam. */
export function expectation(
  objective: LeastSquares,
  optimizer: OptimizerId,
  hyper: Hyper,
  batch: number,
): Expectation | undefined {
  const { rows, coordinates, start } = objective;
  const form = linearForm(optimizer, hyper);
  if (!form || !('scales' in rows) || coordinates !== 'error') return undefined;
  return new Expectation(diagonalMoments(rows), form, batch, start);
}

/**
 * Expected loss of the iterate w at the given steps (ascending, from 0), Infinity beyond double precision; undefined where
 * no exact theory applies. For long curves in many coordinates advance an {@link expectation} piece by piece instead.
 */
export function expectedLoss(
  objective: LeastSquares,
  optimizer: OptimizerId,
  hyper: Hyper,
  batch: number,
  steps: readonly number[],
): Float64Array | undefined {
  const dynamics = expectation(objective, optimizer, hyper, batch);
  if (!dynamics) return undefined;
  return Float64Array.from(steps, (step) => {
    if (step < dynamics.step) throw new RangeError(`steps must ascend: ${step} follows ${dynamics.step}`);
    dynamics.advance(step - dynamics.step);
    return dynamics.loss();
  });
}
