/** Starting weights. */
import { mix, normalPair, STREAM, streamKey } from '../random/random';
import { strideOf, type Network, type Shape, type Slice, type Weights } from './network';

/**
 * He initialisation (He et al. 2015, eq. 10): weights N(0, 2/fan-in), biases and shifts 0, scales 1. A pure function of
 * root seed and lane seed; length `network.dimension`.
 */
export function initialParameters(network: Network, rootSeed: number, laneSeed: number): Float64Array {
  const values = new Float64Array(network.dimension);
  const key = streamKey(rootSeed, STREAM.weights, laneSeed);
  for (const operation of network.operations) {
    if (operation.kind === 'batch-norm') ones(values, operation.scale, network.tensors[operation.input]!);
    if (operation.kind === 'dense' || operation.kind === 'convolution') normals(values, operation.weights, key);
  }
  return values;
}

/** Running statistics before the first step: mean 0, variance 1; length `network.statistics`. */
export function initialStatistics(network: Network): Float64Array {
  const values = new Float64Array(network.statistics);
  for (const operation of network.operations)
    if (operation.kind === 'batch-norm') ones(values, operation.variance, network.tensors[operation.input]!);
  return values;
}

const ones = (values: Float64Array, { offset }: Slice, { channels }: Shape) =>
  values.fill(1, offset, offset + channels);

const words = new Uint32Array(4);

/** Four weights a draw; the offset tells the tensors of a network apart. The surplus of the strides stays zero. */
function normals(values: Float64Array, { offset, taps, inputs, outputs }: Weights, key: number): void {
  const deviation = Math.sqrt(2 / (taps * inputs));
  const [rows, columns] = [strideOf({ channels: inputs }), strideOf({ channels: outputs })];
  for (let row = 0; row < taps * rows; row++) {
    if (row % rows >= inputs) continue;
    for (let column = 0; column < outputs; column += 4) {
      mix(key, offset, row, column >>> 2, words);
      const four = [...normalPair(words[0]!, words[1]!), ...normalPair(words[2]!, words[3]!)];
      for (let k = 0; k < 4 && column + k < outputs; k++)
        values[offset + row * columns + column + k] = deviation * four[k]!;
    }
  }
}
