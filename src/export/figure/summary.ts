/** The chart in sentences, for those who cannot see it and for captions. */
import { bandsOf, divergenceOf, stepReaching, type RunCurve } from '../../experiment/curves';
import { isAccuracy, type Metric } from '../../problems/metrics';
import { formatCount, superscript } from './format';
import { firstDivergedText, runLabels } from './labels';
import { formatMetric, metricName } from './metrics';
import { rateText } from './theory';
import type { ChartRun } from './view';

export interface SummaryLine {
  readonly id: number;
  readonly index: number;
  readonly label: string;
  readonly text: string;
}

/** The depth that all runs are compared at. */
const GOAL = 1e-6;

/**
 * One line per run with points, the best first: where its median stands, what diverged, and
 * - of the training loss when it reached a millionth of its start (or the lowest power of ten of it that it did reach), and
 *   the exact rate where theory has it,
 * - of any other metric the best that it was on its way.
 */
export function summarise(
  runs: readonly ChartRun[],
  metric: Metric = 'loss',
  metrics: readonly Metric[] = ['loss'],
): SummaryLine[] {
  const labels = runLabels(runs.map(({ run }) => run));
  const name = metricName(metric, metrics);
  const sign = isAccuracy(metric) ? -1 : 1;
  const lines = runs.flatMap(({ id, curve }, index) => {
    if (!curve) return [];
    const { median } = bandsOf(curve, metric);
    const last = median.at(-1);
    if (last === undefined) return [];
    const divergence = divergenceOf(curve);
    const at = (step: number) => `at step ${formatCount(step)}`;
    const parts: string[] = [];
    if (divergence) parts.push(firstDivergedText(divergence, curve.lanes));
    if (Number.isFinite(last)) {
      const reached = metric === 'loss' ? reachedText(curve, median) : undefined;
      if (reached !== undefined) parts.push(reached);
      parts.push(`median ${name} ${formatMetric(metric, last)} ${at(curve.step.at(-1)!)}`);
    }
    if (metric === 'loss') {
      const rate = rateText(curve);
      if (rate !== undefined) parts.push(rate);
    } else {
      const best = bestOf(median, sign);
      if (best && sign * (last - best.value) > 0)
        parts.push(`best ${formatMetric(metric, best.value)} ${at(curve.step[best.point]!)}`);
    }
    return [{ id, index, label: labels[index]!, text: `${parts.join('; ')}.`, last }];
  });
  lines.sort((a, b) => (a.last === b.last ? a.index - b.index : sign * (a.last - b.last)));
  return lines.map(({ id, index, label, text }) => ({ id, index, label, text }));
}

/** The first point with the least value, or the greatest for a `sign` of −1; undefined where none is finite. */
function bestOf(values: readonly number[], sign: 1 | -1): { value: number; point: number } | undefined {
  let best: { value: number; point: number } | undefined;
  values.forEach((value, point) => {
    if (Number.isFinite(value) && (!best || sign * (value - best.value) < 0)) best = { value, point };
  });
  return best;
}

function reachedText(curve: RunCurve, median: readonly number[]): string | undefined {
  const goal = milestone(
    median[0]!,
    median.reduce((a, b) => Math.min(a, b)),
  );
  const step = goal && stepReaching(curve, goal.fraction);
  return goal && step !== undefined ? `reached ${goal.text} of its start at step ${formatCount(step)}` : undefined;
}

/** The goal where it was reached, else the lowest power of ten below one that was. */
function milestone(start: number, least: number): { fraction: number; text: string } | undefined {
  if (!(start > 0) || !Number.isFinite(start)) return undefined;
  const fraction = least / start;
  const exponent = fraction <= GOAL ? Math.log10(GOAL) : Math.ceil(Math.log10(fraction) - 1e-9);
  if (exponent >= 0) return undefined;
  return { fraction: Number(`1e${Math.round(exponent)}`), text: `10${superscript(Math.round(exponent))}` };
}
