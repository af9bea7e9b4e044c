/**
 * Which mapping is the fastest on this adapter: the few that make sense are run briefly with the real kernels on scratch
 * lanes, once per adapter, dimension and kind of rows; the answer is kept. It must not change while results are compared:
 * lanes of one experiment, cut into several cohorts or computed again after a loss, get the same mapping.
 */
import type { GpuContext } from '../../gpu/device';
import { DeviceLostError } from '../../gpu/errors';
import type { CohortOptions, Lane } from '../backend';
import { GpuCohort } from './gpu-cohort';
import { linearProgramme } from './linear-programme';
import { batchedMappings, mappings, type Mapping } from './mapping';
import type { ObjectiveBuffers } from './objective-buffers';

/** Keeps answers across restarts. Failures are its own affair: what cannot be read is measured again. */
export interface MappingStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<void>;
}

/** Part of every key: raise it when kernels change so much that old answers mislead. */
const VERSION = 2;
/** Milliseconds after which no further mapping is tried; compilation counts. */
const BUDGET = 400;
/** Milliseconds of computing that tell mappings apart. */
const ENOUGH = 5;
/** The guess stays unless another one takes less than this share of its time. */
const CLEARLY_FASTER = 0.9;
/** Minibatches that scratch lanes draw: enough to occupy an adapter. */
const SEEDS = 16;
const MAX_BATCH = 4;

/** Answers of this page or worker, by adapter and shape; backends opened one after the other share them. */
const answers = new Map<string, Promise<Mapping>>();

/** The key of an answer. */
export function tuningKey(context: Pick<GpuContext, 'adapter' | 'features'>, options: CohortOptions): string {
  const { vendor, architecture, description } = context.adapter;
  const { subgroups, subgroupMinSize, subgroupMaxSize } = context.features;
  const { dimension, rows } = options.objective;
  const traits = [subgroups, subgroupMinSize, subgroupMaxSize];
  return ['mapping', VERSION, vendor, architecture, description, ...traits, rows.kind, dimension].join('|');
}

/**
 * The mapping for these lanes. Rejects with `DeviceLostError` where the device is lost; any other trouble of a mapping
 * only means that it is not chosen.
 */
export function tunedMapping(
  context: GpuContext,
  options: CohortOptions,
  objective: ObjectiveBuffers,
  store: MappingStore | undefined,
): Promise<Mapping> {
  const { dimension } = options.objective;
  // Rows that are worked out in each step take most of its time, whatever the mapping.
  if (objective.computedRows) return Promise.resolve(batchedMappings(dimension, context.features)[0]!);
  const candidates = mappings(dimension, context.features);
  if (candidates.length === 1) return Promise.resolve(candidates[0]!);
  const key = tuningKey(context, options);
  const known = answers.get(key);
  if (known) return known;
  const answer = recall(key, candidates, store).then(
    async (kept) => kept ?? measure(candidates, context, options, objective, (best) => remember(key, best, store)),
  );
  answers.set(key, answer);
  answer.catch(() => answers.delete(key));
  return answer;
}

const nameOf = ({ path, threads, maxSlots, rowTile }: Mapping) => [path, threads, maxSlots, rowTile].join(' ');

async function recall(key: string, candidates: readonly Mapping[], store: MappingStore | undefined) {
  const name = await store?.get(key).catch(() => undefined);
  return candidates.find((mapping) => nameOf(mapping) === name);
}

async function remember(key: string, mapping: Mapping, store: MappingStore | undefined) {
  await store?.set(key, nameOf(mapping)).catch(() => undefined);
}

async function measure(
  candidates: readonly Mapping[],
  context: GpuContext,
  options: CohortOptions,
  objective: ObjectiveBuffers,
  keep: (best: Mapping) => Promise<void>,
): Promise<Mapping> {
  const start = performance.now();
  let best = candidates[0]!;
  let bestTime = Infinity;
  let longest = 0;
  for (const mapping of candidates) {
    const before = performance.now();
    if (before - start + longest > BUDGET) break;
    try {
      const time = await timeOf(mapping, context, options, objective);
      if (time < bestTime * CLEARLY_FASTER || bestTime === Infinity) [best, bestTime] = [mapping, time];
    } catch (error) {
      if (error instanceof DeviceLostError) throw error;
    }
    longest = Math.max(longest, performance.now() - before);
  }
  await keep(best);
  return best;
}

/** Milliseconds of a lane's step. */
async function timeOf(
  mapping: Mapping,
  context: GpuContext,
  options: CohortOptions,
  objective: ObjectiveBuffers,
): Promise<number> {
  const lanes = scratchLanes(options.lanes, mapping.maxSlots);
  const { objective: problem, seed, sampling } = options;
  const cohort = await GpuCohort.create(
    context,
    { objective: problem, seed, sampling, lanes, lossLimit: Number.MAX_VALUE },
    { programme: linearProgramme({ objective, mapping, records: false }), onDestroy: () => undefined },
  );
  try {
    let from = 0;
    const run = async (steps: number) => {
      const before = performance.now();
      await cohort.execute([{ from, to: from + steps, record: false }]);
      from += steps;
      return performance.now() - before;
    };
    // The first run pays for what drivers put off until then.
    await run(1);
    let steps = 8;
    let time = await run(steps);
    while (time < ENOUGH && steps < 1e5) {
      steps *= Math.min(8, Math.max(2, Math.ceil(ENOUGH / Math.max(time, 0.1))));
      time = await run(steps);
    }
    return Math.min(time, await run(steps)) / (steps * lanes.length);
  } finally {
    cohort.destroy();
  }
}

/** Lanes of the same optimizers, in full groups: the program measured is the one that will be used. */
function scratchLanes(lanes: readonly Lane[], slots: number): Lane[] {
  const kinds = [...new Map(lanes.map((lane) => [lane.run.optimizer, lane.run])).values()];
  return Array.from({ length: SEEDS * slots }, (_, k): Lane => {
    const run = kinds[(k % slots) % kinds.length]!;
    return { seed: Math.floor(k / slots), run: { ...run, batch: Math.min(MAX_BATCH, run.batch) } };
  });
}
