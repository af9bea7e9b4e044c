/** Starting weights. */
import { mix, normalPair, STREAM, streamKey } from '../random/random';
import { sizeOf, type Network, type Operation, type Slice } from './network';

/**
 * He initialisation (He et al. 2015, eq. 10): weights N(0, 2/fan-in), biases and shifts 0, scales 1. A pure function of
 * root seed and lane seed; length `network.dimension`.
 */
export function initialParameters(network: Network, rootSeed: number, laneSeed: number): Float64Array {
  const values = new Float64Array(network.dimension);
  const key = streamKey(rootSeed, STREAM.weights, laneSeed);
  for (const operation of network.operations) {
    if (operation.kind === 'batch-norm') fill(values, operation.scale, 1);
    if (operation.kind === 'dense' || operation.kind === 'convolution')
      normals(values, operation.weights, key, Math.sqrt(2 / fanIn(network, operation)));
  }
  return values;
}

/** Running statistics before the first step: mean 0, variance 1; length `network.statistics`. */
export function initialStatistics(network: Network): Float64Array {
  const values = new Float64Array(network.statistics);
  for (const operation of network.operations) if (operation.kind === 'batch-norm') fill(values, operation.variance, 1);
  return values;
}

function fanIn({ tensors }: Network, operation: Extract<Operation, { weights: Slice }>): number {
  const shape = tensors[operation.input]!;
  return operation.kind === 'dense' ? sizeOf(shape) : operation.size ** 2 * shape.channels;
}

const fill = (values: Float64Array, { offset, length }: Slice, value: number) =>
  values.fill(value, offset, offset + length);

const words = new Uint32Array(4);

/** Four weights a draw; the offset tells the tensors of a network apart. */
function normals(values: Float64Array, { offset, length }: Slice, key: number, deviation: number): void {
  for (let j = 0; j < length; j += 4) {
    mix(key, offset, j >>> 2, 0, words);
    const four = [...normalPair(words[0]!, words[1]!), ...normalPair(words[2]!, words[3]!)];
    for (let k = 0; k < 4 && j + k < length; k++) values[offset + j + k] = deviation * four[k]!;
  }
}
