/** The numbers of a recording. */
import type { Objective } from './types';

/** Loss and accuracy (share of rows whose class is found) over training rows, and over the rows kept for testing. */
export const METRICS = ['loss', 'accuracy', 'testLoss', 'testAccuracy'] as const;
export type Metric = (typeof METRICS)[number];
/** What is recorded beside the training loss. */
export type SideMetric = Exclude<Metric, 'loss'>;

/** What a recording of an objective holds, in order; the first is the training loss, which decides on divergence. */
export function metricsOf(objective: Objective): readonly Metric[] {
  if (objective.family !== 'network') return ['loss'];
  const classes = objective.network.loss === 'cross-entropy';
  const test = objective.rows.test > 0;
  return METRICS.filter(
    (metric) =>
      (classes || (metric !== 'accuracy' && metric !== 'testAccuracy')) &&
      (test || (metric !== 'testLoss' && metric !== 'testAccuracy')),
  );
}
