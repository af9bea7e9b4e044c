import { LeastSquaresReference } from '../problems/least-squares';
import type { NetworkObjective, Objective } from '../problems/types';

/** Largest float32, less a margin: a loss beyond it can't be told from infinity. */
const LARGEST = 3e38;

export interface StartLoss {
  /** The loss at the start, in float64; of a network that of guessing: its starts are random, each lane has its own. */
  readonly first: number;
  /** The loss above which a lane has diverged. */
  readonly limit: number;
}

/** Where lanes of an objective start, and where they have diverged. */
export function startLoss(
  objective: Objective,
  config: { readonly seed: number; readonly sampling: 'replacement' | 'epochs'; readonly divergenceFactor: number },
): StartLoss {
  const first =
    objective.family === 'network'
      ? indifferentLoss(objective)
      : new LeastSquaresReference(objective, { seed: config.seed, mode: config.sampling }).loss(objective.start);
  return { first, limit: first > 0 ? Math.min(first * config.divergenceFactor, LARGEST) : LARGEST };
}

/** The loss of a network that tells nothing: all classes equally likely, or zero for every value. */
function indifferentLoss({ network, rows }: NetworkObjective): number {
  if (network.loss === 'cross-entropy') return Math.log(network.outputs);
  const targets = rows.targets.subarray(0, rows.count * network.outputs);
  return targets.reduce((sum, target) => sum + target * target, 0) / (2 * rows.count);
}
