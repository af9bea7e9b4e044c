/**
 * The chart as numbers: axes, the points to draw and the marks, for a plot of a given size. The page draws it with
 * Recharts' axes, the export writes it as SVG: both show the same picture.
 */
import type { CurveTheory } from '../../experiment/curve-theory';
import {
  divergenceOf,
  metricsIn,
  recordedOf,
  unitsPerStep,
  type Divergence,
  type RunCurve,
  type XAxisUnit,
} from '../../experiment/curves';
import { isAccuracy, type Metric } from '../../problems/metrics';
import type { ProblemConfig } from '../../problems/registry';
import { decaysOf, type Decays } from './decays';
import { runLabels, xTitle, yTitle } from './labels';
import { ticksAcross, ticksUp, type Plot } from './plot';
import { linearTicks, logAxis, logTicks, makeScale, shareAxis, shareTicks, type Scale, type Tick } from './scale';
import { drawable, drawnIndices, lowerBound, valuesOf, xReader, type Values } from './series';
import { expectedTop, stepReader } from './theory';
import { effectiveMetric, effectiveX, smoothingWindow, type ChartRun, type ChartView } from './view';

export type { Plot } from './plot';

export interface Axis {
  readonly scale: Scale;
  readonly ticks: readonly Tick[];
  readonly title: string;
}

export interface Mark {
  /** Pixels. */
  readonly x: number;
  readonly y: number;
}

export interface Series {
  readonly id: number;
  /** Place among all runs of the chart: its line style. */
  readonly index: number;
  readonly label: string;
  readonly curve: RunCurve;
  readonly stale: boolean;
  /** Of the chart's metric. */
  readonly values: Values;
  readonly x: (i: number) => number;
  /** The x value of any step; undefined where measured time has not got there. */
  readonly xOfStep: (step: number) => number | undefined;
  /** Indices of the points to draw. */
  readonly indices: readonly number[];
  /** Changes when the drawn paths do. */
  readonly revision: string;
  /** Changes when the drawn lines of theory do, unless `theory` is another object. */
  readonly theoryRevision: string;
  /** `curve.theory` at this moment. */
  readonly theory: CurveTheory;
  /** Last visible place of the median; a line that leaves through the top ends there. */
  readonly end: Mark | undefined;
  readonly divergence: Divergence | undefined;
  /** Whether the median diverged, and not beyond the x axis: the line's end is where it did. */
  readonly diverges: boolean;
  /** Where the first lane diverged, on the median. */
  readonly firstDiverged: Mark | undefined;
}

export interface ChartModel {
  /** All runs of the chart, drawn or not. */
  readonly runs: readonly ChartRun[];
  /** {@link ModelInput.version} of the points it shows. */
  readonly version: number;
  readonly plot: Plot;
  /** What is drawn, of what is recorded. */
  readonly metric: Metric;
  readonly metrics: readonly Metric[];
  readonly axis: XAxisUnit;
  readonly x: Axis;
  readonly y: Axis;
  /** Visible runs with points of the metric. */
  readonly series: readonly Series[];
  /** Where step sizes decay; undefined where they do not. */
  readonly decays: Decays | undefined;
  /** Planned steps of every run. */
  readonly steps: number | undefined;
  /** Points in the smoothing window; 1 is none. */
  readonly window: number;
  /** Some visible curve still grows. */
  readonly running: boolean;
}

export interface ModelInput {
  readonly runs: readonly ChartRun[];
  /** Grows with the points: curves are the same objects while they grow. */
  readonly version: number;
  readonly view: ChartView;
  readonly plot: Plot;
  /** Rows of the data set; undefined for streams. */
  readonly epochRows: number | undefined;
  /** Planned steps of every run: the x axis reaches them from the start. */
  readonly steps: number | undefined;
  /** What the runs are of: axes of another kind of problem are not remembered. */
  readonly problem?: ProblemConfig | undefined;
  /** What is recorded; that of the curves where absent. */
  readonly metrics?: readonly Metric[] | undefined;
}

type Range = readonly [number, number];

/**
 * Remembers the axes of a live chart: their data range while curves grow, so that restarting a run does not make the axes jump; they
 * fit again when all curves are finished or something else is looked at.
 */
export class AxisMemory {
  #lens = '';
  #ranges = new Map<string, Range>();
  #axes = new Map<string, { readonly key: string; readonly axis: Axis }>();

  hold(lens: string, running: boolean, name: string, range: Range | undefined): Range | undefined {
    if (lens !== this.#lens) {
      this.#lens = lens;
      this.#ranges.clear();
    }
    const before = this.#ranges.get(name);
    const held: Range | undefined =
      running && before && range ? [Math.min(before[0], range[0]), Math.max(before[1], range[1])] : (range ?? before);
    if (held) this.#ranges.set(name, held);
    return held;
  }

  /** The same object as long as `key` is the same: what draws an axis need not draw it again. */
  axis(name: string, key: string, make: () => Axis): Axis {
    const before = this.#axes.get(name);
    if (before?.key === key) return before.axis;
    const axis = make();
    this.#axes.set(name, { key, axis });
    return axis;
  }
}

/** A diverging curve is followed this far above the highest start, then it leaves the picture. */
const HEADROOM = 1e3;

/** Builds the model; cheap where nothing changed. `memory` steadies the axes of a live chart. */
export function chartModel(input: ModelInput, memory = new AxisMemory()): ChartModel {
  const { runs, view, plot, epochRows, steps } = input;
  const metrics = input.metrics ?? metricsIn(runs.map(({ curve }) => curve));
  const metric = effectiveMetric(view, metrics);
  const axis = effectiveX(view, epochRows);
  const labels = runLabels(runs.map((r) => r.run));
  const visible = runs.flatMap((run, index) =>
    run.curve && run.curve.step.length > 0 && recordedOf(run.curve, metric) && !view.hidden.has(run.id)
      ? [{ ...run, index, curve: run.curve }]
      : [],
  );
  const running = visible.some((run) => !run.curve.finished);
  const points = Math.max(0, ...visible.map((run) => run.curve.step.length));
  const window = smoothingWindow(view.smoothing, points);
  const lens = `${input.problem?.kind ?? ''} ${metric} ${axis} ${view.logX} ${[...view.hidden].join()} ${view.bands} ${view.theory} ${steps} ${JSON.stringify(view.zoom ?? null)}`;

  const readers = visible.map((run) => xReader(run.curve, axis, epochRows));
  const xRange = memory.hold(lens, running, 'x', rangeOfX(visible, readers, axis, input, running));
  const xScale = makeScale(
    view.zoom?.x ?? xRange ?? [view.logX ? 1 : 0, steps ?? 100],
    [plot.left, plot.left + plot.width],
    view.logX,
  );

  const drawn = visible.map((run, k) => {
    const values = valuesOf(run.curve, window, metric);
    const xOfStep = stepReader(run.curve, axis, epochRows);
    return {
      ...run,
      values,
      x: readers[k]!,
      xOfStep,
      indices: drawnIndices(run.curve, values, axis, readers[k]!, xScale, metric),
    };
  });

  const yTicksWanted = ticksUp(plot);
  const shares = isAccuracy(metric);
  const yRange = memory.hold(
    lens,
    running,
    'y',
    shares ? rangeOfShares(drawn, xScale, view) : rangeOfY(drawn, xScale, view, metric),
  );
  const [yTicks, yAxis] = shares ? [shareTicks, shareAxis] : [logTicks, logAxis];
  const [least, greatest] = yRange ?? (shares ? [0, 1] : [1e-3, 1]);
  const y = view.zoom?.y
    ? { domain: view.zoom.y, ticks: yTicks(view.zoom.y, yTicksWanted) }
    : yAxis(least, greatest, yTicksWanted);
  const yScale = makeScale(y.domain, [plot.top + plot.height, plot.top], !shares);

  const xTicksWanted = ticksAcross(plot);
  const place = `${metric} ${metrics.length} ${xScale.domain.join()} ${view.logX} ${axis} ${y.domain.join()} ${Object.values(plot).join()} ${window} ${view.bands}`;
  const unit = (run: { readonly curve: RunCurve }) => unitsPerStep(run.curve.run, axis, epochRows) ?? '';
  return {
    runs,
    version: input.version,
    plot,
    metric,
    metrics,
    axis,
    x: memory.axis('x', place, () => ({
      scale: xScale,
      ticks: (view.logX ? logTicks : linearTicks)(xScale.domain, xTicksWanted),
      title: xTitle(axis, view.logX),
    })),
    y: memory.axis('y', place, () => ({ scale: yScale, ticks: y.ticks, title: yTitle(metric, metrics, window) })),
    series: drawn.map((run) => {
      const divergence = divergenceOf(run.curve);
      const at = (i: number): Mark => ({ x: xScale.toPixel(run.x(i)), y: yScale.toPixel(run.values.median[i]!) });
      return {
        id: run.id,
        index: run.index,
        label: labels[run.index]!,
        curve: run.curve,
        stale: run.stale,
        values: run.values,
        x: run.x,
        xOfStep: run.xOfStep,
        indices: run.indices,
        revision: `${run.curve.loss.length} ${place} ${unit(run)}`,
        theory: run.curve.theory,
        theoryRevision: `${place} ${unit(run)} ${steps} ${axis === 'seconds' ? run.curve.loss.length : ''}`,
        end: lineEnd(run.indices, run.values.median, at, plot, !shares),
        divergence,
        diverges: divergence?.median !== undefined && reaches(run.xOfStep(divergence.median.step), xScale),
        firstDiverged: divergence && firstDivergedMark(run, divergence, at, plot, !shares),
      };
    }),
    decays: decaysOf(input.problem, drawn, steps, xScale, plot),
    steps,
    window,
    running,
  };
}

function rangeOfX(
  visible: readonly { readonly curve: RunCurve }[],
  readers: readonly ((i: number) => number)[],
  axis: XAxisUnit,
  { view, epochRows, steps }: ModelInput,
  running: boolean,
): Range | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  visible.forEach(({ curve }, k) => {
    const x = readers[k]!;
    const n = curve.step.length;
    const unit = unitsPerStep(curve.run, axis, epochRows);
    high = Math.max(high, x(n - 1), unit !== undefined && steps !== undefined ? steps * unit : 0);
    const firstPositive = view.logX ? lowerBound(n, x, Number.MIN_VALUE) : 0;
    if (firstPositive < n) low = Math.min(low, x(firstPositive));
  });
  if (visible.length === 0 || high <= 0) return undefined;
  // Measured time has no known end: grow in tidy jumps rather than with every point.
  if (axis === 'seconds' && running) high = roomyCeil(high);
  if (!view.logX) return [0, high];
  if (!Number.isFinite(low)) low = high / 100;
  return low < high ? [low, high] : [low / 10, high];
}

function roomyCeil(x: number): number {
  const power = 10 ** Math.floor(Math.log10(x));
  return power * ([1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10].find((m) => m * power >= x * 1.02) ?? 12.5);
}

function rangeOfY(
  drawn: readonly Pick<Series, 'curve' | 'values' | 'indices' | 'x' | 'xOfStep'>[],
  xScale: Scale,
  { bands, theory }: ChartView,
  metric: Metric,
): Range | undefined {
  let start = 0;
  for (const { values } of drawn) if (drawable(values.median[0])) start = Math.max(start, values.median[0]);
  const ceiling = start > 0 ? start * HEADROOM : Number.POSITIVE_INFINITY;
  let low = Number.POSITIVE_INFINITY;
  let high = 0;
  for (const { curve, values, indices, x } of drawn) {
    const diverges = curve.outcomes.some((outcome) => outcome.kind === 'diverged');
    for (const i of indices) {
      const at = x(i);
      if (at < xScale.domain[0] || at > xScale.domain[1]) continue;
      const median = values.median[i]!;
      if (drawable(median)) {
        low = Math.min(low, median);
        high = Math.max(high, diverges ? Math.min(median, ceiling) : median);
      }
      if (!bands) continue;
      if (drawable(values.low[i])) low = Math.min(low, values.low[i]);
      if (drawable(values.high[i])) high = Math.max(high, Math.min(values.high[i], ceiling));
    }
  }
  // A diverging expectation must not press the race together: it leaves through the top.
  if (theory && metric === 'loss')
    for (const { curve, xOfStep } of drawn) high = Math.max(high, expectedTop(curve, xOfStep, xScale, start));
  return high > 0 && low <= high ? [low, high] : undefined;
}

/** Of accuracies: just what is there. A lane that diverged leaves through the bottom. */
function rangeOfShares(
  drawn: readonly Pick<Series, 'values' | 'indices' | 'x'>[],
  xScale: Scale,
  { bands }: ChartView,
): Range | undefined {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { values, indices, x } of drawn)
    for (const i of indices) {
      const at = x(i);
      if (at < xScale.domain[0] || at > xScale.domain[1]) continue;
      for (const value of bands ? [values.median[i], values.low[i], values.high[i]] : [values.median[i]]) {
        if (!drawable(value, false)) continue;
        low = Math.min(low, value);
        high = Math.max(high, value);
      }
    }
  return low <= high ? [low, high] : undefined;
}

/** Whether an x value lies before the end of the axis; of time that was not measured it is not known. */
const reaches = (x: number | undefined, { domain }: Scale): boolean => x === undefined || x <= domain[1] * (1 + 1e-9);

/** Where the median ends in the picture: its last point, or where it crosses the plot's edge for good. */
function lineEnd(
  indices: readonly number[],
  median: readonly number[],
  at: (i: number) => Mark,
  plot: Plot,
  log: boolean,
): Mark | undefined {
  let outside: Mark | undefined;
  for (let k = indices.length - 1; k >= 0; k--) {
    const i = indices[k]!;
    if (!drawable(median[i], log)) continue;
    const mark = at(i);
    if (mark.x < plot.left - 0.5) return undefined;
    const inside =
      mark.x <= plot.left + plot.width + 0.5 && mark.y >= plot.top - 0.5 && mark.y <= plot.top + plot.height + 0.5;
    if (inside) return outside ? crossing(mark, outside, plot) : mark;
    outside = mark;
  }
  return undefined;
}

/** Where the segment from a point inside to one outside meets the plot's edge. */
function crossing(inside: Mark, outside: Mark, plot: Plot): Mark {
  const shares = [1];
  const dx = outside.x - inside.x;
  const dy = outside.y - inside.y;
  if (dx > 0) shares.push((plot.left + plot.width - inside.x) / dx);
  if (dy < 0) shares.push((plot.top - inside.y) / dy);
  if (dy > 0) shares.push((plot.top + plot.height - inside.y) / dy);
  const share = Math.max(0, Math.min(...shares));
  return { x: inside.x + dx * share, y: inside.y + dy * share };
}

function firstDivergedMark(
  run: { readonly curve: RunCurve; readonly values: Values },
  divergence: Divergence,
  at: (i: number) => Mark,
  plot: Plot,
  log: boolean,
): Mark | undefined {
  const { step } = run.curve;
  let i = Math.min(
    step.length - 1,
    lowerBound(step.length, (k) => step[k]!, divergence.first.step),
  );
  while (i >= 0 && !drawable(run.values.median[i], log)) i--;
  if (i < 0) return undefined;
  const mark = at(i);
  const inside = mark.x >= plot.left && mark.x <= plot.left + plot.width;
  return inside ? { x: mark.x, y: Math.min(Math.max(mark.y, plot.top), plot.top + plot.height) } : undefined;
}
