/** Names of runs and sentences about them: the same in the legend, beside the lines, in exports and in the summary. */
import type { RunConfig } from '../../experiment/config';
import type { Divergence, XAxisUnit } from '../../experiment/curves';
import { optimizerOf } from '../../optimizers/registry';
import { isAccuracy, type Metric } from '../../problems/metrics';
import { formatCount, formatLoss, formatParameter } from './format';
import { capitalised, metricName } from './metrics';

/**
 * One name per run: its own label, or the optimizer's name with what tells it from the other runs of that optimizer
 * ("SGD", or "MaSS η 0.1" beside "MaSS η 0.2"). Runs that are the same in everything are numbered.
 */
export function runLabels(runs: readonly RunConfig[]): string[] {
  const names = runs.map((run, index) => {
    if (run.label !== undefined && run.label.trim() !== '') return run.label.trim();
    const definition = optimizerOf(run.optimizer);
    const siblings = runs.filter(
      (other, k) => k !== index && other.optimizer === run.optimizer && !other.label?.trim(),
    );
    if (siblings.length === 0) return definition.label;
    const parts = definition.hyper
      .filter((h) => siblings.some((other) => other.hyper[h.key] !== run.hyper[h.key]))
      .map((h) => `${h.text} ${formatParameter(run.hyper[h.key] ?? Number.NaN)}`);
    if (siblings.some((other) => other.batch !== run.batch)) parts.push(`batch ${formatCount(run.batch)}`);
    return [definition.label, ...parts].join(' ');
  });
  return names.map((name, index) => {
    const before = names.slice(0, index).filter((other) => other === name).length;
    return before === 0 ? name : `${name} (${before + 1})`;
  });
}

/** A run in full: "η 0.1, γ 0.9, batch 16". */
export function runSettings(run: RunConfig): string {
  const hyper = optimizerOf(run.optimizer).hyper.map(
    (h) => `${h.text} ${formatParameter(run.hyper[h.key] ?? Number.NaN)}`,
  );
  return [...hyper, `batch ${formatCount(run.batch)}`].join(', ');
}

/** What is written beside the mark of a run whose median diverged. */
export function divergedText(divergence: Divergence): string | undefined {
  const event = divergence.median;
  return event && `diverged at step ${formatCount(event.step)}, last loss ${formatLoss(event.lastFiniteLoss, 2)}`;
}

/** What is written beside the mark of the first diverged lane of a run whose median is finite. */
export function firstDivergedText(divergence: Divergence, lanes: number): string {
  return `${divergence.count} of ${lanes} lanes diverged, first at step ${formatCount(divergence.first.step)}`;
}

const axisNames: Record<XAxisUnit, string> = {
  steps: 'Steps',
  samples: 'Samples seen',
  epochs: 'Epochs',
  seconds: 'Computing time (s)',
};

export function xTitle(axis: XAxisUnit, log: boolean): string {
  return log ? `${axisNames[axis]}, log scale without 0` : axisNames[axis];
}

export function yTitle(metric: Metric, among: readonly Metric[], smoothing: number): string {
  const name = capitalised(metricName(metric, among));
  return smoothing > 1 ? `${name}, ${isAccuracy(metric) ? '' : 'geometric '}mean over ${smoothing} points` : name;
}

/** What line and band are, for a caption. */
export function bandTitle(lanes: number): string {
  return lanes > 1 ? `median and 10–90 % band of ${lanes} seeds` : 'one seed';
}
