import { beforeAll, expect, test } from 'vitest';
import { DeviceError, openDevice, OutOfMemoryError } from '../../src/gpu/device';
import { defaultLimits, installGpuGlobals, mockGpu } from './mock-gpu';

beforeAll(installGpuGlobals);

async function open() {
  const { gpu, devices } = mockGpu();
  const context = await openDevice({ gpu });
  return { context, device: devices[0]! };
}

test('the ledger follows every buffer and is at zero when the owners are gone', async () => {
  const { context, device } = await open();
  const { memory } = context;
  const a = context.scope('a');
  const b = context.scope('b');
  const first = a.create('first', 10, GPUBufferUsage.STORAGE);
  a.create('second', 100, GPUBufferUsage.STORAGE);
  b.upload('third', new Float32Array(5), GPUBufferUsage.STORAGE);
  expect([memory.bytes, memory.buffers, a.bytes, b.bytes]).toEqual([132, 3, 112, 20]);
  expect(device.liveBytes).toBe(132);
  a.release(first);
  a.release(first);
  b.release(first);
  expect([memory.bytes, memory.buffers]).toEqual([120, 2]);
  a.destroy();
  a.destroy();
  expect([memory.bytes, memory.buffers]).toEqual([20, 1]);
  b.destroy();
  expect([memory.bytes, memory.buffers, memory.peakBytes]).toEqual([0, 0, 132]);
  expect(device.liveBytes).toBe(0);
  expect(() => a.create('late', 4, GPUBufferUsage.STORAGE)).toThrow('Cannot make a/late: its owner was destroyed');
});

test('destroying the context frees the scopes left open', async () => {
  const { context, device } = await open();
  context.scope('left').create('buffer', 64, GPUBufferUsage.STORAGE);
  context.destroy();
  expect([context.memory.bytes, context.memory.buffers, device.liveBytes]).toEqual([0, 0, 0]);
});

test('scopes still free their buffers after the device was lost', async () => {
  const { context, device } = await open();
  const scope = context.scope('run');
  scope.create('state', 64, GPUBufferUsage.STORAGE);
  device.lose('crash');
  await context.lost;
  scope.destroy();
  expect(context.memory.bytes).toBe(0);
});

test.each([
  ['maxBufferSize', defaultLimits.maxBufferSize, 'COPY_SRC', '256.0 MiB'],
  ['maxStorageBufferBindingSize', defaultLimits.maxStorageBufferBindingSize, 'STORAGE', '128.0 MiB'],
  ['maxUniformBufferBindingSize', defaultLimits.maxUniformBufferBindingSize, 'UNIFORM', '0.1 MiB'],
] as const)(
  'a buffer above %s is refused with the numbers, and one just at it is not',
  async (limit, size, usage, allowed) => {
    const { context, device } = await open();
    const scope = context.scope('data');
    // The mock's buffers hold real memory: stay with the check for the large ones.
    device.createBuffer = (({ label }: { label: string }) => ({ label, destroy: () => undefined })) as never;
    expect(() => scope.create('rows', size, GPUBufferUsage[usage])).not.toThrow();
    const attempt = () => scope.create('rows', size + 2 ** 20, GPUBufferUsage[usage]);
    expect(attempt).toThrow(DeviceError);
    expect(attempt).toThrow(`allows ${allowed} (${limit})`);
    expect(attempt).toThrow(`data/rows needs ${((size + 2 ** 20) / 2 ** 20).toFixed(1)} MiB`);
    expect(context.memory.buffers).toBe(1);
  },
);

test.each([-4, NaN, Infinity, 1.5])('a size of %s is an error', async (size) => {
  const { context } = await open();
  expect(() => context.scope('s').create('b', size, GPUBufferUsage.STORAGE)).toThrow(RangeError);
});

test('uploads write in pieces, the last one padded', async () => {
  const { context, device } = await open();
  const data = Uint8Array.from({ length: 33 * 2 ** 20 + 6 }, (_, k) => k & 255);
  context.scope('s').upload('data', data.subarray(1), GPUBufferUsage.STORAGE);
  const buffer = device.buffers[0]!;
  expect(device.writes).toEqual([16 * 2 ** 20, 16 * 2 ** 20, 2 ** 20 + 4, 4]);
  expect(buffer.size).toBe(33 * 2 ** 20 + 8);
  expect(Buffer.compare(buffer.bytes.subarray(0, data.length - 1), data.subarray(1))).toBe(0);
  expect([...buffer.bytes.subarray(data.length - 1)]).toEqual([0, 0, 0]);
  expect(buffer.usage).toBe(GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST);
});

test('a texture is written in pieces, line by line, and counted until it is freed', async () => {
  const { context, device } = await open();
  const scope = context.scope('rows');
  // 33 MiB in lines of 48 KiB, and a last one that is not full.
  const [width, lines] = [3 * 1024, 704];
  const data = Float32Array.from({ length: 4 * (width * lines + 5) }, (_, k) => k % 8191);
  scope.uploadTexture('features', data, width, lines + 1);
  const texture = device.textures[0]!;
  expect([texture.label, texture.width, texture.height]).toEqual(['rows/features', width, lines + 1]);
  expect(texture.usage).toBe(GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST);
  expect(Math.max(...device.writes)).toBeLessThanOrEqual(16 * 2 ** 20);
  expect(device.writes.reduce((sum, size) => sum + size, 0)).toBe(data.byteLength);
  expect(Buffer.compare(texture.bytes.subarray(0, data.byteLength), new Uint8Array(data.buffer))).toBe(0);
  expect(texture.bytes.subarray(data.byteLength).every((byte) => byte === 0)).toBe(true);
  expect([context.memory.bytes, context.memory.buffers, scope.bytes]).toEqual([texture.size, 1, texture.size]);
  scope.destroy();
  expect([context.memory.bytes, device.liveBytes]).toEqual([0, 0]);
  expect(() => scope.uploadTexture('late', data, width, lines)).toThrow('Cannot make rows/late');
});

test('checked() gives what was made, or an out-of-memory error with the bytes', async () => {
  const { context, device } = await open();
  const scope = context.scope('run');
  const uncaptured: unknown[] = [];
  context.onUncapturedError((error) => uncaptured.push(error));
  device.memory = 3 * 2 ** 20;
  const make = () => scope.create('state', 2 * 2 ** 20, GPUBufferUsage.STORAGE);
  expect((await scope.checked(make)).size).toBe(2 * 2 ** 20);
  const failure = scope.checked(make);
  await expect(failure).rejects.toBeInstanceOf(OutOfMemoryError);
  await expect(failure).rejects.toThrow('no memory left for run: 2.0 MiB more than the 2.0 MiB in use');
  expect(uncaptured).toEqual([]);
  // Unchecked, the same failure is an uncaptured error.
  make();
  expect(uncaptured).toEqual([{ kind: 'out-of-memory', message: 'no memory' }]);
  scope.destroy();
  expect(context.memory.bytes).toBe(0);
});

test('an error thrown inside checked() passes through and leaves no error scope behind', async () => {
  const { context, device } = await open();
  await expect(
    context.scope('s').checked(() => {
      throw new Error('mine');
    }),
  ).rejects.toThrow('mine');
  expect(device.openErrorScopes).toBe(0);
});
