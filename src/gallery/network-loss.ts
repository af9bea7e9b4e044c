/** Training losses at the end of runs on networks, compared lane by lane. */
import type { RunResult } from '../experiment/result';
import { meanEstimate } from './statistics';
import type { Estimate } from './types';

/** Mean of ln f over the last recordings of each lane. */
const lastLosses = ({ lanes }: RunResult, last: number) =>
  lanes.map(({ loss }) => loss.slice(-last).reduce<number>((sum, f) => sum + Math.log(f ?? NaN), 0) / last);

/**
 * exp of the mean over lanes of ln(a/b) at the end of two runs; lanes of one seed share start and minibatches. The end are
 * the last so many recordings: losses jump up and down, Nesterov's above all.
 */
export function lossRatio(a: RunResult, b: RunResult, last: number): Estimate | undefined {
  const own = lastLosses(b, last);
  const logs = lastLosses(a, last).map((value, k) => value - (own[k] ?? NaN));
  if (!logs.every(Number.isFinite)) return undefined;
  const { value, low, high, confidence } = meanEstimate(logs);
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), confidence };
}
