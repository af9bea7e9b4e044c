/** What the marks of the maps mean; only of those that are there. */
import { BATCH_PARAMETER } from '../../experiment/sweep';
import { isComplete } from '../../theory/spectral';
import { CELL, type MapValues, type SweepData } from './data';
import type { Metric } from './metrics';

export interface LegendEntries {
  readonly diverged: string | undefined;
  readonly missing: string | undefined;
  readonly best: string | undefined;
  readonly boundary: string | undefined;
  readonly optimal: string | undefined;
  readonly exactBest: string | undefined;
}

export function overlaysThere(
  { x, y, maps, constants }: SweepData,
  values: readonly MapValues[],
  metric: Metric,
): LegendEntries {
  const there = (is: boolean, text: string) => (is ? text : undefined);
  const known = maps.some(({ radius }) => radius?.some((rho) => !Number.isNaN(rho)));
  const over = (parameter: string) => [x, y].some((axis) => axis.parameter === parameter);
  const partly = values.some(({ risky }) => risky.includes(1));
  return {
    diverged: there(
      partly || values.some(({ diverged }) => diverged > 0),
      partly ? 'diverged; over a colour: some of the seeds' : 'diverged',
    ),
    missing: there(
      values.some(({ kinds }) => kinds.includes(CELL.missing)),
      metric.missing,
    ),
    best: there(
      values.some(({ best }) => best !== undefined),
      'best cell',
    ),
    boundary: there(known, 'ρ = 1: beyond it the expectation diverges'),
    optimal: there(
      constants !== undefined &&
        isComplete(constants) &&
        over(BATCH_PARAMETER) &&
        over('eta') &&
        maps.some(({ run }) => run.optimizer === 'sgd' || run.optimizer === 'mass'),
      'the paper’s optimum, η = 1/Lₘ',
    ),
    exactBest: there(known, over(BATCH_PARAMETER) ? 'least ρ at each batch size' : 'least ρ of each column'),
  };
}
