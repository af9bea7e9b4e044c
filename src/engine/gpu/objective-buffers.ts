/** What all cohorts of one objective read: rows, scales or a kernel matrix, on the GPU once. */
import type { GpuContext } from '../../gpu/device';
import type { BufferScope } from '../../gpu/memory';
import { streamSpectrum } from '../../problems/least-squares';
import type { KernelSource, LeastSquares } from '../../problems/types';
import { computeKernelRows, keptKernelRows, kernelBuffers, kernelRowBytes } from './kernel-matrix';
import { planRecording, type RecordPlan } from './record-plan';
import { fasterRowReads, type RowReads } from './row-reads';
import { rowLayout, uploadRows, type RowLayout, type RowTexture } from './row-texture';

export interface ObjectiveBufferOptions {
  /** Bytes of a kernel matrix that is kept, at most. */
  readonly mostKernel?: number | undefined;
  /** Where stored rows are read; where it is faster on the adapter if absent. */
  readonly rowReads?: RowReads | undefined;
}

/** Buffers of an objective by their WGSL names; owner of them. */
export class ObjectiveBuffers {
  private constructor(
    readonly objective: LeastSquares,
    readonly buffers: Readonly<Record<string, GPUBuffer>>,
    /** What a recording reads: `recordTargets`, and `recordFeatures` or the texture of the rows; undefined for streams. */
    readonly recording: RecordPlan | undefined,
    /** Steps work out the rows of the kernel that they need: all of them are too many to keep. */
    readonly computedRows: boolean,
    /** Stored rows lie here; there is no buffer `features` then. */
    readonly rowTexture: RowTexture | undefined,
    readonly destroy: () => void,
  ) {}

  /**
   * Uploads, and works out the kernel matrix that is kept. Rejects with `DeviceError` or `OutOfMemoryError` where the adapter
   * cannot hold the rows, and with `DeviceLostError`.
   */
  static async create(
    context: GpuContext,
    objective: LeastSquares,
    { mostKernel, rowReads }: ObjectiveBufferOptions = {},
  ): Promise<ObjectiveBuffers> {
    const scope = context.scope('objective');
    const recording = planRecording(objective);
    const { rows } = objective;
    const kept = rows.kind === 'kernel' ? keptKernelRows(rows, mostKernel) : 0;
    const computedRows = rows.kind === 'kernel' && kept < rows.count;
    try {
      const layout = textureLayout(context, objective);
      const inTexture = layout !== undefined && (rowReads ?? (await fasterRowReads(context))) === 'texture';
      const { buffers, texture } = await scope.checked(() => ({
        buffers:
          rows.kind === 'kernel'
            ? uploadKernel(scope, rows, kept)
            : upload(scope, objective, rows, recording, inTexture),
        texture:
          inTexture && rows.kind === 'stored'
            ? uploadRows(context.device, scope, {
                features: padRows(rows.features, rows.count, objective.dimension),
                blocks: blocksOf(objective),
                layout,
                triangle: recording?.triangular ? withTargets(recording, objective.dimension) : undefined,
              })
            : undefined,
      }));
      if (rows.kind === 'kernel') {
        const { kernel, inputs, recordFeatures } = buffers;
        await computeKernelRows(context, rows, { kernel: kernel!, inputs: inputs! }, recordFeatures!, kept);
      }
      return new ObjectiveBuffers(objective, buffers, recording, computedRows, texture, () => {
        scope.destroy();
      });
    } catch (error) {
      scope.destroy();
      throw error;
    }
  }
}

/** How stored rows would lie in a texture. */
const textureLayout = ({ limits }: GpuContext, objective: LeastSquares): RowLayout | undefined =>
  objective.rows.kind === 'stored'
    ? rowLayout(objective.rows.count, blocksOf(objective), limits.maxTextureDimension2D)
    : undefined;

const blocksOf = ({ dimension }: LeastSquares) => Math.ceil(dimension / 4);

/** `inTexture`: stored rows, and what recordings among steps read, go into textures instead. */
function upload(
  scope: BufferScope,
  objective: LeastSquares,
  rows: Exclude<LeastSquares['rows'], KernelSource>,
  recording: RecordPlan | undefined,
  inTexture: boolean,
): Record<string, GPUBuffer> {
  const { dimension } = objective;
  const make = (label: string, data: Float32Array<ArrayBuffer>) => scope.upload(label, data, GPUBufferUsage.STORAGE);
  if ('scales' in rows)
    return {
      scales: make('scales', padVector(rows.scales)),
      spectrum: make('spectrum', padVector(streamSpectrum(objective)!)),
    };
  const features = inTexture ? undefined : make('features', padRows(rows.features, rows.count, dimension));
  const targets = make('targets', rows.targets);
  const whole = { ...(features ? { features, recordFeatures: features } : {}), targets, recordTargets: targets };
  if (!recording?.triangular) return whole;
  return {
    ...whole,
    recordFeatures: make('recording features', padRows(recording.features, recording.rows, dimension)),
    recordTargets: make('recording targets', recording.targets),
    ...(inTexture ? {} : { triangle: make('triangle', withTargets(recording, dimension)) }),
  };
}

/** Inputs, and room for the rows that are kept. */
function uploadKernel(scope: BufferScope, rows: KernelSource, kept: number): Record<string, GPUBuffer> {
  const targets = scope.upload('targets', rows.targets, GPUBufferUsage.STORAGE);
  const matrix = scope.create('kernel matrix', kernelRowBytes(rows.count, kept), GPUBufferUsage.STORAGE);
  const buffers = { ...kernelBuffers(scope, rows), targets, recordFeatures: matrix, recordTargets: targets };
  return kept === rows.count ? { ...buffers, features: matrix } : buffers;
}

/** Rows padded to whole blocks of four coordinates, each with its target in a block behind it. */
function withTargets({ rows, features, targets }: RecordPlan, d: number): Float32Array<ArrayBuffer> {
  const width = Math.ceil(d / 4) * 4 + 4;
  const joined = new Float32Array(rows * width);
  for (let i = 0; i < rows; i++) {
    joined.set(features.subarray(i * d, (i + 1) * d), i * width);
    joined[(i + 1) * width - 4] = targets[i]!;
  }
  return joined;
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
