/** How much GPU memory a network's lanes take all together, told before anything of them is made. */
import { DYNAMIC_STRIDE } from '../../../gpu/kernel';
import { slotBytes } from '../../../gpu/readback';
import { MAX_SLOTS } from '../../../optimizers/types';
import { networkMetrics } from '../../../problems/metrics';
import type { Lane } from '../../backend';
import { MAX_SEGMENTS } from '../../slices';
import { LANE_RECORD_BYTES } from '../cohort-memory';
import { WORK_SLOTS } from '../submissions';
import { exampleBytes } from './example-buffers';
import { chunkOf, passOf, programmeBytes, type NetworkSizes } from './network-programme';
import { evaluationMemory, trainingMemory } from './passes';

/** Bytes that a cohort may take: what goes beyond is refused before anything of it is made. */
export const NETWORK_BUDGET = 4 * 2 ** 30;

/** Lanes that pass together: those of one batch size. */
export interface LaneSet {
  readonly batch: number;
  readonly lanes: number;
  /** Seeds among them: lanes of one seed share their minibatches. */
  readonly seeds: number;
}

export function laneSets(lanes: readonly Lane[]): LaneSet[] {
  const batches = new Map<number, number[]>();
  for (const { run, seed } of lanes) batches.set(run.batch, [...(batches.get(run.batch) ?? []), seed]);
  return [...batches].map(([batch, seeds]) => ({ batch, lanes: seeds.length, seeds: new Set(seeds).size }));
}

/** In bytes. */
export interface NetworkMemory {
  /** All buffers, the rows and what is read back included. */
  readonly total: number;
  /** What is read back of it, at most: the rest is there from the start, to the byte. */
  readonly staging: number;
  /** The largest buffer that a kernel binds. */
  readonly largest: number;
}

/** The memory of a cohort; at most, where it is not said whether products are worked out by quads. */
export function networkMemory(sizes: NetworkSizes, sets: readonly LaneSet[], quads = true): NetworkMemory {
  const { dimension, statistics } = sizes.network;
  const lanes = sets.reduce((all, set) => all + set.lanes, 0);
  const state = 4 * MAX_SLOTS * dimension * lanes;
  const running = 4 * statistics * lanes;
  const losses = 4 * MAX_SEGMENTS * networkMetrics(sizes).length * lanes;
  const passes = [
    ...sets.map(({ batch, lanes: members, seeds }) =>
      trainingMemory({ ...passOf(sizes, batch, 'training'), quads }, members, seeds),
    ),
    evaluationMemory({ ...passOf(sizes, chunkOf(sizes), 'evaluation'), quads }, lanes),
  ];
  const bound = [
    ...exampleBytes(sizes),
    state,
    running,
    losses,
    ...programmeBytes(sizes).map((bytes) => bytes * lanes),
    // Records and liveness of lanes, and numbers of lanes: of all, for each batch size, and for its optimizers.
    (LANE_RECORD_BYTES + 5 * 4) * lanes,
    // One lane of every seed.
    ...sets.map(({ seeds }) => 4 * seeds),
    ...passes.flatMap(({ workspaces }) => workspaces),
    WORK_SLOTS * DYNAMIC_STRIDE,
    ...passes.map(({ uniforms }) => uniforms),
  ];
  // Losses of two calls under way, and what is saved: the state, which lanes are alive, and running statistics.
  const staged = [losses, losses, state, 4 * lanes, ...(running > 0 ? [running] : [])];
  const staging = staged.reduce((all, bytes) => all + slotBytes(bytes), 0);
  return { total: bound.reduce((all, bytes) => all + bytes, staging), staging, largest: Math.max(...bound) };
}
