/** Where lanes of an objective start, and which stream draws their minibatches. */
import { initialParameters, initialStatistics } from '../models/initial';
import { STREAM, type Stream } from '../random/random';
import type { Objective } from './types';

/** w₀ by lane seed, length `dimension`: networks start from random weights. The arrays are shared: read only. */
export function startsOf(objective: Objective, rootSeed: number): (laneSeed: number) => Float64Array {
  if (objective.family !== 'network') return () => objective.start;
  const known = new Map<number, Float64Array>();
  return (laneSeed) => {
    const start = known.get(laneSeed) ?? initialParameters(objective.network, rootSeed, laneSeed);
    known.set(laneSeed, start);
    return start;
  };
}

/** Running statistics of a lane before its first step; empty where the objective has none. */
export const startStatistics = (objective: Objective): Float64Array =>
  objective.family === 'network' ? initialStatistics(objective.network) : new Float64Array(0);

/** The stream that draws minibatches of an objective. Streaming problems draw fresh samples whatever the mode. */
export function batchStream({ rows }: Objective, mode: 'replacement' | 'epochs'): Stream {
  const fresh = rows.kind === 'component-decoupled' || rows.kind === 'gaussian';
  return !fresh && mode === 'epochs' ? STREAM.epoch : STREAM.batch;
}
