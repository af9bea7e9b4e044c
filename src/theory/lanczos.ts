/** The largest eigenvalue of a symmetric operator that is known only by its products (Lanczos 1950). */
import { dot } from './products';
import type { Work } from './slices';

export interface LanczosOptions {
  /** Stop where the residual ‖Av − θv‖ is below this multiple of θ; the error is of its square over the gap. */
  readonly tolerance: number;
  readonly maxSteps: number;
}

export interface LargestEigenvalue {
  /** θ, from below. */
  readonly value: number;
  /** An eigenvalue lies within this distance of θ. */
  readonly residual: number;
  readonly vector: Float64Array;
  readonly converged: boolean;
}

/**
 * Largest eigenvalue of a positive semidefinite operator, with full reorthogonalisation: no digits are lost and no copy of
 * an eigenvalue appears twice. `start` must not be orthogonal to the eigenvector.
 */
export function* largestEigenvalue(
  product: (v: Float64Array) => Work<Float64Array>,
  start: Float64Array,
  { tolerance, maxSteps }: LanczosOptions,
): Work<LargestEigenvalue> {
  const d = start.length;
  const basis: Float64Array[] = [];
  const diagonal: number[] = [];
  const off: number[] = [];
  let next = Float64Array.from(start);
  let norm = Math.sqrt(dot(next, 0, next, 0, d));
  let nextCheck = 1;
  let progress = 0;
  for (;;) {
    const v = next.map((x) => x / norm);
    basis.push(v);
    const steps = basis.length;
    const image = product(v);
    for (;;) {
      const step = image.next();
      if (step.done) {
        next = Float64Array.from(step.value);
        break;
      }
      // Nobody knows how many steps there will be: the first ones count most.
      yield progress + 0.05 * step.value * (1 - progress);
    }
    progress += 0.05 * (1 - progress);
    diagonal.push(dot(v, 0, next, 0, d));
    for (let pass = 0; pass < 2; pass++)
      for (const b of basis) {
        const share = dot(b, 0, next, 0, d);
        for (let j = 0; j < d; j++) next[j]! -= share * b[j]!;
      }
    norm = Math.sqrt(dot(next, 0, next, 0, d));
    const scale = Math.max(...diagonal);
    const exhausted = steps >= d || norm <= 1e-14 * scale;
    if (exhausted || steps >= nextCheck || steps >= maxSteps) {
      const { value, coefficients } = topOfTridiagonal(diagonal, off);
      const residual = exhausted ? 0 : norm * Math.abs(coefficients[steps - 1]!);
      const converged = residual <= tolerance * value;
      if (converged || steps >= maxSteps) {
        const vector = new Float64Array(d);
        basis.forEach((b, k) => {
          for (let j = 0; j < d; j++) vector[j]! += coefficients[k]! * b[j]!;
        });
        return { value, residual, vector, converged };
      }
      nextCheck = steps + Math.max(1, steps >> 3);
    }
    off.push(norm);
  }
}

/** A start with every frequency in it: no structured data is orthogonal to it. */
export const genericVector = (d: number): Float64Array =>
  Float64Array.from({ length: d }, (_, j) => 1 + 0.5 * Math.sin(1 + j * j));

/** Largest eigenvalue of a positive semidefinite tridiagonal matrix and its unit eigenvector. */
export function topOfTridiagonal(
  diagonal: readonly number[],
  off: readonly number[],
): { readonly value: number; readonly coefficients: Float64Array } {
  const n = diagonal.length;
  /** Fills the pivots of xI − T, which are all positive where x is above every eigenvalue, and tells whether they are. */
  const pivots = new Float64Array(n);
  const isAbove = (x: number): boolean => {
    for (let k = 0; k < n; k++) {
      pivots[k] = x - diagonal[k]! - (k > 0 ? off[k - 1]! ** 2 / pivots[k - 1]! : 0);
      if (!(pivots[k]! > 0)) return false;
    }
    return true;
  };
  const radius = diagonal.map((x, k) => x + Math.abs(off[k - 1] ?? 0) + Math.abs(off[k] ?? 0));
  const coefficients = new Float64Array(n).fill(1 / Math.sqrt(n));
  let low = Math.max(...diagonal);
  let high = Math.max(...radius) * (1 + 1e-15);
  if (!(high > 0)) return { value: high, coefficients };
  for (;;) {
    const middle = low + (high - low) / 2;
    if (!(middle > low && middle < high)) break;
    if (isAbove(middle)) high = middle;
    else low = middle;
  }
  // Inverse iteration from just above, where elimination needs no pivoting.
  let shift = high;
  for (let step = high * 2 ** -52; !isAbove(shift); step *= 2) shift = high + step;
  for (let round = 0; round < 4; round++) {
    for (let k = 1; k < n; k++) coefficients[k]! += (coefficients[k - 1]! * off[k - 1]!) / pivots[k - 1]!;
    for (let k = n - 1; k >= 0; k--)
      coefficients[k] = (coefficients[k]! + (k + 1 < n ? off[k]! * coefficients[k + 1]! : 0)) / pivots[k]!;
    const largest = coefficients.reduce((a, x) => Math.max(a, Math.abs(x)), 0);
    for (let k = 0; k < n; k++) coefficients[k]! /= largest;
  }
  const norm = Math.sqrt(dot(coefficients, 0, coefficients, 0, n));
  return { value: high, coefficients: coefficients.map((x) => x / norm) };
}
