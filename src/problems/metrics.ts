/** The numbers of a recording. */
import type { NetworkObjective, Objective } from './types';

/** What is recorded beside the training loss. */
export const SIDE_METRICS = ['accuracy', 'testLoss', 'testAccuracy'] as const;
export type SideMetric = (typeof SIDE_METRICS)[number];

/** Loss and accuracy (share of rows whose class is found) over training rows, and over the rows kept for testing. */
export const METRICS = ['loss', ...SIDE_METRICS] as const;
export type Metric = (typeof METRICS)[number];

/** Whether a metric is a share of rows, 0 … 1, of which more is better; else it is a loss. */
export const isAccuracy = (metric: Metric): boolean => metric === 'accuracy' || metric === 'testAccuracy';

/** What a recording of an objective holds, in order; the first is the training loss, which decides on divergence. */
export const metricsOf = (objective: Objective): readonly Metric[] =>
  objective.family === 'network' ? networkMetrics(objective) : ['loss'];

/** The same of a network. */
export function networkMetrics(of: {
  readonly network: Pick<NetworkObjective['network'], 'loss'>;
  readonly rows: Pick<NetworkObjective['rows'], 'test'>;
}): readonly Metric[] {
  const classes = of.network.loss === 'cross-entropy';
  const test = of.rows.test > 0;
  return METRICS.filter(
    (metric) =>
      (classes || (metric !== 'accuracy' && metric !== 'testAccuracy')) &&
      (test || (metric !== 'testLoss' && metric !== 'testAccuracy')),
  );
}
