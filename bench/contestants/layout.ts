/** The arrays of contestants that compute with whole arrays: state is seeds × dimension × runs. */
import type { Task } from '../tasks';

/** Both state vectors at the start. */
export function startState({ objective, runs, seeds }: Task): Float32Array<ArrayBuffer> {
  const d = objective.dimension;
  const state = new Float32Array(seeds * d * runs);
  for (let k = 0; k < state.length; k++) state[k] = objective.start[Math.floor(k / runs) % d]!;
  return state;
}

/** Back to lanes × dimension, run by run. */
export function laneWeights(state: ArrayLike<number>, { objective, runs, seeds }: Task): Float32Array {
  const d = objective.dimension;
  const weights = new Float32Array(state.length);
  for (let run = 0; run < runs; run++)
    for (let seed = 0; seed < seeds; seed++)
      for (let j = 0; j < d; j++) weights[(run * seeds + seed) * d + j] = state[(seed * d + j) * runs + run]!;
  return weights;
}

/** Coefficients of all runs; γ is one number for all. */
export function ruleArrays({ steps }: Task): {
  eta1: Float32Array<ArrayBuffer>;
  eta2: Float32Array<ArrayBuffer>;
  gamma: number;
} {
  return {
    eta1: Float32Array.from(steps, (rule) => rule.eta1),
    eta2: Float32Array.from(steps, (rule) => rule.eta2),
    gamma: steps[0]!.gamma,
  };
}
