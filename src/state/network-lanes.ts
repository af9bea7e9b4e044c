/** The lanes of an experiment by batch size, as a network's memory counts them. */
import type { LaneSet } from '../engine/gpu/network/memory';
import { runKey, type RunConfig } from '../experiment/config';

/** Equal runs share their lanes; those that are switched off have none. */
export function laneSetsOf(runs: readonly RunConfig[], seeds: number): LaneSet[] {
  const distinct = new Map(runs.filter((run) => run.enabled !== false).map((run) => [runKey(run), run]));
  const counts = new Map<number, number>();
  for (const { batch } of distinct.values()) counts.set(batch, (counts.get(batch) ?? 0) + 1);
  return [...counts].map(([batch, count]) => ({ batch, lanes: count * seeds, seeds }));
}
