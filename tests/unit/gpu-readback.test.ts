import { beforeAll, expect, test } from 'vitest';
import { DeviceLostError, openDevice } from '../../src/gpu/device';
import { ReadbackRing } from '../../src/gpu/readback';
import { installGpuGlobals, mockGpu } from './mock-gpu';

beforeAll(installGpuGlobals);

async function open() {
  const { gpu, devices } = mockGpu();
  const context = await openDevice({ gpu });
  const source = context.scope('source').upload('numbers', Uint32Array.of(1, 2, 3, 4), GPUBufferUsage.COPY_SRC);
  const encoder = context.device.createCommandEncoder();
  return { context, device: devices[0]!, source, encoder, ring: new ReadbackRing(context) };
}

test('tickets bring home their bytes and slots are reused', async () => {
  const { ring, encoder, source } = await open();
  const first = ring.copy(encoder, source, 0, 8);
  const second = ring.copy(encoder, source, 4, 12);
  expect(ring.slots).toBe(2);
  expect([...new Uint32Array(await second.read())]).toEqual([2, 3, 4]);
  expect([...new Uint32Array(await first.read())]).toEqual([1, 2]);
  expect(await first.read()).toBe(await first.read());
  ring.copy(encoder, source, 0, 4).discard();
  await ring.copy(encoder, source, 0, 4).read();
  expect(ring.slots).toBe(2);
});

test('a slot that is too small gives way to a larger one', async () => {
  const { context, ring, encoder } = await open();
  const large = context.scope('large').create('numbers', 2 ** 20, GPUBufferUsage.COPY_SRC);
  const before = context.memory.bytes;
  await ring.copy(encoder, large, 0, 16).read();
  expect(context.memory.bytes - before).toBe(4096);
  await ring.copy(encoder, large, 0, 5000).read();
  expect([ring.slots, context.memory.bytes - before]).toEqual([1, 8192]);
  ring.destroy();
  ring.destroy();
  expect(context.memory.bytes).toBe(before);
  expect(() => ring.copy(encoder, large, 0, 4)).toThrow('destroyed');
});

test.each([
  [0, 0],
  [0, 6],
  [2, 4],
  [-4, 8],
  [8, 12],
  [0, NaN],
])('a copy from %s of %s bytes is an error', async (offset, size) => {
  const { ring, encoder, source } = await open();
  expect(() => ring.copy(encoder, source, offset, size)).toThrow(RangeError);
  expect(ring.slots).toBe(0);
});

test.each(['stalled', 'refused'] as const)('a mapping %s by a lost device rejects as lost', async (mappings) => {
  const { context, device, ring, encoder, source } = await open();
  device.mappings = mappings;
  const reading = ring.copy(encoder, source, 0, 8).read();
  setTimeout(() => {
    device.lose('crash');
  }, 5);
  await expect(reading).rejects.toBeInstanceOf(DeviceLostError);
  await expect(reading).rejects.toMatchObject({ reason: 'unknown' });
  context.destroy();
  expect(context.memory.bytes).toBe(0);
});

test('a ticket read after the loss rejects as lost', async () => {
  const { context, device, ring, encoder, source } = await open();
  const ticket = ring.copy(encoder, source, 0, 8);
  device.lose('crash');
  await context.lost;
  await expect(ticket.read()).rejects.toBeInstanceOf(DeviceLostError);
});

test('a mapping refused by a living device passes its error on and costs only its slot', async () => {
  const { device, ring, encoder, source } = await open();
  device.mappings = 'refused';
  await expect(ring.copy(encoder, source, 0, 8).read()).rejects.toMatchObject({ name: 'OperationError' });
  expect(ring.slots).toBe(0);
  device.mappings = 'ready';
  expect((await ring.copy(encoder, source, 0, 8).read()).byteLength).toBe(8);
});

test('destroying the ring aborts what is under way; destroying the context is a loss by intent', async () => {
  const { context, device, ring, encoder, source } = await open();
  device.mappings = 'stalled';
  const reading = ring.copy(encoder, source, 0, 8).read();
  ring.destroy();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
  const other = new ReadbackRing(context).copy(encoder, source, 0, 8).read();
  context.destroy();
  await expect(other).rejects.toMatchObject({ name: 'DeviceLostError', reason: 'destroyed' });
});
