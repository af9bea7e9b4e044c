/** The dispatches that an operation comes to, forward and backward, and what each binds. */
import { sizeOf, strideOf, type Network, type Operation, type TensorId } from '../../../models/network';
import type { Given, Job, PassContext, Program } from './compose';
import {
  convolutionForward,
  convolutionInputGradient,
  convolutionWeightGradient,
  partSize,
  sumWeightParts,
  weightParts,
} from './convolution';
import { denseForward, denseInputGradient, denseWeightGradient } from './dense';
import { addForward, dropoutForward, dropoutGradient, passGradient, reluForward } from './elementwise';
import { inputsOf, trainedTensors, type Fused } from './fuse';
import { moments, normForward, normGradients, normInputGradient, normParts, partGradients, partMoments } from './norm';
import { poolForward, poolGradient } from './pool';
import { usesWinograd, winogradForward, winogradInputGradient, winogradWeightGradient } from './winograd';
import { Uniform, Workspace } from './workspace';

export type { Job } from './compose';

/** Makes the jobs of one pass over `lanes` lanes. */
export class JobMaker {
  readonly #context: PassContext;
  readonly #lanes: number;
  readonly #fused: readonly Fused[];
  readonly #values = new Map<TensorId, GPUBuffer | Workspace>();
  readonly #gradients = new Map<TensorId, Workspace>();
  /** Mean and variance of a minibatch, by the output of the normalisation. */
  readonly #moments = new Map<TensorId, Workspace>();
  /** Tensors that are positive parts. */
  readonly #positive: ReadonlySet<TensorId>;
  readonly #trained: ReadonlySet<TensorId>;

  /** `input` holds tensor 0, without a copy for each lane. */
  constructor(context: PassContext, lanes: number, fused: readonly Fused[], input: GPUBuffer | Workspace) {
    this.#context = context;
    this.#lanes = lanes;
    this.#fused = fused;
    this.#values.set(0, input);
    this.#positive = new Set(fused.filter(({ relu }) => relu).map(({ output }) => output));
    this.#trained = trainedTensors(fused);
  }

  get #network(): Network {
    return this.#context.network;
  }

  /** Where the outputs of the network are after {@link forward}. */
  get outputs(): GPUBuffer | Workspace {
    return this.#value(this.#fused.at(-1)!.output);
  }

  /** The gradient with respect to the outputs, for {@link backward} to start from. */
  get outputGradient(): Workspace {
    return this.#gradient(this.#fused.at(-1)!.output);
  }

  /** From the inputs to the outputs. */
  forward(): Job[] {
    return this.#fused.flatMap((layer) => this.#forward(layer));
  }

  /** From the gradient of the outputs to that of the parameters, which goes to `gradient`, lane by lane. */
  backward(gradient: GPUBuffer | Workspace): Job[] {
    return this.#fused.toReversed().flatMap((layer) => this.#backward(layer, gradient));
  }

  #forward({ op, relu, output }: Fused): Job[] {
    const context = this.#context;
    const x = this.#value(op.input);
    const y = this.#space('values', output);
    this.#values.set(output, y);
    switch (op.kind) {
      case 'dense':
        return [this.#job('dense forward', denseForward(context, op, relu), { layer: placeOf(op), x, y })];
      case 'convolution': {
        const buffers = { layer: placeOf(op), x, y };
        return usesWinograd(context, op)
          ? winogradForward(context, this.#lanes, op, relu, buffers)
          : [this.#job('convolution forward', convolutionForward(context, op, relu), buffers)];
      }
      case 'relu':
        return [this.#job('ReLU', reluForward(context, op), { x, y })];
      case 'add':
        return [this.#job('add', addForward(context, op, relu), { x, second: this.#value(op.second), y })];
      case 'dropout':
        return [this.#job('dropout', dropoutForward(context, op), { x, y })];
      case 'max-pool':
      case 'global-average-pool':
        return [this.#job(op.kind, poolForward(context, op), { x, y })];
      case 'batch-norm': {
        if (context.pass === 'evaluation')
          return [this.#job('batch norm', normForward(context, op, relu), { layer: placeOf(op), x, y })];
        const size = 2 * strideOf(this.#network.tensors[op.input]!);
        const parts = new Workspace('parts of moments', this.#lanes * normParts(context, op) * size);
        const found = new Workspace('moments', this.#lanes * size);
        this.#moments.set(output, found);
        const layer = placeOf(op);
        return [
          this.#job('parts of moments', partMoments(context, op), { layer, x, parts }),
          this.#job('moments', moments(context, op), { layer, parts, moments: found }),
          this.#job('batch norm', normForward(context, op, relu), { layer, x, y, moments: found }),
        ];
      }
    }
  }

  #backward({ op, output }: Fused, gradient: GPUBuffer | Workspace): Job[] {
    if (!this.#trained.has(output)) return [];
    const context = this.#context;
    const x = this.#value(op.input);
    const dy = this.#gradient(output);
    const giveBy = (
      tensor: TensorId,
      jobs: (given: Given, own: { x: GPUBuffer | Workspace; dy: Workspace; dx: Workspace }) => Job[],
    ): Job[] => {
      if (!this.#trained.has(tensor)) return [];
      const given = { relu: op.kind === 'relu' || this.#positive.has(tensor), add: this.#gradients.has(tensor) };
      return jobs(given, { x: this.#value(tensor), dy, dx: this.#gradient(tensor) });
    };
    const give = (
      label: string,
      tensor: TensorId,
      program: (given: Given) => Program,
      buffers: Job['buffers'] = {},
    ): Job[] => giveBy(tensor, (given, own) => [this.#job(label, program(given), { ...own, ...buffers })]);
    switch (op.kind) {
      case 'dense': {
        const layer = placeOf(op);
        // Bound by either name.
        const to = { gradient, parts: gradient };
        return [
          this.#job('dense weight gradient', denseWeightGradient(context, op), { layer, x, dy, ...to }),
          ...give('dense input gradient', op.input, (given) => denseInputGradient(context, op, given), { layer }),
        ];
      }
      case 'convolution': {
        if (usesWinograd(context, op)) {
          const layer = placeOf(op);
          return [
            ...winogradWeightGradient(context, this.#lanes, op, { layer, x, dy, gradient }),
            ...giveBy(op.input, (given, own) =>
              winogradInputGradient(context, this.#lanes, op, given, { layer, ...own }),
            ),
          ];
        }
        const count = weightParts(context, op);
        const parts = count === 1 ? gradient : new Workspace('weight parts', this.#lanes * count * partSize(op));
        const label = 'convolution weight gradient';
        const layer = placeOf(op);
        return [
          this.#job(label, convolutionWeightGradient(context, op), { layer, x, dy, parts }),
          ...(count === 1
            ? []
            : [this.#job('sum of weight parts', sumWeightParts(context, op), { layer, parts, gradient })]),
          ...give('convolution input gradient', op.input, (given) => convolutionInputGradient(context, op, given), {
            layer,
          }),
        ];
      }
      case 'relu':
      case 'add':
        return inputsOf(op).flatMap((input) =>
          give(`${op.kind} gradient`, input, (given) => passGradient(context, op, given)),
        );
      case 'dropout':
        return give('dropout gradient', op.input, (given) => dropoutGradient(context, op, given));
      case 'max-pool':
      case 'global-average-pool':
        return give(`${op.kind} gradient`, op.input, (given) => poolGradient(context, op, given));
      case 'batch-norm': {
        const found = this.#moments.get(output)!;
        const layer = placeOf(op);
        const size = 2 * strideOf(this.#network.tensors[op.input]!);
        const parts = new Workspace('parts of gradients', this.#lanes * normParts(context, op) * size);
        return [
          this.#job('parts of gradients', partGradients(context, op), { layer, x, dy, moments: found, parts }),
          this.#job('scale and shift gradients', normGradients(context, op), { layer, parts, gradient }),
          ...give('batch norm gradient', op.input, (given) => normInputGradient(context, op, given), {
            layer,
            moments: found,
            gradient,
          }),
        ];
      }
    }
  }

  #job(label: string, program: Program, buffers: Job['buffers']): Job {
    return { label, program, buffers, lanes: this.#lanes };
  }

  #value(tensor: TensorId): GPUBuffer | Workspace {
    const value = this.#values.get(tensor);
    if (!value) throw new Error(`Tensor ${tensor} is read before it is written.`);
    return value;
  }

  #gradient(tensor: TensorId): Workspace {
    const known = this.#gradients.get(tensor);
    if (known) return known;
    const made = this.#space('gradients', tensor);
    this.#gradients.set(tensor, made);
    return made;
  }

  #space(label: string, tensor: TensorId): Workspace {
    return new Workspace(label, this.#lanes * this.#context.batch * sizeOf(this.#network.tensors[tensor]!));
  }
}

/** Where the numbers of a layer lie: `Layer` of shaders/network/layer.wgsl. */
function placeOf(op: Extract<Operation, { kind: 'dense' | 'convolution' | 'batch-norm' }>): Uniform {
  const offsets =
    op.kind === 'batch-norm'
      ? [op.scale.offset, op.shift.offset, op.mean.offset, op.variance.offset]
      : [op.weights.offset, op.bias?.offset ?? 0, 0, 0];
  return new Uniform(
    'layer',
    offsets.map((offset) => offset / 4),
  );
}
