/** Small objectives for tests of the engine: one of each source of rows, some of odd sizes. */
import type { Lane } from '../../src/engine/backend';
import { defaultHyper, optimizerIds } from '../../src/optimizers/registry';
import { kernelInputs, type KernelConfig } from '../../src/problems/kernel';
import type { LeastSquares } from '../../src/problems/types';

/** Repeatable numbers in (−1, 1). */
export function sequence(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

export function storedProblem(count: number, dimension: number, seed = 1): LeastSquares {
  const next = sequence(seed);
  const scale = 1 / Math.sqrt(dimension);
  return {
    family: 'least-squares',
    dimension,
    coordinates: 'weights',
    start: Float64Array.from({ length: dimension }, () => Math.fround(next())),
    rows: {
      kind: 'stored',
      count,
      features: Float32Array.from({ length: count * dimension }, () => scale * next()),
      targets: Float32Array.from({ length: count }, next),
    },
  };
}

export function streamProblem(kind: 'component-decoupled' | 'gaussian', dimension: number): LeastSquares {
  return {
    family: 'least-squares',
    dimension,
    coordinates: 'error',
    start: new Float64Array(dimension).fill(1),
    rows: { kind, scales: Float64Array.from({ length: dimension }, (_, j) => (j + 1) ** -0.5) },
  };
}

/** Every optimizer with every seed, batch size and a step size that suits its kind. */
export function everyOptimizer(seeds: number, batch: number, eta: number): Lane[] {
  return optimizerIds.flatMap((optimizer) =>
    Array.from({ length: seeds }, (_, seed) => ({
      seed,
      run: { optimizer, batch, hyper: { ...defaultHyper(optimizer), eta: optimizer === 'adam' ? 0.01 : eta } },
    })),
  );
}

export function kernelProblem(config: KernelConfig, count: number, width: number, seed = 1): LeastSquares {
  const next = sequence(seed + count);
  const features = Float32Array.from({ length: count * width }, () => 2 * next());
  return {
    family: 'least-squares',
    dimension: count,
    coordinates: 'weights',
    start: new Float64Array(count),
    rows: {
      kind: 'kernel',
      ...kernelInputs(config, features, count, width),
      targets: Float32Array.from({ length: count }, next),
      recorded: count,
    },
  };
}
