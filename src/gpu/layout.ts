/** Byte layouts of WGSL structs, read from the WGSL itself: no offset is written down twice. */
import { makeShaderDataDefinitions, makeStructuredView, type ShaderDataDefinitions } from 'webgpu-utils';

export interface StructLayout {
  /** Bytes of one struct, and the stride of an array of them. */
  readonly size: number;
  /** Byte offset of each field. */
  readonly offsets: Readonly<Record<string, number>>;
  /**
   * Writes one struct at `byteOffset` of `target` (padding as zeros). Every field needs its value: a number for a
   * scalar, for vectors, matrices and arrays all components in order, without padding. An unknown or missing field,
   * a wrong count or a number that the type cannot hold throws and names the field; nothing is written then.
   */
  write(
    target: ArrayBuffer | ArrayBufferView<ArrayBuffer>,
    byteOffset: number,
    values: Readonly<Record<string, number | readonly number[]>>,
  ): void;
}

type FieldView = Float32Array | Uint32Array | Int32Array;

interface Field {
  readonly view: FieldView;
  /** Components a caller gives. */
  readonly length: number;
  /** Rows of three components take the place of four. */
  readonly threes: boolean;
}

/**
 * The layout of one struct of a WGSL module with fields of 32-bit numbers: scalars, vectors, matrices and arrays of
 * these. Throws for an unknown struct, and for fields of other types (structs, f16, arrays without a length).
 */
export function structLayout(code: string, structName: string): StructLayout {
  const definition = reflect(code, structName);
  const { views, arrayBuffer } = makeStructuredView(definition) as { views: unknown; arrayBuffer: ArrayBuffer };
  const scratch = new Uint8Array(arrayBuffer);
  const fields = new Map<string, Field>();
  const offsets: Record<string, number> = {};
  for (const [name, { offset, type }] of Object.entries(definition.fields)) {
    const view = (views as Record<string, unknown>)[name];
    const kind = scalarOrVector(type);
    if (kind === undefined || !isFieldView(view) || view.length === 0)
      throw new Error(`Field ${structName}.${name} has a type whose layout is not supported`);
    const threes = /^(vec3|mat[234]x3)/.test(kind) && view.length > 3;
    fields.set(name, { view, threes, length: threes ? (view.length / 4) * 3 : view.length });
    offsets[name] = offset;
  }

  return {
    size: definition.size,
    offsets,
    write(target, byteOffset, values) {
      for (const name of Object.keys(values))
        if (!fields.has(name))
          throw new Error(`${structName} has no field "${name}" (it has ${[...fields.keys()].join(', ')})`);
      for (const [name, field] of fields) fill(`${structName}.${name}`, field, values[name]);
      const bytes =
        target instanceof ArrayBuffer
          ? new Uint8Array(target)
          : new Uint8Array(target.buffer, target.byteOffset, target.byteLength);
      if (byteOffset < 0 || byteOffset + scratch.length > bytes.length)
        throw new RangeError(
          `${structName} (${scratch.length} bytes) does not fit at byte ${byteOffset} of ${bytes.length}`,
        );
      bytes.set(scratch, byteOffset);
    },
  };
}

function reflect(code: string, structName: string): ShaderDataDefinitions['structs'][string] {
  let structs: ShaderDataDefinitions['structs'];
  try {
    ({ structs } = makeShaderDataDefinitions(code));
  } catch (cause) {
    throw new Error(`Cannot read the WGSL that declares struct ${structName}: ${String(cause)}`, { cause });
  }
  const definition = structs[structName];
  if (!definition)
    throw new Error(`The WGSL declares no struct ${structName} (it has ${Object.keys(structs).join(', ')})`);
  return definition;
}

/** The WGSL name of a scalar, vector or matrix type, or of an array's elements; undefined for anything else. */
function scalarOrVector(type: object): string | undefined {
  if ('type' in type) return typeof type.type === 'string' ? type.type : undefined;
  if ('elementType' in type && typeof type.elementType === 'object' && type.elementType !== null)
    return 'type' in type.elementType ? scalarOrVector(type.elementType) : undefined;
  return undefined;
}

function isFieldView(view: unknown): view is FieldView {
  return view instanceof Float32Array || view instanceof Uint32Array || view instanceof Int32Array;
}

function fill(name: string, { view, length, threes }: Field, value: number | readonly number[] | undefined): void {
  if (value === undefined) throw new Error(`${name} has no value`);
  const numbers = typeof value === 'number' ? [value] : value;
  if (numbers.length !== length) throw new Error(`${name} takes ${length} numbers, not ${numbers.length}`);
  for (let k = 0; k < length; k++) {
    const number = numbers[k]!;
    const at = threes ? Math.floor(k / 3) * 4 + (k % 3) : k;
    view[at] = number;
    // Float32Array rounds, which is meant; the integer types would wrap or cut in silence.
    if (!(view instanceof Float32Array) && view[at] !== number)
      throw new RangeError(`${name} cannot hold ${number}: it is ${view instanceof Uint32Array ? 'u32' : 'i32'}`);
  }
}
