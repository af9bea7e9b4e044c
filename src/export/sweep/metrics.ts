/** What a map may show of its cells. */
import type { CellOutcome } from '../../engine/sweep/events';
import { formatCount, formatLoss, formatParameter } from '../figure/format';
import { formatShare } from '../figure/metrics';

export type MetricId = 'steps' | 'samples' | 'rate' | 'loss' | 'testLoss' | 'testAccuracy';

export interface Metric {
  readonly id: MetricId;
  /** On the switch that chooses it. */
  readonly label: string;
  /** In full, with the tolerance where it counts. */
  readonly title: (tolerance: number) => string;
  readonly better: 'low' | 'high';
  /** A share of rows: colours are spread evenly over it, not over its logarithm. */
  readonly share?: boolean;
  /** Undefined where the cell has no such value. */
  readonly value: (outcome: CellOutcome, batch: number) => number | undefined;
  readonly format: (value: number) => string;
  /** What stands after a value: " steps". */
  readonly unit: string;
  /** What is said of a cell that did not diverge and has no value. */
  readonly missing: string;
}

const finite = (value: number | undefined): number | undefined =>
  value !== undefined && Number.isFinite(value) ? value : undefined;

const steps: Metric = {
  id: 'steps',
  label: 'Steps',
  title: (tolerance) => `Steps until the loss is ${formatTolerance(tolerance)} of the first`,
  better: 'low',
  value: ({ stepsToTolerance }) => finite(stepsToTolerance),
  format: formatCount,
  unit: ' steps',
  missing: 'not reached',
};

const samples: Metric = {
  id: 'samples',
  label: 'Samples',
  title: (tolerance) => `Samples until the loss is ${formatTolerance(tolerance)} of the first`,
  better: 'low',
  value: ({ stepsToTolerance }, batch) =>
    stepsToTolerance === undefined ? undefined : finite(stepsToTolerance * batch),
  format: formatCount,
  unit: ' samples',
  missing: 'not reached',
};

const rate: Metric = {
  id: 'rate',
  label: 'Rate',
  title: () => 'Measured rate: fall of ln loss per step, later half of the curve',
  better: 'high',
  value: (outcome) => finite(outcome.rate),
  format: (value) => formatLoss(value),
  unit: ' per step',
  missing: 'not measurable',
};

const loss: Metric = {
  id: 'loss',
  label: 'Final loss',
  title: () => 'Last recorded loss, median of the seeds',
  better: 'low',
  value: (outcome) => finite(outcome.loss.median),
  format: (value) => formatLoss(value),
  unit: '',
  missing: 'unknown',
};

const testLoss: Metric = {
  ...loss,
  id: 'testLoss',
  label: 'Test loss',
  title: () => 'Last loss of the test rows, median of the seeds',
  value: ({ side }) => finite(side?.testLoss),
};

const testAccuracy: Metric = {
  ...loss,
  id: 'testAccuracy',
  label: 'Test accuracy',
  title: () => 'Last accuracy on the test rows, median of the seeds',
  better: 'high',
  share: true,
  value: ({ side }) => finite(side?.testAccuracy),
  format: formatShare,
};

export const metrics: readonly [Metric, ...Metric[]] = [steps, samples, rate, loss, testLoss, testAccuracy];

/** The metrics that cells may have: those of test rows only where a finished one has them. */
export function metricsOf(outcomes: Iterable<CellOutcome>): Metric[] {
  const [first] = outcomes;
  return metrics.filter(({ id }) => (id !== 'testLoss' && id !== 'testAccuracy') || first?.side?.[id] !== undefined);
}

export const metricOf = (id: MetricId): Metric => metrics.find((metric) => metric.id === id) ?? steps;

/** A share of the first loss: 10⁻⁶, 0.05. */
export function formatTolerance(tolerance: number): string {
  return tolerance < 0.01 ? formatLoss(tolerance, 2).replace(/^1\.0×/, '') : formatParameter(tolerance, 2);
}

export type CellState =
  | { readonly kind: 'pending' }
  /** The median lane diverged. */
  | { readonly kind: 'diverged' }
  | { readonly kind: 'missing' }
  | { readonly kind: 'value'; readonly value: number };

export function cellState(outcome: CellOutcome | undefined, metric: Metric, batch: number): CellState {
  if (!outcome) return { kind: 'pending' };
  const value = metric.value(outcome, batch);
  if (medianDiverged(outcome)) return { kind: 'diverged' };
  return value === undefined ? { kind: 'missing' } : { kind: 'value', value };
}

export const medianDiverged = (outcome: CellOutcome): boolean =>
  2 * outcome.diverged > outcome.lanes || outcome.loss.median === Number.POSITIVE_INFINITY;

/** A cell in words: its value, or why it has none. */
export function cellText(state: CellState, metric: Metric, outcome: CellOutcome | undefined): string {
  switch (state.kind) {
    case 'pending':
      return 'pending';
    case 'diverged':
      return outcome?.divergedAt === undefined ? 'diverged' : `diverged at ${formatCount(outcome.divergedAt)}`;
    case 'missing':
      return metric.missing;
    case 'value':
      return metric.format(state.value);
  }
}
