import { afterEach, beforeAll, expect, test, vi } from 'vitest';
import { DeviceError, DeviceLostError, openDevice } from '../../src/gpu/device';
import { installGpuGlobals, mockGpu, type MockOptions } from './mock-gpu';

beforeAll(installGpuGlobals);
afterEach(() => {
  vi.unstubAllGlobals();
});

async function open(options: MockOptions = {}) {
  const mock = mockGpu(options);
  const context = await openDevice({ gpu: mock.gpu });
  return { context, device: mock.devices[0]!, ...mock };
}

test('without WebGPU the failure is typed and readable', async () => {
  vi.stubGlobal('navigator', {});
  const failure = openDevice();
  await expect(failure).rejects.toBeInstanceOf(DeviceError);
  await expect(failure).rejects.toMatchObject({ kind: 'no-webgpu', message: 'This browser has no WebGPU.' });
  vi.stubGlobal('navigator', undefined);
  await expect(openDevice()).rejects.toMatchObject({ kind: 'no-webgpu' });
});

test('on an insecure page the message says so', async () => {
  vi.stubGlobal('navigator', {});
  vi.stubGlobal('isSecureContext', false);
  await expect(openDevice()).rejects.toMatchObject({
    kind: 'no-webgpu',
    message: expect.stringContaining('https') as string,
  });
});

test('takes navigator.gpu when none is given, and none when null is', async () => {
  const { gpu, adapterRequests } = mockGpu();
  vi.stubGlobal('navigator', { gpu });
  const context = await openDevice({ powerPreference: 'low-power' });
  expect(context.adapter).toEqual({ vendor: 'mock', architecture: 'paper', description: 'a mock' });
  expect(adapterRequests).toEqual([{ powerPreference: 'low-power' }]);
  await expect(openDevice({ gpu: null })).rejects.toMatchObject({ kind: 'no-webgpu' });
});

test.each([
  ['a null adapter', { adapter: 'none' }, 'no-adapter', /offers no graphics adapter/],
  ['an adapter request that fails', { adapter: 'throws' }, 'request-failed', /blocked by policy/],
  ['an adapter request that stalls', { adapter: 'stalled' }, 'request-failed', /graphics adapter within 0.02 s/],
  ['a device request that is refused', { device: 'rejected' }, 'request-failed', /the driver said no/],
  ['a device request that stalls', { device: 'stalled' }, 'request-failed', /graphics device within 0.02 s/],
] as const)('%s', async (_, options, kind, message) => {
  const failure = openDevice({ gpu: mockGpu(options).gpu, timeoutMs: 20 });
  await expect(failure).rejects.toBeInstanceOf(DeviceError);
  await expect(failure).rejects.toMatchObject({ kind });
  await expect(failure).rejects.toThrow(message);
});

test('a device that comes after the time limit is destroyed', async () => {
  const mock = mockGpu({ device: 'late' });
  await expect(openDevice({ gpu: mock.gpu, timeoutMs: 10 })).rejects.toMatchObject({ kind: 'request-failed' });
  await vi.waitFor(() => {
    expect(mock.devices[0]?.destroyCalls).toBe(1);
  });
});

test('limits that are too small are named with wanted and offered numbers', async () => {
  const mock = mockGpu({ limits: { maxBufferSize: 1000 } });
  const failure = openDevice({
    gpu: mock.gpu,
    requiredLimits: { maxBufferSize: 2000, maxComputeWorkgroupSizeX: 512, maxComputeWorkgroupSizeY: 256 },
  });
  await expect(failure).rejects.toMatchObject({
    kind: 'limits-too-small',
    message:
      'The graphics adapter allows too little: maxBufferSize is 1000, needed is 2000; maxComputeWorkgroupSizeX is 256, needed is 512.',
  });
  expect(mock.deviceRequests).toHaveLength(0);
});

test('an alignment is too small when the adapter wants a larger one', async () => {
  const { gpu } = mockGpu({ limits: { minStorageBufferOffsetAlignment: 128 } });
  await expect(openDevice({ gpu, requiredLimits: { minStorageBufferOffsetAlignment: 64 } })).rejects.toThrow(
    'minStorageBufferOffsetAlignment is 128, needed is 64',
  );
  await expect(openDevice({ gpu, requiredLimits: { minStorageBufferOffsetAlignment: 256 } })).resolves.toBeDefined();
});

test('asks for the size limits the adapter offers and for no more than required of the others', async () => {
  const mock = mockGpu({ limits: { maxBufferSize: 4 * 2 ** 30, maxComputeInvocationsPerWorkgroup: 1024 } });
  const context = await openDevice({ gpu: mock.gpu, requiredLimits: { maxUniformBufferBindingSize: 4096 } });
  expect(context.limits).toMatchObject({ maxBufferSize: 4 * 2 ** 30, maxComputeInvocationsPerWorkgroup: 1024 });
  const asked = mock.deviceRequests[0]!.requiredLimits;
  expect(asked['maxUniformBufferBindingSize']).toBe(4096);
  expect(asked).not.toHaveProperty('minStorageBufferOffsetAlignment');
});

test('features are requested only when offered', async () => {
  const plain = await open();
  expect(plain.deviceRequests[0]!.requiredFeatures).toEqual([]);
  expect(plain.context.features).toEqual({
    subgroups: false,
    subgroupMinSize: 4,
    subgroupMaxSize: 128,
    timestampQuery: false,
  });
  const rich = await open({
    features: ['shader-f16', 'timestamp-query', 'subgroups'],
    info: { vendor: 'x', subgroupMinSize: 16, subgroupMaxSize: 32 },
  });
  expect(rich.deviceRequests[0]!.requiredFeatures).toEqual(['subgroups', 'timestamp-query']);
  expect(rich.context.features).toEqual({
    subgroups: true,
    subgroupMinSize: 16,
    subgroupMaxSize: 32,
    timestampQuery: true,
  });
  expect(rich.context.adapter).toEqual({ vendor: 'x', architecture: '', description: '' });
});

test('an unexpected loss is told to everybody who asks', async () => {
  const { context, device } = await open();
  const losses: unknown[] = [];
  context.onLost((loss) => losses.push(loss));
  const unsubscribe = context.onLost(() => losses.push('unsubscribed'));
  unsubscribe();
  expect(context.isLost).toBe(false);
  device.lose('the GPU process crashed');
  const loss = { reason: 'unknown', message: 'the GPU process crashed' };
  await expect(context.lost).resolves.toEqual(loss);
  expect(context.isLost).toBe(true);
  expect(losses).toEqual([loss]);
  expect(() => {
    context.assertAlive();
  }).toThrow(DeviceLostError);
  expect(() => context.scope('late').create('rows', 4, 128)).toThrow(
    'The GPU device was lost: the GPU process crashed',
  );
  // The reason stays what it was.
  context.destroy();
  await expect(context.lost).resolves.toEqual(loss);
});

test('a deliberate end has the reason "destroyed", at once, and may be repeated', async () => {
  const { context, device } = await open();
  context.destroy();
  expect(context.isLost).toBe(true);
  context.destroy();
  await expect(context.lost).resolves.toMatchObject({ reason: 'destroyed' });
  expect(device.buffers).toHaveLength(0);
});

test('uncaptured errors reach listeners with their kind until they unsubscribe', async () => {
  const { context, device } = await open();
  expect(device.raise('validation', 'nobody listens')).toBe(false);
  const errors: unknown[] = [];
  const unsubscribe = context.onUncapturedError((error) => errors.push(error));
  expect(device.raise('validation', 'a')).toBe(true);
  device.raise('out-of-memory', 'b');
  device.raise('internal', 'c');
  unsubscribe();
  expect(device.raise('internal', 'd')).toBe(false);
  expect(errors).toEqual([
    { kind: 'validation', message: 'a' },
    { kind: 'out-of-memory', message: 'b' },
    { kind: 'internal', message: 'c' },
  ]);
});
