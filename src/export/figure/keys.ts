/** What a legend says of the lines that are not runs. */
import { DECAY_STROKE } from './decays';
import type { ChartModel } from './model';
import { theoryKeys, type Stroke } from './theory';
import type { ChartView } from './view';

export interface LegendKey {
  readonly name: string;
  readonly stroke: Stroke;
  /** The line stands across the plot. */
  readonly upright: boolean;
}

export const legendKeys = (model: Pick<ChartModel, 'series' | 'decays'>, view: ChartView): LegendKey[] => [
  ...theoryKeys(model.series, view).map((key) => ({ ...key, upright: false })),
  ...(model.decays ? [{ name: model.decays.name, stroke: DECAY_STROKE, upright: true }] : []),
];
