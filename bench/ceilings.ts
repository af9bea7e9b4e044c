/** What the adapter can do at most, measured beside the contestants: multiply-adds, loads, dispatches. */
import type { GpuContext } from '../src/gpu/device';
import { Kernel } from '../src/gpu/kernel';

export const ceilingIds = ['fma', 'bandwidth', 'dispatch'] as const;
export type CeilingId = (typeof ceilingIds)[number];

/** A ceiling ready to be measured; once a round. */
export interface Ceiling {
  readonly id: CeilingId;
  readonly label: string;
  readonly unit: string;
  /** Throughput in `unit`; for dispatches microseconds of one. */
  measure(): Promise<number>;
}

const WORKGROUP = 64;

/** Owner of all buffers: `close()` frees them. */
export async function prepareCeilings(
  context: GpuContext,
  quick: boolean,
): Promise<{ ceilings: readonly Ceiling[]; close: () => void }> {
  const scope = context.scope('ceilings');
  const groups = quick ? 4 : 64;
  const milliseconds = quick ? 2 : 100;
  const out = scope.create('out', groups * WORKGROUP * 4, GPUBufferUsage.STORAGE);
  const words = quick ? 1 << 12 : 1 << 18;
  const numbers = new Float32Array(words).fill(1);
  const values = scope.upload('values', numbers, GPUBufferUsage.STORAGE);
  const side = Math.sqrt(words / 4);
  const textures = {
    texels: scope.uploadTexture('texels', numbers, side, side).createView(),
    nearest: context.device.createSampler(),
  };

  /** Seconds of one dispatch, over as many as it takes to fill the time. */
  const seconds = async (kernel: Kernel, workgroups: number): Promise<number> => {
    const bindings = kernel.bind({ out, values }, textures);
    const run = async (count: number): Promise<number> => {
      const { device } = context;
      const start = performance.now();
      const encoder = device.createCommandEncoder({ label: kernel.label });
      const pass = encoder.beginComputePass({ label: kernel.label });
      pass.setPipeline(kernel.pipeline);
      pass.setBindGroup(0, bindings);
      for (let k = 0; k < count; k++) pass.dispatchWorkgroups(workgroups);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return (performance.now() - start) / 1000;
    };
    let count = 1;
    let time = await run(count);
    while (time < milliseconds / 2000) {
      count = Math.ceil(count * Math.min(8, Math.max(2, milliseconds / 1000 / Math.max(time, 1e-4))));
      time = await run(count);
    }
    return time / count;
  };

  // Which of the forms is fastest differs by adapter: four numbers wide or one, as many as fit in registers.
  const forms = await Promise.all(
    [fma('vec4f', 3), fma('f32', 12), fma('vec4f', 8)].map(async ({ code, flop }) => ({
      flop,
      kernel: await Kernel.create(context, { label: 'fma', code }),
    })),
  );
  const loads = Math.max(words / 4, groups * WORKGROUP * 16) / (groups * WORKGROUP);
  // A texture's texels are read whole in software, a buffer's numbers one by one.
  const reads = await Promise.all(
    [readAll(loads, bufferReads(words / 4)), readAll(loads, textureReads(side))].map((code) =>
      Kernel.create(context, { label: 'bandwidth', code }),
    ),
  );
  const empty = await Kernel.create(context, {
    label: 'empty',
    code: `@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(1) fn main() { out[0] = 1.0; }`,
  });

  return {
    ceilings: [
      {
        id: 'fma',
        label: 'multiply-adds in registers',
        unit: 'GFLOP/s',
        measure: async () => {
          const rates: number[] = [];
          for (const { kernel, flop } of forms)
            rates.push((groups * WORKGROUP * flop) / (await seconds(kernel, groups)) / 1e9);
          return Math.max(...rates);
        },
      },
      {
        id: 'bandwidth',
        label: 'vec4 reads of a buffer or a texture',
        unit: 'GB/s',
        measure: async () => {
          const rates: number[] = [];
          for (const kernel of reads)
            rates.push((groups * WORKGROUP * loads * 16) / (await seconds(kernel, groups)) / 1e9);
          return Math.max(...rates);
        },
      },
      {
        id: 'dispatch',
        label: 'empty dispatch',
        unit: 'µs',
        measure: async () => (await seconds(empty, 1)) * 1e6,
      },
    ],
    close: () => {
      scope.destroy();
    },
  };
}

/** Chains of multiply-adds, each of which waits for nothing but itself. */
function fma(type: 'f32' | 'vec4f', chains: number): { code: string; flop: number } {
  const iterations = 512;
  const rounds = 8;
  const names = Array.from({ length: chains }, (_, k) => `a${k}`);
  const body = names.map((name) => `${name} = ${name} * m + c;`).join(' ');
  const code = `
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u) {
  let s = f32(id.x) * 1e-7;
  let m = ${type}(0.9999 + s * 1e-3);
  let c = ${type}(s);
  ${names.map((name, k) => `var ${name} = ${type}(s + ${k}.0);`).join(' ')}
  for (var k = 0u; k < ${iterations}u; k++) {
    ${Array<string>(rounds).fill(body).join('\n    ')}
  }
  out[id.x] = dot(vec4f(${names.join(' + ')}), vec4f(1.0));
}`;
  return { code, flop: iterations * rounds * chains * (type === 'f32' ? 1 : 4) * 2 };
}

/** WGSL of where vectors lie, and of `vector_at(place)`. */
const bufferReads = (length: number): string => `
@group(0) @binding(1) var<storage, read> values: array<vec4f>;
fn vector_at(place: u32) -> vec4f { return values[place % ${length}u]; }`;

/** The same of a square texture, `side` (a power of two) texels wide. */
const textureReads = (side: number): string => `
@group(0) @binding(1) var texels: texture_2d<f32>;
@group(0) @binding(2) var nearest: sampler;
fn vector_at(place: u32) -> vec4f {
  let at = vec2i(vec2u(place, place >> ${Math.log2(side)}u) & vec2u(${side - 1}u));
  return textureSampleLevel(texels, nearest, (vec2f(at) + 0.5) * ${1 / side}, 0.0);
}`;

/** Every invocation reads `loads` vectors, neighbours from neighbouring places. */
const readAll = (loads: number, reads: string): string => `
@group(0) @binding(0) var<storage, read_write> out: array<f32>;
${reads}
@compute @workgroup_size(${WORKGROUP})
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) size: vec3u) {
  var sum = vec4f();
  for (var k = 0u; k < ${loads}u; k++) {
    sum += vector_at(k * size.x * ${WORKGROUP}u + id.x);
  }
  out[id.x] = dot(sum, vec4f(1.0));
}`;
