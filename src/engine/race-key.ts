/** What makes two races the same: computed in part by one, the rest can be computed by the other. */
import { parseExperiment, runKey, type ExperimentConfig, type RunConfig } from '../experiment/config';
import type { Objective } from '../problems/types';

/** The runs that are not switched off, by key; equal runs share their lanes. */
export function enabledRuns(config: ExperimentConfig): Map<string, RunConfig> {
  return new Map(config.runs.filter((run) => run.enabled !== false).map((run) => [runKey(run), run]));
}

/** What all lanes share: when it changes, every curve is void. */
export function lanesKey(config: ExperimentConfig): string {
  const { problem, seeds, seed, steps, evalEvery, sampling, divergenceFactor } = config;
  return JSON.stringify([problem, seeds, seed, steps, evalEvery, sampling, divergenceFactor]);
}

/** All of a configuration that decides on its lanes; the same for equal configurations, however they came about. */
export function raceKey(config: ExperimentConfig): string {
  // Parsing puts the fields in one order.
  const parsed = parseExperiment(config);
  return [lanesKey(parsed), ...[...enabledRuns(parsed).keys()].sort()].join('\n');
}

/** Numbers of an array that a print looks at, at most about. */
const LOOKED_AT = 1 << 20;

/**
 * A print of the rows of an objective (FNV-1a over the bits of its numbers, of long arrays evenly spread ones): a file of the
 * same name may hold other numbers.
 */
export function dataPrint({ dimension, rows }: Objective): number {
  let hash = 0x811c9dc5;
  const add = (word: number) => {
    hash = Math.imul(hash ^ word, 0x01000193) >>> 0;
  };
  add(dimension);
  for (const value of Object.values(rows) as unknown[]) {
    if (!(value instanceof Float32Array || value instanceof Float64Array)) continue;
    const words = new Uint32Array(value.buffer, value.byteOffset, value.byteLength / 4);
    add(words.length);
    const stride = Math.ceil(words.length / LOOKED_AT);
    // An odd stride sees both halves of float64 numbers.
    for (let k = 0; k < words.length; k += stride | 1) add(words[k]!);
  }
  return hash;
}
