/**
 * The float64 reference of a least-squares objective: minibatch gradient and loss, with the same draws as the GPU
 * kernels. It is the oracle of the kernel tests and the arithmetic of the engine where there is no WebGPU.
 */
import { decoupledSample, gaussianSample, rowOfEpoch, rowWithReplacement, streamKey } from '../random/random';
import { KernelMatrix } from './kernel';
import { batchStream } from './start';
import type { KernelSource, LeastSquares } from './types';

export interface Sampling {
  /** Root seed (u32). */
  readonly seed: number;
  readonly mode: 'replacement' | 'epochs';
}

/** Diagonal of H = E[x xᵀ] for a streaming problem (length d), undefined for stored rows. */
export function streamSpectrum(objective: LeastSquares): Float64Array | undefined {
  const { rows } = objective;
  if (!('scales' in rows)) return undefined;
  const factor = rows.kind === 'gaussian' ? 1 : 2 / rows.scales.length;
  return rows.scales.map((s) => factor * s * s);
}

export class LeastSquaresReference {
  readonly #sample: Float64Array;
  readonly #spectrum: Float64Array | undefined;
  readonly #matrix: KernelMatrix | undefined;

  constructor(
    readonly objective: LeastSquares,
    readonly sampling: Sampling,
  ) {
    this.#sample = new Float64Array(objective.dimension);
    this.#spectrum = streamSpectrum(objective);
    this.#matrix = objective.rows.kind === 'kernel' ? new KernelMatrix(objective.rows) : undefined;
  }

  /** Key of a lane seed for {@link gradient}. */
  key(laneSeed: number): number {
    return streamKey(this.sampling.seed, batchStream(this.objective, this.sampling.mode), laneSeed);
  }

  /** Row of stored data at place `index` of minibatch `step` (0-based) under `key`. */
  row(key: number, step: number, index: number, batch: number): number {
    const { rows } = this.objective;
    if (!('count' in rows)) throw new Error('a stream has no rows');
    return this.sampling.mode === 'epochs'
      ? rowOfEpoch(key, step * batch + index, rows.count)
      : rowWithReplacement(key, step, index, rows.count);
  }

  /** g(at) = (1/m) Σ (⟨x_i, at⟩ − y_i) x_i over minibatch `step`; `at` and `into` have length d. */
  gradient(key: number, step: number, batch: number, at: Float64Array, into: Float64Array): void {
    const { rows, dimension: d } = this.objective;
    into.fill(0);
    for (let i = 0; i < batch; i++) {
      if (rows.kind === 'component-decoupled') {
        const { axis, z } = decoupledSample(key, step, i, d);
        const x = rows.scales[axis]! * z;
        into[axis] = into[axis]! + (x * x * at[axis]!) / batch;
        continue;
      }
      if (rows.kind === 'kernel') {
        const row = this.row(key, step, i, batch);
        into[row] = into[row]! + this.#residual(rows, row, at) / batch;
        continue;
      }
      let x: Float32Array | Float64Array = this.#sample;
      let offset = 0;
      let target = 0;
      if (rows.kind === 'gaussian') gaussianSample(key, step, i, rows.scales, this.#sample);
      else {
        const row = this.row(key, step, i, batch);
        x = rows.features;
        offset = row * d;
        target = rows.targets[row]!;
      }
      let product = 0;
      for (let j = 0; j < d; j++) product += x[offset + j]! * at[j]!;
      const residual = (product - target) / batch;
      for (let j = 0; j < d; j++) into[j] = into[j]! + residual * x[offset + j]!;
    }
  }

  /** ⟨K_i, α⟩ − y_i. */
  #residual({ targets }: KernelSource, row: number, coefficients: Float64Array): number {
    const values = this.#matrix!.row(row);
    let product = 0;
    for (let j = 0; j < values.length; j++) product += values[j]! * coefficients[j]!;
    return product - targets[row]!;
  }

  /** f(w): exact expectation for streams, mean over all stored rows, or over the recorded rows of a kernel. */
  loss(w: Float64Array): number {
    const { rows, dimension: d } = this.objective;
    let sum = 0;
    if (rows.kind === 'kernel') {
      for (let i = 0; i < rows.recorded; i++) sum += this.#residual(rows, i, w) ** 2;
      return sum / (2 * rows.recorded);
    }
    if (rows.kind !== 'stored') {
      const spectrum = this.#spectrum!;
      for (let j = 0; j < d; j++) sum += spectrum[j]! * w[j]! * w[j]!;
      return sum / 2;
    }
    for (let i = 0; i < rows.count; i++) {
      let product = 0;
      for (let j = 0; j < d; j++) product += rows.features[i * d + j]! * w[j]!;
      sum += (product - rows.targets[i]!) ** 2;
    }
    return sum / (2 * rows.count);
  }
}
