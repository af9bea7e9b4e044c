/** What choosing mappings by measurement costs at the start, the first time that an adapter meets a shape of problem. */
import type { GpuContext } from '../src/gpu/device';
import { ObjectiveBuffers } from '../src/engine/gpu/objective-buffers';
import { fasterRowReads } from '../src/engine/gpu/row-reads';
import { tunedMapping } from '../src/engine/gpu/tuning';
import { timed } from './contestant';
import { prepareTask, type TaskId } from './tasks';

/**
 * Milliseconds of the longest of these tasks' measurements. Once in the life of a page, before anything else runs on the
 * tasks: the answers are kept.
 */
export async function startupMilliseconds(
  context: GpuContext,
  tasks: readonly TaskId[],
  quick: boolean,
): Promise<number> {
  // Whatever the first problem is, this comes before it.
  const reads = await timed(() => fasterRowReads(context));
  let longest = 0;
  for (const id of tasks) {
    const task = await prepareTask(id, quick);
    if (task.kind === 'network') continue;
    const { objective, lanes, config } = task;
    const { seed, sampling } = config;
    const buffers = await ObjectiveBuffers.create(context, objective);
    const options = { objective, lanes, seed, sampling, lossLimit: Number.MAX_VALUE };
    longest = Math.max(longest, reads + (await timed(() => tunedMapping(context, options, buffers, undefined))));
    buffers.destroy();
  }
  return longest;
}
