/**
 * The truly best hyper-parameters on streams: those that minimise the exact spectral radius. The paper's formulas minimise
 * a bound of it; for Nesterov and heavy ball with minibatches it has none.
 */
import { massSteps } from '../optimizers/mass';
import type { OptimizerId } from '../optimizers/registry';
import type { Hyper } from '../optimizers/types';
import type { Objective } from '../problems/types';
import { linearForm } from './linear-form';
import { minimising } from './nelder-mead';
import { optimalHyper } from './optimal';
import { atOnce, part, type Work } from './slices';
import { amplitudeRate } from './spectral-radius';
import { diagonalMoments, streamConstants } from './spectral';

export interface BestHyper {
  readonly hyper: Hyper;
  readonly spectralRadius: number;
}

/** Smallest 1 − γ, α and κ̃ − 1 that the search tries. */
const SMALLEST = 1e-9;

/**
 * Hyper-parameters as points in which a factor is a distance: ln η, ln(1 − γ), ln α, ln(κ̃ − 1). Points outside of the
 * valid range mean its nearest value.
 */
interface Coordinates {
  toHyper(x: readonly number[]): Hyper;
  fromHyper(hyper: Hyper): number[];
}

const unit = (x: number): number => Math.min(1, Math.max(SMALLEST, Math.exp(x)));
const logarithm = (value: number): number => Math.log(Math.max(SMALLEST, value));

const momentumCoordinates: Coordinates = {
  toHyper: (x) => ({ eta: Math.exp(x[0]!), gamma: 1 - unit(x[1]!) }),
  fromHyper: (hyper) => [Math.log(hyper['eta']!), logarithm(1 - hyper['gamma']!)],
};

const coordinates: Partial<Record<OptimizerId, Coordinates>> = {
  sgd: {
    toHyper: (x) => ({ eta: Math.exp(x[0]!) }),
    fromHyper: (hyper) => [Math.log(hyper['eta']!)],
  },
  nesterov: momentumCoordinates,
  'heavy-ball': momentumCoordinates,
  mass: {
    toHyper: (x) => ({ eta: Math.exp(x[0]!), alpha: unit(x[1]!), kappaTilde: 1 + Math.max(SMALLEST, Math.exp(x[2]!)) }),
    fromHyper: (hyper) => [Math.log(hyper['eta']!), logarithm(hyper['alpha']!), logarithm(hyper['kappaTilde']! - 1)],
  },
};

/**
 * The best hyper-parameters found for an optimizer at batch size m, never worse than the paper's formula, and for the
 * momentum methods never worse than the best SGD found. Undefined where no exact theory applies. About a second at
 * d = 1,024.
 */
export const bestHyper = (objective: Objective, optimizer: OptimizerId, batch: number): BestHyper | undefined =>
  atOnce(searchBestHyper(objective, optimizer, batch));

/** {@link bestHyper} in slices. */
export function* searchBestHyper(
  objective: Objective,
  optimizer: OptimizerId,
  batch: number,
): Work<BestHyper | undefined> {
  const { rows } = objective;
  const space = coordinates[optimizer];
  if (!space || rows.kind === 'stored') return undefined;
  const moments = diagonalMoments(rows);

  /** −ln(1 − √ρ): the same relative gain counts the same however close the rate is to 1. Diverging runs rank last. */
  const score = (hyper: Hyper): number => {
    const rate = amplitudeRate(moments, linearForm(optimizer, hyper)!, batch);
    return rate < 0 ? -Math.log(-rate) : 100 + Math.log1p(rate);
  };
  let best: Hyper | undefined;
  const from = yield* part(starts(objective, optimizer, batch), 0, 0.4);
  for (const [k, start] of from.entries()) {
    const search = minimising((point) => score(space.toHyper(point)), space.fromHyper(start), { maxEvaluations: 800 });
    const { x } = yield* part(search, 0.4 + (0.6 * k) / from.length, 0.4 + (0.6 * (k + 1)) / from.length);
    for (const hyper of [start, space.toHyper(x)]) if (!best || score(hyper) < score(best)) best = hyper;
  }
  const rate = amplitudeRate(moments, linearForm(optimizer, best!)!, batch);
  return { hyper: best!, spectralRadius: 1 + rate * (2 + rate) };
}

/** Where to look: the paper's formulas and the best of the methods that are special cases. */
function* starts(objective: Objective, optimizer: OptimizerId, batch: number): Work<Hyper[]> {
  const { rows } = objective;
  if (rows.kind === 'stored') return [];
  const constants = streamConstants(rows);
  const sgd = optimalHyper('sgd', constants, batch)!;
  const mass = optimalHyper('mass', constants, batch)!;
  const { eta1, gamma } = massSteps(mass);
  switch (optimizer) {
    case 'sgd':
      return [sgd];
    case 'nesterov':
    case 'heavy-ball': {
      const tuned = (yield* searchBestHyper(objective, 'sgd', batch))!.hyper['eta']!;
      return [
        { eta: tuned, gamma: 0 },
        { eta: tuned / 2, gamma: 0.5 },
        { eta: eta1, gamma },
        { eta: eta1 * (1 - gamma), gamma },
      ];
    }
    case 'mass': {
      const nesterov = (yield* searchBestHyper(objective, 'nesterov', batch))!.hyper;
      const alpha = (1 - nesterov['gamma']!) / (1 + nesterov['gamma']!);
      return [mass, { eta: nesterov['eta']!, alpha, kappaTilde: 1 }, { ...mass, eta: 1.5 * mass['eta']! }];
    }
    case 'adam':
      return [];
  }
}
