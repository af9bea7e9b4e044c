import { useComputedColorScheme } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { useMemo } from 'react';
import { plotIn } from '../../export/figure/plot';
import type { ClaimFigure } from '../../gallery/types';
import { Frame } from '../chart/Frame';
import { Swatch } from '../chart/Swatch';
import { useTextScale } from '../text-scale';
import { figureModel } from './figure-model';
import classes from './figure.module.css';

/** Height and margins for text of the usual size. */
const HEIGHT = 280;
const LEFT = 56;
const RIGHT = 16;

/** A claim's picture: measured points with their intervals over theory's lines. The table of checks has its numbers. */
export function FigureChart({ figure }: { readonly figure: ClaimFigure }) {
  const scheme = useComputedColorScheme('light');
  const { ref, width } = useElementSize<HTMLDivElement>();
  const textScale = useTextScale();
  const height = HEIGHT * textScale;
  const plot = useMemo(
    () => plotIn({ width, height, left: LEFT, right: RIGHT, textScale }),
    [width, height, textScale],
  );
  const model = useMemo(() => figureModel(figure, plot, scheme), [figure, plot, scheme]);
  const bottom = plot.top + plot.height;
  return (
    <figure className={classes['figure']} data-figure={figure.id}>
      <figcaption>{figure.title}</figcaption>
      <ul className={classes['legend']} aria-label="Lines and points of the figure">
        {model.series.map(({ label, kind, colour }) => (
          <li key={label}>
            {kind === 'theory' ? (
              <Swatch style={{ colour, dash: '5 4' }} />
            ) : (
              <svg width={10} height={10} aria-hidden="true">
                <circle cx={5} cy={5} r={4} fill={colour} />
              </svg>
            )}
            {label}
          </li>
        ))}
      </ul>
      <div ref={ref} className={classes['stage']} aria-hidden="true">
        {width > 0 && (
          <Frame width={width} height={height} plot={plot} x={model.x} y={model.y}>
            {model.marks.map(({ x, label }) => (
              <g key={label}>
                <line className={classes['mark']} x1={x} x2={x} y1={plot.top} y2={bottom} />
                <text className={classes['markName']} x={x + 4} y={bottom - 6 * textScale}>
                  {label}
                </text>
              </g>
            ))}
            {model.series.map(({ label, colour, path }) => (
              <path key={label} d={path} fill="none" stroke={colour} strokeWidth={1.5} strokeDasharray="5 4" />
            ))}
            {model.series.map(({ label, colour, points }) => (
              <g key={label} stroke={colour}>
                {points.map(({ x, y, top, foot }) => (
                  <g key={x}>
                    <path d={`M${x - 3} ${top}h6m-3 0V${foot}m-3 0h6`} fill="none" strokeWidth={1.25} />
                    <circle cx={x} cy={y} r={3.75} fill={colour} />
                  </g>
                ))}
              </g>
            ))}
          </Frame>
        )}
      </div>
    </figure>
  );
}
