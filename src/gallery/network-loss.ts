/** Training losses at the end of runs on networks, compared lane by lane. */
import type { RunResult } from '../experiment/result';
import { meanEstimate } from './statistics';
import type { Estimate } from './types';

/** Recordings at the end of a run that its loss there is taken from: Nesterov's jumps up and down. */
const LAST = 5;

/** Mean of ln f over the last recordings of each lane. */
const lastLosses = ({ lanes }: RunResult) =>
  lanes.map(({ loss }) => loss.slice(-LAST).reduce<number>((sum, f) => sum + Math.log(f ?? NaN), 0) / LAST);

/** exp of the mean over lanes of ln(a/b) at the end of two runs; lanes of one seed share start and minibatches. */
export function lossRatio(a: RunResult, b: RunResult): Estimate | undefined {
  const own = lastLosses(b);
  const logs = lastLosses(a).map((value, k) => value - (own[k] ?? NaN));
  if (!logs.every(Number.isFinite)) return undefined;
  const { value, low, high, confidence } = meanEstimate(logs);
  return { value: Math.exp(value), low: Math.exp(low), high: Math.exp(high), confidence };
}
