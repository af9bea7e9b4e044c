/** How much of each run's loss lies along each eigen-direction now. */
import { useMemo } from 'react';
import { superscript } from '../../export/figure/format';
import { hasDiverged, pointAt, shareAt, type DrawnPath } from './path';
import classes from './descent.module.css';

interface BarsProps {
  readonly paths: readonly DrawnPath[];
  /** The two directions of the picture. */
  readonly marked: readonly [number, number];
  readonly nameOf: (direction: number) => string;
  readonly step: number;
  readonly width: number;
  readonly height: number;
}

const MARGIN = { left: 46, right: 8, top: 10, bottom: 40 } as const;
/** Bars narrower than this in pixels cannot be told apart. */
const THINNEST = 2.5;
const MAX_DECADES = 30;

export function Bars({ paths, marked, nameOf, step, width, height }: BarsProps) {
  const bottom = height - MARGIN.bottom;
  const room = width - MARGIN.left - MARGIN.right;
  const kept = paths[0]!.path.ranks.length;
  const fitting = Math.max(2, Math.floor(room / (THINNEST * (paths.length + 1))));
  const shown = Math.min(kept, fitting);
  const directions = Array.from({ length: shown }, (_, k) =>
    shown === 1 ? 0 : Math.round((k * (kept - 1)) / (shown - 1)),
  );

  const [low, high] = useMemo(() => decades(paths), [paths]);
  const toPixel = (share: number) =>
    Math.max(MARGIN.top, bottom - ((Math.log10(share) - low) / (high - low)) * (bottom - MARGIN.top));
  const every = Math.max(1, Math.ceil((high - low) / 6));
  const ticks = Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, k) => low + k * every);
  const group = room / shown;
  const pitch = Math.min(22, (group * 0.8) / paths.length);
  const named = shown <= Math.max(2, room / 80) ? directions : [directions[0]!, directions.at(-1)!];

  return (
    <svg
      className={classes['bars']}
      width={width}
      height={height}
      role="img"
      aria-label="Loss of each run along each eigen-direction, on a logarithmic scale"
    >
      {ticks.map((power) => (
        <g key={power}>
          <line
            className={classes['grid']}
            x1={MARGIN.left}
            x2={width - MARGIN.right}
            y1={toPixel(10 ** power)}
            y2={toPixel(10 ** power)}
          />
          <text x={MARGIN.left - 7} y={toPixel(10 ** power) + 4} textAnchor="end" className={classes['tick']}>
            {power === 0 ? '1' : `10${superscript(power)}`}
          </text>
        </g>
      ))}
      {directions.map((direction, place) => {
        const middle = MARGIN.left + group * (place + 0.5);
        return (
          <g key={direction} opacity={kept <= 2 || marked.includes(direction) ? 1 : 0.62}>
            {paths.map(({ id, label, style, path }, k) => {
              const point = pointAt(path, step);
              const share = shareAt(path, point, direction);
              const left = middle + (k - paths.length / 2) * pitch;
              const top = share > 10 ** low ? toPixel(share) : bottom;
              const wide = Math.max(1, pitch - (pitch > 5 ? 2 : 0.5));
              return (
                <rect
                  key={id}
                  x={left + (pitch - wide) / 2}
                  y={Math.min(top, bottom)}
                  width={wide}
                  height={Math.max(0, bottom - top)}
                  rx={Math.min(2, wide / 3)}
                  fill={style.colour}
                  fillOpacity={hasDiverged(path, step) ? 0.35 : 1}
                >
                  <title>{`${label}, ${nameOf(direction)}: ${share.toExponential(2)}`}</title>
                </rect>
              );
            })}
            {named.includes(direction) && (
              <text
                x={shown > 2 && named.length === 2 ? (place === 0 ? MARGIN.left : width - MARGIN.right) : middle}
                textAnchor={shown > 2 && named.length === 2 ? (place === 0 ? 'start' : 'end') : 'middle'}
                y={bottom + 16}
                className={classes['tick']}
              >
                {nameOf(direction)}
              </text>
            )}
          </g>
        );
      })}
      <line className={classes['axis']} x1={MARGIN.left} x2={width - MARGIN.right} y1={bottom} y2={bottom} />
      <text x={width - MARGIN.right} y={height - 5} textAnchor="end" className={classes['axisName']}>
        loss ½ λ e² per eigen-direction
      </text>
    </svg>
  );
}

/** Powers of ten that hold all shares of the paths that stay. */
function decades(paths: readonly DrawnPath[]): [number, number] {
  let least = Infinity;
  let most = 0;
  for (const { path } of paths)
    for (let k = 0; k < path.step.length; k++)
      for (let j = 0; j < path.ranks.length; j++) {
        const share = shareAt(path, k, j);
        if (share > 0 && (path.diverged === undefined || k === 0)) {
          least = Math.min(least, share);
          most = Math.max(most, share);
        }
      }
  if (!(most > 0) || !Number.isFinite(most)) return [-12, 0];
  const high = Math.ceil(Math.log10(most) + 0.3);
  return [Math.max(high - MAX_DECADES, Math.min(high - 2, Math.floor(Math.log10(least)))), high];
}
