/**
 * How lanes lie on the GPU: which lanes share their minibatches, and how many invocations work on them. Pure functions of
 * the lanes and of what the adapter offers.
 *
 * What a mapping may change: the path and the threads of a lane change the order of its sums, so its results within
 * rounding; they depend on adapter, dimension and kind of rows alone, so that a lane's results do not depend on its
 * company. How many lanes share a group, rows a tile and invocations a workgroup change nothing.
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
  /** They are all of a subgroup, whatever size it has. */
  readonly wholeSubgroup: boolean;
  /** Fused: blocks of four coordinates in the registers of one invocation. */
  readonly blocksPerThread: number;
  /** Most lanes in one group. */
  readonly maxSlots: number;
  /** Batched: rows of a minibatch whose residuals one group of invocations works out together. */
  readonly rowTile: number;
}

/** Blocks in the registers of one invocation: more makes compilers spill. */
const MAX_BLOCKS = 8;
/** The same where a lane has no other invocation to share its blocks with. */
const MAX_BLOCKS_ALONE = 16;
/** Unrolled slot-blocks that a kernel body holds before hardware runs out of registers. */
const BODY = 24;
/** The same in software, which keeps what it holds in memory anyway, before it gets slow to compile. */
const BODY_IN_SOFTWARE = 32;
const MAX_SLOTS_PER_GROUP = 8;

/** Software renders a subgroup as one vector of the processor. */
const isSoftware = (traits: AdapterTraits) => traits.subgroups && traits.subgroupMaxSize <= 16;

/**
 * The mappings that make sense for a dimension, the best guess first: at least one. Measuring tells which is the
 * fastest on an adapter.
 */
export function mappings(dimension: number, traits: AdapterTraits): readonly Mapping[] {
  const blocks = Math.ceil(dimension / 4);
  const most = isSoftware(traits) ? BODY_IN_SOFTWARE : BODY;
  const fused = (threads: number, body = most): Mapping => {
    const blocksPerThread = Math.ceil(blocks / threads);
    const maxSlots = Math.max(1, Math.min(MAX_SLOTS_PER_GROUP, Math.floor(body / blocksPerThread)));
    return {
      path: 'fused',
      threads,
      wholeSubgroup: isWholeSubgroup(threads, traits),
      blocksPerThread,
      maxSlots,
      rowTile: 1,
    };
  };
  // Small models need no company: sums over invocations cost more than they save.
  if (blocks <= 4) return [fused(1)];
  const widths = widthsOf(blocks, traits);
  const fitting = widths.filter((width) => Math.ceil(blocks / width) <= MAX_BLOCKS);
  // A handful of blocks each is where loads, sums and registers balance.
  const best = fitting.find((width) => blocks / width <= 4) ?? fitting.at(-1);
  if (best !== undefined) {
    const slots = blocks / best > 2 ? [fused(best), fused(best, (most * 2) / 3)] : [fused(best)];
    // Where it is hardware, more invocations a lane hide its latencies, fewer save sums.
    const others = isSoftware(traits) ? [] : fitting.filter((width) => width !== best && width >= best / 2);
    return distinct([...slots, ...others.map((width) => fused(width))]);
  }
  const tiles = batchedMappings(dimension, traits);
  return blocks <= MAX_BLOCKS_ALONE && widths.length === 0 ? [fused(1), ...tiles] : tiles;
}

/** Those of two dispatches a step, the best guess first. */
export function batchedMappings(dimension: number, traits: AdapterTraits): readonly Mapping[] {
  const threads = widthsOf(Math.ceil(dimension / 4), traits).at(-1) ?? 1;
  const shared = { threads, wholeSubgroup: isWholeSubgroup(threads, traits), blocksPerThread: 0, maxSlots: 5 };
  return [8, 4].map((rowTile) => ({ path: 'batched', ...shared, rowTile }));
}

/** Numbers of invocations that may share the blocks of a lane. */
function widthsOf(blocks: number, traits: AdapterTraits): number[] {
  const widest = traits.subgroups ? Math.max(4, traits.subgroupMinSize) : 1;
  return [4, 8, 16, 32].filter((width) => width <= widest && width < 2 * blocks);
}

const isWholeSubgroup = (threads: number, traits: AdapterTraits) =>
  threads > 1 && threads === traits.subgroupMinSize && threads === traits.subgroupMaxSize;

function distinct(all: readonly Mapping[]): Mapping[] {
  return [...new Map(all.map((mapping) => [JSON.stringify(mapping), mapping])).values()];
}

/** The best guess where nothing was measured. */
export const guessMapping = (dimension: number, traits: AdapterTraits): Mapping => mappings(dimension, traits)[0]!;

/**
 * Lanes of a group in a cohort: as many as the mapping holds, unless too few groups would be left to occupy the
 * adapter. Lanes of several optimizers stay together: apart, each kind would be a dispatch of its own.
 */
export function slotsFor(mapping: Mapping, lanes: readonly Lane[], traits: AdapterTraits): number {
  const one = lanes.every(({ run }) => run.optimizer === lanes[0]!.run.optimizer);
  if (!one) return mapping.maxSlots;
  return Math.max(1, Math.min(mapping.maxSlots, Math.ceil(lanes.length / parallelGroups(mapping, traits))));
}

/** Groups that an adapter works on at once, roughly: cores in software, and many small ones in hardware. */
const parallelGroups = (mapping: Mapping, traits: AdapterTraits) =>
  isSoftware(traits) ? 2 : Math.max(16, 2048 / mapping.threads);

/**
 * Invocations of a workgroup: small while few lanes have to spread over all cores, larger where there are plenty. At
 * least one subgroup.
 */
export function workgroupFor(invocations: number, traits: AdapterTraits): number {
  const subgroup = traits.subgroups ? Math.min(64, Math.max(4, traits.subgroupMaxSize)) : 16;
  const large = isSoftware(traits) ? 4 * subgroup : 64;
  return invocations >= 16 * large ? Math.max(large, subgroup) : subgroup;
}

/**
 * Groups of lanes whose slots hold the same optimizers in the same order, with even batch sizes or with odd ones: one
 * program, one dispatch.
 */
export interface LaneGroups {
  readonly optimizers: readonly OptimizerId[];
  /** Lane numbers, `optimizers.length` a group; the lanes of a group have one seed and one batch size. */
  readonly members: Uint32Array<ArrayBuffer>;
  readonly maxBatch: number;
  readonly evenBatches: boolean;
}

/**
 * Lanes with one seed and one batch size, in groups of at most `maxSlots`. A group takes as many lanes of each optimizer
 * as it can take of all, so that the equal shares of a sweep make one program, not one for every way to cut a list.
 */
export function groupLanes(lanes: readonly Lane[], maxSlots: number): LaneGroups[] {
  const programs = new Map<string, Omit<LaneGroups, 'members'> & { members: number[]; maxBatch: number }>();
  for (const bucket of bucketsOf(lanes)) {
    const { batch } = lanes[bucket[0]!]!.run;
    const evenBatches = batch % 2 === 0;
    let kinds = optimizerIds
      .map((id) => bucket.filter((k) => lanes[k]!.run.optimizer === id))
      .filter((numbers) => numbers.length > 0);
    while (kinds.length > 0) {
      const chosen = kinds.slice(0, maxSlots);
      const most = Math.max(1, Math.floor(maxSlots / chosen.length));
      const chunk = chosen.flatMap((numbers) => numbers.splice(0, share(numbers.length, most)));
      kinds = kinds.filter((numbers) => numbers.length > 0);
      const optimizers = chunk.map((k) => lanes[k]!.run.optimizer);
      const key = `${optimizers.join()} ${evenBatches}`;
      const program = programs.get(key) ?? { optimizers, members: [], maxBatch: 0, evenBatches };
      programs.set(key, program);
      program.members.push(...chunk);
      program.maxBatch = Math.max(program.maxBatch, batch);
    }
  }
  return [...programs.values()].map((program) => ({ ...program, members: Uint32Array.from(program.members) }));
}

/** The first of the parts, at most `most` each and as equal as can be, that `count` is cut into. */
const share = (count: number, most: number) => Math.ceil(count / Math.ceil(count / most));

/** Lane numbers of each seed and batch size. */
function bucketsOf(lanes: readonly Lane[]): number[][] {
  const buckets = new Map<string, number[]>();
  lanes.forEach((lane, k) => {
    const key = `${lane.seed} ${lane.run.batch}`;
    const bucket = buckets.get(key);
    if (bucket) bucket.push(k);
    else buckets.set(key, [k]);
  });
  return [...buckets.values()];
}

/** Rows of a tile of a batched step: not more than a small batch fills. */
export const rowTileOf = ({ rowTile }: Mapping, maxBatch: number): number =>
  [rowTile, 8, 4].find((tile) => tile <= rowTile && tile <= maxBatch) ?? 1;

/** Whether these lanes come to the same programs with both mappings: other lanes would tell them apart. */
export function areAlike(a: Mapping, b: Mapping, lanes: readonly Lane[], traits: AdapterTraits): boolean {
  if (a.path !== b.path || a.threads !== b.threads || a.blocksPerThread !== b.blocksPerThread) return false;
  const [programs, others] = [a, b].map((mapping) =>
    groupLanes(lanes, slotsFor(mapping, lanes, traits)).map(
      ({ optimizers, members, maxBatch }) => `${optimizers.join()} ${rowTileOf(mapping, maxBatch)} ${members.join()}`,
    ),
  );
  return programs!.join('\n') === others!.join('\n');
}

/** Lanes with one seed and one batch size draw the same rows: where each of these minibatches begins among all. */
export interface Minibatches {
  readonly list: readonly { readonly lane: number; readonly first: number; readonly batch: number }[];
  /** Place of the first row of each lane's minibatch. */
  readonly firstRows: Uint32Array<ArrayBuffer>;
  /** Rows of all minibatches. */
  readonly rows: number;
}

export function minibatchesOf(lanes: readonly Lane[]): Minibatches {
  const firstRows = new Uint32Array(lanes.length);
  let rows = 0;
  const list = bucketsOf(lanes).map((bucket) => {
    const { batch } = lanes[bucket[0]!]!.run;
    const first = rows;
    for (const k of bucket) firstRows[k] = first;
    rows += batch;
    return { lane: bucket[0]!, first, batch };
  });
  return { list, firstRows, rows };
}
