/** What an export is made from: the experiment, its curves and the engine that computed them. */
import type { ExperimentConfig } from '../experiment/config';
import type { RunCurve } from '../experiment/curves';
import type { ExperimentResult } from '../experiment/result';
import type { ChartRun } from './figure/view';

export interface ExportSource {
  readonly config: ExperimentConfig;
  /** Parallel to `config.runs`. */
  readonly runs: readonly ChartRun[];
  /** Rows of the data set; undefined for streams. */
  readonly epochRows: number | undefined;
  readonly engine: Pick<ExperimentResult, 'engine' | 'adapter'>;
}

/**
 * The curves to write, with their places among the runs: of runs that are switched on, have points, and are not the
 * leftovers of an earlier setting.
 */
export function exportedCurves(runs: readonly ChartRun[]): { readonly index: number; readonly curve: RunCurve }[] {
  return runs.flatMap(({ run, curve, stale }, index) =>
    curve && curve.step.length > 0 && !stale && run.enabled !== false ? [{ index, curve }] : [],
  );
}
