/** How much GPU memory a network's lanes take all together, told before anything of them is made. */
import { MAX_SLOTS } from '../../../optimizers/types';
import { METRICS } from '../../../problems/metrics';
import type { Lane } from '../../backend';
import { MAX_SEGMENTS } from '../../slices';
import { LANE_RECORD_BYTES } from '../cohort-memory';
import { exampleBytes } from './example-buffers';
import { chunkOf, passOf, programmeBytes, type NetworkSizes } from './network-programme';
import { evaluationBuffers, trainingBuffers } from './passes';

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
  /** The largest buffer that a kernel binds. */
  readonly largest: number;
}

/** The memory of a cohort, but for a few uniforms; at most, where it is not said whether products are worked out by quads. */
export function networkMemory(sizes: NetworkSizes, sets: readonly LaneSet[], quads = true): NetworkMemory {
  const { dimension, statistics } = sizes.network;
  const lanes = sets.reduce((all, set) => all + set.lanes, 0);
  const state = 4 * MAX_SLOTS * dimension * lanes;
  const running = 4 * statistics * lanes;
  const losses = 4 * MAX_SEGMENTS * METRICS.length * lanes;
  const bound = [
    ...exampleBytes(sizes),
    state,
    running,
    losses,
    ...programmeBytes(sizes).map((bytes) => bytes * lanes),
    // Records and liveness of lanes, and numbers of lanes: of all, for each batch size, and for its optimizers.
    (LANE_RECORD_BYTES + 5 * 4) * lanes,
    ...sets.flatMap(({ batch, lanes: members, seeds }) =>
      trainingBuffers({ ...passOf(sizes, batch, 'training'), quads }, members, seeds),
    ),
    ...evaluationBuffers({ ...passOf(sizes, chunkOf(sizes), 'evaluation'), quads }, lanes),
  ];
  // Staging buffers, rounded up to powers of two: losses of two calls under way, and the state when it is saved.
  const staging = 2 * powerOfTwo(losses) + powerOfTwo(state) + powerOfTwo(running);
  return { total: bound.reduce((all, bytes) => all + bytes, staging), largest: Math.max(...bound) };
}

const powerOfTwo = (bytes: number) => (bytes === 0 ? 0 : 2 ** Math.ceil(Math.log2(bytes)));
