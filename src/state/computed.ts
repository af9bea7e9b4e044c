/** What of a configuration the engine computes, and what a change of it makes void. */
import { runKey, type ExperimentConfig } from '../experiment/config';

/** All that the engine computes, as text: labels, say, do not count, and a sweep is not part of the race. */
export function computed(config: ExperimentConfig): string {
  const runs = config.runs.map((run) => [runKey(run), run.enabled !== false]);
  return JSON.stringify([withoutRuns(config), runs]);
}

const withoutRuns = (config: ExperimentConfig) => ({ ...config, runs: undefined, sweep: undefined });

export const enabledKeys = (config: ExperimentConfig): string[] =>
  config.runs.filter((run) => run.enabled !== false).map(runKey);

/** Keys of enabled runs whose curves start anew when `after` replaces `before`. */
export function newRuns(before: ExperimentConfig | undefined, after: ExperimentConfig): string[] {
  if (!before || !sameButRuns(before, after)) return enabledKeys(after);
  const known = new Set(enabledKeys(before));
  return enabledKeys(after).filter((key) => !known.has(key));
}

function sameButRuns(a: ExperimentConfig, b: ExperimentConfig): boolean {
  return JSON.stringify(withoutRuns(a)) === JSON.stringify(withoutRuns(b));
}
