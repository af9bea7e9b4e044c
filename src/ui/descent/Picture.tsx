/** Contours, paths and present positions along two eigen-directions. */
import { useId, useMemo, useState, type PointerEvent } from 'react';
import { formatCount, superscript } from '../../export/figure/format';
import { contour, contourLevels, errorAxis, errorText, logThreshold, pathData, type AxisKind } from './geometry';
import { errorAt, hasDiverged, pointAt, type DrawnPath } from './path';
import classes from './descent.module.css';

interface PictureProps {
  readonly paths: readonly DrawnPath[];
  /** Kept directions on the horizontal and the vertical axis, with their names. */
  readonly directions: readonly [number, number];
  readonly names: readonly [string, string];
  readonly kind: AxisKind;
  readonly step: number;
  readonly width: number;
  readonly height: number;
  readonly label: string;
}

const MARGIN = { left: 46, right: 10, top: 10, bottom: 40 } as const;
/** Paths that leave go at most so many times as far out as the start before the view lets them go. */
const OVERSHOOT = 1.5;
/** The zoom fits the way of the last points, so that it does not jump about with the noise. */
const TRAIL = 24;
/** Pixels around a point in which it is read. */
const REACH = 28;

export function Picture({ paths, directions, names, kind, step, width, height, label }: PictureProps) {
  const clip = useId();
  const [hover, setHover] = useState<{ id: number; point: number }>();
  const right = width - MARGIN.right;
  const bottom = height - MARGIN.bottom;
  const [horizontal, vertical] = directions;

  const whole = useMemo(
    () => directions.map((direction) => reach(paths, direction, Infinity, Infinity)) as [number, number],
    [paths, directions],
  );
  const thresholds = useMemo(
    () =>
      kind === 'log'
        ? directions.map((direction, k) => logThreshold(allErrors(paths, direction), whole[k]!))
        : [undefined, undefined],
    [kind, paths, directions, whole],
  );
  const ranges = kind === 'zoom' ? directions.map((direction) => reach(paths, direction, step, TRAIL)) : whole;
  const rangeX = ranges[0]!;
  const rangeY = ranges[1]!;

  const view = useMemo(() => {
    const x = errorAxis(rangeX * 1.12, thresholds[0], [MARGIN.left, right], width < 420 ? 4 : 6);
    const y = errorAxis(rangeY * 1.12, thresholds[1], [bottom, MARGIN.top]);
    const { eigenvalues } = paths[0]!.path;
    const curvatures = [eigenvalues[horizontal]!, eigenvalues[vertical]!] as const;
    const contours = contourLevels(curvatures, [x, y]).map(({ value, power }) => {
      const points = contour(curvatures, value);
      const top = Math.sqrt((2 * value) / curvatures[1]);
      return {
        power,
        top: y.toPixel(top),
        data: `${pathData(points.map(([a, b]) => [x.toPixel(a), y.toPixel(b)]))}Z`,
      };
    });
    const lines = paths.map(({ path }) =>
      path.step.map(
        (_, k) => [x.toPixel(errorAt(path, k, horizontal)), y.toPixel(errorAt(path, k, vertical))] as const,
      ),
    );
    return { x, y, contours, lines };
  }, [rangeX, rangeY, thresholds, paths, horizontal, vertical, right, bottom, width]);
  const { x, y, contours, lines } = view;

  const read = (event: PointerEvent<SVGSVGElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
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
          <rect x={MARGIN.left} y={MARGIN.top} width={right - MARGIN.left} height={bottom - MARGIN.top} rx={4} />
        </clipPath>
        <g clipPath={`url(#${clip})`}>
          {[...contours].reverse().map(({ power, data }) => (
            <path key={power} d={data} className={classes['contour']} data-whole={Number.isInteger(power)} />
          ))}
          <line x1={MARGIN.left} x2={right} y1={y.toPixel(0)} y2={y.toPixel(0)} className={classes['zero']} />
          <line x1={x.toPixel(0)} x2={x.toPixel(0)} y1={MARGIN.top} y2={bottom} className={classes['zero']} />
          {contours.map(
            ({ power, top }, k) =>
              Number.isInteger(power) &&
              top > MARGIN.top + 12 &&
              y.toPixel(0) - top > 14 &&
              (k === 0 || top < (contours[k - 1]?.top ?? Infinity) - 4) && (
                <text key={power} x={x.toPixel(0)} y={top + 3.5} textAnchor="middle" className={classes['level']}>
                  {power === 0 ? '1' : `10${superscript(power)}`}
                </text>
              ),
          )}
          {paths.map(({ id, style, path }, k) => {
            const now = pointAt(path, step);
            const line = lines[k]!;
            return (
              <g key={id} fill="none" stroke={style.colour} strokeLinejoin="round" strokeLinecap="round">
                <path d={pathData(line.slice(now))} strokeWidth={1} strokeOpacity={0.2} />
                <path d={pathData(line.slice(0, now + 1))} strokeWidth={1.75} strokeDasharray={style.dash} />
              </g>
            );
          })}
        </g>
        <rect
          className={classes['frame']}
          x={MARGIN.left}
          y={MARGIN.top}
          width={right - MARGIN.left}
          height={bottom - MARGIN.top}
          rx={4}
        />
        <g aria-hidden="true">
          {x.ticks.map(({ value, label: text }) => (
            <text key={value} x={x.toPixel(value)} y={bottom + 16} textAnchor="middle" className={classes['tick']}>
              {text}
            </text>
          ))}
          {y.ticks.map(({ value, label: text }) => (
            <text key={value} x={MARGIN.left - 7} y={y.toPixel(value) + 4} textAnchor="end" className={classes['tick']}>
              {text}
            </text>
          ))}
          <text x={right} y={height - 5} textAnchor="end" className={classes['axisName']}>
            error along {names[0]} →
          </text>
          <text x={MARGIN.left + 8} y={MARGIN.top + 18} className={classes['axisName']}>
            ↑ along {names[1]}
          </text>
        </g>
        <path
          className={classes['minimum']}
          d={`M${x.toPixel(0) - 5} ${y.toPixel(0)}h10M${x.toPixel(0)} ${y.toPixel(0) - 5}v10`}
        />
        {paths.map(({ id, style, path }, k) => {
          const now = pointAt(path, step);
          const [a, b] = lines[k]![now]!;
          const inside = a >= MARGIN.left && a <= right && b >= MARGIN.top && b <= bottom;
          if (inside && !hasDiverged(path, step))
            return (
              <circle key={id} data-run={id} className={classes['dot']} cx={a} cy={b} r={5.5} fill={style.colour} />
            );
          // Out of the picture: an arrow on the edge tells the way it went.
          const [mx, my] = [(MARGIN.left + right) / 2, (MARGIN.top + bottom) / 2];
          const scale = Math.min(
            (right - mx - 9) / Math.max(1e-9, Math.abs(a - mx)),
            (bottom - my - 9) / Math.max(1e-9, Math.abs(b - my)),
          );
          const turn = (Math.atan2(b - my, a - mx) * 180) / Math.PI;
          return (
            <path
              key={id}
              data-run={id}
              className={classes['gone']}
              d="M7 0L-5 -5.5L-2.5 0L-5 5.5Z"
              fill={style.colour}
              transform={`translate(${(mx + (a - mx) * scale).toFixed(1)} ${(my + (b - my) * scale).toFixed(1)}) rotate(${turn.toFixed(1)})`}
            />
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
          style={{
            [lines[hoveredPlace!]![hover.point]![0] > width / 2 ? 'left' : 'right']: 12 + (MARGIN.left - 12) / 2,
          }}
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

/** How far the view must reach along a direction for the last points of all paths up to a step. */
function reach(paths: readonly DrawnPath[], direction: number, step: number, points: number): number {
  let farthest = 0;
  let start = 0;
  for (const { path } of paths) {
    const last = pointAt(path, step);
    start = Math.max(start, Math.abs(errorAt(path, 0, direction)));
    if (path.diverged !== undefined) continue;
    for (let k = Math.max(0, last + 1 - points); k <= last; k++)
      farthest = Math.max(farthest, Math.abs(errorAt(path, k, direction)));
  }
  const range = Math.min(farthest || start, start > 0 ? start * OVERSHOOT : Infinity);
  return Number.isFinite(range) && range > 1e-300 ? range : 1;
}

function allErrors(paths: readonly DrawnPath[], direction: number): number[] {
  return paths.flatMap(({ path }) =>
    path.diverged === undefined ? path.step.map((_, k) => errorAt(path, k, direction)) : [],
  );
}
