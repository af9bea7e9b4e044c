/** What a network's memory depends on besides the network: the lanes of an experiment by batch size, and the engine. */
import type { EngineInfo } from '../engine/events';
import type { LaneSet } from '../engine/gpu/network/memory';
import { runKey, type RunConfig } from '../experiment/config';

/** Equal runs share their lanes; those that are switched off have none. */
export function laneSetsOf(runs: readonly RunConfig[], seeds: number): LaneSet[] {
  const distinct = new Map(runs.filter((run) => run.enabled !== false).map((run) => [runKey(run), run]));
  const counts = new Map<number, number>();
  for (const { batch } of distinct.values()) counts.set(batch, (counts.get(batch) ?? 0) + 1);
  return [...counts].map(([batch, count]) => ({ batch, lanes: count * seeds, seeds }));
}

/** Whether the engine works out networks by quads, which takes more memory; taken for granted until a GPU is open. */
export const takesQuads = (engine: EngineInfo | undefined): boolean => engine?.kind !== 'webgpu' || engine.quads;
