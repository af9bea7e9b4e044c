/** A cell in words and numbers, for whoever points at it. */
import { formatCount, formatLoss } from '../../export/figure/format';
import { runSettings } from '../../export/figure/labels';
import { formatRate } from '../../export/figure/theory';
import { axisValueText } from '../../export/sweep/axis';
import { batchAt, cellIndex, outcomeAt, runAt, type CellPlace, type SweepData } from '../../export/sweep/data';
import { cellState, cellText, formatTolerance, type Metric } from '../../export/sweep/metrics';
import { placeText } from '../../export/sweep/winner';
import type { Region } from '../../state/sweep-axes';

export interface CellFact {
  readonly name: string;
  readonly value: string;
}

/** Everything that is known of a cell. */
export function cellFacts(data: SweepData, place: CellPlace): CellFact[] {
  const outcome = outcomeAt(data, place);
  const rho = data.maps[place.map]!.radius?.[cellIndex(data, place)];
  const exact = rho !== undefined && !Number.isNaN(rho) ? [{ name: 'exact ρ', value: formatRate(rho) }] : [];
  if (!outcome) return [{ name: 'not computed yet', value: '' }, ...exact];
  const { lanes, diverged, divergedAt, loss, rate, stepsToTolerance } = outcome;
  const goal = formatTolerance(data.sweep.tolerance);
  const batch = batchAt(data, place);
  return [
    {
      name: `steps to ${goal}`,
      value: stepsToTolerance === undefined ? 'not reached' : formatCount(stepsToTolerance),
    },
    ...(stepsToTolerance === undefined
      ? []
      : [{ name: `samples to ${goal}`, value: formatCount(stepsToTolerance * batch) }]),
    { name: 'rate per step', value: rate === undefined ? '–' : formatLoss(rate) },
    { name: 'final loss', value: formatLoss(loss.median) },
    ...(lanes > 1 ? [{ name: '10–90 %', value: `${formatLoss(loss.low, 2)} – ${formatLoss(loss.high, 2)}` }] : []),
    ...(diverged > 0
      ? [
          {
            name: 'diverged',
            value: `${diverged} of ${lanes}${divergedAt === undefined ? '' : `, first at step ${formatCount(divergedAt)}`}`,
          },
        ]
      : []),
    ...exact,
  ];
}

/** The run of a cell in full. */
export const cellSettings = (data: SweepData, place: CellPlace): string => runSettings(runAt(data, place));

/** What is read out of a cell, or of the region that ends there. */
export function describeCell(data: SweepData, place: CellPlace, metric: Metric, region: Region | undefined): string {
  if (region) return `${regionText(data, region)} marked.`;
  const outcome = outcomeAt(data, place);
  const state = cellState(outcome, metric, batchAt(data, place));
  const more = outcome && outcome.diverged > 0 ? `, ${outcome.diverged} of ${outcome.lanes} lanes diverged` : '';
  return `${data.maps[place.map]!.label}, ${placeText(data, place)}: ${cellText(state, metric, outcome)}${more}.`;
}

/** "m 2 – 8, η 0.01 – 0.1". */
export function regionText({ x, y }: SweepData, region: Region): string {
  const one = (axis: SweepData['x'], [from, to]: readonly [number, number]) =>
    `${axis.symbol} ${axisValueText(axis, axis.values[from]!)} – ${axisValueText(axis, axis.values[to]!)}`;
  return `${one(x, region.x)}, ${one(y, region.y)}`;
}
