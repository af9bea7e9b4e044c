/** One optimizer in float64, away from the engine. */
import { optimizerOf, type OptimizerId } from '../../src/optimizers/registry';
import type { Hyper, OptimizerDefinition } from '../../src/optimizers/types';

export interface Stepper {
  readonly state: Float64Array[];
  /** Takes step t = 1, 2, … with the gradient at slot 0. */
  step(gradient: Float64Array): void;
}

export function stepper(
  optimizer: OptimizerId,
  hyper: Hyper,
  start: Float64Array,
  change: Partial<Pick<OptimizerDefinition, 'step' | 'at'>> = {},
): Stepper {
  const definition: OptimizerDefinition = { ...optimizerOf(optimizer), ...change };
  const state = definition.start.map((kind) => (kind === 'weights' ? start.slice() : new Float64Array(start.length)));
  const constant = definition.coefficients(hyper);
  let t = 0;
  return {
    state,
    step: (gradient) => {
      t++;
      definition.step(state, gradient, definition.at?.(constant, t) ?? constant);
    },
  };
}

/** Largest difference of two vectors. */
export const distance = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Math.max(...Array.from(a, (value, j) => Math.abs(value - b[j]!)));

/** The largest entry by magnitude. */
export const magnitude = (a: ArrayLike<number>): number => Math.max(...Array.from(a, Math.abs));
