/** What all cohorts of one network read: its rows, on the GPU once. */
import type { GpuContext } from '../../../gpu/device';
import { sizeOf, strideOf } from '../../../models/network';
import type { Examples, NetworkObjective } from '../../../problems/types';
import type { Buffers } from '../programme';
import { targetBlocks } from './programs';

/** `features` and `targets` of all rows, those for testing included; owner of them. */
export class ExampleBuffers {
  private constructor(
    readonly objective: NetworkObjective,
    readonly buffers: Buffers,
    readonly destroy: () => void,
  ) {}

  /** Uploads. Rejects with `DeviceError` or `OutOfMemoryError` where the adapter cannot hold the rows. */
  static async create(context: GpuContext, objective: NetworkObjective): Promise<ExampleBuffers> {
    const scope = context.scope('examples');
    const { network, rows } = objective;
    const input = network.tensors[0]!;
    const pixels = (rows.count + rows.test) * input.height * input.width;
    const classes = network.loss === 'cross-entropy';
    const width = classes ? 1 : network.outputs;
    try {
      const buffers = await scope.checked(() => ({
        features: scope.upload(
          'features',
          widened(rows.features, pixels, input.channels, strideOf(input)),
          GPUBufferUsage.STORAGE,
        ),
        targets: scope.upload(
          'targets',
          widened(rows.targets, rows.count + rows.test, width, 4 * targetBlocks(network)),
          GPUBufferUsage.STORAGE,
        ),
      }));
      return new ExampleBuffers(objective, buffers, () => {
        scope.destroy();
      });
    } catch (error) {
      scope.destroy();
      throw error;
    }
  }
}

/** Bytes that the rows take on the GPU, in each buffer. */
export function exampleBytes({
  network,
  rows,
}: Pick<NetworkObjective, 'network'> & { readonly rows: Pick<Examples, 'count' | 'test'> }): number[] {
  const count = rows.count + rows.test;
  return [4 * count * sizeOf(network.tensors[0]!), 16 * count * targetBlocks(network)];
}

/** Rows of `from` numbers as rows of `to`, filled up with zeros. */
function widened(values: Float32Array<ArrayBuffer>, rows: number, from: number, to: number): Float32Array<ArrayBuffer> {
  if (from === to) return values;
  const wide = new Float32Array(rows * to);
  for (let i = 0; i < rows; i++) wide.set(values.subarray(i * from, (i + 1) * from), i * to);
  return wide;
}
