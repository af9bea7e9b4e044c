/**
 * The truly best hyper-parameters: those that minimise the exact spectral radius, on streams and on stored rows of few
 * dimensions. The paper's formulas minimise a bound of it; for Nesterov and heavy ball with minibatches it has none.
 */
import { massSteps } from '../optimizers/mass';
import type { OptimizerId } from '../optimizers/registry';
import type { Hyper } from '../optimizers/types';
import type { LeastSquares } from '../problems/types';
import { linearForm, type LinearForm } from './linear-form';
import { minimising } from './nelder-mead';
import { optimalHyper } from './optimal';
import { atOnce, part, type Work } from './slices';
import { amplitudeRate } from './spectral-radius';
import { diagonalMoments, streamConstants, type SpectralConstants } from './spectral';
import { COARSE, storedRadiusExcess, type RadiusTolerance } from './stored-dynamics';
import type { StoredMoments } from './stored-moments';

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

/** What is searched: a problem at a batch size. */
interface Landscape {
  readonly constants: SpectralConstants;
  readonly batch: number;
  /** √ρ − 1 to all digits, and as closely as the search needs it. */
  readonly rate: (form: LinearForm) => Work<number>;
  readonly roughly: (form: LinearForm) => Work<number>;
  /** Starts that are followed downhill, the best ones; and evaluations on the way from each. */
  readonly descents: number;
  readonly maxEvaluations: number;
  /** Gain in −ln(1 − √ρ) below which the search stops. */
  readonly tolerance: number;
}

/**
 * The best hyper-parameters found for an optimizer at batch size m, never worse than the paper's formula, and for the
 * momentum methods never worse than the best SGD found. Undefined where no exact theory applies, and for stored rows: see
 * {@link searchBestStored}. About a second at d = 1,024.
 */
export const bestHyper = (objective: LeastSquares, optimizer: OptimizerId, batch: number): BestHyper | undefined =>
  atOnce(searchBestHyper(objective, optimizer, batch));

/** {@link bestHyper} in slices. */
export function* searchBestHyper(
  objective: LeastSquares,
  optimizer: OptimizerId,
  batch: number,
): Work<BestHyper | undefined> {
  const { rows } = objective;
  if (!('scales' in rows)) return undefined;
  const moments = diagonalMoments(rows);
  const rate = function* (form: LinearForm): Work<number> {
    yield 0;
    return amplitudeRate(moments, form, batch);
  };
  const extent = { descents: 4, maxEvaluations: 800, tolerance: 1e-10 };
  return yield* search({ constants: streamConstants(rows), batch, rate, roughly: rate, ...extent }, optimizer);
}

/**
 * The same for stored rows drawn with replacement, given their exact constants. Takes some hundred to a thousand spectral
 * radii: seconds at 16 dimensions.
 */
export function* searchBestStored(
  moments: StoredMoments,
  constants: SpectralConstants,
  optimizer: OptimizerId,
  batch: number,
): Work<BestHyper | undefined> {
  const rate = (tolerance?: RadiusTolerance) =>
    function* (form: LinearForm): Work<number> {
      return Math.expm1(Math.log1p(yield* storedRadiusExcess(moments, form, batch, tolerance)) / 2);
    };
  const extent = { descents: 2, maxEvaluations: 250, tolerance: 1e-6 };
  return yield* search({ constants, batch, rate: rate(), roughly: rate(COARSE), ...extent }, optimizer);
}

/** −ln(1 − √ρ): the same relative gain counts the same however close the rate is to 1. Diverging runs rank last. */
const scoreOf = (rate: number): number => (rate < 0 ? -Math.log(-rate) : 100 + Math.log1p(rate));

function* search(landscape: Landscape, optimizer: OptimizerId): Work<BestHyper | undefined> {
  const space = coordinates[optimizer];
  if (!space) return undefined;
  const { rate, roughly, descents, maxEvaluations, tolerance } = landscape;
  const rough = function* (hyper: Hyper): Work<number> {
    return scoreOf(yield* roughly(linearForm(optimizer, hyper)!));
  };

  const first = yield* part(starts(landscape, optimizer), 0, 0.4);
  const ranked: { readonly hyper: Hyper; readonly score: number }[] = [];
  for (const hyper of first) ranked.push({ hyper, score: yield* part(rough(hyper), 0.4, 0.4) });
  ranked.sort((a, b) => a.score - b.score);
  const found: Hyper[] = [...first];
  const followed = ranked.slice(0, descents);
  for (const [k, { hyper }] of followed.entries()) {
    const value = (point: readonly number[]): Work<number> => rough(space.toHyper(point));
    const descent = minimising(value, space.fromHyper(hyper), { maxEvaluations, tolerance });
    const [from, to] = [k, k + 1].map((done) => 0.4 + (0.6 * done) / followed.length) as [number, number];
    found.push(space.toHyper((yield* part(descent, from, to)).x));
  }
  let best: { readonly hyper: Hyper; readonly rate: number } | undefined;
  for (const hyper of found) {
    const own = yield* part(rate(linearForm(optimizer, hyper)!), 1, 1);
    if (!best || scoreOf(own) < scoreOf(best.rate)) best = { hyper, rate: own };
  }
  return best && { hyper: best.hyper, spectralRadius: 1 + best.rate * (2 + best.rate) };
}

/** Where to look: the paper's formulas and the best of the methods that are special cases. */
function* starts(landscape: Landscape, optimizer: OptimizerId): Work<Hyper[]> {
  const { constants, batch } = landscape;
  const sgd = optimalHyper('sgd', constants, batch)!;
  const mass = optimalHyper('mass', constants, batch)!;
  const { eta1, gamma } = massSteps(mass);
  switch (optimizer) {
    case 'sgd':
      return [sgd];
    case 'nesterov':
    case 'heavy-ball': {
      const tuned = (yield* search(landscape, 'sgd'))!.hyper['eta']!;
      return [
        { eta: tuned, gamma: 0 },
        { eta: tuned / 2, gamma: 0.5 },
        { eta: eta1, gamma },
        { eta: eta1 * (1 - gamma), gamma },
      ];
    }
    case 'mass': {
      const nesterov = (yield* search(landscape, 'nesterov'))!.hyper;
      const alpha = (1 - nesterov['gamma']!) / (1 + nesterov['gamma']!);
      return [mass, { eta: nesterov['eta']!, alpha, kappaTilde: 1 }, { ...mass, eta: 1.5 * mass['eta']! }];
    }
    case 'adam':
      return [];
  }
}
