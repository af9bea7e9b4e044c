/** What the lanes of a network have learned, in float32: enough to look at them and to take them elsewhere. */
import { optimizerOf } from '../optimizers/registry';
import { MAX_SLOTS } from '../optimizers/types';
import type { CohortState, Lane } from './backend';

/** One lane; both in the network's own layout. */
export interface LaneWeights {
  /** w_t (not the query point), length of the objective's dimension. */
  readonly parameters: Float32Array<ArrayBuffer>;
  /** Running statistics, as many as the network has. */
  readonly statistics: Float32Array<ArrayBuffer>;
  /** t; where the lane diverged, the step at which that was seen. */
  readonly step: number;
}

/** Lane k of a cohort's state; copied. */
export function weightsOf(lanes: readonly Lane[], state: CohortState, k: number): LaneWeights {
  const d = state.values.length / (lanes.length * MAX_SLOTS);
  const own = state.statistics.length / lanes.length;
  const slot = k * MAX_SLOTS + optimizerOf(lanes[k]!.run.optimizer).iterate;
  return {
    parameters: Float32Array.from(state.values.subarray(slot * d, (slot + 1) * d)),
    statistics: Float32Array.from(state.statistics.subarray(k * own, (k + 1) * own)),
    step: state.step,
  };
}
