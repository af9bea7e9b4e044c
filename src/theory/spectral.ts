/**
 * Spectral constants of least squares f(w) = ½ E(⟨x, w⟩ − y)² and what a minibatch makes of them
 * (Liu & Belkin 2020, sections 2 and 4). H = E[x xᵀ].
 */
import type { RowSource } from '../problems/types';

/** Rows drawn afresh at every step from a distribution with a diagonal H. */
export type StreamRows = Exclude<RowSource, { kind: 'stored' | 'kernel' }>;

export interface SpectralConstants {
  /** Largest eigenvalue of H. */
  readonly L: number;
  /** Smallest non-zero eigenvalue of H. */
  readonly mu: number;
  /** Least number with E[‖x‖² x xᵀ] ≼ L₁ H. */
  readonly L1: number;
  /** Least number with E[⟨x, H⁺x⟩ x xᵀ] ≼ κ̃ H: the statistical condition number. */
  readonly kappaTilde: number;
}

/**
 * What is known of a problem. Stored rows too many for the exact constants have only L, from above where it is not sure,
 * and a bound of L₁, and no μ, κ̃.
 */
export interface KnownConstants {
  readonly L: number;
  readonly L1: number;
  /** `L1` is the upper bound max ‖x‖² and not L₁ itself. */
  readonly L1IsBound: boolean;
  readonly mu?: number;
  readonly kappaTilde?: number;
}

/**
 * Second and fourth moments of a stream whose coordinates are uncorrelated. For a diagonal matrix M = diag c,
 * diag E[H̃ M H̃] = λ²∘c + (ownNoise · λ²∘c + sharedNoise · λ (λᵀc)) / m, where H̃ is the mean of x xᵀ over m samples.
 */
export interface DiagonalMoments {
  /** Eigenvalues of H in the order of the coordinates. */
  readonly lambda: Float64Array;
  readonly ownNoise: number;
  readonly sharedNoise: number;
}

/**
 * Moments of a stream. Component-decoupled: axis j has probability p = 1/d and z² has mean 2 and fourth moment 12, so
 * λ_j = 2σ_j²/d and E x_j⁴ = 3λ_j²/p. Gaussian: Isserlis' theorem.
 */
export function diagonalMoments(rows: StreamRows): DiagonalMoments {
  const d = rows.scales.length;
  return rows.kind === 'component-decoupled'
    ? { lambda: rows.scales.map((scale) => (2 * scale * scale) / d), ownNoise: 3 * d - 1, sharedNoise: 0 }
    : { lambda: rows.scales.map((scale) => scale * scale), ownNoise: 1, sharedNoise: 1 };
}

/** Closed-form constants of a stream of any dimension. */
export function streamConstants(rows: StreamRows): SpectralConstants {
  const { lambda } = diagonalMoments(rows);
  const d = lambda.length;
  const L = lambda.reduce((a, b) => Math.max(a, b));
  const mu = lambda.reduce((a, b) => Math.min(a, b));
  return rows.kind === 'component-decoupled'
    ? { L, mu, L1: 3 * d * L, kappaTilde: 3 * d }
    : { L, mu, L1: lambda.reduce((a, b) => a + b, 0) + 2 * L, kappaTilde: d + 2 };
}

/** Are all four constants known exactly? */
export function isComplete(constants: KnownConstants): constants is KnownConstants & SpectralConstants {
  return !constants.L1IsBound && constants.mu !== undefined && constants.kappaTilde !== undefined;
}

/** Constants at batch size m. */
export interface BatchConstants {
  /** L_m = L₁/m + (m − 1)L/m. */
  readonly L: number;
  /** κ_m = L_m/μ. */
  readonly kappa: number;
  /** κ̃_m = κ̃/m + (m − 1)/m. */
  readonly kappaTilde: number;
}

/** L_m = L₁/m + (m − 1)L/m: the smoothness that a minibatch of m shows. */
export function batchSmoothness({ L, L1 }: { readonly L: number; readonly L1: number }, m: number): number {
  return L + (L1 - L) / m;
}

export function batchConstants(constants: SpectralConstants, m: number): BatchConstants {
  const L = batchSmoothness(constants, m);
  return { L, kappa: L / constants.mu, kappaTilde: 1 + (constants.kappaTilde - 1) / m };
}

/**
 * Where the three regimes of the batch size meet: below `m1` m times the batch gives about m times the speed per step,
 * up to `m2` about √m times, beyond it nothing (Liu & Belkin 2020, section 4).
 */
export function criticalBatches({ L, L1, kappaTilde }: SpectralConstants): {
  readonly m1: number;
  readonly m2: number;
} {
  return { m1: Math.min(L1 / L, kappaTilde), m2: Math.max(L1 / L, kappaTilde) };
}
