/** What all cohorts of one objective read: rows or scales, on the GPU once. */
import type { GpuContext } from '../../gpu/device';
import { streamSpectrum } from '../../problems/least-squares';
import type { LeastSquares } from '../../problems/types';

/** Buffers of an objective by their WGSL names; owner of them. */
export class ObjectiveBuffers {
  readonly buffers: Readonly<Record<string, GPUBuffer>>;
  readonly #destroy: () => void;

  private constructor(
    readonly objective: LeastSquares,
    buffers: Readonly<Record<string, GPUBuffer>>,
    destroy: () => void,
  ) {
    this.buffers = buffers;
    this.#destroy = destroy;
  }

  /** Uploads. Rejects with `DeviceError` or `OutOfMemoryError` where the adapter cannot hold the rows. */
  static async create(context: GpuContext, objective: LeastSquares): Promise<ObjectiveBuffers> {
    const { rows, dimension } = objective;
    const scope = context.scope('objective');
    try {
      const buffers = await scope.checked((): Record<string, GPUBuffer> => {
        if (rows.kind === 'stored')
          return {
            features: scope.upload('features', padRows(rows.features, rows.count, dimension), GPUBufferUsage.STORAGE),
            targets: scope.upload('targets', rows.targets, GPUBufferUsage.STORAGE),
          };
        return {
          scales: scope.upload('scales', padVector(rows.scales), GPUBufferUsage.STORAGE),
          spectrum: scope.upload('spectrum', padVector(streamSpectrum(objective)!), GPUBufferUsage.STORAGE),
        };
      });
      return new ObjectiveBuffers(objective, buffers, () => {
        scope.destroy();
      });
    } catch (error) {
      scope.destroy();
      throw error;
    }
  }

  destroy(): void {
    this.#destroy();
  }
}

/** Rows padded with zeros to whole blocks of four coordinates. */
function padRows(features: Float32Array<ArrayBuffer>, count: number, d: number): Float32Array<ArrayBuffer> {
  if (d % 4 === 0) return features;
  const width = Math.ceil(d / 4) * 4;
  const padded = new Float32Array(count * width);
  for (let i = 0; i < count; i++) padded.set(features.subarray(i * d, (i + 1) * d), i * width);
  return padded;
}

function padVector(values: Float64Array): Float32Array<ArrayBuffer> {
  const padded = new Float32Array(Math.ceil(values.length / 4) * 4);
  padded.set(values);
  return padded;
}
