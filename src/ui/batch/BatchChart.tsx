import { useMemo } from 'react';
import { plotIn } from '../../export/figure/plot';
import { BATCH_OPTIMIZERS, type BatchOptimizer } from '../../theory/batch-curve';
import type { SpectralConstants } from '../../theory/spectral';
import { Frame } from '../chart/Frame';
import { useTextScale } from '../text-scale';
import classes from './batch.module.css';
import {
  batchModel,
  EXACT_STROKE,
  GUARANTEED_STROKE,
  inUnit,
  type ExactPoint,
  type MeasuredPoint,
  type SpeedUnit,
} from '../../export/figure/batch';

interface BatchChartProps {
  readonly constants: SpectralConstants;
  readonly exact: readonly ExactPoint[];
  readonly measured: readonly MeasuredPoint[];
  readonly unit: SpeedUnit;
  readonly width: number;
  readonly colours: Readonly<Record<BatchOptimizer, string>>;
}

/** Height and margins for text of the usual size. */
const HEIGHT = 320;
const LEFT = 56;
const RIGHT = 16;
/** Narrower than this, at that size, a regime goes unnamed in the picture: the sentence and the table name it. */
const NAMED = 96;

/** Regimes as shades, theory as lines, measurements as points with their intervals. */
export function BatchChart({ constants, exact, measured, unit, width, colours }: BatchChartProps) {
  const textScale = useTextScale();
  const height = HEIGHT * textScale;
  const plot = useMemo(
    () => plotIn({ width, height, left: LEFT, right: RIGHT, textScale }),
    [width, height, textScale],
  );
  const model = useMemo(
    () => batchModel(constants, exact, measured, unit, plot),
    [constants, exact, measured, unit, plot],
  );
  const bottom = plot.top + plot.height;
  const y = (speed: number) => Math.min(bottom, Math.max(plot.top, model.y.scale.toPixel(speed)));
  return (
    <div aria-hidden="true">
      <Frame width={width} height={height} plot={plot} x={model.x} y={model.y}>
        {model.regimes.map(({ name, from, to }, k) => (
          <g key={name}>
            <rect
              className={classes['regime']}
              x={from}
              y={plot.top}
              width={to - from}
              height={plot.height}
              opacity={0.04 + 0.04 * k}
            />
            {to - from > NAMED * textScale && (
              <text
                className={classes['regimeName']}
                x={(from + to) / 2}
                y={bottom - 8 * textScale}
                textAnchor="middle"
              >
                {name}
              </text>
            )}
          </g>
        ))}
        {model.marks.map(({ name, x }) => (
          <g key={name}>
            <line className={classes['mark']} x1={x} x2={x} y1={plot.top} y2={bottom} />
            <text className={classes['regimeName']} x={x + 4} y={plot.top + 12 * textScale}>
              {name}
            </text>
          </g>
        ))}
        {BATCH_OPTIMIZERS.map((optimizer) => (
          <g key={optimizer} fill="none" stroke={colours[optimizer]}>
            <path
              d={model.guaranteed[optimizer]}
              strokeWidth={GUARANTEED_STROKE.width}
              strokeDasharray={GUARANTEED_STROKE.dash}
            />
            <path d={model.exact[optimizer]} strokeWidth={EXACT_STROKE.width} />
          </g>
        ))}
        {measured.map(({ optimizer, batch, speed, low, high }) => {
          const x = model.x.scale.toPixel(batch);
          const top = y(inUnit(high, batch, unit));
          const foot = low > 0 ? y(inUnit(low, batch, unit)) : bottom;
          return (
            <g key={`${optimizer} ${batch}`} stroke={colours[optimizer]} data-measured={optimizer}>
              <path d={`M${x - 3} ${top}h6m-3 0V${foot}m-3 0h6`} fill="none" strokeWidth={1.25} />
              <circle cx={x} cy={y(inUnit(speed, batch, unit))} r={3.5} fill={colours[optimizer]} />
            </g>
          );
        })}
      </Frame>
    </div>
  );
}
