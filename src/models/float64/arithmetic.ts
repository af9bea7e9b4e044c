/**
 * A network in float64, forward and backward: the oracle of the kernels, and the arithmetic where there is no WebGPU.
 * Clear, not fast.
 */
import { mix } from '../../random/random';
import { sizeOf, strideOf, type Network, type Operation } from '../network';
import { convolutionBackward, convolutionForward } from './convolution';
import { denseBackward, denseForward } from './dense';
import { lossOf } from './loss';
import { normBackward, normForward } from './norm';
import { averagePoolBackward, averagePoolForward, maxPoolBackward, maxPoolForward } from './pool';

/** How a pass runs: while training, dropout draws its masks and batch normalisation uses the minibatch. */
export type Mode =
  | {
      readonly kind: 'training';
      /** Key of the lane's dropout masks, and the step they are of. */
      readonly key: number;
      readonly step: number;
    }
  | { readonly kind: 'evaluation' };

const words = new Uint32Array(4);

/** Whether activation `unit` of sample `index` stays, in dropout number `layer` at `step`; a pure function. */
export function isKept(key: number, step: number, index: number, unit: number, layer: number, rate: number): boolean {
  mix(key, step, index, ((layer << 24) | (unit >>> 2)) >>> 0, words);
  return words[unit & 3]! >= Math.floor(rate * 2 ** 32);
}

export class NetworkArithmetic {
  /** Activations and their gradients by tensor; they grow with the largest minibatch seen. */
  #values: Float64Array[] = [];
  #gradients: Float64Array[] = [];
  #capacity = 0;

  constructor(readonly network: Network) {}

  /**
   * Outputs of m samples, m × the stride of the outputs, valid until the next pass. `inputs` is m × height × width ×
   * channels, without surplus; `parameters` are one lane's; training moves its running `statistics`.
   */
  forward(
    parameters: Float64Array,
    statistics: Float64Array,
    inputs: ArrayLike<number>,
    m: number,
    mode: Mode,
  ): Float64Array {
    this.#reserve(m);
    const shape = this.network.tensors[0]!;
    const [channels, stride] = [shape.channels, strideOf(shape)];
    const first = this.#values[0]!;
    for (let pixel = 0; pixel < m * shape.height * shape.width; pixel++)
      for (let c = 0; c < channels; c++) first[pixel * stride + c] = inputs[pixel * channels + c]!;
    for (const operation of this.network.operations) this.#forward(operation, m, parameters, statistics, mode);
    const last = this.network.operations.at(-1)!.output;
    return this.#values[last]!.subarray(0, m * sizeOf(this.network.tensors[last]!));
  }

  /**
   * Mean loss of a minibatch and its gradient, into `into` (length `dimension`). `targets` as for {@link lossOf}.
   */
  gradient(
    parameters: Float64Array,
    statistics: Float64Array,
    inputs: ArrayLike<number>,
    targets: ArrayLike<number>,
    m: number,
    mode: Mode,
    into: Float64Array,
  ): number {
    const outputs = this.forward(parameters, statistics, inputs, m, mode);
    for (const gradient of this.#gradients) gradient.fill(0);
    into.fill(0);
    const { operations, outputs: width, loss: kind } = this.network;
    const loss = lossOf(kind, m, width, outputs, targets, this.#gradients[operations.at(-1)!.output]);
    for (const operation of operations.toReversed()) this.#backward(operation, m, parameters, mode, into);
    return loss;
  }

  #reserve(m: number): void {
    if (m <= this.#capacity) return;
    this.#capacity = m;
    this.#values = this.network.tensors.map((shape) => new Float64Array(m * sizeOf(shape)));
    this.#gradients = this.network.tensors.map((shape) => new Float64Array(m * sizeOf(shape)));
  }

  #forward(op: Operation, m: number, p: Float64Array, statistics: Float64Array, mode: Mode): void {
    const { tensors } = this.network;
    const [from, to] = [tensors[op.input]!, tensors[op.output]!];
    const [x, y] = [this.#values[op.input]!, this.#values[op.output]!];
    const count = m * sizeOf(to);
    switch (op.kind) {
      case 'dense':
        denseForward(op, m, p, x, y);
        return;
      case 'convolution':
        convolutionForward(op, m, from, to, p, x, y);
        return;
      case 'relu':
        for (let k = 0; k < count; k++) y[k] = Math.max(x[k]!, 0);
        return;
      case 'dropout':
        for (let k = 0; k < count; k++) y[k] = x[k]! * this.#factor(op, k, mode);
        return;
      case 'max-pool':
        maxPoolForward(m, from, to, x, y);
        return;
      case 'global-average-pool':
        averagePoolForward(m, from, x, y);
        return;
      case 'batch-norm':
        normForward(op, count / strideOf(to), p, statistics, mode.kind === 'training', x, y);
        return;
      case 'add': {
        const second = this.#values[op.second]!;
        for (let k = 0; k < count; k++) y[k] = x[k]! + second[k]!;
      }
    }
  }

  #backward(op: Operation, m: number, p: Float64Array, mode: Mode, dp: Float64Array): void {
    const { tensors } = this.network;
    const [from, to] = [tensors[op.input]!, tensors[op.output]!];
    const x = this.#values[op.input]!;
    const [dx, dy] = [this.#gradients[op.input]!, this.#gradients[op.output]!];
    const count = m * sizeOf(to);
    switch (op.kind) {
      case 'dense':
        denseBackward(op, m, p, x, dy, dx, dp);
        return;
      case 'convolution':
        convolutionBackward(op, m, from, to, p, x, dy, dx, dp);
        return;
      case 'relu':
        for (let k = 0; k < count; k++) if (x[k]! > 0) dx[k] = dx[k]! + dy[k]!;
        return;
      case 'dropout':
        for (let k = 0; k < count; k++) dx[k] = dx[k]! + dy[k]! * this.#factor(op, k, mode);
        return;
      case 'max-pool':
        maxPoolBackward(m, from, to, x, dy, dx);
        return;
      case 'global-average-pool':
        averagePoolBackward(m, from, dy, dx);
        return;
      case 'batch-norm':
        normBackward(op, count / strideOf(to), p, x, dy, dx, dp);
        return;
      case 'add': {
        const second = this.#gradients[op.second]!;
        for (let k = 0; k < count; k++) {
          dx[k] = dx[k]! + dy[k]!;
          second[k] = second[k]! + dy[k]!;
        }
      }
    }
  }

  /** What dropout multiplies entry k of its output (sample-major) by. */
  #factor(op: Extract<Operation, { kind: 'dropout' }>, k: number, mode: Mode): number {
    if (mode.kind === 'evaluation') return 1;
    const size = sizeOf(this.network.tensors[op.output]!);
    const kept = isKept(mode.key, mode.step, Math.floor(k / size), k % size, op.layer, op.rate);
    return kept ? 1 / (1 - op.rate) : 0;
  }
}
