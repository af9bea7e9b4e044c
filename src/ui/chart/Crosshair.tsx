/** What follows the pointer: the crosshair with all values, and the frame of a zoom being drawn. Only this re-renders then. */
import { useRef } from 'react';
import { formatCount, formatLoss, formatX } from '../../export/figure/format';
import { formatMetric, metricName } from '../../export/figure/metrics';
import type { ChartModel } from '../../export/figure/model';
import { textScaleOf } from '../../export/figure/plot';
import type { Readout } from '../../export/figure/readout';
import type { LineStyle } from '../../export/figure/view';
import classes from './chart.module.css';
import { Swatch } from './Swatch';

export interface Selection {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

interface CrosshairProps {
  readonly model: ChartModel;
  readonly readout: Readout | undefined;
  readonly selection: Selection | undefined;
  readonly styles: readonly LineStyle[];
  readonly bands: boolean;
  /** Whether exact expectations are listed. */
  readonly theory: boolean;
  readonly width: number;
  readonly height: number;
}

const units = { steps: 'step', samples: 'samples', epochs: 'epochs', seconds: 's' } as const;

export function Crosshair({ model, readout, selection, styles, bands, theory, width, height }: CrosshairProps) {
  const card = useRef<HTMLDivElement>(null);
  const { plot } = model;
  const rightmost = width - 120 * textScaleOf(plot);
  const listed = theory && readout?.rows.some(({ expected }) => expected !== undefined) === true;
  const onRight = readout !== undefined && readout.pixel < width / 2;
  return (
    <>
      <svg className={classes['overlay']} width={width} height={height} aria-hidden="true">
        {readout && !selection && (
          <>
            <line
              x1={readout.pixel}
              x2={readout.pixel}
              y1={plot.top}
              y2={plot.top + plot.height}
              stroke="var(--chart-quiet)"
              strokeOpacity={0.6}
            />
            {readout.rows.map(
              ({ series, point, y }) =>
                y !== undefined &&
                y >= plot.top &&
                y <= plot.top + plot.height && (
                  <circle
                    key={series.id}
                    cx={model.x.scale.toPixel(series.x(point))}
                    cy={y}
                    r={4}
                    fill={styles[series.index]!.colour}
                    stroke="var(--chart-surface)"
                    strokeWidth={2}
                  />
                ),
            )}
          </>
        )}
        {selection && (
          <rect
            x={selection.left}
            y={selection.top}
            width={selection.right - selection.left}
            height={selection.bottom - selection.top}
            fill="var(--chart-ink)"
            fillOpacity={0.08}
            stroke="var(--chart-quiet)"
          />
        )}
      </svg>
      {readout && !selection && (
        <div
          ref={card}
          className={classes['readout']}
          style={
            onRight
              ? { left: Math.min(readout.pixel + 16, rightmost) }
              : { right: Math.min(width - readout.pixel + 16, rightmost) }
          }
        >
          <table>
            <caption>{headline(model, readout)}</caption>
            {listed && (
              <thead>
                <tr>
                  <td />
                  <th scope="col">median</th>
                  <th scope="col">expected</th>
                  {bands && <th scope="col">10–90 %</th>}
                </tr>
              </thead>
            )}
            <tbody>
              {readout.rows.map((row) => (
                <tr key={row.series.id}>
                  <th scope="row">
                    <Swatch style={styles[row.series.index]!} width={16} />
                    <span className={classes['name']}>{row.series.label}</span>
                  </th>
                  <td>
                    {row.state === 'value'
                      ? formatMetric(model.metric, row.median)
                      : row.state === 'pending'
                        ? '…'
                        : 'diverged'}
                  </td>
                  {listed && (
                    <td className={classes['range']}>{row.expected === undefined ? '' : formatLoss(row.expected)}</td>
                  )}
                  {bands && (
                    <td className={classes['range']}>
                      {row.state === 'value' && row.series.curve.lanes > 1
                        ? `${formatMetric(model.metric, row.low, 2)} – ${formatMetric(model.metric, row.high, 2)}`
                        : row.state === 'diverged' && row.alive > 0
                          ? `${row.alive} of ${row.series.curve.lanes} finite`
                          : ''}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </>
  );
}

function headline(model: ChartModel, readout: Readout): string {
  const { axis, metric, metrics } = model;
  const place = axis === 'steps' ? `Step ${formatCount(readout.x)}` : `${formatX(readout.x)} ${units[axis]}`;
  return metrics.length > 1 ? `${place}, ${metricName(metric, metrics)}` : place;
}
