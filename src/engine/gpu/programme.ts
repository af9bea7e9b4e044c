/** What a cohort dispatches: made once for its lanes, by the family of their objective. */
import type { GpuContext } from '../../gpu/device';
import { Kernel, type Textures } from '../../gpu/kernel';
import type { BufferScope } from '../../gpu/memory';
import type { CohortOptions } from '../backend';

export type Buffers = Readonly<Record<string, GPUBuffer>>;

export interface Dispatch {
  readonly kernel: Kernel;
  readonly group: GPUBindGroup;
  readonly workgroups: number;
}

/** Dispatches of a recording that share their parameters. */
export interface RecordPart {
  readonly dispatches: readonly Dispatch[];
  /** Rows that the kernels find in the place of the steps; absent: the step that is recorded. */
  readonly rows?: { readonly from: number; readonly to: number };
}

export interface Programme {
  /** `advance` takes any number of steps at once; else one. */
  readonly fused: boolean;
  /** `advance` makes the recordings as well, up to `MARKS` of them in a dispatch. */
  readonly marked?: boolean;
  /** In order. */
  readonly advance: readonly Dispatch[];
  /** In order; empty where losses are never asked for, or recorded by `advance`. */
  readonly record: readonly RecordPart[];
  /** Multiply-adds of one step, and of one recording, of all lanes. */
  readonly work: { readonly step: number; readonly record: number };
}

/** What a programme is made with. */
export interface ProgrammeTools {
  readonly context: GpuContext;
  /** Owner of the buffers that it makes. */
  readonly scope: BufferScope;
  readonly options: CohortOptions;
  /** `work`, `lanes`, `state`, `alive`, `losses`; `statistics` where lanes have any. */
  readonly buffers: Buffers;
  /** Bytes of the uniform `work`, which is bound with an offset. */
  readonly workSize: number;
}

export type MakeProgramme = (tools: ProgrammeTools) => Promise<Programme>;

/** Compiles a program and binds its buffers and textures. Rejects with `ShaderError`. */
export async function dispatchOf(
  { context, workSize }: Pick<ProgrammeTools, 'context' | 'workSize'>,
  request: { readonly label: string; readonly code: string; readonly workgroups: number },
  buffers: Buffers,
  textures?: Textures,
): Promise<Dispatch> {
  const { label, code, workgroups } = request;
  const kernel = await Kernel.create(context, { label, code, dynamic: { name: 'work', size: workSize } });
  return { kernel, group: kernel.bind(buffers, textures), workgroups };
}
