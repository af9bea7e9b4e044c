/**
 * Writes safetensors files (https://huggingface.co/docs/safetensors): eight bytes with the length of a JSON header, the
 * header, raw little-endian numbers. Weights in it can be read anywhere without running anyone's code.
 */

/** Numbers of one type; a shape of no axes is one number. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major, as many as the shape has. */
  readonly data: Float32Array | BigInt64Array;
}

/** Numbers start at a multiple of this: readers may map them into memory as they are. */
const ALIGNMENT = 8;

const dtypeOf = (data: Tensor['data']) => (data instanceof Float32Array ? 'F32' : 'I64');

/** The bytes of a file. Throws a `RangeError` for a name that occurs twice or data that does not have its shape. */
export function writeSafetensors(tensors: readonly Tensor[]): Uint8Array<ArrayBuffer> {
  const entries = new Map<string, { dtype: string; shape: readonly number[]; data_offsets: [number, number] }>();
  let end = 0;
  // The widest numbers first: then all stand where they are aligned, without gaps, which the format forbids.
  const ordered = [...tensors].sort((a, b) => b.data.BYTES_PER_ELEMENT - a.data.BYTES_PER_ELEMENT);
  for (const { name, shape, data } of ordered) {
    if (name === '__metadata__' || entries.has(name))
      throw new RangeError(`A tensor cannot be named "${name}": the name is taken.`);
    const size = shape.reduce((product, length) => product * length, 1);
    if (size !== data.length)
      throw new RangeError(`The tensor "${name}" of shape [${shape.join(', ')}] has ${data.length} numbers.`);
    entries.set(name, { dtype: dtypeOf(data), shape, data_offsets: [end, end + data.byteLength] });
    end += data.byteLength;
  }
  const json = `{${[...entries].map(([name, entry]) => `${JSON.stringify(name)}:${JSON.stringify(entry)}`).join(',')}}`;
  const text = new TextEncoder().encode(json);
  const header = Math.ceil(text.length / ALIGNMENT) * ALIGNMENT;
  const bytes = new Uint8Array(8 + header + end);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(header), true);
  bytes.fill(0x20, 8, 8 + header);
  bytes.set(text, 8);
  let at = 8 + header;
  for (const { data } of ordered) {
    if (data instanceof Float32Array) for (const value of data) view.setFloat32((at += 4) - 4, value, true);
    else for (const value of data) view.setBigInt64((at += 8) - 8, value, true);
  }
  return bytes;
}
