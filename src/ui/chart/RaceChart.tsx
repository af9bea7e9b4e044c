/**
 * The live chart: the race of all runs, with its settings, legend, crosshair, zoom, text summary and table.
 *
 * Curves grow in place; the chart draws anew when `version` changes, which should be at most once per frame.
 */
import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useCallback, useMemo, useState, type CSSProperties } from 'react';
import { recordedOf } from '../../experiment/curves';
import { bandTitle, runLabels } from '../../export/figure/labels';
import { legendKeys } from '../../export/figure/keys';
import { AxisMemory, chartModel, type ChartModel } from '../../export/figure/model';
import { textWidth } from '../../export/figure/place-labels';
import { plotIn } from '../../export/figure/plot';
import { effectiveView, type ChartRun, type ChartView } from '../../export/figure/view';
import { isAccuracy, type Metric } from '../../problems/metrics';
import type { ProblemConfig } from '../../problems/registry';
import { runStyle, SURFACE } from '../palette';
import { useTextScale } from '../text-scale';
import classes from './chart.module.css';
import { DataTable } from './DataTable';
import { Legend } from './Legend';
import { PlotArea } from './PlotArea';
import { Summary } from './Summary';
import { Toolbar } from './Toolbar';
import { useFirstPoints } from './use-first-points';

export interface RaceChartProps {
  /** In the order of the experiment, which decides their colours. Disabled runs are left out by `run.enabled`. */
  readonly runs: readonly ChartRun[];
  /** What is recorded of the runs. */
  readonly metrics: readonly Metric[];
  /** Changes whenever curves grew or were replaced. */
  readonly version: number;
  /** Rows of the data set, for the axis in epochs; undefined for streams. */
  readonly epochRows: number | undefined;
  readonly coordinates: 'error' | 'weights' | undefined;
  /** Planned steps of the runs. */
  readonly steps: number | undefined;
  /** What the curves are of. */
  readonly problem: ProblemConfig | undefined;
  /** Nothing more is computed, because something went wrong. */
  readonly failed: boolean;
  readonly view: ChartView;
  readonly onView: (patch: Partial<ChartView>) => void;
}

/** Narrower than this, with text of the usual size, names stay in the legend and the readout is short. */
const COMPACT = 620;
const Y_AXIS_WIDTH = 56;

export function RaceChart(props: RaceChartProps) {
  const { runs: all, metrics, version, epochRows, coordinates, steps, problem, failed, view: asked, onView } = props;
  const view = useMemo(() => effectiveView(asked, metrics), [asked, metrics]);
  const scheme = useComputedColorScheme('light');
  const { ref, width, height } = useElementSize<HTMLDivElement>();
  const [memory] = useState(() => new AxisMemory());
  const [table, setTable] = useState(false);
  const [emphasised, setEmphasised] = useState<number>();

  const styles = useMemo(() => {
    const configs = all.map(({ run }) => run);
    return configs.map((_, index) => runStyle(configs, index, scheme));
  }, [all, scheme]);
  const labels = useMemo(() => runLabels(all.map(({ run }) => run)), [all]);
  /** Disabled runs keep their place, and with it their colour, but have no curve. */
  const runs = useMemo(
    () => all.map((entry) => (entry.run.enabled === false ? { ...entry, curve: undefined } : entry)),
    [all],
  );
  const shown = runs.flatMap((entry, index) =>
    entry.run.enabled === false ? [] : [{ ...entry, label: labels[index]!, style: styles[index]! }],
  );

  const textScale = useTextScale();
  const compact = width < COMPACT * textScale;
  const labelRoom = compact ? 12 : 20 + Math.min(160, Math.max(40, ...labels.map(textWidth)));
  const plot = useMemo(
    () => plotIn({ width, height, left: Y_AXIS_WIDTH, right: labelRoom, textScale }),
    [width, height, labelRoom, textScale],
  );

  const model = useMemo(
    () => chartModel({ runs, metrics, version, view, plot, epochRows, steps, problem }, memory),
    [runs, metrics, version, view, plot, epochRows, steps, problem, memory],
  );
  useFirstPoints(model);
  const lanes = Math.max(1, ...model.series.map((series) => series.curve.lanes));

  const expects = model.series.some(({ curve }) => curve.theory.expected);
  const guaranteed = model.series.some(({ curve }) => curve.theory.guaranteedRate !== undefined);

  const { hidden } = view;
  const toggle = useCallback(
    (id: number) => {
      const next = new Set(hidden);
      if (!next.delete(id)) next.add(id);
      onView({ hidden: next });
    },
    [hidden, onView],
  );
  /** As text: the list itself is a new one in every frame. */
  const present = shown.map(({ id }) => id).join();
  const solo = useCallback(
    (id: number) => {
      const others = present
        .split(',')
        .map(Number)
        .filter((other) => other !== id);
      const alone = !hidden.has(id) && others.every((other) => hidden.has(other));
      onView({ hidden: new Set(alone ? [] : others) });
    },
    [hidden, onView, present],
  );

  return (
    <figure
      className={classes['root']}
      style={{ '--chart-surface': SURFACE[scheme] } as CSSProperties}
      aria-label="Race of the optimizers"
    >
      <Toolbar
        view={asked}
        metric={view.metric}
        metrics={metrics}
        compact={compact}
        epochRows={epochRows}
        table={table}
        guaranteed={guaranteed}
        onTable={setTable}
        onView={onView}
      />
      <Legend
        entries={shown}
        hidden={hidden}
        metric={view.metric}
        keys={legendKeys(model, view)}
        onToggle={toggle}
        onSolo={solo}
        onEmphasise={setEmphasised}
      />
      <div ref={ref} className={classes['stage']}>
        {table ? (
          <DataTable model={model} theory={view.theory} />
        ) : (
          width > 0 && (
            <PlotArea
              model={model}
              styles={styles}
              width={width}
              height={height}
              compact={compact}
              bands={view.bands}
              theory={view.theory}
              guarantee={view.guarantee}
              emphasised={emphasised}
              message={messageFor(model, shown.length, failed)}
              onZoom={(zoom) => {
                onView({ zoom });
              }}
            />
          )
        )}
      </div>
      <figcaption>
        <Summary model={model} />
        {model.series.length > 0 && <p className={classes['note']}>{caption(lanes, coordinates, view, expects)}</p>}
      </figcaption>
    </figure>
  );
}

function messageFor(model: ChartModel, shown: number, failed: boolean): string | undefined {
  if (model.series.length > 0) return undefined;
  if (shown === 0) return 'No run is switched on.';
  return model.runs.some(({ curve }) => curve && curve.step.length > 0 && recordedOf(curve, model.metric))
    ? 'All curves are hidden: choose one in the legend.'
    : failed
      ? 'Nothing was computed.'
      : 'No points yet.';
}

function caption(
  lanes: number,
  coordinates: 'error' | 'weights' | undefined,
  { metric, bands, theory }: ChartView,
  expects: boolean,
): string {
  const parts = [`Lines: ${bands ? bandTitle(lanes) : bandTitle(lanes).replace(/ and.* band/, '')}.`];
  if (bands && lanes > 1)
    parts.push(
      isAccuracy(metric)
        ? 'A diverged seed counts as worse than any: a band without a lower edge is filled to the bottom.'
        : 'A diverged seed counts as infinite: a band without an upper edge is filled to the top.',
    );
  if (theory && expects)
    parts.push(
      'Dashed: the exact expectation; near the stability boundary rare large losses carry it, and the median lies below.',
    );
  if (coordinates === 'error')
    parts.push('Computed in error coordinates (w − w*), so float32 resolves losses to about 10⁻³⁸.');
  return parts.join(' ');
}
