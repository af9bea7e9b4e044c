/** Whether a sweep fits the experiment that it is part of; what is wrong names its place. */
import { optimizerOf } from '../optimizers/registry';
import type { RunConfig } from './config';
import { BATCH_PARAMETER, type SweepAxis, type SweepConfig } from './sweep';
import { range, within } from './valid-range';

/** Most lanes of a sweep: its cells, those that share lanes counted one by one, times the seeds. */
export const MAX_SWEEP_LANES = 2_000_000;

/** What a sweep must fit, of the experiment that it is part of. */
export interface SweptExperiment {
  readonly runs: readonly RunConfig[];
  readonly seeds: number;
  readonly steps: number;
  readonly sampling: 'replacement' | 'epochs';
}

export interface SweepIssue {
  /** Within the sweep. */
  readonly path: readonly string[];
  readonly message: string;
}

/** What keeps a sweep from fitting an experiment, each with its place; empty where it fits. */
export function sweepIssues(sweep: SweepConfig, experiment: SweptExperiment, largestBatch: number): SweepIssue[] {
  const runs = experiment.runs.filter((run) => run.enabled !== false);
  const issues: SweepIssue[] = (['x', 'y'] as const).flatMap((axis) =>
    axisIssues(sweep[axis], runs, largestBatch).map(({ path, message }) => ({ path: [axis, ...path], message })),
  );
  if (sweep.x.parameter === sweep.y.parameter)
    issues.push({ path: ['y', 'parameter'], message: `must differ from that of x, "${sweep.x.parameter}"` });
  if (experiment.sampling === 'epochs')
    for (const axis of ['x', 'y'] as const) {
      const { parameter, from, to } = sweep[axis];
      if (parameter === BATCH_PARAMETER && Math.max(from, to) * experiment.steps >= 2 ** 32)
        issues.push({
          path: [axis, from > to ? 'from' : 'to'],
          message: 'batch × steps must stay below 2³² when sampling by epochs',
        });
    }
  const lanes = runs.length * sweep.x.count * sweep.y.count * experiment.seeds;
  if (lanes > MAX_SWEEP_LANES)
    issues.push({ path: [], message: `would take ${lanes} lanes; at most ${MAX_SWEEP_LANES}` });
  return issues;
}

function axisIssues(
  { parameter, from, to }: SweepAxis,
  runs: readonly RunConfig[],
  largestBatch: number,
): SweepIssue[] {
  const known = new Map(runs.flatMap((run) => optimizerOf(run.optimizer).hyper.map((hyper) => [hyper.key, hyper])));
  const isBatch = parameter === BATCH_PARAMETER;
  // Without runs there is nothing to know it.
  if (!isBatch && runs.length > 0 && !known.has(parameter))
    return [
      {
        path: ['parameter'],
        message: `no run that is switched on has "${parameter}" (there are ${[BATCH_PARAMETER, ...known.keys()].join(', ')})`,
      },
    ];
  const definitions = runs.flatMap((run) =>
    optimizerOf(run.optimizer).hyper.filter((hyper) => hyper.key === parameter),
  );
  const issues: SweepIssue[] = [];
  for (const [end, value] of [
    ['from', from],
    ['to', to],
  ] as const) {
    if (isBatch) {
      if (!Number.isInteger(value) || value < 1 || value > largestBatch)
        issues.push({ path: [end], message: `must be a whole number from 1 to ${largestBatch}, is ${value}` });
    } else {
      const wrong = definitions.find(({ valid }) => !within(valid, value));
      if (wrong) issues.push({ path: [end], message: `must be ${range(wrong.valid)}, is ${value}` });
    }
  }
  if (from === to) issues.push({ path: ['to'], message: `must differ from "from", ${from}` });
  return issues;
}
