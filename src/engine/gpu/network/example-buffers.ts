/** What all cohorts of one network read: its rows, on the GPU once. */
import { byteChannels, type ByteFeatures } from '../../../data/features';
import type { GpuContext } from '../../../gpu/device';
import type { BufferData, BufferScope } from '../../../gpu/memory';
import type { Examples, NetworkObjective } from '../../../problems/types';
import type { Buffers } from '../programme';
import { targetBlocks } from './compose';
import { rowLength } from './gather';
import type { NetworkSizes } from './network-programme';

/**
 * `features` (packed as they come: bytes, or numbers without surplus) and `targets` of all rows, those for testing included;
 * `channel_levels` where features are bytes. Owner of them.
 */
export class ExampleBuffers {
  private constructor(
    readonly objective: NetworkObjective,
    readonly buffers: Buffers,
    readonly destroy: () => void,
  ) {}

  /** Uploads. Rejects with `DeviceError` or `OutOfMemoryError` where the adapter cannot hold the rows. */
  static async create(context: GpuContext, objective: NetworkObjective): Promise<ExampleBuffers> {
    const scope = context.scope('examples');
    try {
      const buffers = await scope.checked(() => uploadExamples(scope, objective));
      return new ExampleBuffers(objective, buffers, () => {
        scope.destroy();
      });
    } catch (error) {
      scope.destroy();
      throw error;
    }
  }
}

/** The buffers of {@link ExampleBuffers}; the scope owns them. */
export function uploadExamples(
  scope: BufferScope,
  { network, rows }: Pick<NetworkObjective, 'network'> & { readonly rows: Stored },
): Buffers {
  const { features, targets } = rows;
  const count = rows.count + rows.test;
  const width = network.loss === 'cross-entropy' ? 1 : network.outputs;
  const store = (label: string, data: BufferData) => scope.upload(label, data, GPUBufferUsage.STORAGE);
  const wide = store('targets', widened(targets, count, width, 4 * targetBlocks(network)));
  if (features instanceof Float32Array) return { features: store('features', features), targets: wide };
  const own = features.bytes.length / count;
  return {
    features: store('features', widened(features.bytes, count, own, 4 * rowLength(network.tensors[0]!, true))),
    channel_levels: store('levels of channels', levelsOf(features)),
    targets: wide,
  };
}

type Stored = Pick<Examples, 'count' | 'test' | 'features' | 'targets'>;

/** Scales of the channels c … c + 3, counted round, for each channel c; then their shifts. */
function levelsOf({ channels, scale, shift }: Omit<ByteFeatures, 'bytes'>): Float32Array {
  const four = (values: readonly number[], c: number) => [0, 1, 2, 3].map((k) => values[(c + k) % channels]!);
  return Float32Array.from([scale, shift].flatMap((values) => values.flatMap((_, c) => four(values, c))));
}

/** Bytes that the rows take on the GPU, in each buffer. */
export function exampleBytes({ network, rows }: NetworkSizes): number[] {
  const count = rows.count + rows.test;
  const channels = byteChannels(rows.features);
  return [
    4 * count * rowLength(network.tensors[0]!, channels !== undefined),
    16 * count * targetBlocks(network),
    ...(channels === undefined ? [] : [32 * channels]),
  ];
}

/** Rows of `from` numbers as rows of `to`, filled up with zeros. */
function widened<Numbers extends Float32Array | Uint8Array>(
  values: Numbers,
  rows: number,
  from: number,
  to: number,
): Numbers {
  if (from === to) return values;
  const wide = values instanceof Float32Array ? new Float32Array(rows * to) : new Uint8Array(rows * to);
  for (let i = 0; i < rows; i++) wide.set(values.subarray(i * from, (i + 1) * from), i * to);
  return wide as Numbers;
}
