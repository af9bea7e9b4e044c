/** Kernel matrices on the GPU: what rows are worked out from, and whole matrices, computed once. */
import type { GpuContext } from '../../gpu/device';
import { Kernel } from '../../gpu/kernel';
import type { BufferScope } from '../../gpu/memory';
import type { KernelInputs } from '../../problems/kernel';
import type { KernelSource } from '../../problems/types';
import { blocksOf, matrixProgram, spreadOf, TILE_ROWS, WORKGROUP } from './kernel-programs';

/** Bytes of a kernel matrix that is kept: of a larger one each step works out the rows that it needs. */
export const KEPT_MATRIX_BYTES = 64 * 2 ** 20;
/** Multiply-adds of one submission: far below a second. */
const SUBMITTED_WORK = 1e9;
/** Arithmetic of a value besides its sum, in multiply-adds, about: an exponential. */
const VALUE_WORK = 16;

/** Bytes of so many rows of a kernel matrix, padded to whole blocks of four columns. */
export const kernelRowBytes = (count: number, rows: number): number => rows * blocksOf(count) * 16;

/** Multiply-adds of one row. */
export const kernelRowWork = ({ count, width }: Pick<KernelInputs, 'count' | 'width'>): number =>
  count * (width + VALUE_WORK);

/** Rows of a kernel matrix that are kept: all of them, or those that a recording looks at. */
export const keptKernelRows = (rows: KernelSource, most = KEPT_MATRIX_BYTES): number =>
  kernelRowBytes(rows.count, rows.count) <= most ? rows.count : rows.recorded;

/** Bytes of what all cohorts on a kernel share. */
export const kernelBytes = (rows: KernelSource, most?: number): number =>
  kernelInputBytes(rows) + 4 * rows.count + kernelRowBytes(rows.count, keptKernelRows(rows, most));

/** Bytes of {@link kernelBuffers}. */
export const kernelInputBytes = ({ count, width }: Pick<KernelInputs, 'count' | 'width'>): number =>
  16 + 64 * blocksOf(count) * blocksOf(width);

/** What the programs read, by their WGSL names; owned by the scope. */
export function kernelBuffers(scope: BufferScope, inputs: KernelInputs): Record<'kernel' | 'inputs', GPUBuffer> {
  return {
    kernel: scope.upload('kernel', parameters(inputs, 0, 0), GPUBufferUsage.UNIFORM),
    inputs: scope.upload('inputs', padded(inputs), GPUBufferUsage.STORAGE),
  };
}

/**
 * Works out the first `rows` rows of the matrix into `values`, in submissions of limited length, without waiting for the
 * GPU. Rejects with `ShaderError` or `DeviceLostError`.
 */
export async function computeKernelRows(
  context: GpuContext,
  inputs: KernelInputs,
  buffers: Readonly<Record<'kernel' | 'inputs', GPUBuffer>>,
  values: GPUBuffer,
  rows: number,
): Promise<void> {
  const { device } = context;
  const kernel = await Kernel.create(context, { label: 'kernel matrix', code: matrixProgram(inputs) });
  const group = kernel.bind({ ...buffers, values });
  const band = TILE_ROWS * Math.max(1, Math.floor(SUBMITTED_WORK / (TILE_ROWS * kernelRowWork(inputs))));
  for (let first = 0; first < rows; first += band) {
    context.assertAlive();
    const count = Math.min(band, rows - first);
    device.queue.writeBuffer(buffers.kernel, 0, parameters(inputs, first, count));
    const encoder = device.createCommandEncoder({ label: 'kernel matrix' });
    const pass = encoder.beginComputePass({ label: 'kernel matrix' });
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(Math.ceil((Math.ceil(count / TILE_ROWS) * spreadOf(inputs)) / WORKGROUP));
    pass.end();
    device.queue.submit([encoder.finish()]);
  }
}

/** The struct `Kernel` of `shaders/kernel/tile.wgsl`. */
function parameters({ kernel }: KernelInputs, first: number, rows: number): ArrayBuffer {
  const bytes = new ArrayBuffer(16);
  if (kernel.kind === 'polynomial') new Uint32Array(bytes)[1] = kernel.degree;
  else new Float32Array(bytes)[0] = kernel.scale;
  new Uint32Array(bytes).set([first, rows], 2);
  return bytes;
}

/** Inputs padded with zeros to whole blocks of four numbers, and to whole blocks of four inputs. */
function padded({ count, width, inputs }: KernelInputs): Float32Array<ArrayBuffer> {
  const stride = 4 * blocksOf(width);
  const values = new Float32Array(4 * blocksOf(count) * stride);
  for (let i = 0; i < count; i++) values.set(inputs.subarray(i * width, (i + 1) * width), i * stride);
  return values;
}
