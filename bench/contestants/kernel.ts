/** Ours, bare: lanes on the GPU without session, worker or recording. */
import type { Backend, Cohort, Segment } from '../../src/engine/backend';
import { mass } from '../../src/optimizers/mass';
import { MAX_SLOTS } from '../../src/optimizers/types';
import { lossesAt } from '../check';
import { timed, type Contestant, type Trial } from '../contestant';
import { networkLosses } from '../network/layout';
import type { NetworkTask } from '../network/task';
import type { Task } from '../tasks';

/** Computing time of one submission: the engine's own when nobody watches. */
const SLICE = 50;

export function kernel(backend: Backend): Contestant {
  return {
    id: 'kernel',
    label: 'ours, bare kernel',
    note: 'the lanes of the engine advanced by themselves, nothing recorded',
    network: (task) => trial(backend, task, (values) => networkLosses(task, iterates(values, task))),
    prepare: (task) => trial(backend, task, (values) => lossesAt(task, joined(iterates(values, task)))),
  };
}

/** `losses`: of each lane, from a saved state. */
async function trial(
  backend: Backend,
  task: Task | NetworkTask,
  losses: (values: Float64Array) => Float64Array,
): Promise<Trial> {
  // Kept to the end: while one cohort of a program lives, the next one finds it compiled.
  const first = await cohortOf(backend, task);
  let rate: number | undefined;
  return {
    losses: async (steps) => {
      const cohort = await cohortOf(backend, task);
      await cohort.execute([{ from: 0, to: steps, record: false }]);
      const { values } = await cohort.save();
      cohort.destroy();
      return losses(values);
    },
    time: async (steps) => {
      const cohort = await cohortOf(backend, task);
      const milliseconds = await timed(() => advance(cohort, backend.depth, steps, rate));
      cohort.destroy();
      rate = steps / milliseconds;
      return milliseconds;
    },
    close: () => {
      first.destroy();
    },
  };
}

function cohortOf(
  backend: Backend,
  { objective, lanes, config: { seed, sampling } }: Task | NetworkTask,
): Promise<Cohort> {
  return backend.cohort({ objective, lanes, seed, sampling, lossLimit: 3e38 });
}

/** `steps` steps in slices, as many under way as the backend has use for. `rate`: steps in a millisecond, if known. */
async function advance(cohort: Cohort, depth: number, steps: number, rate: number | undefined): Promise<void> {
  const slice = Math.max(1, Math.ceil(rate === undefined ? steps : rate * SLICE));
  const underWay: Promise<unknown>[] = [];
  for (let from = 0; from < steps; from += slice) {
    const segment: Segment = { from, to: Math.min(from + slice, steps), record: false };
    if (underWay.length >= depth) await underWay.shift();
    underWay.push(cohort.execute([segment]));
  }
  await Promise.all(underWay);
}

/** MaSS's iterate of each lane out of a saved state. */
function iterates(values: Float64Array, { lanes, objective }: Task | NetworkTask): Float64Array[] {
  const d = objective.dimension;
  return lanes.map((_, k) => values.slice((k * MAX_SLOTS + mass.iterate) * d, (k * MAX_SLOTS + mass.iterate + 1) * d));
}

function joined(lanes: readonly Float64Array[]): Float64Array {
  return Float64Array.from(lanes.flatMap((lane) => [...lane]));
}
