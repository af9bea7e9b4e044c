/** What the engine and the page ask of theory. */
import type { OptimizerId } from '../optimizers/registry';
import type { Hyper } from '../optimizers/types';
import type { Objective } from '../problems/types';
import { suggestedEta } from './optimal';
import { spectralRadius } from './spectral-radius';
import { streamConstants, type KnownConstants } from './spectral';
import { storedConstants } from './stored-constants';

/** The part of a run that theory looks at. */
export interface TheoryRun {
  readonly optimizer: OptimizerId;
  /** Minibatch size m. */
  readonly batch: number;
  readonly hyper: Hyper;
}

export interface RunTheory {
  /** Exact spectral radius of the expected dynamics; absent where no exact theory applies (stored rows, Adam). */
  readonly spectralRadius?: number;
}

/** Theory of one run that is cheap enough to ask for at every start (below 5 ms at d = 1,024). */
export function runTheory(objective: Objective, run: TheoryRun): RunTheory {
  const radius = spectralRadius(objective, run.optimizer, run.hyper, run.batch);
  return radius === undefined ? {} : { spectralRadius: radius };
}

/**
 * Spectral constants of any objective: closed forms for streams; for stored rows worked out in slices that leave the event
 * loop free. Rejects with the signal's reason on abort.
 */
export function objectiveConstants(
  objective: Objective,
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<KnownConstants> {
  const { rows } = objective;
  return rows.kind === 'stored'
    ? storedConstants(rows, options)
    : Promise.resolve({ ...streamConstants(rows), L1IsBound: false });
}

export interface SuggestedStepSizes {
  /** 1/L_m for each batch size asked for, in their order. */
  readonly eta: readonly number[];
  /** The step sizes come from an upper bound of L₁: safe, but smaller than need be for small batches. */
  readonly isBound: boolean;
}

/**
 * Step sizes 1/L_m at which SGD and MaSS (with matching α and κ̃) are safe, one per batch size; undefined where the
 * features are all zero. They promise nothing for momentum without compensation (Nesterov, heavy ball) or for Adam.
 */
export async function suggestedStepSizes(
  objective: Objective,
  batches: readonly number[],
  options: { readonly signal?: AbortSignal | undefined } = {},
): Promise<SuggestedStepSizes | undefined> {
  const constants = await objectiveConstants(objective, options);
  if (!(constants.L1 > 0)) return undefined;
  return { eta: batches.map((m) => suggestedEta(constants, m)), isBound: constants.L1IsBound };
}
