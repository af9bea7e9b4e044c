/**
 * How lanes lie on the GPU: which lanes share their minibatches, and how many invocations work on them. Pure functions of
 * the lanes and of what the adapter offers; a mapping never changes results beyond rounding.
 */
import type { OptimizerId } from '../../optimizers/registry';
import { optimizerIds } from '../../optimizers/registry';
import type { Lane } from '../backend';

export interface AdapterTraits {
  readonly subgroups: boolean;
  /** Smallest subgroup the adapter may use. */
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
}

export interface Mapping {
  /**
   * fused: whole steps in one dispatch, state in registers. batched: two dispatches a step, state in memory; for
   * dimensions whose state does not fit in registers.
   */
  readonly path: 'fused' | 'batched';
  /** Invocations that share one group of lanes (a power of two, at most the subgroup size). */
  readonly threads: number;
  /** Fused: blocks of four coordinates in the registers of one invocation. */
  readonly blocksPerThread: number;
  /** Invocations of a workgroup: one subgroup, so that few lanes still spread over all cores. */
  readonly workgroup: number;
  /** Most lanes in one group. */
  readonly maxSlots: number;
}

/** Registers of one invocation, in blocks: more makes compilers spill. */
const MAX_BLOCKS = 8;
/** Unrolled slot-blocks a kernel body holds before it gets slow to compile. */
const BODY = 12;

export function chooseMapping(dimension: number, traits: AdapterTraits): Mapping {
  const blocks = Math.ceil(dimension / 4);
  const workgroup = traits.subgroups ? Math.min(64, Math.max(4, traits.subgroupMaxSize)) : 64;
  if (blocks <= 4)
    return { path: 'fused', threads: 1, workgroup, blocksPerThread: blocks, maxSlots: fusedSlots(blocks) };
  const widths = traits.subgroups ? [4, 16, 32].filter((width) => width <= Math.max(4, traits.subgroupMinSize)) : [1];
  const comfortable = widths.find((width) => blocks / width <= 4) ?? widths.at(-1)!;
  const blocksPerThread = Math.ceil(blocks / comfortable);
  if (blocksPerThread <= MAX_BLOCKS)
    return { path: 'fused', threads: comfortable, workgroup, blocksPerThread, maxSlots: fusedSlots(blocksPerThread) };
  return { path: 'batched', threads: widths.at(-1)!, workgroup, blocksPerThread: 0, maxSlots: 5 };
}

const fusedSlots = (blocksPerThread: number) => Math.max(1, Math.min(8, Math.floor(BODY / blocksPerThread)));

/** Groups of lanes whose slots hold the same optimizers in the same order: one program, one dispatch. */
export interface LaneGroups {
  readonly optimizers: readonly OptimizerId[];
  /** Lane numbers, `optimizers.length` a group; the lanes of a group have one seed and one batch size. */
  readonly members: Uint32Array<ArrayBuffer>;
  readonly maxBatch: number;
}

export function groupLanes(lanes: readonly Lane[], maxSlots: number): LaneGroups[] {
  const shared = new Map<string, number[]>();
  lanes.forEach((lane, k) => {
    const key = `${lane.seed} ${lane.run.batch}`;
    const bucket = shared.get(key);
    if (bucket) bucket.push(k);
    else shared.set(key, [k]);
  });
  const programs = new Map<string, { optimizers: OptimizerId[]; members: number[]; maxBatch: number }>();
  const order = (k: number) => optimizerIds.indexOf(lanes[k]!.run.optimizer);
  for (const bucket of shared.values()) {
    bucket.sort((a, b) => order(a) - order(b) || a - b);
    const chunks = Math.ceil(bucket.length / maxSlots);
    for (let c = 0; c < chunks; c++) {
      const chunk = bucket.slice(
        Math.floor((c * bucket.length) / chunks),
        Math.floor(((c + 1) * bucket.length) / chunks),
      );
      const optimizers = chunk.map((k) => lanes[k]!.run.optimizer);
      const program = programs.get(optimizers.join()) ?? { optimizers, members: [], maxBatch: 0 };
      programs.set(optimizers.join(), program);
      program.members.push(...chunk);
      program.maxBatch = Math.max(program.maxBatch, lanes[chunk[0]!]!.run.batch);
    }
  }
  return [...programs.values()].map((program) => ({ ...program, members: Uint32Array.from(program.members) }));
}
