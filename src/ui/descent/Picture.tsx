/** Contours, paths and present positions along two eigen-directions. */
import { useId, useMemo, useState, type PointerEvent } from 'react';
import { formatCount } from '../../export/figure/format';
import {
  errorText,
  linearProjection,
  lossDecades,
  pathData,
  powerText,
  ringProjection,
  type Box,
  type Point,
  type ScaleKind,
} from './geometry';
import { errorAt, hasDiverged, planeRange, pointAt, reach, type DrawnPath } from './path';
import classes from './descent.module.css';

interface PictureProps {
  readonly paths: readonly DrawnPath[];
  /** Kept directions on the horizontal and the vertical axis, with their names. */
  readonly directions: readonly [number, number];
  readonly names: readonly [string, string];
  readonly kind: ScaleKind;
  readonly step: number;
  readonly width: number;
  readonly height: number;
  /** Size of text over the usual. */
  readonly scale: number;
  readonly label: string;
}

/** The last points stand out; the zoom fits the way of these, so that it does not jump about with the noise. */
const TRAIL = 24;
/** Opacity of all contours on top of each other, in the middle. */
const SHADE = 0.22;
/** Pixels around a point in which it is read. */
const REACH = 28;
/** Share of the frame that stays free round all paths drawn to scale. */
const ROOM = 1.12;

export function Picture({ paths, directions, names, kind, step, width, height, scale, label }: PictureProps) {
  const clip = useId();
  const [hover, setHover] = useState<{ id: number; point: number }>();
  const [horizontal, vertical] = directions;
  const rings = kind === 'rings';

  const box = useMemo<Box>(
    () => ({
      left: (rings ? 1 : 46) * scale,
      right: width - (rings ? 1 : 10 * scale),
      top: rings ? 1 : 10 * scale,
      bottom: height - (rings ? 1 : 40 * scale),
    }),
    [rings, width, height, scale],
  );
  const zoomed = kind === 'zoom' ? step : Infinity;
  const trail = kind === 'zoom' ? TRAIL : Infinity;
  const rangeX = useMemo(() => reach(paths, horizontal, zoomed, trail), [paths, horizontal, zoomed, trail]);
  const rangeY = useMemo(() => reach(paths, vertical, zoomed, trail), [paths, vertical, zoomed, trail]);
  const view = useMemo(() => {
    const { eigenvalues } = paths[0]!.path;
    const curvatures = [eigenvalues[horizontal]!, eigenvalues[vertical]!] as const;
    return rings
      ? ringProjection(curvatures, lossDecades(planeRange(paths, directions)), box, horizontal !== vertical)
      : linearProjection(curvatures, [rangeX * ROOM, rangeY * ROOM], box, [
          Math.max(3, Math.floor((box.right - box.left) / (90 * scale))),
          Math.max(3, Math.floor((box.bottom - box.top) / (60 * scale))),
        ]);
  }, [rings, paths, directions, horizontal, vertical, rangeX, rangeY, box, scale]);
  const lines = useMemo(
    () =>
      paths.map(({ path }) =>
        path.step.map((_, k) => view.toPixel(errorAt(path, k, horizontal), errorAt(path, k, vertical))),
      ),
    [paths, view, horizontal, vertical],
  );
  const [cx, cy] = view.centre;

  const read = (event: PointerEvent<SVGSVGElement>) => {
    const frame = event.currentTarget.getBoundingClientRect();
    const [px, py] = [event.clientX - frame.left, event.clientY - frame.top];
    let nearest: { id: number; point: number } | undefined;
    let least = REACH ** 2;
    paths.forEach(({ id, path }, k) => {
      const now = pointAt(path, step);
      lines[k]!.forEach(([a, b], point) => {
        // What is still to come is read only where nothing of the way so far is as near.
        const distance = (a - px) ** 2 + (b - py) ** 2 + (point > now ? 40 : 0);
        if (distance >= least) return;
        least = distance;
        nearest = { id, point };
      });
    });
    setHover(nearest);
  };
  const hoveredPlace = hover && paths.findIndex(({ id, path }) => id === hover.id && hover.point < path.step.length);
  const hovered =
    hover !== undefined && hoveredPlace !== undefined && hoveredPlace >= 0 ? paths[hoveredPlace] : undefined;

  return (
    <div className={classes['picture']} style={{ height }}>
      <svg
        width={width}
        height={height}
        role="img"
        aria-label={label}
        onPointerMove={read}
        onPointerDown={read}
        onPointerLeave={() => {
          setHover(undefined);
        }}
      >
        <clipPath id={clip}>
          <rect x={box.left} y={box.top} width={box.right - box.left} height={box.bottom - box.top} rx={4} />
        </clipPath>
        <g clipPath={`url(#${clip})`}>
          {[...view.contours].reverse().map(({ power, data }) => (
            <path key={power} d={data} className={classes['contour']} fillOpacity={SHADE / view.contours.length} />
          ))}
          <line x1={box.left} x2={box.right} y1={cy} y2={cy} className={classes['zero']} />
          <line x1={cx} x2={cx} y1={box.top} y2={box.bottom} className={classes['zero']} />
          {paths.map(({ id, style, path, stale }, k) => {
            const now = pointAt(path, step);
            const line = lines[k]!;
            return (
              <g
                key={id}
                fill="none"
                stroke={style.colour}
                strokeLinejoin="round"
                strokeLinecap="round"
                opacity={stale ? 0.35 : 1}
              >
                <path d={pathData(line.slice(now))} strokeWidth={1} strokeOpacity={0.2} />
                <path d={pathData(line.slice(0, now + 1))} strokeWidth={1.25} strokeOpacity={0.5} />
                <path
                  d={pathData(line.slice(Math.max(0, now - TRAIL), now + 1))}
                  strokeWidth={2}
                  strokeDasharray={style.dash}
                />
              </g>
            );
          })}
          {view.contours.map(
            ({ power, name }) =>
              name && (
                <text
                  key={power}
                  x={name[0]}
                  y={name[1]}
                  dy="0.32em"
                  textAnchor="middle"
                  className={classes['level']}
                  aria-hidden="true"
                >
                  {powerText(power)}
                </text>
              ),
          )}
        </g>
        <rect
          className={classes['frame']}
          x={box.left}
          y={box.top}
          width={box.right - box.left}
          height={box.bottom - box.top}
          rx={4}
        />
        <g aria-hidden="true">
          {view.x.map(({ value, pixel, label: text }) => (
            <text key={value} x={pixel} y={box.bottom + 16 * scale} textAnchor="middle" className={classes['tick']}>
              {text}
            </text>
          ))}
          {view.y.map(({ value, pixel, label: text }) => (
            <text key={value} x={box.left - 7} y={pixel} dy="0.32em" textAnchor="end" className={classes['tick']}>
              {text}
            </text>
          ))}
          {rings ? (
            <>
              <text x={box.right - 8} y={cy + 16 * scale} textAnchor="end" className={classes['axisName']}>
                {names[0]} →
              </text>
              <text x={cx + 9} y={box.top + 16 * scale} className={classes['axisName']}>
                ↑ {names[1]}
              </text>
            </>
          ) : (
            <>
              <text x={box.right} y={height - 5} textAnchor="end" className={classes['axisName']}>
                error along {names[0]} →
              </text>
              <text x={box.left + 8} y={box.top + 18 * scale} className={classes['axisName']}>
                ↑ error along {names[1]}
              </text>
            </>
          )}
        </g>
        <path className={classes['minimum']} d={`M${cx - 5} ${cy}h10M${cx} ${cy - 5}v10`} />
        {paths.map(({ id, style, path, stale }, k) => {
          const at = lines[k]![pointAt(path, step)]!;
          return (
            <g key={id} data-run={id} fill={style.colour} opacity={stale ? 0.35 : 1}>
              {isInside(at, box) && !hasDiverged(path, step) ? (
                <circle className={classes['dot']} cx={at[0]} cy={at[1]} r={5.5} />
              ) : (
                <path className={classes['gone']} d="M7 0L-5 -5.5L-2.5 0L-5 5.5Z" transform={arrowTo(at, box)} />
              )}
            </g>
          );
        })}
        {hover && hovered && (
          <circle
            className={classes['ring']}
            cx={lines[hoveredPlace!]![hover.point]![0]}
            cy={lines[hoveredPlace!]![hover.point]![1]}
            r={8}
            stroke={hovered.style.colour}
          />
        )}
      </svg>
      {hover && hovered && (
        <p
          className={classes['readout']}
          style={{ [lines[hoveredPlace!]![hover.point]![0] > width / 2 ? 'left' : 'right']: box.left / 2 + 6 }}
        >
          <strong>{hovered.label}</strong>, step {formatCount(hovered.path.step[hover.point]!)}
          <br />
          {names[0]}: {errorText(errorAt(hovered.path, hover.point, horizontal))}
          <br />
          {names[1]}: {errorText(errorAt(hovered.path, hover.point, vertical))}
        </p>
      )}
    </div>
  );
}

const isInside = ([x, y]: Point, box: Box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom;

/** Puts an arrow on the edge of the frame that tells which way a position lies outside. */
function arrowTo([x, y]: Point, box: Box): string {
  const [mx, my] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const share = Math.min(
    (box.right - mx - 9) / Math.max(1e-9, Math.abs(x - mx)),
    (box.bottom - my - 9) / Math.max(1e-9, Math.abs(y - my)),
  );
  const turn = (Math.atan2(y - my, x - mx) * 180) / Math.PI;
  return `translate(${(mx + (x - mx) * share).toFixed(1)} ${(my + (y - my) * share).toFixed(1)}) rotate(${turn.toFixed(1)})`;
}
