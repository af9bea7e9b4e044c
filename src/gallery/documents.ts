/** Parts of the gallery's documents: problems, and runs whose hyper-parameters theory chooses. */
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import { massSteps } from '../optimizers/mass';
import type { OptimizerId } from '../optimizers/registry';
import type { ProblemConfig } from '../problems/registry';
import { spectrumValues } from '../problems/spectrum';
import type { LeastSquares } from '../problems/types';
import { bestHyper } from '../theory/best';
import { optimalHyper } from '../theory/optimal';
import { streamConstants, type SpectralConstants } from '../theory/spectral';

/** A synthetic stream. */
export type StreamConfig = Extract<ProblemConfig, { kind: 'component-decoupled' | 'gaussian' }>;

/** Component-decoupled data in two dimensions with σ₁² = 1, σ₂² = 2^−exponent: κ = 2^exponent. */
export const decoupled = (exponent: number): StreamConfig => ({
  kind: 'component-decoupled',
  variances: { values: [1, 2 ** -exponent] },
});

export const gaussianStream = (values: readonly number[]): StreamConfig => ({
  kind: 'gaussian',
  spectrum: { values: [...values] },
  rows: 'stream',
});

/** The arithmetic of a stream, at once. */
export function streamObjective(problem: StreamConfig): LeastSquares & { rows: { scales: Float64Array } } {
  const values = spectrumValues(problem.kind === 'gaussian' ? problem.spectrum : problem.variances);
  const scales = values.map(Math.sqrt);
  return {
    family: 'least-squares',
    dimension: scales.length,
    coordinates: 'error',
    start: new Float64Array(scales.length).fill(1),
    rows: { kind: problem.kind, scales },
  };
}

export function streamConstantsOf(problem: StreamConfig): SpectralConstants {
  const { rows } = streamObjective(problem);
  if (rows.kind !== 'component-decoupled' && rows.kind !== 'gaussian') throw new Error('a stream was expected');
  return streamConstants(rows);
}

/** Ten digits: what a reader can copy, and more than float32 keeps. */
const short = (hyper: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(hyper).map(([key, value]) => [key, Number(value.toPrecision(10))]));

export function run(
  optimizer: OptimizerId,
  hyper: Readonly<Record<string, number>>,
  batch = 1,
  label?: string,
): RunConfig {
  return { optimizer, batch, hyper: short(hyper), ...(label === undefined ? {} : { label }) };
}

/** SGD or MaSS at the hyper-parameters that the paper calls optimal for this batch size. */
export function optimalRun(problem: StreamConfig, optimizer: 'sgd' | 'mass', batch = 1, label?: string): RunConfig {
  return run(optimizer, optimalHyper(optimizer, streamConstantsOf(problem), batch)!, batch, label);
}

/** An optimizer at the hyper-parameters with the least exact spectral radius. */
export function bestRun(problem: StreamConfig, optimizer: OptimizerId, batch = 1, label?: string): RunConfig {
  const best = bestHyper(streamObjective(problem), optimizer, batch);
  if (!best) throw new Error(`no best ${optimizer} is known`);
  return run(optimizer, best.hyper, batch, label);
}

/** Nesterov with a MaSS run's step size and momentum: MaSS without its compensation. */
export function withoutCompensation(mass: RunConfig, label?: string): RunConfig {
  const { eta1, gamma } = massSteps(mass.hyper);
  return run('nesterov', { eta: eta1, gamma }, mass.batch, label);
}

/**
 * Root seed of the gallery's experiments: the paper's number, arXiv 1810.13395. The seed was fixed first, but the criteria
 * were settled afterwards, on it and three other seeds on which some had failed: that they hold here proves little. They
 * were then left alone and tried on seeds chosen beforehand, 1001 … 1005 (`npm run reproduce -- --seed`, WebGPU in
 * software): five claims held on 5 of 5, `full-batch` on 4 of 5, and 369 of 370 checks held. On 1005 the speed of MaSS at
 * batch 128 was measured too loosely: its 99 % interval, 0.0750 … 0.0864, holds the predicted 0.0812 but leaves 5 % of it.
 */
const SEED = 181013395;

export function experiment(
  problem: ProblemConfig,
  runs: readonly RunConfig[],
  size: { readonly seeds: number; readonly steps: number },
): ExperimentConfig {
  return {
    version: 1,
    problem,
    runs: [...runs],
    seeds: size.seeds,
    seed: SEED,
    steps: size.steps,
    evalEvery: 'auto',
    sampling: 'replacement',
    divergenceFactor: 1e6,
  };
}

/** Computes once, when it is first asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

export const number = (value: number, digits = 3): string => String(Number(value.toPrecision(digits)));
