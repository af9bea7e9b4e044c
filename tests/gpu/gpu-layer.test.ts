/** The GPU layer on a real adapter. Without one every test here fails: `openDevice` throws. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { DeviceError, DeviceLostError, openDevice, type GpuContext } from '../../src/gpu/device';
import { structLayout } from '../../src/gpu/layout';
import { ReadbackRing } from '../../src/gpu/readback';

let context: GpuContext;
let uncaptured: string[];

beforeEach(async () => {
  context = await openDevice();
  uncaptured = [];
  context.onUncapturedError((error) => uncaptured.push(`${error.kind}: ${error.message}`));
});

afterEach(async () => {
  if (!context.isLost) await context.device.queue.onSubmittedWorkDone();
  context.destroy();
  expect(uncaptured).toEqual([]);
  expect(context.memory.bytes).toBe(0);
  expect(context.memory.buffers).toBe(0);
});

/** Runs one workgroup of a kernel with its buffers at group 0, bindings 0, 1, …, and reads `output` back. */
async function runKernel(code: string, buffers: readonly GPUBuffer[], output: GPUBuffer): Promise<ArrayBuffer> {
  const pipeline = await context.pipelines.get({ label: 'test kernel', code, entryPoint: 'main' });
  const ring = new ReadbackRing(context);
  const encoder = context.device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(
    0,
    context.device.createBindGroup({
      layout: pipeline.getBindGroupLayout(0),
      entries: buffers.map((buffer, binding) => ({ binding, resource: { buffer } })),
    }),
  );
  pass.dispatchWorkgroups(1);
  pass.end();
  const ticket = ring.copy(encoder, output, 0, output.size);
  context.device.queue.submit([encoder.finish()]);
  const bytes = await ticket.read();
  ring.destroy();
  return bytes;
}

test('opens a device that tells of its adapter, features and limits', () => {
  expect(context.isLost).toBe(false);
  expect(Object.values(context.adapter).map((value) => typeof value)).toEqual(['string', 'string', 'string']);
  expect(context.adapter.vendor + context.adapter.description).not.toBe('');
  expect(context.limits.maxComputeInvocationsPerWorkgroup).toBeGreaterThanOrEqual(256);
  expect(context.features.subgroupMinSize).toBeGreaterThanOrEqual(4);
  expect(context.features.subgroupMaxSize).toBeGreaterThanOrEqual(context.features.subgroupMinSize);
});

test('raises the limits to what the adapter offers and refuses more', async () => {
  const adapter = await navigator.gpu.requestAdapter();
  expect(context.limits.maxBufferSize).toBe(adapter!.limits.maxBufferSize);
  expect(context.limits.maxStorageBufferBindingSize).toBe(adapter!.limits.maxStorageBufferBindingSize);
  const wanted = adapter!.limits.maxComputeInvocationsPerWorkgroup + 1;
  const refused = openDevice({ requiredLimits: { maxComputeInvocationsPerWorkgroup: wanted, maxBindGroups: 1 } });
  await expect(refused).rejects.toMatchObject({ kind: 'limits-too-small' });
  await expect(refused).rejects.toThrow(`maxComputeInvocationsPerWorkgroup is ${wanted - 1}, needed is ${wanted}`);
  await expect(refused).rejects.not.toThrow('maxBindGroups');
});

test('a compile error carries label, place, message and line, and does not escape as an uncaptured error', async () => {
  const code = `@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(1) fn main() {
  out[0] = noSuchName + 1.0;
}`;
  const request = { label: 'broken kernel', code, entryPoint: 'main' };
  const failure = await context.pipelines.get(request).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(Error);
  const { message } = failure as Error;
  expect(message).toContain('broken kernel:3:12: ');
  expect(message).toContain('noSuchName');
  expect(message).toContain('\n    out[0] = noSuchName + 1.0;\n             ^');
  expect(context.pipelines.size).toBe(0);
});

test('a wrong entry point or constant is an error that names the pipeline', async () => {
  const code = 'override n: u32 = 1u; @compute @workgroup_size(n) fn main() {}';
  await expect(context.pipelines.get({ label: 'named', code, entryPoint: 'absent' })).rejects.toThrow(
    /^named \(absent\)/,
  );
  await expect(
    context.pipelines.get({ label: 'named', code, entryPoint: 'main', constants: { m: 2 } }),
  ).rejects.toThrow(/^named \(main\)/);
  await expect(
    context.pipelines.get({ label: 'named', code, entryPoint: 'main', constants: { n: 4 } }),
  ).resolves.toBeDefined();
});

test('a kernel reads from an array of structs exactly what the layout wrote', async () => {
  const code = `
const width = 3u;
struct Inner {
  scale: f32,
  direction: vec3f,
  count: u32,
  table: array<f32, width>,
  pairs: array<vec3f, 2>,
  shift: i32,
  corner: vec2f,
  map: mat2x3f,
  @size(20) last: u32,
}
@group(0) @binding(0) var<storage, read> items: array<Inner>;
@group(0) @binding(1) var<storage, read_write> out: array<f32>;
var<private> at: u32;
fn put(x: f32) { out[at] = x; at++; }
@compute @workgroup_size(1) fn main() {
  at = 0u;
  for (var k = 0u; k < 3u; k++) {
    let p = items[k];
    put(p.scale);
    for (var i = 0u; i < 3u; i++) { put(p.direction[i]); }
    put(f32(p.count));
    for (var i = 0u; i < width; i++) { put(items[k].table[i]); }
    for (var j = 0u; j < 2u; j++) { for (var i = 0u; i < 3u; i++) { put(items[k].pairs[j][i]); } }
    put(f32(p.shift));
    put(p.corner.x);
    put(p.corner.y);
    for (var j = 0u; j < 2u; j++) { for (var i = 0u; i < 3u; i++) { put(items[k].map[j][i]); } }
    put(f32(p.last));
  }
}`;
  const layout = structLayout(code, 'Inner');
  const array = new ArrayBuffer(3 * layout.size);
  const expected: number[] = [];
  for (let k = 0; k < 3; k++) {
    let next = 100 * k;
    const some = (count: number) => Array.from({ length: count }, () => ++next);
    const values = {
      scale: ++next,
      direction: some(3),
      count: ++next,
      table: some(3),
      pairs: some(6),
      shift: -++next,
      corner: some(2),
      map: some(6),
      last: ++next,
    };
    layout.write(array, k * layout.size, values);
    expected.push(...Object.values(values).flat());
  }
  const scope = context.scope('structs');
  const items = scope.upload('items', array, GPUBufferUsage.STORAGE);
  const out = scope.create('out', 4 * expected.length, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
  expect([...new Float32Array(await runKernel(code, [items, out], out))]).toEqual(expected);
});

test('concurrent tickets each bring home what stood in the buffer when they were recorded', async () => {
  const scope = context.scope('source');
  const source = scope.create('source', 64 * 1024, GPUBufferUsage.COPY_SRC | GPUBufferUsage.COPY_DST);
  const ring = new ReadbackRing(context);
  const submit = (value: number, size: number) => {
    context.device.queue.writeBuffer(source, 0, new Float32Array(size / 4).fill(value));
    const encoder = context.device.createCommandEncoder();
    const ticket = ring.copy(encoder, source, 0, size);
    context.device.queue.submit([encoder.finish()]);
    return ticket;
  };
  for (const sizes of [
    [16, 4096, 8],
    [65536, 12, 40000],
  ]) {
    const tickets = sizes.map((size, k) => submit(k + 0.5, size));
    // Read in another order than submitted.
    const arrays = await Promise.all(tickets.reverse().map((ticket) => ticket.read()));
    expect(arrays.map((bytes) => bytes.byteLength)).toEqual([...sizes].reverse());
    arrays.reverse().forEach((bytes, k) => {
      expect(new Set(new Float32Array(bytes))).toEqual(new Set([k + 0.5]));
    });
    expect(ring.slots).toBe(3);
  }
  const discarded = submit(1, 16);
  discarded.discard();
  await expect(discarded.read()).rejects.toThrow('discarded');
  expect(ring.slots).toBe(3);
  ring.destroy();
  expect(context.memory.bytes).toBe(scope.bytes);
});

test('uploads of any length and alignment arrive whole, padded with zeros', async () => {
  const scope = context.scope('uploads');
  const ring = new ReadbackRing(context);
  const large = Uint8Array.from({ length: 17 * 2 ** 20 + 3 }, (_, k) => (k * 31 + (k >> 8)) & 255);
  for (const data of [large, large.subarray(5, 12), large.subarray(1, 2), new Uint8Array(0)]) {
    const buffer = scope.upload('data', data, GPUBufferUsage.COPY_SRC);
    expect(buffer.size).toBe(Math.max(4, Math.ceil(data.length / 4) * 4));
    const encoder = context.device.createCommandEncoder();
    const ticket = ring.copy(encoder, buffer, 0, buffer.size);
    context.device.queue.submit([encoder.finish()]);
    const bytes = new Uint8Array(await ticket.read());
    expect(bytes.findIndex((byte, k) => byte !== (data[k] ?? 0))).toBe(-1);
  }
  expect(context.memory.peakBytes).toBeGreaterThan(2 * large.length);
});

test('a reading under way when the ring is destroyed rejects as aborted', async () => {
  const source = context.scope('source').create('source', 16, GPUBufferUsage.COPY_SRC);
  const ring = new ReadbackRing(context);
  const encoder = context.device.createCommandEncoder();
  const ticket = ring.copy(encoder, source, 0, 16);
  context.device.queue.submit([encoder.finish()]);
  const reading = ticket.read();
  ring.destroy();
  await expect(reading).rejects.toMatchObject({ name: 'AbortError' });
});

test('a reading under way when the device goes rejects as lost', async () => {
  const source = context.scope('source').create('source', 16, GPUBufferUsage.COPY_SRC);
  const ring = new ReadbackRing(context);
  const encoder = context.device.createCommandEncoder();
  const ticket = ring.copy(encoder, source, 0, 16);
  context.device.queue.submit([encoder.finish()]);
  const reading = ticket.read();
  // Behind the context's back, as a browser would take it away.
  context.device.destroy();
  await expect(reading).rejects.toBeInstanceOf(DeviceLostError);
  await context.lost;
  expect(context.isLost).toBe(true);
  expect(() => context.scope('late').create('buffer', 4, GPUBufferUsage.STORAGE)).toThrow(DeviceLostError);
});

test('checked() waits for the buffers, and a size above the limits names it in MiB', async () => {
  const scope = context.scope('data');
  const { rows } = await scope.checked(() => ({ rows: scope.create('rows', 1024, GPUBufferUsage.STORAGE) }));
  expect(rows.size).toBe(1024);
  const tooLarge = context.limits.maxBufferSize + 4;
  const attempt = () => scope.create('rows', tooLarge, GPUBufferUsage.STORAGE);
  expect(attempt).toThrow(DeviceError);
  expect(attempt).toThrow(/data\/rows needs [\d.]+ MiB.*allows [\d.]+ MiB \(maxBufferSize\)/);
  expect(context.memory.bytes).toBe(1024);
});

test('a mistake in the use of the device reaches the listeners of uncaptured errors', async () => {
  const storage = context.scope('mistake').create('storage', 16, GPUBufferUsage.STORAGE);
  const error = new Promise<{ kind: string; message: string }>((resolve) => {
    context.onUncapturedError(resolve);
  });
  context.device.queue.writeBuffer(storage, 0, new Uint32Array(4));
  expect(await error).toMatchObject({
    kind: 'validation',
    message: expect.stringContaining('mistake/storage') as string,
  });
  uncaptured = [];
});

test('destroying frees all, is not an unexpected loss, and may be repeated', async () => {
  context.scope('left open').create('buffer', 100, GPUBufferUsage.STORAGE);
  expect(context.memory.bytes).toBe(100);
  context.destroy();
  context.destroy();
  expect((await context.lost).reason).toBe('destroyed');
  expect(context.memory.bytes).toBe(0);
});

test('opens in a worker', async () => {
  const worker = new Worker(new URL('./fixtures/open-device-worker.ts', import.meta.url), { type: 'module' });
  const answer = await new Promise((resolve, reject) => {
    worker.onmessage = ({ data }: MessageEvent<unknown>) => {
      resolve(data);
    };
    worker.onerror = ({ message }) => {
      reject(new Error(message));
    };
  });
  worker.terminate();
  expect(answer).toEqual({ adapter: context.adapter, lost: false });
});
