/** One lane's weights as PyTorch's tensors. */
import type { Network } from '../../models/network';
import { countersOf, placesOf } from './modules';
import type { Tensor } from './safetensors';

/** What a lane has learned; both in our layout. */
export interface LaneWeights {
  /** Length `network.dimension`. */
  readonly parameters: ArrayLike<number>;
  /** Running statistics, length `network.statistics`. */
  readonly statistics: ArrayLike<number>;
  /** Steps taken: PyTorch counts the minibatches that a batch normalisation has seen. */
  readonly steps: number;
}

/** The whole `state_dict` of the exported model, in float32. Throws a `RangeError` where a length is wrong. */
export function stateDict(network: Network, { parameters, statistics, steps }: LaneWeights): Tensor[] {
  if (parameters.length !== network.dimension)
    throw new RangeError(`The network has ${network.dimension} parameters in memory, not ${parameters.length}.`);
  if (statistics.length !== network.statistics)
    throw new RangeError(`The network has ${network.statistics} running statistics, not ${statistics.length}.`);
  const values = { parameters, statistics };
  return [
    ...placesOf(network).map(({ name, shape, from, index }) => {
      const length = shape.reduce((product, extent) => product * extent, 1);
      return { name, shape, data: Float32Array.from({ length }, (_, k) => values[from][index(k)]!) };
    }),
    ...countersOf(network).map((name) => ({ name, shape: [], data: BigInt64Array.of(BigInt(steps)) })),
  ];
}
