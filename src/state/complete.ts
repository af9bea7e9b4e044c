import { enabledRuns, lanesKey } from '../engine/race-key';
import type { ExperimentConfig } from '../experiment/config';
import type { SessionState } from './session-store';

/**
 * Whether the curves are complete and those of this experiment. Right after an edit they are still the ones from before,
 * and what the engine last reported, "finished" perhaps, is not about what the page has come to show.
 */
export function isComplete(config: ExperimentConfig, { computed, shown }: Pick<SessionState, 'computed' | 'shown'>) {
  if (!computed || lanesKey(computed) !== lanesKey(config)) return false;
  const complete = new Set(shown.flatMap(({ curve, stale }) => (curve?.finished && !stale ? [curve.key] : [])));
  return [...enabledRuns(config).keys()].every((key) => complete.has(key));
}
