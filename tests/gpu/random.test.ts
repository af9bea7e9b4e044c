/** shaders/common/random.wgsl against its TypeScript twin: integers bit for bit, normals to float32's rounding. */
import { expect, it } from 'vitest';
import randomWgsl from '../../shaders/common/random.wgsl?raw';
import { Kernel } from '../../src/gpu/kernel';
import { ReadbackRing } from '../../src/gpu/readback';
import {
  decoupledSample,
  gaussianSample,
  mix,
  normalPair,
  rowOfEpoch,
  rowWithReplacement,
  scaleWord,
} from '../../src/random/random';
import { sequence } from '../support/problems';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();

type Counters = readonly [number, number, number, number];

/** Runs `expression`, a vec4u of the four counters `c`, for every input. */
async function onGpu(expression: string, inputs: readonly Counters[]): Promise<Uint32Array> {
  const { context } = gpu.backend;
  const code = `${randomWgsl}
@group(0) @binding(0) var<storage, read> inputs: array<vec4u>;
@group(0) @binding(1) var<storage, read_write> outputs: array<vec4u>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
  if (id.x >= arrayLength(&inputs)) {
    return;
  }
  let c = inputs[id.x];
  outputs[id.x] = ${expression};
}`;
  const scope = context.scope('random test');
  const ring = new ReadbackRing(context);
  try {
    const kernel = await Kernel.create(context, { label: 'random', code });
    const data = Uint32Array.from(inputs.flat());
    const outputs = scope.create('outputs', data.byteLength, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
    const group = kernel.bind({ inputs: scope.upload('inputs', data, GPUBufferUsage.STORAGE), outputs });
    const encoder = context.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    pass.setPipeline(kernel.pipeline);
    pass.setBindGroup(0, group);
    pass.dispatchWorkgroups(Math.ceil(inputs.length / 64));
    pass.end();
    const ticket = ring.copy(encoder, outputs, 0, data.byteLength);
    context.device.queue.submit([encoder.finish()]);
    return new Uint32Array(await ticket.read());
  } finally {
    scope.destroy();
    ring.destroy();
  }
}

const edges = [0, 1, 2, 3, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff];
const next = sequence(77);
/** Uniform 32-bit words. */
const word = () => mix(Math.floor((next() + 1) * 2 ** 31), 1, 2, 3, new Uint32Array(4))[0]!;
const some = (count: number, make: () => Counters): Counters[] => Array.from({ length: count }, make);

/** Entry `component` of each output. */
const component = (outputs: Uint32Array, k: number) =>
  Array.from({ length: outputs.length / 4 }, (_, i) => outputs[4 * i + k]!);
const floats = (outputs: Uint32Array) => new Float32Array(outputs.buffer);

it('mix_words is pcg4d', async () => {
  const inputs = [
    ...edges.flatMap((a) => edges.map((b): Counters => [a, b, (a ^ b) >>> 0, b])),
    ...some(2000, () => [word(), word(), word(), word()]),
  ];
  const expected = inputs.flatMap((c) => [...mix(...c, new Uint32Array(4))]);
  expect([...(await onGpu('mix_words(c)', inputs))]).toEqual(expected);
});

it('words_of_sample is mix_words with the step taken out', async () => {
  const inputs = some(2000, () => [word(), word(), word(), 0]);
  const expected = inputs.flatMap((c) => [...mix(...c, new Uint32Array(4))]);
  expect([...(await onGpu('words_of_sample(words_of_step(c.x, c.y), c.z)', inputs))]).toEqual(expected);
});

it('scale_word is the high half of word × n', async () => {
  const sizes = [1, 2, 3, 7, 10, 1000, 0xffff, 0x10000, 0x10001, 100_000, 2 ** 20];
  const inputs = [
    ...edges.flatMap((a) => sizes.map((n): Counters => [a, n, 0, 0])),
    ...some(2000, () => [word(), sizes[word() % sizes.length]!, 0, 0]),
  ];
  const scaled = component(await onGpu('vec4u(scale_word(c.x, c.y), vec3u())', inputs), 0);
  expect(scaled).toEqual(inputs.map(([w, n]) => scaleWord(w, n)));
  const short = inputs.filter(([, n]) => n < 0x10000);
  expect(component(await onGpu('vec4u(scale_word_short(c.x, c.y), vec3u())', short), 0)).toEqual(
    short.map(([w, n]) => scaleWord(w, n)),
  );
  // Any 32-bit n, by exact arithmetic.
  const large = some(500, () => [word(), word(), 0, 0]);
  const exact = large.map(([w, n]) => Number((BigInt(w) * BigInt(n)) >> 32n));
  expect(component(await onGpu('vec4u(scale_word(c.x, c.y), vec3u())', large), 0)).toEqual(exact);
});

it('row_with_replacement draws the same rows', async () => {
  const inputs = [1, 2, 3, 8, 1000, 65_537, 100_000].flatMap((n) =>
    some(200, () => [word(), word() % 5000, word() % 64, n]),
  );
  const rows = component(await onGpu('vec4u(row_with_replacement(c.x, c.y, c.z, c.w), vec3u())', inputs), 0);
  expect(rows).toEqual(inputs.map((c) => rowWithReplacement(...c)));
});

it('row_of_epoch draws the same rows, to the last position', async () => {
  const sizes = [1, 2, 3, 4, 5, 7, 8, 9, 10, 31, 32, 33, 100, 1000, 1024, 1025, 60_000, 65_536, 65_537, 100_000];
  const inputs = sizes.flatMap((n): Counters[] => [
    ...some(100, () => [word(), word() % (3 * n), n, 0]),
    ...some(20, () => [word(), word(), n, 0]),
    [word(), 0, n, 0],
    [word(), n - 1, n, 0],
    [word(), n, n, 0],
    [word(), 0xffffffff, n, 0],
  ]);
  const rows = component(await onGpu('vec4u(row_of_epoch(c.x, c.y, c.z), vec3u())', inputs), 0);
  expect(rows).toEqual(inputs.map(([key, position, n]) => rowOfEpoch(key, position, n)));
});

/** Largest error of normals, relative to max(|x|, 1). */
function error(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = 0;
  for (let k = 0; k < expected.length; k++)
    worst = Math.max(worst, Math.abs(actual[k]! - expected[k]!) / Math.max(1, Math.abs(expected[k]!)));
  return worst;
}

it('normal_pair equals Box–Muller in float64, tails and quadrant edges included', async () => {
  const angles = [0, 0x1fffffff, 0x20000000, 0x3fffffff].flatMap((low) =>
    [0, 1, 2, 3].map((q) => (q * 2 ** 30 + low) >>> 0),
  );
  const inputs = [
    ...[...edges, 100, 1e4, 1e6, 0xffffff00].flatMap((a) => angles.map((b): Counters => [a, b, 0, 0])),
    ...some(5000, () => [word(), word(), 0, 0]),
  ];
  const outputs = floats(await onGpu('vec4u(bitcast<vec2u>(normal_pair(c.x, c.y)), vec2u())', inputs));
  const actual = inputs.flatMap((_, k) => [outputs[4 * k]!, outputs[4 * k + 1]!]);
  expect(
    error(
      actual,
      inputs.flatMap(([a, b]) => normalPair(a, b)),
    ),
  ).toBeLessThan(5e-7);
});

it('normal_block gives the coordinates of a Gaussian sample', async () => {
  const inputs = some(1000, () => [word(), word() % 10_000, word() % 64, word() % 3]);
  const outputs = floats(await onGpu('bitcast<vec4u>(normal_block(c.x, c.y, c.z, c.w))', inputs));
  const sample = new Float64Array(12);
  const expected = inputs.flatMap(([key, step, index, block]) => {
    gaussianSample(key, step, index, new Float64Array(12).fill(1), sample);
    return [...sample.subarray(4 * block, 4 * block + 4)];
  });
  expect(error(outputs, expected)).toBeLessThan(5e-7);
});

it('component-decoupled samples have the same axes and z', async () => {
  const { default: source } = await import('../../shaders/linear/source_decoupled.wgsl?raw');
  const draw = /struct StepDraws[^@]*fn draw_sample[^}]*\}/.exec(source)![0];
  for (const dimension of [1, 2, 37, 1024]) {
    const inputs = some(500, () => [word(), word() % 10_000, word() % 64, 0]);
    const declared = `vec4u(draw_sample(draws_of_step(c.x, c.y, 1u), c.z), vec2u());\n}\nconst DIMENSION = ${dimension}u;\n${draw}\nfn unused() {`;
    const outputs = await onGpu(declared, inputs);
    const expected = inputs.map(([key, step, index]) => decoupledSample(key, step, index, dimension));
    expect(component(outputs, 0)).toEqual(expected.map(({ axis }) => axis));
    const z = floats(outputs);
    expect(
      error(
        inputs.map((_, k) => z[4 * k + 1]!),
        expected.map((sample) => sample.z),
      ),
    ).toBeLessThan(5e-7);
  }
});
