import { Button, NativeSelect, SegmentedControl, Switch } from '@mantine/core';
import { IconZoomReset } from '@tabler/icons-react';
import { memo } from 'react';
import { X_AXES, type XAxisUnit } from '../../experiment/curves';
import { capitalised, metricName } from '../../export/figure/metrics';
import { effectiveX, SMOOTHING_SHARES, type ChartView } from '../../export/figure/view';
import type { Metric } from '../../problems/metrics';
import classes from './chart.module.css';

const axisLabels: Record<XAxisUnit, string> = {
  steps: 'Steps',
  samples: 'Samples',
  epochs: 'Epochs',
  seconds: 'Seconds',
};

/** Losses beside losses, accuracies beside accuracies. */
const ORDER: readonly Metric[] = ['loss', 'testLoss', 'accuracy', 'testAccuracy'];

interface ToolbarProps {
  readonly view: ChartView;
  /** What is drawn, of what is recorded. */
  readonly metric: Metric;
  readonly metrics: readonly Metric[];
  /** Whether there is little room. */
  readonly compact: boolean;
  readonly epochRows: number | undefined;
  readonly table: boolean;
  /** Whether the paper guarantees the slope of any run. */
  readonly guaranteed: boolean;
  readonly onTable: (table: boolean) => void;
  readonly onView: (patch: Partial<ChartView>) => void;
}

/** What the axes show and how. */
export const Toolbar = memo(function Toolbar(props: ToolbarProps) {
  const { view, metric, metrics, compact, epochRows, table, guaranteed, onTable, onView } = props;
  return (
    <div className={classes['toolbar']} role="group" aria-label="Chart settings">
      {metrics.length > 1 && <MetricSwitch metric={metric} metrics={metrics} compact={compact} onView={onView} />}
      <SegmentedControl
        size="xs"
        aria-label="Horizontal axis"
        data={X_AXES.map((axis) => ({
          value: axis,
          label: axisLabels[axis],
          disabled: axis === 'epochs' && epochRows === undefined,
        }))}
        value={effectiveX(view, epochRows)}
        onChange={(xAxis) => {
          onView({ xAxis, zoom: undefined });
        }}
      />
      <Switch
        size="xs"
        label="Log x"
        checked={view.logX}
        onChange={(event) => {
          onView({ logX: event.currentTarget.checked, zoom: undefined });
        }}
      />
      <Switch
        size="xs"
        label="Bands"
        checked={view.bands}
        onChange={(event) => {
          onView({ bands: event.currentTarget.checked });
        }}
      />
      {metrics.length === 1 && <TheorySwitches view={view} guaranteed={guaranteed} onView={onView} />}
      <NativeSelect
        size="xs"
        aria-label="Smoothing"
        value={String(view.smoothing)}
        data={SMOOTHING_SHARES.map((share) => ({
          value: String(share),
          label: share === 0 ? 'No smoothing' : `Smoothed over ${Math.round(share * 100)} %`,
        }))}
        onChange={(event) => {
          onView({ smoothing: Number(event.currentTarget.value) });
        }}
      />
      <Switch
        size="xs"
        label="Table"
        checked={table}
        onChange={(event) => {
          onTable(event.currentTarget.checked);
        }}
      />
      {view.zoom && (
        <Button
          size="compact-xs"
          variant="light"
          className={classes['push']}
          leftSection={<IconZoomReset size={14} aria-hidden="true" />}
          onClick={() => {
            onView({ zoom: undefined });
          }}
        >
          Reset zoom
        </Button>
      )}
    </div>
  );
});

/** Which of the recorded numbers is drawn. */
function MetricSwitch({
  metric,
  metrics,
  compact,
  onView,
}: Pick<ToolbarProps, 'metric' | 'metrics' | 'compact' | 'onView'>) {
  const data = ORDER.filter((one) => metrics.includes(one)).map((value) => ({
    value,
    label: capitalised(metricName(value, metrics)),
  }));
  return compact ? (
    <NativeSelect
      size="xs"
      aria-label="Vertical axis"
      data={data}
      value={metric}
      onChange={(event) => {
        const chosen = ORDER.find((one) => one === event.currentTarget.value);
        if (chosen) onView({ metric: chosen });
      }}
    />
  ) : (
    <SegmentedControl
      size="xs"
      aria-label="Vertical axis"
      data={data}
      value={metric}
      onChange={(chosen) => {
        onView({ metric: chosen });
      }}
    />
  );
}

/** The lines of theory, which speaks of linear problems. */
function TheorySwitches({ view, guaranteed, onView }: Pick<ToolbarProps, 'view' | 'guaranteed' | 'onView'>) {
  return (
    <>
      <Switch
        size="xs"
        label="Theory"
        title="Draws the exact expectation of the loss behind each curve, dashed"
        checked={view.theory}
        onChange={(event) => {
          onView({ theory: event.currentTarget.checked });
        }}
      />
      <Switch
        size="xs"
        label="Guarantee"
        title="Draws the slope that the paper guarantees at its optimal hyper-parameters, dotted"
        checked={view.guarantee}
        disabled={!guaranteed && !view.guarantee}
        onChange={(event) => {
          onView({ guarantee: event.currentTarget.checked });
        }}
      />
    </>
  );
}
