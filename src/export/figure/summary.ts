/** The chart in sentences, for those who cannot see it and for captions. */
import { bandsOf, divergenceOf, stepReaching } from '../../experiment/curves';
import { formatCount, formatLoss, superscript } from './format';
import { firstDivergedText, runLabels } from './labels';
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
 * One line per run with points, the lowest loss first: where it stands, when it reached a millionth of its start (or the
 * lowest power of ten of it that it did reach), what diverged, and the
 * exact rate where theory has it.
 */
export function summarise(runs: readonly ChartRun[]): SummaryLine[] {
  const labels = runLabels(runs.map(({ run }) => run));
  const lines = runs.flatMap(({ id, curve }, index) => {
    if (!curve || curve.step.length === 0) return [];
    const { median } = bandsOf(curve);
    const last = median.at(-1)!;
    const divergence = divergenceOf(curve);
    const parts: string[] = [];
    if (divergence) parts.push(firstDivergedText(divergence, curve.lanes));
    if (Number.isFinite(last)) {
      const goal = milestone(median[0]!, Math.min(...median));
      const step = goal === undefined ? undefined : stepReaching(curve, goal.fraction);
      if (goal && step !== undefined) parts.push(`reached ${goal.text} of its start at step ${formatCount(step)}`);
      parts.push(`median loss ${formatLoss(last)} at step ${formatCount(curve.step.at(-1)!)}`);
    }
    const rate = rateText(curve);
    if (rate !== undefined) parts.push(rate);
    return [{ id, index, label: labels[index]!, text: `${parts.join('; ')}.`, last }];
  });
  lines.sort((a, b) => (a.last === b.last ? a.index - b.index : a.last - b.last));
  return lines.map(({ id, index, label, text }) => ({ id, index, label, text }));
}

/** The goal where it was reached, else the lowest power of ten below one that was. */
function milestone(start: number, least: number): { fraction: number; text: string } | undefined {
  if (!(start > 0) || !Number.isFinite(start)) return undefined;
  const fraction = least / start;
  const exponent = fraction <= GOAL ? Math.log10(GOAL) : Math.ceil(Math.log10(fraction) - 1e-9);
  if (exponent >= 0) return undefined;
  return { fraction: Number(`1e${Math.round(exponent)}`), text: `10${superscript(Math.round(exponent))}` };
}
