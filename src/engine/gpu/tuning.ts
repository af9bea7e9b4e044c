/**
 * Which mapping is the fastest on this adapter: the few that make sense are run briefly with the real kernels on scratch
 * lanes, once per adapter, dimension and kind of rows; the answer is kept. It must not change while results are compared:
 * lanes of one experiment, cut into several cohorts or computed again after a loss, get the same mapping.
 */
import type { GpuContext } from '../../gpu/device';
import { DeviceLostError } from '../../gpu/errors';
import type { CohortOptions } from '../backend';
import { areAlike, batchedMappings, mappings, type Mapping } from './mapping';
import type { ObjectiveBuffers } from './objective-buffers';
import { openTrial, type Trial } from './trial';

/** Keeps answers across restarts. Failures are its own affair: what cannot be read is measured again. */
export interface MappingStore {
  get(key: string): Promise<unknown>;
  set(key: string, value: string): Promise<void>;
}

/** Part of every key: raise it when kernels change so much that old answers mislead. */
const VERSION = 3;
/** Milliseconds that all but the guess have for compiling; more where the guess itself takes long, this many times as much. */
const BUDGET = 400;
const LONGER = 1.5;
/** The guess stays unless another one takes less than this share of its time. */
const CLEARLY_FASTER = 0.9;

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
  const [guess, ...others] = candidates;
  if (others.every((other) => areAlike(guess!, other, options.lanes, context.features))) return Promise.resolve(guess!);
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
  const trials = await readyTrials(candidates.map((mapping) => openTrial(mapping, context, options, objective)));
  try {
    let best = trials[0]?.mapping ?? candidates[0]!;
    let bestTime = Infinity;
    if (trials.length > 1)
      for (const trial of trials) {
        const time = await unlessLost(trial.time());
        if (time !== undefined && (time < bestTime * CLEARLY_FASTER || bestTime === Infinity))
          [best, bestTime] = [trial.mapping, time];
      }
    await keep(best);
    return best;
  } finally {
    trials.forEach(close);
  }
}

const close = (trial: Trial) => {
  trial.close();
};

/**
 * Those that compile, in their order. All are compiled at the same time, and nothing is timed meanwhile: in software they
 * share the processor. The first one is waited for, others not for long.
 */
async function readyTrials(opening: readonly Promise<Trial>[]): Promise<Trial[]> {
  // One that fails before it is waited for is no error of the page.
  for (const trial of opening) trial.catch(() => undefined);
  const start = performance.now();
  const first = await unlessLost(opening[0]!);
  const taken = performance.now() - start;
  const patience = Math.max(BUDGET, LONGER * taken) - taken;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => {
      resolve(undefined);
    }, patience);
  });
  const others = opening.slice(1).map(async (trial) => {
    const ready = await Promise.race([unlessLost(trial), late]);
    // Compiling cannot be called off.
    if (!ready) trial.then(close, () => undefined);
    return ready;
  });
  try {
    return [first, ...(await Promise.all(others))].filter((trial) => trial !== undefined);
  } finally {
    clearTimeout(timer);
  }
}

/** Undefined where it failed; rejects with `DeviceLostError` alone. */
async function unlessLost<T>(attempt: Promise<T>): Promise<T | undefined> {
  try {
    return await attempt;
  } catch (error) {
    if (error instanceof DeviceLostError) throw error;
    return undefined;
  }
}
