/**
 * The exact spectral radius ρ of the expected dynamics on streams: the rate at which E f(w) − f(w*) shrinks in the end.
 * ρ > 1 is divergence in mean square.
 *
 * Along a coordinate with mean curvature λ the noise of one step enters the query point through an impulse response g_k
 * with z-transform K(ζ) = (qζ − y) / (ζ² − τζ + δ). Squares of it sum to a rational function without a square in it,
 *
 *   φ(z) = Σ g_k² z^{−k−1} = ½ [(qζ − y)²/(ζ² − τζ + δ) + (qζ + y)²/(ζ² + τζ + δ)] / (ζ² − δ),   ζ = √z,
 *
 * a sum of positive terms beyond the largest root of the mean dynamics. The noise has variance ownNoise λ²/m of its own,
 * so with t = (ownNoise λ²/m) φ a coordinate alone has ρ where t = 1. A coupling λ(λᵀ E h²)/m adds a rank-one term to all
 * coordinates, and ρ solves (sharedNoise/ownNoise) Σ t/(1 − t) = 1. Both sides fall in z, as the operator keeps the cone of
 * second moments (Krein–Rutman), so the root is unique and ρ is it, never a complex pair.
 *
 * All is written in s = ζ − 1, λ, 1 − γ, …: rates within 1e-12 of 1 keep their digits.
 */
import type { OptimizerId } from '../optimizers/registry';
import type { Hyper } from '../optimizers/types';
import type { LeastSquares } from '../problems/types';
import { linearForm, type LinearForm } from './linear-form';
import { increasingRoot } from './roots';
import { diagonalMoments, type DiagonalMoments } from './spectral';

/** ρ, or undefined where no exact theory applies: stored rows, Adam. */
export function spectralRadius(
  objective: LeastSquares,
  optimizer: OptimizerId,
  hyper: Hyper,
  batch: number,
): number | undefined {
  const form = linearForm(optimizer, hyper);
  if (!form || !('scales' in objective.rows)) return undefined;
  const s = amplitudeRate(diagonalMoments(objective.rows), form, batch);
  return 1 + s * (2 + s);
}

/** √ρ − 1, with all its digits where ρ is close to 1. */
export function amplitudeRate(moments: DiagonalMoments, form: LinearForm, batch: number): number {
  const feedback = noiseFeedback(moments, form, batch);
  const low = meanRate(moments.lambda, form);
  // 1/feedback is nearly linear in s next to the pole, where it is 0.
  const balance = (s: number): number => 1 / feedback(s) - 1;
  let width = Math.max(1e-3, Math.abs(low));
  while (!(balance(low + width) > 0)) {
    width *= 2;
    if (!Number.isFinite(width)) return Infinity;
  }
  return increasingRoot(balance, low, -1, low + width);
}

/** Whether ρ < 1, without working out ρ: the mean shrinks, and noise does not feed itself at the rate 1. */
export function isStable(moments: DiagonalMoments, form: LinearForm, batch: number): boolean {
  return meanRate(moments.lambda, form) < 0 && noiseFeedback(moments, form, batch)(0) < 1;
}

/** How far the noise is from (below 1) or beyond (above 1) feeding itself at the rate ζ = 1 + s, as a function of s. */
function noiseFeedback(moments: DiagonalMoments, form: LinearForm, batch: number): (s: number) => number {
  const { gamma, carry, lookahead } = form;
  const [n1, n2] = form.gain;
  const { lambda, ownNoise, sharedNoise } = moments;
  const q = n1 + lookahead * n2;
  const y = gamma * n1 + (lookahead - carry) * n2;
  const difference = (1 - gamma) * n1 + carry * n2; // q − y
  const d = lambda.length;
  return (s) => {
    const zeta = 1 + s;
    const down = (difference + q * s) ** 2;
    const up = (q * zeta + y) ** 2;
    let largest = 0;
    let sum = 0;
    for (let j = 0; j < d; j++) {
      const l = lambda[j]!;
      const a = 1 - gamma + q * l;
      const b = l * difference;
      const c = 1 - gamma + y * l;
      const minus = s * s + a * s + b;
      const plus = s * s + (4 - a) * s + (4 - 2 * a + b);
      const middle = s * (2 + s) + c;
      if (!(minus > 0 && plus > 0 && middle > 0)) return Infinity;
      const t = (((ownNoise * l) / batch) * l * (down / minus + up / plus)) / (2 * middle);
      if (sharedNoise === 0) largest = Math.max(largest, t);
      else if (t < 1) sum += t / (1 - t);
      else return Infinity;
    }
    return sharedNoise === 0 ? largest : (sharedNoise / ownNoise) * sum;
  };
}

/** Rate of the mean E e, minus 1: the root of ρ without noise, where the full gradient takes the minibatch's place. */
export function meanRate(lambda: Float64Array, form: LinearForm): number {
  const { gamma, carry, lookahead } = form;
  const [n1, n2] = form.gain;
  const q = n1 + lookahead * n2;
  const y = gamma * n1 + (lookahead - carry) * n2;
  const difference = (1 - gamma) * n1 + carry * n2;
  return lambda.reduce(
    (low, l) => Math.max(low, dominantRoot(1 - gamma + q * l, l * difference, 1 - gamma + y * l)),
    -1,
  );
}

/**
 * Largest modulus, minus 1, of the roots of ζ² − τζ + δ, given in shifted form s² + as + b (s = ζ − 1) with c = 1 − δ.
 */
function dominantRoot(a: number, b: number, c: number): number {
  const quarter = (a / 2) ** 2 - b;
  if (quarter < 0) return Math.expm1(0.5 * Math.log1p(-c));
  const root = Math.sqrt(quarter);
  const upper = a > 0 ? -b / (a / 2 + root) : root - a / 2;
  const lower = -(a / 2) - root;
  return Math.max(upper, -2 - lower);
}
