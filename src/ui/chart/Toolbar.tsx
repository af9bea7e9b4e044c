import { Button, NativeSelect, SegmentedControl, Switch } from '@mantine/core';
import { IconZoomReset } from '@tabler/icons-react';
import { memo } from 'react';
import { X_AXES, type XAxisUnit } from '../../experiment/curves';
import { effectiveX, SMOOTHING_SHARES, type ChartView } from '../../export/figure/view';
import classes from './chart.module.css';

const axisLabels: Record<XAxisUnit, string> = {
  steps: 'Steps',
  samples: 'Samples',
  epochs: 'Epochs',
  seconds: 'Seconds',
};

interface ToolbarProps {
  readonly view: ChartView;
  readonly epochRows: number | undefined;
  readonly table: boolean;
  /** Whether the paper guarantees the slope of any run. */
  readonly guaranteed: boolean;
  readonly onTable: (table: boolean) => void;
  readonly onView: (patch: Partial<ChartView>) => void;
}

/** What the axes show and how. */
export const Toolbar = memo(function Toolbar(props: ToolbarProps) {
  const { view, epochRows, table, guaranteed, onTable, onView } = props;
  return (
    <div className={classes['toolbar']} role="group" aria-label="Chart settings">
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
