import { memo } from 'react';
import { axisTicks, type AxisTick } from '../../export/sweep/axis';
import type { MapValues, SweepData } from '../../export/sweep/data';
import { columnTicks, rowTicks, TOP, type Panel, type SheetLayout } from '../../export/sweep/layout';
import type { Metric } from '../../export/sweep/metrics';
import { mapOverlay, pathThrough } from '../../export/sweep/overlay';
import classes from './maps.module.css';

interface SheetProps {
  readonly layout: SheetLayout;
  readonly data: SweepData;
  readonly values: readonly MapValues[];
  readonly metric: Metric;
}

/** What stands round and over the cells: names, axes, theory, best cells. */
export const Sheet = memo(function Sheet({ layout, data, values, metric }: SheetProps) {
  const last = layout.panels.at(-1);
  return (
    <svg className={classes['overlay']} width={layout.width} height={layout.height} aria-hidden="true">
      <text className={classes['axisTitle']} x={0} y={TOP - 7}>
        {data.y.title}
      </text>
      {layout.panels.map((panel) => (
        <PanelFrame
          key={data.maps[panel.map]!.key}
          panel={panel}
          data={data}
          values={values[panel.map]}
          metric={metric}
        />
      ))}
      {last && (
        <text
          className={classes['axisTitle']}
          x={last.plot.left + last.plot.width}
          y={layout.height - 4}
          textAnchor="end"
        >
          {data.x.title}
        </text>
      )}
    </svg>
  );
});

interface PanelFrameProps {
  readonly panel: Panel;
  readonly data: SweepData;
  readonly values: MapValues | undefined;
  readonly metric: Metric;
}

function PanelFrame({ panel, data, values, metric }: PanelFrameProps) {
  const { plot, map, labelledX, labelledY } = panel;
  const [columns, rows] = [data.x.values.length, data.y.values.length];
  const best = values?.best;
  const right = plot.left + plot.width;
  const bottom = plot.top + plot.height;
  const overlay = mapOverlay(data, map);
  const path = (points: Parameters<typeof pathThrough>[0]) => pathThrough(points, plot, columns, rows);
  const boundary = overlay.boundary.map(path).join('');
  const optimal = path(overlay.optimal);
  // Lines without length have round ends: one path draws all dots.
  const dots = overlay.best.map((point) => `${path([point])}h0`).join('');
  return (
    <g>
      <text className={classes['mapTitle']} x={plot.left} y={plot.top - 9}>
        {data.maps[map]!.label}
      </text>
      {best && (
        <text className={classes['mapBest']} x={right} y={plot.top - 9} textAnchor="end">
          {metric.format(best.value)}
          {metric.unit}
        </text>
      )}
      <rect className={classes['frame']} x={plot.left} y={plot.top} width={plot.width} height={plot.height} />
      {axisTicks(data.x, columnTicks(plot)).map((tick) => {
        const x = plot.left + (tick.at / columns) * plot.width;
        return (
          <g key={tick.at}>
            <path className={classes['tick']} d={`M${x} ${bottom}v4`} />
            {labelledX && (
              <text className={classes['tickLabel']} x={x} y={bottom + 16} textAnchor="middle">
                <TickLabel tick={tick} />
              </text>
            )}
          </g>
        );
      })}
      {axisTicks(data.y, rowTicks(plot)).map((tick) => {
        const y = bottom - (tick.at / rows) * plot.height;
        return (
          <g key={tick.at}>
            <path className={classes['tick']} d={`M${plot.left - 4} ${y}h4`} />
            {labelledY && (
              <text className={classes['tickLabel']} x={plot.left - 7} y={y + 4} textAnchor="end">
                <TickLabel tick={tick} />
              </text>
            )}
          </g>
        );
      })}
      {dots !== '' && (
        <>
          <path className={classes['dotHalo']} d={dots} />
          <path className={classes['dots']} d={dots} />
        </>
      )}
      {boundary !== '' && (
        <>
          <path className={classes['halo']} d={boundary} strokeWidth={4} />
          <path className={classes['boundary']} d={boundary} data-boundary={data.maps[map]!.label} />
        </>
      )}
      {optimal !== '' && (
        <>
          <path className={classes['halo']} d={optimal} strokeWidth={3.5} />
          <path className={classes['optimal']} d={optimal} />
        </>
      )}
      {best && (
        <g
          transform={`translate(${plot.left + ((best.x + 0.5) / columns) * plot.width} ${bottom - ((best.y + 0.5) / rows) * plot.height})`}
          data-best={data.maps[map]!.label}
        >
          <circle className={classes['bestHalo']} r={6.5} />
          <circle className={classes['best']} r={6.5} />
        </g>
      )}
    </g>
  );
}

function TickLabel({ tick }: { readonly tick: AxisTick }) {
  if (typeof tick.label === 'string') return tick.label;
  const { exponent } = tick.label;
  if (exponent === 0) return '1';
  return (
    <>
      10
      <tspan dy={-5} fontSize={9}>
        {String(exponent).replace('-', '−')}
      </tspan>
    </>
  );
}
