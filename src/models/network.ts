/**
 * From a list of layers to what is computed: tensors, operations in order, and where each parameter lies in the one flat
 * vector of a lane.
 */
import type { Augmentation } from './augmentation';
import type { LayerConfig, SimpleLayer } from './layers';

/** Channels-last. A vector has height and width 1. */
export interface Shape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** Kernels read four channels at a time: in memory channels are filled up with zeros to a multiple of four. */
export const strideOf = ({ channels }: Pick<Shape, 'channels'>): number => Math.ceil(channels / 4) * 4;

/** Numbers in memory for one sample: height × width × stride. */
export const sizeOf = (shape: Shape): number => shape.height * shape.width * strideOf(shape);

/** Entries offset … offset + length − 1 of a lane's parameters (or of its running statistics). */
export interface Slice {
  readonly offset: number;
  readonly length: number;
}

/**
 * Weights from `inputs` channels at each of `taps` places to `outputs` channels: taps × input stride × output stride,
 * row-major. What stands in the surplus of the strides is zero and stays zero: its gradient vanishes.
 */
export interface Weights extends Slice {
  readonly taps: number;
  readonly inputs: number;
  readonly outputs: number;
}

/** Activations of one layer, m × size; tensor 0 is the input, and the number is the index in `Network.tensors`. */
export type TensorId = number;

export type Operation =
  /** One tap for every pixel of its input. */
  | {
      readonly kind: 'dense';
      readonly input: TensorId;
      readonly output: TensorId;
      readonly weights: Weights;
      readonly bias: Slice;
    }
  /** size × size taps; padding (size − 1)/2 on every side. */
  | {
      readonly kind: 'convolution';
      readonly input: TensorId;
      readonly output: TensorId;
      readonly weights: Weights;
      readonly bias: Slice | undefined;
      readonly size: 1 | 3;
      readonly stride: 1 | 2;
    }
  | { readonly kind: 'relu'; readonly input: TensorId; readonly output: TensorId }
  /** `layer` tells the masks of several dropouts apart. */
  | {
      readonly kind: 'dropout';
      readonly input: TensorId;
      readonly output: TensorId;
      readonly rate: number;
      readonly layer: number;
    }
  | { readonly kind: 'max-pool'; readonly input: TensorId; readonly output: TensorId }
  | { readonly kind: 'global-average-pool'; readonly input: TensorId; readonly output: TensorId }
  /** `mean` and `variance` lie in the lane's running statistics. */
  | {
      readonly kind: 'batch-norm';
      readonly input: TensorId;
      readonly output: TensorId;
      readonly scale: Slice;
      readonly shift: Slice;
      readonly mean: Slice;
      readonly variance: Slice;
    }
  | { readonly kind: 'add'; readonly input: TensorId; readonly second: TensorId; readonly output: TensorId };

export type LossKind = 'cross-entropy' | 'squared-error';

export interface Network {
  /** Classes, or values that are predicted. */
  readonly outputs: number;
  readonly loss: LossKind;
  readonly tensors: readonly Shape[];
  readonly operations: readonly Operation[];
  /** Length of a lane's parameter vector, surplus included. */
  readonly dimension: number;
  /** Trainable numbers: without the surplus. */
  readonly parameters: number;
  /** Length of a lane's running statistics. */
  readonly statistics: number;
  /** What is done to its inputs while training; nothing where absent. */
  readonly augmentation?: Augmentation;
}

/** A list of layers that does not fit; `path` is the place in the list, as `layers[2].layers[0]`. */
export class NetworkError extends Error {
  override readonly name = 'NetworkError';
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(`${path}: ${message}`);
  }
}

/** Parameters of one lane, at most: 256 MiB in float32. */
const MOST_PARAMETERS = 2 ** 26;

const vector = (channels: number): Shape => ({ height: 1, width: 1, channels });
const name = ({ height, width, channels }: Shape) =>
  height === 1 && width === 1 ? `${channels}` : `${height} × ${width} × ${channels}`;
const same = (a: Shape, b: Shape) => a.height === b.height && a.width === b.width && a.channels === b.channels;

/** Draws up a network. Throws {@link NetworkError} where a layer does not fit its input. */
export function drawUp(input: Shape, layers: readonly LayerConfig[], outputs: number, loss: LossKind): Network {
  // A dense layer reads an image as one vector: no pixel needs a surplus then.
  const flat = layers[0] === undefined || layers[0].kind === 'dense';
  const draft = new Draft(flat ? vector(input.height * input.width * input.channels) : input);
  layers.forEach((layer, k) => {
    const path = `layers[${k}]`;
    if (layer.kind === 'residual') draft.residual(layer.layers, path);
    else draft.add(layer, path);
  });
  draft.add({ kind: 'dense', units: outputs }, 'outputs');
  return { outputs, loss, ...draft.finish() };
}

class Draft {
  readonly tensors: Shape[];
  readonly operations: Operation[] = [];
  #last: TensorId = 0;
  #dimension = 0;
  #parameters = 0;
  #statistics = 0;
  #dropouts = 0;

  constructor(input: Shape) {
    this.tensors = [input];
  }

  get #shape(): Shape {
    return this.tensors[this.#last]!;
  }

  add(layer: SimpleLayer, path: string): void {
    const input = this.#last;
    const shape = this.#shape;
    switch (layer.kind) {
      case 'dense': {
        const weights = this.#weights(shape.height * shape.width, shape.channels, layer.units, path);
        const bias = this.#parameter(layer.units, path);
        this.#push({ kind: 'dense', input, output: this.#tensor(vector(layer.units)), weights, bias });
        return;
      }
      case 'convolution': {
        const { channels, size, stride = 1, bias = true } = layer;
        this.#convolve(channels, size, stride, bias, path);
        return;
      }
      case 'relu':
        this.#push({ kind: 'relu', input, output: this.#tensor(shape) });
        return;
      case 'dropout':
        this.#push({
          kind: 'dropout',
          input,
          output: this.#tensor(shape),
          rate: layer.rate,
          layer: this.#dropouts++,
        });
        return;
      case 'max-pool': {
        if (shape.height < 2 || shape.width < 2)
          throw new NetworkError(path, `a 2 × 2 pool needs an image of 2 × 2 or more; its input is ${name(shape)}`);
        const output = { ...shape, height: Math.floor(shape.height / 2), width: Math.floor(shape.width / 2) };
        this.#push({ kind: 'max-pool', input, output: this.#tensor(output) });
        return;
      }
      case 'global-average-pool':
        this.#push({ kind: 'global-average-pool', input, output: this.#tensor(vector(shape.channels)) });
        return;
      case 'batch-norm': {
        const { channels } = shape;
        const [scale, shift] = [this.#parameter(channels, path), this.#parameter(channels, path)];
        const [mean, variance] = [this.#statistic(channels), this.#statistic(channels)];
        this.#push({ kind: 'batch-norm', input, output: this.#tensor(shape), scale, shift, mean, variance });
      }
    }
  }

  residual(layers: readonly SimpleLayer[], path: string): void {
    const before = this.#last;
    const from = this.#shape;
    layers.forEach((layer, k) => {
      this.add(layer, `${path}.layers[${k}]`);
    });
    const inner = this.#last;
    const to = this.#shape;
    let shortcut = before;
    if (!same(from, to)) {
      const stride = to.height === from.height && to.width === from.width ? 1 : 2;
      if (to.height !== Math.ceil(from.height / stride) || to.width !== Math.ceil(from.width / stride))
        throw new NetworkError(path, `no shortcut leads from ${name(from)} to ${name(to)}`);
      this.#last = before;
      this.#convolve(to.channels, 1, stride, false, path);
      shortcut = this.#last;
    }
    this.#push({ kind: 'add', input: inner, second: shortcut, output: this.#tensor(to) });
  }

  finish(): Pick<Network, 'tensors' | 'operations' | 'dimension' | 'parameters' | 'statistics'> {
    return {
      tensors: this.tensors,
      operations: this.operations,
      dimension: this.#dimension,
      parameters: this.#parameters,
      statistics: this.#statistics,
    };
  }

  #convolve(channels: number, size: 1 | 3, stride: 1 | 2, withBias: boolean, path: string): void {
    const input = this.#last;
    const shape = this.#shape;
    const weights = this.#weights(size * size, shape.channels, channels, path);
    const bias = withBias ? this.#parameter(channels, path) : undefined;
    const output = {
      height: Math.ceil(shape.height / stride),
      width: Math.ceil(shape.width / stride),
      channels,
    };
    this.#push({ kind: 'convolution', input, output: this.#tensor(output), weights, bias, size, stride });
  }

  #push(operation: Operation): void {
    this.operations.push(operation);
    this.#last = operation.output;
  }

  #tensor(shape: Shape): TensorId {
    return this.tensors.push(shape) - 1;
  }

  #weights(taps: number, inputs: number, outputs: number, path: string): Weights {
    const length = taps * strideOf({ channels: inputs }) * strideOf({ channels: outputs });
    return { ...this.#take(length, taps * inputs * outputs, path), taps, inputs, outputs };
  }

  /** One number per channel. */
  #parameter(channels: number, path: string): Slice {
    return this.#take(strideOf({ channels }), channels, path);
  }

  #take(length: number, parameters: number, path: string): Slice {
    const slice = { offset: this.#dimension, length };
    this.#dimension += length;
    this.#parameters += parameters;
    if (this.#dimension > MOST_PARAMETERS)
      throw new NetworkError(
        path,
        `with it the network has ${this.#parameters.toLocaleString('en')} parameters; at most ${MOST_PARAMETERS.toLocaleString('en')}`,
      );
    return slice;
  }

  #statistic(channels: number): Slice {
    const slice = { offset: this.#statistics, length: strideOf({ channels }) };
    this.#statistics += slice.length;
    return slice;
  }
}
