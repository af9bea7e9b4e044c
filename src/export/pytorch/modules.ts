/**
 * A network as PyTorch modules: which modules in which order, under which names of `state_dict`, and where the numbers of
 * each lie in our flat vectors. PyTorch's images are channels-first, ours channels-last.
 */
import {
  strideOf,
  type Network,
  type Operation,
  type Shape,
  type Slice,
  type TensorId,
  type Weights,
} from '../../models/network';

export type Layer<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>;

/** One module of an `nn.Sequential`. */
export type Module =
  | { readonly kind: 'linear'; readonly op: Layer<'dense'> }
  | { readonly kind: 'convolution'; readonly op: Layer<'convolution'> }
  | { readonly kind: 'norm'; readonly op: Layer<'batch-norm'>; readonly axes: 1 | 2; readonly channels: number }
  | { readonly kind: 'dropout'; readonly op: Layer<'dropout'> }
  | { readonly kind: 'relu' | 'max-pool' | 'average-pool' | 'flatten' }
  /** A vector as an image of one pixel. */
  | { readonly kind: 'unflatten'; readonly channels: number }
  | { readonly kind: 'residual'; readonly inner: readonly Module[]; readonly shortcut: readonly Module[] };

/** The shape of a minibatch at a place between modules: (m, channels) or (m, channels, height, width). */
type Rank = 'vector' | 'image';

/** Where a number of PyTorch's is to be found: its tensor's name and shape, and the index of each entry in our vector. */
export interface Place {
  readonly name: string;
  readonly shape: readonly number[];
  readonly from: 'parameters' | 'statistics';
  /** Index of entry k (row-major). */
  readonly index: (k: number) => number;
}

/** Whether the rows of a network are images: (height, width, channels); vectors else. */
export const takesImages = (network: Network): boolean => firstRank(network) === 'image';

function firstRank({ tensors, operations }: Network): Rank {
  const { height, width } = tensors[0]!;
  return height * width > 1 || wanted(operations[0]!) === 'image' ? 'image' : 'vector';
}

/** What an operation must be given, where that matters. */
function wanted({ kind }: Operation): Rank | undefined {
  switch (kind) {
    case 'dense':
      return 'vector';
    case 'convolution':
    case 'max-pool':
    case 'global-average-pool':
      return 'image';
    case 'relu':
    case 'dropout':
    case 'batch-norm':
    case 'add':
      return undefined;
  }
}

/** The modules of a network, in order. */
export function modulesOf(network: Network): Module[] {
  return new Sequence(network, firstRank(network)).add(network.operations).modules;
}

class Sequence {
  modules: Module[] = [];

  constructor(
    readonly network: Network,
    public rank: Rank,
  ) {}

  add(operations: readonly Operation[]): this {
    for (let k = 0; k < operations.length;) {
      const block = blockFrom(operations, k);
      if (block) this.#residual(block);
      else this.#simple(operations[k]!);
      k += block?.length ?? 1;
    }
    return this;
  }

  turn(rank: Rank, { channels }: Shape): void {
    if (rank === this.rank) return;
    this.modules.push(rank === 'vector' ? { kind: 'flatten' } : { kind: 'unflatten', channels });
    this.rank = rank;
  }

  #simple(op: Operation): void {
    const shape = this.#shape(op.input);
    this.turn(wanted(op) ?? this.rank, shape);
    switch (op.kind) {
      case 'dense':
        this.modules.push({ kind: 'linear', op });
        return;
      case 'convolution':
        this.modules.push({ kind: 'convolution', op });
        return;
      case 'batch-norm':
        this.modules.push({ kind: 'norm', op, axes: this.rank === 'image' ? 2 : 1, channels: shape.channels });
        return;
      case 'dropout':
        this.modules.push({ kind: 'dropout', op });
        return;
      case 'global-average-pool':
        this.modules.push({ kind: 'average-pool' });
        return;
      case 'max-pool':
      case 'relu':
        this.modules.push({ kind: op.kind });
        return;
      case 'add':
        throw new Error('A sum belongs to a residual block');
    }
  }

  #residual({ inner, shortcut, from, to }: Block): void {
    if (shortcut) this.turn('image', this.#shape(from));
    const own = new Sequence(this.network, this.rank).add(inner);
    const beside = new Sequence(this.network, this.rank).add(shortcut ? [shortcut] : []);
    own.turn(beside.rank, this.#shape(to));
    this.modules.push({ kind: 'residual', inner: own.modules, shortcut: beside.modules });
    this.rank = beside.rank;
  }

  #shape(tensor: TensorId): Shape {
    return this.network.tensors[tensor]!;
  }
}

interface Block {
  readonly inner: readonly Operation[];
  readonly shortcut: Layer<'convolution'> | undefined;
  readonly from: TensorId;
  readonly to: TensorId;
  /** Operations in all. */
  readonly length: number;
}

/** The residual block that starts with operation k: the way to a sum with what this operation reads. */
function blockFrom(operations: readonly Operation[], k: number): Block | undefined {
  const from = operations[k]!.input;
  const end = operations.findIndex((op, at) => at > k && op.kind === 'add');
  const sum = operations[end];
  if (sum?.kind !== 'add') return undefined;
  const last = operations[end - 1]!;
  const shortcut = last.output === sum.second && last.kind === 'convolution' ? last : undefined;
  if ((shortcut?.input ?? sum.second) !== from) return undefined;
  const inner = operations.slice(k, shortcut ? end - 1 : end);
  return { inner, shortcut, from, to: sum.output, length: end + 1 - k };
}

/** Where all numbers of a network stand, in the order of its modules; `num_batches_tracked` apart. */
export function placesOf(network: Network): Place[] {
  return modulesOf(network).flatMap((module, k) => places(module, `${k}.`));
}

/** Names of the batch normalisations' counters of minibatches, which PyTorch keeps. */
export function countersOf(network: Network): string[] {
  return placesOf(network)
    .map(({ name }) => name)
    .filter((name) => name.endsWith('.running_mean'))
    .map((name) => name.replace(/running_mean$/, 'num_batches_tracked'));
}

function places(module: Module, prefix: string): Place[] {
  switch (module.kind) {
    case 'linear': {
      const { weights, bias } = module.op;
      const { taps, inputs, outputs } = weights;
      return [
        weightPlace(`${prefix}weight`, [outputs, taps * inputs], weights),
        channelPlace(`${prefix}bias`, outputs, 'parameters', bias),
      ];
    }
    case 'convolution': {
      const { weights, bias, size } = module.op;
      const { inputs, outputs } = weights;
      return [
        weightPlace(`${prefix}weight`, [outputs, inputs, size, size], weights),
        ...(bias ? [channelPlace(`${prefix}bias`, outputs, 'parameters', bias)] : []),
      ];
    }
    case 'norm': {
      const { scale, shift, mean, variance } = module.op;
      return [
        channelPlace(`${prefix}weight`, module.channels, 'parameters', scale),
        channelPlace(`${prefix}bias`, module.channels, 'parameters', shift),
        channelPlace(`${prefix}running_mean`, module.channels, 'statistics', mean),
        channelPlace(`${prefix}running_var`, module.channels, 'statistics', variance),
      ];
    }
    case 'residual':
      return [
        ...module.inner.flatMap((one, k) => places(one, `${prefix}inner.${k}.`)),
        ...module.shortcut.flatMap((one, k) => places(one, `${prefix}shortcut.${k}.`)),
      ];
    case 'dropout':
    case 'relu':
    case 'max-pool':
    case 'average-pool':
    case 'flatten':
    case 'unflatten':
      return [];
  }
}

/** Output × input × tap, row-major: a flattened image, too, is channels-first. */
function weightPlace(name: string, shape: readonly number[], { offset, taps, inputs, outputs }: Weights): Place {
  const [rows, columns] = [strideOf({ channels: inputs }), strideOf({ channels: outputs })];
  const index = (k: number) => {
    const tap = k % taps;
    const input = Math.floor(k / taps) % inputs;
    const output = Math.floor(k / (taps * inputs));
    return offset + (tap * rows + input) * columns + output;
  };
  return { name, shape, from: 'parameters', index };
}

const channelPlace = (name: string, channels: number, from: Place['from'], { offset }: Slice): Place => ({
  name,
  shape: [channels],
  from,
  index: (k) => offset + k,
});
