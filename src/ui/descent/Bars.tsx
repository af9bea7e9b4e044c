/** How much of each run's loss lies along each eigen-direction now. */
import { useMemo } from 'react';
import { lossDecades, powerText } from './geometry';
import { excessRange, hasDiverged, pointAt, shareAt, shareRange, type DrawnPath } from './path';
import classes from './descent.module.css';

interface BarsProps {
  readonly paths: readonly DrawnPath[];
  /** The two directions of the picture. */
  readonly marked: readonly [number, number];
  readonly nameOf: (direction: number) => string;
  readonly step: number;
  readonly width: number;
  readonly height: number;
  /** Size of text over the usual. */
  readonly scale: number;
}

/** Bars narrower than this in pixels cannot be told apart. */
const THINNEST = 2.5;
/** Shares this far below the least loss of all paths matter to none of them. */
const NEGLIGIBLE = 1e-3;

/** Bars grow from the least share that matters: a logarithmic axis has no zero. */
export function Bars({ paths, marked, nameOf, step, width, height, scale }: BarsProps) {
  const margin = { left: 46 * scale, right: 8, top: 10 * scale, bottom: 40 * scale };
  const bottom = height - margin.bottom;
  const room = width - margin.left - margin.right;
  const kept = paths[0]!.path.ranks.length;
  const fitting = Math.max(2, Math.floor(room / (THINNEST * (paths.length + 1))));
  const shown = Math.min(kept, fitting);
  const directions = Array.from({ length: shown }, (_, k) =>
    shown === 1 ? 0 : Math.round((k * (kept - 1)) / (shown - 1)),
  );

  const [low, high] = useMemo(
    () => lossDecades({ ...shareRange(paths), least: excessRange(paths).least * NEGLIGIBLE }),
    [paths],
  );
  const toPixel = (share: number) =>
    Math.max(margin.top, bottom - ((Math.log10(share) - low) / (high - low)) * (bottom - margin.top));
  const every = Math.max(1, Math.ceil((high - low) / 6));
  const ticks = Array.from({ length: Math.floor((high - low) / every) + 1 }, (_, k) => high - k * every);
  const group = room / shown;
  const pitch = Math.min(22 * scale, (group * 0.8) / paths.length);
  const all = shown <= Math.max(2, room / (80 * scale));

  return (
    <svg
      className={classes['bars']}
      width={width}
      height={height}
      role="img"
      aria-label="Loss of each run along each eigen-direction, on a logarithmic scale"
    >
      {ticks.map((power) => {
        const y = bottom - ((power - low) / (high - low)) * (bottom - margin.top);
        return (
          <g key={power}>
            <line className={classes['grid']} x1={margin.left} x2={width - margin.right} y1={y} y2={y} />
            <text x={margin.left - 7} y={y} dy="0.32em" textAnchor="end" className={classes['tick']}>
              {powerText(power)}
            </text>
          </g>
        );
      })}
      {directions.map((direction, place) => {
        const middle = margin.left + group * (place + 0.5);
        const edge = place === 0 ? 'start' : place === shown - 1 ? 'end' : undefined;
        return (
          <g key={direction}>
            <g opacity={kept <= 2 || marked.includes(direction) ? 1 : 0.62}>
              {paths.map(({ id, label, style, path, stale }, k) => {
                const share = shareAt(path, pointAt(path, step), direction);
                const wide = Math.max(1, pitch - (pitch > 5 ? 2 : 0.5));
                // What is below the scale leaves a mark at its foot: the run is there, its bar is not.
                const top = share > 10 ** low ? Math.min(toPixel(share), bottom - 2) : bottom - 2;
                return (
                  <rect
                    key={id}
                    x={middle + (k - paths.length / 2) * pitch + (pitch - wide) / 2}
                    y={top}
                    width={wide}
                    height={bottom - top}
                    rx={Math.min(2, wide / 3, (bottom - top) / 2)}
                    fill={style.colour}
                    fillOpacity={stale || hasDiverged(path, step) ? 0.35 : 1}
                  >
                    <title>{`${label}, ${nameOf(direction)}: ${share.toExponential(2)}`}</title>
                  </rect>
                );
              })}
            </g>
            {(all || edge) && (
              <text
                x={all ? middle : edge === 'start' ? margin.left : width - margin.right}
                textAnchor={all ? 'middle' : edge}
                y={bottom + 16 * scale}
                className={classes['tick']}
              >
                {nameOf(direction)}
              </text>
            )}
          </g>
        );
      })}
      <line className={classes['axis']} x1={margin.left} x2={width - margin.right} y1={bottom} y2={bottom} />
      <text x={width - margin.right} y={height - 5} textAnchor="end" className={classes['axisName']}>
        loss ½ λ e² per direction, from {powerText(low)} up
      </text>
    </svg>
  );
}
