/** What all cohorts of one objective read: rows or scales, on the GPU once. */
import type { GpuContext } from '../../gpu/device';
import type { BufferScope } from '../../gpu/memory';
import { streamSpectrum } from '../../problems/least-squares';
import type { LeastSquares } from '../../problems/types';
import { planRecording, type RecordPlan } from './record-plan';

/** Buffers of an objective by their WGSL names; owner of them. */
export class ObjectiveBuffers {
  private constructor(
    readonly objective: LeastSquares,
    readonly buffers: Readonly<Record<string, GPUBuffer>>,
    /** What a recording reads, in `recordFeatures` and `recordTargets`; undefined for streams. */
    readonly recording: RecordPlan | undefined,
    readonly destroy: () => void,
  ) {}

  /** Uploads. Rejects with `DeviceError` or `OutOfMemoryError` where the adapter cannot hold the rows. */
  static async create(context: GpuContext, objective: LeastSquares): Promise<ObjectiveBuffers> {
    const scope = context.scope('objective');
    const recording = planRecording(objective);
    try {
      const buffers = await scope.checked(() => upload(scope, objective, recording));
      return new ObjectiveBuffers(objective, buffers, recording, () => {
        scope.destroy();
      });
    } catch (error) {
      scope.destroy();
      throw error;
    }
  }
}

function upload(
  scope: BufferScope,
  objective: LeastSquares,
  recording: RecordPlan | undefined,
): Record<string, GPUBuffer> {
  const { rows, dimension } = objective;
  const make = (label: string, data: Float32Array<ArrayBuffer>) => scope.upload(label, data, GPUBufferUsage.STORAGE);
  if (rows.kind !== 'stored')
    return {
      scales: make('scales', padVector(rows.scales)),
      spectrum: make('spectrum', padVector(streamSpectrum(objective)!)),
    };
  const features = make('features', padRows(rows.features, rows.count, dimension));
  const targets = make('targets', rows.targets);
  if (!recording?.triangular) return { features, targets, recordFeatures: features, recordTargets: targets };
  return {
    features,
    targets,
    recordFeatures: make('recording features', padRows(recording.features, recording.rows, dimension)),
    recordTargets: make('recording targets', recording.targets),
  };
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
