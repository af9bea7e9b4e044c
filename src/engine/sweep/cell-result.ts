/** A cell's outcome as a result document has it. */
import type { RunConfig } from '../../experiment/config';
import type { CellResult } from '../../experiment/sweep-result';
import { SIDE_METRICS } from '../../problems/metrics';
import type { CellOutcome } from './events';

/** `run` is the run of the cell. */
export function cellResult({ batch, hyper }: RunConfig, outcome: CellOutcome): CellResult {
  const { lanes, diverged, divergedAt, start, rate, stepsToTolerance, steps } = outcome;
  const { median, low, high } = outcome.loss;
  const { side = {} } = outcome;
  return {
    batch,
    hyper,
    lanes,
    diverged,
    ...(divergedAt === undefined ? {} : { divergedAt }),
    loss: { median: finiteOrNull(median), low: finiteOrNull(low), high: finiteOrNull(high) },
    ...Object.fromEntries(
      SIDE_METRICS.flatMap((metric) => (side[metric] === undefined ? [] : [[metric, finiteOrNull(side[metric])]])),
    ),
    start,
    ...(rate === undefined ? {} : { rate }),
    ...(stepsToTolerance === undefined ? {} : { stepsToTolerance }),
    steps,
  };
}

/** JSON has no infinity. */
export const finiteOrNull = (value: number): number | null => (Number.isFinite(value) ? value : null);
