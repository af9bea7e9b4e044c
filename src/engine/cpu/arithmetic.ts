/** The float64 references of all families of objectives, one lane at a time, at one interface. */
import { metricsOf, type Metric } from '../../problems/metrics';
import { LeastSquaresReference, type Sampling } from '../../problems/least-squares';
import { NetworkReference } from '../../problems/network-reference';
import type { Objective } from '../../problems/types';

/** One lane's minibatches. All vectors have the length of the objective's dimension. */
export interface LaneArithmetic {
  /** The gradient at `at` over minibatch `step`, into `into`; the lane's running `statistics` move, in place. */
  gradient(step: number, batch: number, at: Float64Array, statistics: Float64Array, into: Float64Array): void;
  /** The numbers of `metricsOf` at `w`. */
  record(w: Float64Array, statistics: Float64Array): readonly number[];
}

export interface Arithmetic {
  readonly metrics: readonly Metric[];
  lane(seed: number): LaneArithmetic;
}

export function arithmeticOf(objective: Objective, sampling: Sampling): Arithmetic {
  const metrics = metricsOf(objective);
  if (objective.family === 'network') {
    const reference = new NetworkReference(objective, sampling);
    return {
      metrics,
      lane(seed) {
        const keys = reference.keys(seed);
        return {
          gradient: (step, batch, at, statistics, into) => {
            reference.gradient(keys, step, batch, at, statistics, into);
          },
          record: (w, statistics) => reference.record(w, statistics),
        };
      },
    };
  }
  const reference = new LeastSquaresReference(objective, sampling);
  return {
    metrics,
    lane(seed) {
      const key = reference.key(seed);
      return {
        gradient: (step, batch, at, _statistics, into) => {
          reference.gradient(key, step, batch, at, into);
        },
        record: (w) => [reference.loss(w)],
      };
    },
  };
}
