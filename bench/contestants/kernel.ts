/** Ours, bare: lanes on the GPU without session, worker or recording. */
import type { Backend, Cohort, Segment } from '../../src/engine/backend';
import { mass } from '../../src/optimizers/mass';
import { MAX_SLOTS } from '../../src/optimizers/types';
import { lossesAt } from '../check';
import { timed, type Contestant } from '../contestant';
import type { Task } from '../tasks';

/** Computing time of one submission: the engine's own when nobody watches. */
const SLICE = 50;

export function kernel(backend: Backend): Contestant {
  return {
    id: 'kernel',
    label: 'ours, bare kernel',
    note: 'the lanes of the engine advanced by themselves, nothing recorded',
    prepare: async (task) => {
      // Kept to the end: while one cohort of a program lives, the next one finds it compiled.
      const first = await cohortOf(backend, task);
      let rate: number | undefined;
      return {
        losses: async (steps) => {
          const cohort = await cohortOf(backend, task);
          await cohort.execute([{ from: 0, to: steps, record: false }]);
          const { values } = await cohort.save();
          cohort.destroy();
          return lossesAt(task, weights(values, task));
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
    },
  };
}

function cohortOf(backend: Backend, { objective, lanes, config: { seed, sampling } }: Task): Promise<Cohort> {
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

/** MaSS's iterates out of a saved state, lanes × dimension. */
function weights(values: Float64Array, { lanes, objective }: Task): Float64Array {
  const d = objective.dimension;
  const w = new Float64Array(lanes.length * d);
  for (let k = 0; k < lanes.length; k++)
    w.set(values.subarray((k * MAX_SLOTS + mass.iterate) * d, (k * MAX_SLOTS + mass.iterate + 1) * d), k * d);
  return w;
}
