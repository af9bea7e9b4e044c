/** A mapping on trial: its programs run on scratch lanes, and timed. */
import type { GpuContext } from '../../gpu/device';
import type { CohortOptions, Lane } from '../backend';
import { GpuCohort } from './gpu-cohort';
import { linearProgramme } from './linear-programme';
import { groupLanes, slotsFor, type AdapterTraits, type Mapping } from './mapping';
import type { ObjectiveBuffers } from './objective-buffers';

/** A mapping whose programs are compiled. Owns its scratch lanes until `close()`. */
export interface Trial {
  readonly mapping: Mapping;
  /** Milliseconds of a lane's step. Rejects with `DeviceLostError` where the device is lost. */
  time(): Promise<number>;
  close(): void;
}

/** Milliseconds of computing that tell mappings apart. */
const ENOUGH = 5;
/** Rows of a step of all scratch lanes: at least as many as occupy an adapter, at most as many as fill large workgroups. */
const FEW_ROWS = 64;
const MANY_ROWS = 1024;
const MOST_GROUPS = 256;
/** Rows of a fused step, whose program is the same for all even batch sizes, and for all odd ones. */
const MAX_BATCH = 4;

/** Compiles. Rejects with `ShaderError`, `OutOfMemoryError` or `DeviceLostError`; nothing is kept then. */
export async function openTrial(
  mapping: Mapping,
  context: GpuContext,
  options: CohortOptions,
  objective: ObjectiveBuffers,
): Promise<Trial> {
  const { lanes, slots } = scratchLanes(mapping, options.lanes, context.features);
  const { objective: problem, seed, sampling } = options;
  const cohort = await GpuCohort.create(
    context,
    { objective: problem, seed, sampling, lanes, lossLimit: Number.MAX_VALUE },
    { programme: linearProgramme({ objective, mapping, records: false, slots }), onDestroy: () => undefined },
  );
  return {
    mapping,
    time: async () => (await millisecondsOf(cohort)) / lanes.length,
    close: () => {
      cohort.destroy();
    },
  };
}

/** Milliseconds of a step of all lanes. */
async function millisecondsOf(cohort: GpuCohort): Promise<number> {
  let from = 0;
  const run = async (steps: number) => {
    const before = performance.now();
    await cohort.execute([{ from, to: from + steps, record: false }]);
    from += steps;
    return performance.now() - before;
  };
  // The first run pays for what drivers put off until then.
  let time = await run(1);
  let steps = time > ENOUGH ? 1 : 8;
  time = await run(steps);
  while (time < ENOUGH && steps < 1e5) {
    steps *= Math.min(8, Math.max(2, Math.ceil(ENOUGH / Math.max(time, 0.1))));
    time = await run(steps);
  }
  // Whatever else the machine does makes runs longer, never shorter.
  return Math.min(time, await run(steps), await run(steps)) / steps;
}

/**
 * Groups like the largest that the lanes make, each with minibatches of its own: what is compiled for them is compiled for
 * the lanes as well.
 */
export function scratchLanes(
  mapping: Mapping,
  lanes: readonly Lane[],
  traits: AdapterTraits,
): { readonly lanes: readonly Lane[]; readonly slots: number } {
  const programs = groupLanes(lanes, slotsFor(mapping, lanes, traits));
  const { optimizers, members } = programs.reduce((a, b) => (b.members.length > a.members.length ? b : a));
  const slots = optimizers.length;
  const runs = Array.from(members.subarray(0, slots), (lane) => lanes[lane]!.run);
  const { batch: rows } = runs[0]!;
  const batch = mapping.path === 'batched' || rows <= MAX_BATCH ? rows : MAX_BATCH - (rows % 2);
  const groups = Math.min(
    Math.max(Math.ceil(FEW_ROWS / batch), Math.floor(members.length / slots)),
    Math.ceil(MANY_ROWS / batch),
    MOST_GROUPS,
  );
  return {
    slots,
    lanes: Array.from({ length: groups }, (_, seed) =>
      runs.map((run): Lane => ({ seed, run: { ...run, batch } })),
    ).flat(),
  };
}
