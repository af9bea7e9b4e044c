/**
 * Axes and grid, drawn by Recharts. The race's curves lie over them in a picture of their own and draw themselves:
 * handing every frame's points to Recharts' own lines and areas costs 80 to 150 ms a frame with ten runs of 400 points,
 * against 5 ms this way, because each item reports its data to the chart's store anew; and even a chart whose axes stay
 * as they are costs some milliseconds when it is drawn anew.
 */
import { memo, type ReactElement, type ReactNode } from 'react';
import {
  CartesianGrid,
  ComposedChart,
  XAxis,
  YAxis,
  type XAxisTickContentProps,
  type YAxisTickContentProps,
} from 'recharts';
import type { Axis } from '../../export/figure/model';
import { textScaleOf, xAxisHeight, type Plot } from '../../export/figure/plot';
import type { Tick } from '../../export/figure/scale';
import classes from './chart.module.css';

interface FrameProps {
  readonly width: number;
  readonly height: number;
  readonly plot: Plot;
  readonly x: Axis;
  readonly y: Axis;
  readonly children?: ReactNode;
}

export const Frame = memo(function Frame({ width, height, plot, x, y, children }: FrameProps) {
  const right = Math.max(0, width - plot.left - plot.width);
  return (
    <ComposedChart
      width={width}
      height={height}
      margin={{ top: plot.top, right, bottom: 0, left: 0 }}
      accessibilityLayer={false}
    >
      <Axes plot={plot} x={x} y={y} />
      {children}
    </ComposedChart>
  );
});

const Axes = memo(function Axes({ plot, x, y }: { plot: Plot; x: Axis; y: Axis }) {
  const scale = textScaleOf(plot);
  return (
    <>
      <CartesianGrid vertical={false} syncWithTicks stroke="var(--chart-grid)" />
      <XAxis
        type="number"
        dataKey="x"
        scale={x.scale.log ? 'log' : 'linear'}
        domain={[...x.scale.domain]}
        ticks={x.ticks.map((tick) => tick.value)}
        allowDataOverflow
        interval={0}
        height={xAxisHeight(plot)}
        stroke="var(--chart-axis)"
        tickLine={{ stroke: 'var(--chart-axis)' }}
        tick={(props: XAxisTickContentProps) => tickText(props, x.ticks, 'middle', '1.17em')}
      />
      <YAxis
        type="number"
        dataKey="y"
        scale={y.scale.log ? 'log' : 'linear'}
        domain={[...y.scale.domain]}
        ticks={y.ticks.map((tick) => tick.value)}
        allowDataOverflow
        interval={0}
        width={plot.left}
        axisLine={false}
        tickLine={false}
        tick={(props: YAxisTickContentProps) => tickText(props, y.ticks, 'end', '0.33em')}
      />
      <text
        className={classes['axisTitle']}
        x={plot.left + plot.width}
        y={plot.top + plot.height + 38 * scale}
        textAnchor="end"
      >
        {x.title}
      </text>
      <text className={classes['axisTitle']} x={4} y={12 * scale}>
        {y.title}
      </text>
    </>
  );
});

function tickText(
  { x, y, index }: { x: number | string; y: number | string; index: number },
  ticks: readonly Tick[],
  anchor: 'middle' | 'end',
  dy: string,
): ReactElement<SVGElement> {
  const label = ticks[index]?.label ?? '';
  return (
    <text className={classes['axisText']} x={x} y={y} dy={dy} textAnchor={anchor}>
      {typeof label === 'string' ? label : <PowerOfTen exponent={label.exponent} />}
    </text>
  );
}

function PowerOfTen({ exponent }: { exponent: number }) {
  if (exponent === 0) return <>1</>;
  return (
    <>
      10
      <tspan dy="-0.55em" fontSize="0.75em">
        {String(exponent).replace('-', '−')}
      </tspan>
    </>
  );
}
