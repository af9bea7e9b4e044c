/** Reads safetensors files, as strictly as their specification has it. */
import type { Tensor } from '../../src/export/pytorch/safetensors';

export function readSafetensors(bytes: Uint8Array): Map<string, Tensor> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 8 + Number(view.getBigUint64(0, true));
  const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start));
  if (!text.startsWith('{')) throw new Error('The header must begin with {');
  const header = new Map(
    Object.entries(
      JSON.parse(text) as Record<string, { dtype: string; shape: number[]; data_offsets: [number, number] }>,
    ),
  );
  let end = 0;
  const tensors = new Map<string, Tensor>();
  for (const [name, { dtype, shape, data_offsets }] of [...header].sort(
    ([, a], [, b]) => a.data_offsets[0] - b.data_offsets[0] || a.data_offsets[1] - b.data_offsets[1],
  )) {
    const [from, to] = data_offsets;
    const width = dtype === 'F32' ? 4 : 8;
    const count = shape.reduce((product, length) => product * length, 1);
    if (from !== end) throw new Error(`"${name}" leaves a gap, or overlaps`);
    if (to - from !== count * width) throw new Error(`"${name}" does not have its shape`);
    if ((start + from) % width !== 0) throw new Error(`"${name}" is not aligned`);
    end = to;
    const data =
      dtype === 'F32'
        ? Float32Array.from({ length: count }, (_, k) => view.getFloat32(start + from + 4 * k, true))
        : BigInt64Array.from({ length: count }, (_, k) => view.getBigInt64(start + from + 8 * k, true));
    tensors.set(name, { name, shape, data });
  }
  if (start + end !== bytes.length) throw new Error('The file does not end with its last tensor');
  return tensors;
}
