/**
 * Speed of convergence against the batch size m, for SGD and MaSS at their optimal hyper-parameters of every m, and the
 * three regimes it falls into (Liu & Belkin 2020, section 4).
 */
import type { LeastSquares } from '../problems/types';
import { linearForm } from './linear-form';
import { optimalHyper } from './optimal';
import { amplitudeRate } from './spectral-radius';
import { batchConstants, criticalBatches, diagonalMoments, type SpectralConstants } from './spectral';

/** The optimizers that have optimal hyper-parameters for every batch size. */
export const BATCH_OPTIMIZERS = ['sgd', 'mass'] as const;
export type BatchOptimizer = (typeof BATCH_OPTIMIZERS)[number];

export type Regime = 'linear' | 'diminishing' | 'saturation';

/** Batch sizes that this view looks at, at most. */
const LARGEST = 65_536;
/** Measured batch sizes, at most. */
const MEASURED = 14;
/** Two critical batch sizes closer than this factor leave no regime between them. */
const SEPARATED = 1.5;

/** Guaranteed speed per step s(m): 1/κ_m for SGD, 1/√(κ_m κ̃_m) for MaSS; 1/s steps shrink the loss by e. */
export function guaranteedSpeed(optimizer: BatchOptimizer, constants: SpectralConstants, m: number): number {
  const { kappa, kappaTilde } = batchConstants(constants, m);
  return optimizer === 'sgd' ? 1 / kappa : 1 / Math.sqrt(kappa * kappaTilde);
}

/** Exact speed per step −ln ρ at the optimal hyper-parameters of m; streams only, O(d). */
export function exactSpeed(
  objective: LeastSquares,
  optimizer: BatchOptimizer,
  constants: SpectralConstants,
  m: number,
): number | undefined {
  if (!('scales' in objective.rows)) return undefined;
  const form = linearForm(optimizer, optimalHyper(optimizer, constants, m)!);
  // ρ = (1 + s)², and s keeps its digits where ρ is close to 1.
  return form && -2 * Math.log1p(amplitudeRate(diagonalMoments(objective.rows), form, m));
}

export function regimeOf(constants: SpectralConstants, m: number): Regime {
  const { m1, m2 } = criticalBatches(constants);
  return m <= m1 ? 'linear' : m <= m2 ? 'diminishing' : 'saturation';
}

/** The largest batch size worth a look: 16 times the one where saturation begins. */
export function largestBatch(constants: SpectralConstants): number {
  return Math.min(LARGEST, 2 ** Math.ceil(Math.log2(16 * criticalBatches(constants).m2)));
}

/** Powers of two to measure at, from 1 to {@link largestBatch}; every other one where they are too many. */
export function measuredBatches(constants: SpectralConstants): number[] {
  const last = Math.log2(largestBatch(constants));
  const every = Math.ceil((last + 1) / MEASURED);
  const batches: number[] = [];
  for (let k = 0; k <= last; k += every) batches.push(2 ** k);
  return batches;
}

/** Points of a smooth line: `count` values of m evenly spaced in log m from 1 to `most`, ends included. */
export function smoothBatches(most: number, count: number): number[] {
  return Array.from({ length: count }, (_, k) => most ** (k / (count - 1)));
}

const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });
const words = (m: number): string => whole.format(m < 100 ? m : Number(m.toPrecision(2)));

/** What the regimes mean for whoever chooses a batch size, in one sentence of plain text. */
export function batchAdvice(constants: SpectralConstants): string {
  const { m1, m2 } = criticalBatches(constants);
  if (m2 < SEPARATED * m1)
    return (
      `On this problem batches far beyond ${words(m2)} buy nothing: up to about there twice the batch takes about half ` +
      `as many steps, then soon hardly fewer.`
    );
  return (
    `On this problem batches beyond ${words(m1)} buy nothing per sample: up to there twice the batch takes MaSS about half ` +
    `as many steps, from there to ${words(m2)} only about 30 % fewer, and beyond ${words(m2)} it saves nothing at all.`
  );
}
