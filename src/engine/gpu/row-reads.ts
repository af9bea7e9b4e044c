/** Where stored rows are read faster on this adapter, from a buffer or from a texture: measured once, the results are equal. */
import readRowsWgsl from '../../../shaders/linear/read_rows.wgsl?raw';
import type { GpuContext } from '../../gpu/device';
import { DeviceLostError } from '../../gpu/errors';
import { Kernel } from '../../gpu/kernel';
import type { BufferScope } from '../../gpu/memory';
import { expandTemplate } from '../../gpu/template';
import { storedRows, uploadRows, type RowLayout } from './row-texture';

export type RowReads = 'buffer' | 'texture';

/** Rows and their blocks that are read in no order. */
const ROWS = 256;
const BLOCKS = 4;
/** Invocations, and rows that each of them reads: milliseconds in software, microseconds in hardware. */
const INVOCATIONS = 1024;
const WORKGROUP = 64;
const ROUNDS = 256;
/** Rounds after which the answer may be the texture, and after which it is the buffer. */
const FEW_ROUNDS = 3;
const MANY_ROUNDS = 12;
/**
 * The buffer stays unless the texture takes less than this share of its time, and milliseconds less: waiting for a GPU
 * that does it in no time tells nothing.
 */
const CLEARLY_FASTER = 0.85;
const CLEARLY = 0.5;

/** Answers of this page or worker, by adapter. */
const answers = new Map<string, Promise<RowReads>>();

/** Rejects with `DeviceLostError` where the device is lost; any other trouble with textures means that buffers are read. */
export function fasterRowReads(context: GpuContext): Promise<RowReads> {
  const { vendor, architecture, description } = context.adapter;
  const key = [vendor, architecture, description].join('|');
  const known = answers.get(key);
  if (known) return known;
  const answer = measure(context).catch((error: unknown): RowReads => {
    if (error instanceof DeviceLostError) throw error;
    return 'buffer';
  });
  answers.set(key, answer);
  answer.catch(() => answers.delete(key));
  return answer;
}

async function measure(context: GpuContext): Promise<RowReads> {
  const scope = context.scope('row reads');
  try {
    const [readBuffer, readTexture] = await prepare(context, scope);
    // The first time pays for what drivers put off until then.
    await readBuffer();
    await readTexture();
    let [buffer, texture] = [Infinity, Infinity];
    for (let round = 1; round <= MANY_ROUNDS; round++) {
      buffer = Math.min(buffer, await readBuffer());
      texture = Math.min(texture, await readTexture());
      // Nothing takes long on a device that is gone.
      context.assertAlive();
      if (round >= FEW_ROUNDS && texture < CLEARLY_FASTER * buffer && texture < buffer - CLEARLY) return 'texture';
    }
    return 'buffer';
  } finally {
    scope.destroy();
  }
}

type Timed = () => Promise<number>;

/** What reads from a buffer and what reads from a texture; each call resolves to its milliseconds. */
async function prepare(context: GpuContext, scope: BufferScope): Promise<readonly [Timed, Timed]> {
  const { device } = context;
  const values = new Float32Array(ROWS * BLOCKS * 4).fill(1);
  const layout = { across: 1, lines: ROWS };
  const [buffers, texture] = await scope.checked(
    () =>
      [
        {
          features: scope.upload('features', values, GPUBufferUsage.STORAGE),
          sums: scope.create('sums', INVOCATIONS * 16, GPUBufferUsage.STORAGE),
        },
        uploadRows(device, scope, { features: values, blocks: BLOCKS, layout }),
      ] as const,
  );
  const constants = Object.entries({ BLOCKS, WORKGROUP, ROUNDS }).map(([name, n]) => `const ${name} = ${n}u;`);
  const body = expandTemplate(readRowsWgsl, { BLOCKS });
  const compile = (inTexture?: RowLayout) =>
    Kernel.create(context, {
      label: 'row reads',
      code: [...constants, ...storedRows(ROWS, inTexture), body].join('\n\n'),
    });
  const timed = (kernel: Kernel): Timed => {
    const bindings = kernel.bind(buffers, texture.bindings);
    return async () => {
      const start = performance.now();
      const encoder = device.createCommandEncoder({ label: 'row reads' });
      const pass = encoder.beginComputePass({ label: 'row reads' });
      pass.setPipeline(kernel.pipeline);
      pass.setBindGroup(0, bindings);
      pass.dispatchWorkgroups(INVOCATIONS / WORKGROUP);
      pass.end();
      device.queue.submit([encoder.finish()]);
      await device.queue.onSubmittedWorkDone();
      return performance.now() - start;
    };
  };
  const [inBuffer, inTexture] = await Promise.all([compile(), compile(layout)]);
  return [timed(inBuffer), timed(inTexture)];
}
