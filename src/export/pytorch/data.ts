/** A network's examples as tensors. */
import { numbersOf } from '../../data/features';
import { inputWidth } from '../../problems/network-reference';
import type { NetworkObjective } from '../../problems/types';
import { takesImages } from './modules';
import type { Tensor } from './safetensors';

/**
 * `train.features`, `train.targets` and, with test rows, the same of `test`. Features are rows × width, or images rows ×
 * height × width × channels; targets are class numbers, or rows × outputs.
 */
export function dataTensors({ network, rows }: NetworkObjective): Tensor[] {
  const { count, test, features, targets } = rows;
  const { height, width, channels } = network.tensors[0]!;
  const shape = takesImages(network) ? [height, width, channels] : [channels];
  const size = inputWidth(network);
  const part = (name: string, first: number, length: number): Tensor[] => [
    {
      name: `${name}.features`,
      shape: [length, ...shape],
      data: numbersOf(features, first * size, (first + length) * size),
    },
    network.loss === 'cross-entropy'
      ? {
          name: `${name}.targets`,
          shape: [length],
          data: BigInt64Array.from(targets.subarray(first, first + length), BigInt),
        }
      : {
          name: `${name}.targets`,
          shape: [length, network.outputs],
          data: targets.subarray(first * network.outputs, (first + length) * network.outputs),
        },
  ];
  return [...part('train', 0, count), ...(test > 0 ? part('test', count, test) : [])];
}
