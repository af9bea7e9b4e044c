/** Parts of the state of a cohort. */
import type { CohortState } from './backend';
import type { LaneWeights } from './lane-weights';
import type { SavedGroup, SavedWeights } from './saved-race';

/** The state of these lanes alone, in this order. */
export function selectLanes({ step, values, statistics, alive }: CohortState, lanes: readonly number[]): CohortState {
  const select = (of: Float64Array) => {
    const size = of.length / alive.length;
    const selected = new Float64Array(lanes.length * size);
    lanes.forEach((lane, k) => {
      selected.set(of.subarray(lane * size, (lane + 1) * size), k * size);
    });
    return selected;
  };
  return {
    step,
    values: select(values),
    statistics: select(statistics),
    alive: Uint8Array.from(lanes, (lane) => alive[lane]!),
  };
}

/** The state of a saved group's members; copied, in float64. */
export const savedState = ({ step, values, statistics, alive }: SavedGroup): CohortState => ({
  step,
  values: Float64Array.from(values),
  statistics: Float64Array.from(statistics),
  alive: Uint8Array.from(alive),
});

/** Saved weights; copied. */
export const savedWeights = ({ parameters, statistics, step }: SavedWeights): LaneWeights => ({
  parameters: Float32Array.from(parameters),
  statistics: Float32Array.from(statistics),
  step,
});
