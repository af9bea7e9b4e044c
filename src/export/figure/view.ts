/** How the chart is looked at: part of the page's state and of an exported picture, not of the experiment. */
import type { RunConfig } from '../../experiment/config';
import type { RunCurve, XAxisUnit } from '../../experiment/curves';
import type { Metric } from '../../problems/metrics';

/** Shares of the recorded points that the smoothing window can span; 0 is no smoothing. */
export const SMOOTHING_SHARES = [0, 0.03, 0.1, 0.3] as const;

export interface ChartZoom {
  /** Ends in the unit of the x axis. */
  readonly x: readonly [number, number];
  /** Ends in units of the metric; absent: fits what is visible. */
  readonly y?: readonly [number, number];
}

export interface ChartView {
  /** What the curves are of; see {@link effectiveMetric}. */
  readonly metric: Metric;
  readonly xAxis: XAxisUnit;
  /** Logarithmic x axis; points at x = 0 are left out. */
  readonly logX: boolean;
  /** Share of the recorded points in the window of the mean; see {@link smoothingWindow}. */
  readonly smoothing: number;
  /** Whether the 10–90 % bands are drawn. */
  readonly bands: boolean;
  /** Whether the exact expectation is drawn behind each curve. */
  readonly theory: boolean;
  /** Whether the guaranteed slope is drawn from the start of each curve that has one. */
  readonly guarantee: boolean;
  /** `ChartRun.id` of the curves that are switched off. */
  readonly hidden: ReadonlySet<number>;
  /** Undefined shows all. */
  readonly zoom: ChartZoom | undefined;
}

export const defaultView: ChartView = {
  metric: 'loss',
  xAxis: 'steps',
  logX: false,
  smoothing: 0,
  bands: true,
  theory: true,
  guarantee: false,
  hidden: new Set(),
  zoom: undefined,
};

/** A run in the chart, in the order of the experiment. */
export interface ChartRun {
  /** Unique among the runs of a chart, stable while the chart lives. */
  readonly id: number;
  /** The run as it is configured now. */
  readonly run: RunConfig;
  /** What there is to draw; it may still be the curve of an earlier configuration (`stale`). */
  readonly curve: RunCurve | undefined;
  readonly stale: boolean;
}

/** Line style of a run. */
export interface LineStyle {
  readonly colour: string;
  /** SVG `stroke-dasharray`; undefined is solid. */
  readonly dash: string | undefined;
}

/** The axis that is drawn: epochs of a stream do not exist and become samples. */
export function effectiveX(view: Pick<ChartView, 'xAxis'>, epochRows: number | undefined): XAxisUnit {
  return view.xAxis === 'epochs' && epochRows === undefined ? 'samples' : view.xAxis;
}

/** The metric that is drawn: where the one that was chosen is not recorded it is the loss. */
export function effectiveMetric({ metric }: Pick<ChartView, 'metric'>, recorded: readonly Metric[]): Metric {
  return recorded.includes(metric) ? metric : 'loss';
}

/** What is drawn of a view: the metric that there is, and theory only beside the loss, of which alone it speaks. */
export function effectiveView(view: ChartView, recorded: readonly Metric[]): ChartView {
  const metric = effectiveMetric(view, recorded);
  return metric === 'loss' ? { ...view, metric } : { ...view, metric, theory: false, guarantee: false };
}

/**
 * Points in the smoothing window: the share of `points`, brought to 2^k + 1 so that it changes rarely while points
 * arrive. 1 is no smoothing.
 */
export function smoothingWindow(share: number, points: number): number {
  const wanted = share * points;
  return wanted < 2 ? 1 : 2 ** Math.floor(Math.log2(wanted)) + 1;
}
