/** Kernel matrices on a real adapter against float64, at sizes that fill no tile. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { computeKernelRows, kernelBuffers, kernelInputBytes, kernelRowBytes } from '../../src/engine/gpu/kernel-matrix';
import { openDevice, type GpuContext } from '../../src/gpu/device';
import { ReadbackRing } from '../../src/gpu/readback';
import { kernelInputs, kernelRow, type KernelConfig, type KernelInputs } from '../../src/problems/kernel';
import { sequence } from '../support/problems';

let context: GpuContext;
const errors: string[] = [];

beforeEach(async () => {
  context = await openDevice();
  errors.length = 0;
  context.onUncapturedError((error) => errors.push(error.message));
});

afterEach(() => {
  context.destroy();
  expect(errors).toEqual([]);
});

function example(config: KernelConfig, count: number, width: number): KernelInputs {
  const next = sequence(count + width);
  return kernelInputs(
    config,
    Float32Array.from({ length: count * width }, () => 2 * next()),
    count,
    width,
  );
}

async function computed(inputs: KernelInputs, rows: number): Promise<Float32Array> {
  const scope = context.scope('test');
  const buffers = kernelBuffers(scope, inputs);
  expect(scope.bytes).toBe(kernelInputBytes(inputs));
  const bytes = kernelRowBytes(inputs.count, rows);
  const values = scope.create('values', bytes, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
  await computeKernelRows(context, inputs, buffers, values, rows);
  const ring = new ReadbackRing(context);
  const encoder = context.device.createCommandEncoder();
  const ticket = ring.copy(encoder, values, 0, bytes);
  context.device.queue.submit([encoder.finish()]);
  const result = new Float32Array(await ticket.read());
  scope.destroy();
  ring.destroy();
  return result;
}

const gaussian = { kind: 'gaussian', bandwidth: 1.3 } as const;
const laplacian = { kind: 'laplacian', bandwidth: 0.8 } as const;

it.each<[string, KernelConfig, number, number, number]>([
  ['Gaussian, 1 input', gaussian, 1, 1, 1],
  ['Gaussian, 37 × 3', gaussian, 37, 3, 37],
  ['Gaussian, 130 × 17, some rows', gaussian, 130, 17, 9],
  ['Laplacian, 61 × 5', laplacian, 61, 5, 61],
  ['Laplacian, 258 × 2', laplacian, 258, 2, 258],
  ['polynomial of degree 1, 6 × 2', { kind: 'polynomial', degree: 1, offset: 1 }, 6, 2, 6],
  ['polynomial of degree 5, 43 × 4', { kind: 'polynomial', degree: 5, offset: 0.5 }, 43, 4, 43],
])('%s', async (_, config, count, width, rows) => {
  const inputs = example(config, count, width);
  const values = await computed(inputs, rows);
  const stride = 4 * Math.ceil(count / 4);
  const row = new Float64Array(count);
  let worst = 0;
  for (let i = 0; i < rows; i++) {
    kernelRow(inputs, i, row);
    for (let j = 0; j < count; j++) worst = Math.max(worst, Math.abs(values[i * stride + j]! - row[j]!));
    expect(values.subarray(i * stride + count, (i + 1) * stride).every((value) => value === 0)).toBe(true);
    // k(x, x) = 1: exactly where it is a function of the distance.
    if (config.kind === 'polynomial') expect(values[i * stride + i]).toBeCloseTo(1, 5);
    else expect(values[i * stride + i]).toBe(1);
  }
  expect(worst).toBeLessThan(2e-6);
});

it('is symmetric, bit for bit', async () => {
  const values = await computed(example(gaussian, 50, 6), 50);
  for (let i = 0; i < 50; i++) for (let j = 0; j < i; j++) expect(values[i * 52 + j]).toBe(values[j * 52 + i]);
});
