/** The paper's optimal hyper-parameters and the rates they guarantee (Liu & Belkin 2020, theorem 2 and section 4). */
import type { OptimizerId } from '../optimizers/registry';
import type { Hyper } from '../optimizers/types';
import { batchConstants, batchSmoothness, type SpectralConstants } from './spectral';

/** 1/L_m: the largest step size that is safe for SGD, and MaSS's optimal one, at batch size m. */
export const suggestedEta = (constants: { readonly L: number; readonly L1: number }, m: number): number =>
  1 / batchSmoothness(constants, m);

/**
 * Optimal hyper-parameters at batch size m: SGD η = 1/L_m; MaSS in addition α = 1/√(κ_m κ̃_m) and κ̃ = κ̃_m (so
 * δ = η/(α κ̃_m)). Undefined for the other optimizers: there the paper has none.
 */
export function optimalHyper(optimizer: OptimizerId, constants: SpectralConstants, m: number): Hyper | undefined {
  const { kappa, kappaTilde } = batchConstants(constants, m);
  const eta = suggestedEta(constants, m);
  if (optimizer === 'sgd') return { eta };
  if (optimizer === 'mass') return { eta, alpha: Math.min(1, 1 / Math.sqrt(kappa * kappaTilde)), kappaTilde };
  return undefined;
}

/**
 * Guaranteed contraction of the expected loss per step at the optimal hyper-parameters: 1 − 1/κ_m for SGD,
 * 1 − 1/√(κ_m κ̃_m) for MaSS; undefined for the others.
 */
export function guaranteedRate(optimizer: OptimizerId, constants: SpectralConstants, m: number): number | undefined {
  const { kappa, kappaTilde } = batchConstants(constants, m);
  if (optimizer === 'sgd') return 1 - 1 / kappa;
  if (optimizer === 'mass') return 1 - 1 / Math.sqrt(kappa * kappaTilde);
  return undefined;
}

/** How close hyper-parameters must be to the optimal ones, relatively, to count as these: four digits are. */
const AT_OPTIMUM = 1e-3;

/**
 * The contraction per step that the paper guarantees for these very hyper-parameters: that of {@link guaranteedRate}
 * where they are the optimal ones (to about three digits), else undefined.
 */
export function guaranteeAt(
  optimizer: OptimizerId,
  hyper: Hyper,
  constants: SpectralConstants,
  m: number,
): number | undefined {
  const optimal = optimalHyper(optimizer, constants, m);
  if (!optimal) return undefined;
  const there = Object.entries(optimal).every(
    ([key, value]) => Math.abs((hyper[key] ?? Number.NaN) - value) <= AT_OPTIMUM * value,
  );
  return there ? guaranteedRate(optimizer, constants, m) : undefined;
}
