/** What PyTorch's optimizers did (tests/fixtures/pytorch/generate.py), as an objective and as lanes of the engine. */
import type { Lane } from '../../src/engine/backend';
import type { OptimizerId } from '../../src/optimizers/registry';
import type { Hyper } from '../../src/optimizers/types';
import type { LeastSquares } from '../../src/problems/types';
import json from '../fixtures/pytorch/recorded.json';

interface Recorded {
  readonly origin: string;
  readonly seed: number;
  readonly laneSeed: number;
  readonly dimension: number;
  readonly batch: number;
  readonly features: readonly (readonly number[])[];
  readonly targets: readonly number[];
  readonly start: readonly number[];
  /** Rows of each step's minibatch. */
  readonly batches: readonly (readonly number[])[];
  /** `parameter[t]` is PyTorch's parameter after step t + 1: slot 0 of our optimizers, where gradients are taken. */
  readonly runs: readonly {
    readonly optimizer: OptimizerId;
    readonly hyper: Hyper;
    readonly parameter: readonly (readonly number[])[];
  }[];
}

export const recorded = json as unknown as Recorded;

export const recordedObjective: LeastSquares = {
  family: 'least-squares',
  dimension: recorded.dimension,
  coordinates: 'weights',
  start: Float64Array.from(recorded.start),
  rows: {
    kind: 'stored',
    count: recorded.features.length,
    features: Float32Array.from(recorded.features.flat()),
    targets: Float32Array.from(recorded.targets),
  },
};

export const recordedLanes: readonly Lane[] = recorded.runs.map(({ optimizer, hyper }) => ({
  run: { optimizer, batch: recorded.batch, hyper },
  seed: recorded.laneSeed,
}));

/** The minibatch gradient of step t at `w`, from the recorded rows alone. */
export function recordedGradient(t: number, w: Float64Array): Float64Array<ArrayBuffer> {
  const gradient = new Float64Array(recorded.dimension);
  for (const row of recorded.batches[t]!) {
    const x = recorded.features[row]!;
    const residual = x.reduce((sum, value, j) => sum + value * w[j]!, 0) - recorded.targets[row]!;
    x.forEach((value, j) => (gradient[j] = gradient[j]! + (residual * value) / recorded.batch));
  }
  return gradient;
}
