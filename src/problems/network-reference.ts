/**
 * The float64 reference of a network objective: minibatch gradient and recording, with the same draws as the GPU kernels.
 * It is the arithmetic of the engine where there is no WebGPU.
 */
import { numbersOf } from '../data/features';
import { augment, augmentationKey } from '../models/augmentation';
import { NetworkArithmetic, type Mode } from '../models/float64/arithmetic';
import { classOf, lossOf } from '../models/float64/loss';
import { sizeOf, strideOf, type Network } from '../models/network';
import { rowOfEpoch, rowWithReplacement, STREAM, streamKey } from '../random/random';
import type { Sampling } from './least-squares';
import { metricsOf, type Metric } from './metrics';
import type { NetworkObjective } from './types';

/** Keys of what is drawn for one lane seed: its rows, and the masks of its dropouts. */
export interface LaneKeys {
  readonly rows: number;
  readonly dropout: number;
}

export class NetworkReference {
  readonly #arithmetic: NetworkArithmetic;

  constructor(
    readonly objective: NetworkObjective,
    readonly sampling: Sampling,
  ) {
    this.#arithmetic = new NetworkArithmetic(objective.network);
  }

  /** Keys of a lane seed for {@link gradient}. */
  keys(laneSeed: number): LaneKeys {
    const { seed, mode } = this.sampling;
    return {
      rows: streamKey(seed, mode === 'epochs' ? STREAM.epoch : STREAM.batch, laneSeed),
      dropout: streamKey(seed, STREAM.dropout, laneSeed),
    };
  }

  /** Row at place `index` of minibatch `step` (0-based) under `key`, that of a lane seed's rows. */
  row(key: number, step: number, index: number, batch: number): number {
    const { count } = this.objective.rows;
    return this.sampling.mode === 'epochs'
      ? rowOfEpoch(key, step * batch + index, count)
      : rowWithReplacement(key, step, index, count);
  }

  /**
   * Gradient of the mean loss over minibatch `step`; `at` and `into` have length d. The lane's running `statistics` (length
   * `network.statistics`) move towards those of the minibatch, in place.
   */
  gradient(
    keys: LaneKeys,
    step: number,
    batch: number,
    at: Float64Array,
    statistics: Float64Array,
    into: Float64Array,
  ): void {
    const rows = Array.from({ length: batch }, (_, i) => this.row(keys.rows, step, i, batch));
    const mode: Mode = { kind: 'training', key: keys.dropout, step };
    const inputs = this.#trainingInputs(rows, keys.rows, step);
    this.#arithmetic.gradient(at, statistics, inputs, this.#targets(rows), batch, mode, into);
  }

  /** The numbers of {@link metricsOf} at weights `w` with the lane's running `statistics`, which stay as they are. */
  record(w: Float64Array, statistics: Float64Array): number[] {
    const { rows } = this.objective;
    const training = this.#evaluate(w, statistics, range(0, rows.recorded.count));
    const test = this.#evaluate(w, statistics, range(rows.count, rows.recorded.test));
    const values: Readonly<Record<Metric, number>> = {
      loss: training.loss,
      accuracy: training.accuracy,
      testLoss: test.loss,
      testAccuracy: test.accuracy,
    };
    return metricsOf(this.objective).map((metric) => values[metric]);
  }

  #evaluate(w: Float64Array, statistics: Float64Array, rows: readonly number[]): { loss: number; accuracy: number } {
    const { network } = this.objective;
    const { outputs, loss: kind } = network;
    const stride = strideOf({ channels: outputs });
    const targets = this.#targets(rows);
    const z = this.#arithmetic.forward(w, statistics, this.#inputs(rows), rows.length, { kind: 'evaluation' });
    const found = rows.filter((_, i) => classOf(z.subarray(i * stride, i * stride + outputs)) === targets[i]);
    return { loss: lossOf(kind, rows.length, outputs, z, targets), accuracy: found.length / rows.length };
  }

  /** The rows of minibatch `step` as they are trained on. */
  #trainingInputs(rows: readonly number[], key: number, step: number): Float32Array {
    const { network } = this.objective;
    const inputs = this.#inputs(rows);
    const { augmentation } = network;
    if (!augmentation) return inputs;
    const width = inputWidth(network);
    const own = augmentationKey(key);
    const into = new Float32Array(inputs.length);
    rows.forEach((_, i) => {
      const [from, to] = [i * width, (i + 1) * width];
      augment(augmentation, own, step, i, inputs.subarray(from, to), into.subarray(from, to));
    });
    return into;
  }

  #inputs(rows: readonly number[]): Float32Array {
    const { features } = this.objective.rows;
    return picked((from, to) => numbersOf(features, from, to), inputWidth(this.objective.network), rows);
  }

  #targets(rows: readonly number[]): Float32Array {
    const { network, rows: all } = this.objective;
    const width = network.loss === 'cross-entropy' ? 1 : network.outputs;
    return picked((from, to) => all.targets.subarray(from, to), width, rows);
  }
}

const range = (first: number, length: number) => Array.from({ length }, (_, i) => first + i);

/** Numbers of one example, without the surplus of the strides. */
export function inputWidth({ tensors }: Network): number {
  const input = tensors[0]!;
  return (sizeOf(input) / strideOf(input)) * input.channels;
}

/** These rows of a row-major matrix, one after the other. */
function picked(
  values: (from: number, to: number) => Float32Array,
  width: number,
  rows: readonly number[],
): Float32Array {
  const into = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    into.set(values(row * width, (row + 1) * width), i * width);
  });
  return into;
}
