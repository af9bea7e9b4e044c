import { LeastSquaresReference } from '../problems/least-squares';
import type { Objective } from '../problems/types';

/** Largest float32, less a margin: a loss beyond it can't be told from infinity. */
const LARGEST = 3e38;

export interface StartLoss {
  /** The loss at the start, in float64. */
  readonly first: number;
  /** The loss above which a lane has diverged. */
  readonly limit: number;
}

/** Where lanes of an objective start, and where they have diverged. */
export function startLoss(
  objective: Objective,
  config: { readonly seed: number; readonly sampling: 'replacement' | 'epochs'; readonly divergenceFactor: number },
): StartLoss {
  const reference = new LeastSquaresReference(objective, { seed: config.seed, mode: config.sampling });
  const first = reference.loss(objective.start);
  return { first, limit: first > 0 ? Math.min(first * config.divergenceFactor, LARGEST) : LARGEST };
}
