/** Arithmetic of the descent picture: from errors along two eigen-directions to pixels, and the contours of the loss there. */
import { superscript } from '../../export/figure/format';
import { tidyStep } from '../../export/figure/scale';

/**
 * `rings` draws equal losses as circles, one power of ten further in each; `whole` and `zoom` draw the errors themselves,
 * of all paths or of the present positions.
 */
export type ScaleKind = 'rings' | 'whole' | 'zoom';

/** The picture's frame in pixels. */
export interface Box {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
}

export type Point = readonly [x: number, y: number];

export interface Contour {
  /** The loss is ten to this power. */
  readonly power: number;
  /** SVG path, closed. */
  readonly data: string;
  /** Where its name stands, if there is room for it. */
  readonly name: Point | undefined;
}

export interface AxisTick {
  readonly value: number;
  readonly pixel: number;
  readonly label: string;
}

/** A way to draw the plane of two eigen-directions. */
export interface Projection {
  /** Errors along both directions → pixels; far outside the frame it stays finite. */
  readonly toPixel: (first: number, second: number) => Point;
  readonly centre: Point;
  /** Ascending. */
  readonly contours: readonly Contour[];
  /** Empty where the axes have no linear scale. */
  readonly x: readonly AxisTick[];
  readonly y: readonly AxisTick[];
}

/** Pixels beyond which a position is only "far out". */
const FAR = 1e5;
/** Decades of the loss that can still be told apart. */
const MOST_DECADES = 30;
/** Paths that overshoot are followed so many decades above the start. */
const OVERSHOOT_DECADES = 2;
/** Decades of the loss below the frame's corners that get contours of errors drawn to scale. */
const LINEAR_DECADES = 4.5;

/**
 * Whole powers of ten [low, high] for losses that begin at `start`, reach `most` and go down to `least` > 0: at most
 * {@link MOST_DECADES} apart.
 */
export function lossDecades({ start, most, least }: { start: number; most: number; least: number }): [number, number] {
  // Adding zero makes −0 a zero.
  const top = Math.ceil(log10(start) - 1e-9) + 0;
  const reached = Math.ceil(log10(most) - 1e-9);
  const high = Number.isFinite(top)
    ? Math.min(Math.max(top, Number.isFinite(reached) ? reached : top), top + OVERSHOOT_DECADES)
    : 0;
  const low = Math.floor(Math.log10(least) + 1e-9) + 0;
  return [
    Number.isFinite(low) ? Math.min(high - 2, Math.max(low, high - MOST_DECADES)) + 0 : high - MOST_DECADES,
    high,
  ];
}

const log10 = (value: number) => Math.log10(Math.min(value, Number.MAX_VALUE));

/** Logarithm of the loss ½ (a² + b²): errors whose squares underflow still have one. */
const logLoss = (a: number, b: number): number => 2 * Math.log10(Math.hypot(a, b)) - Math.log10(2);

/**
 * Circles of equal loss. Both axes are stretched by √λ, which turns the ellipses into circles, and the distance from the
 * centre counts decades: the centre is 10^low and all below it, the frame's nearer edges 10^high. The direction tells how
 * the loss is shared: along the horizontal axis all of it is the first direction's.
 *
 * @param between whether two directions are drawn; one alone stays on the horizontal axis
 */
export function ringProjection(
  [first, second]: readonly [number, number],
  [low, high]: readonly [number, number],
  box: Box,
  between = true,
): Projection {
  const centre: Point = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  const radius = Math.min(box.right - box.left, box.bottom - box.top) / 2;
  const decade = radius / (high - low);
  const toPixel = (x: number, y: number): Point => {
    const a = Math.sqrt(first) * x;
    const b = between ? Math.sqrt(second) * y : 0;
    if (Number.isNaN(a) || Number.isNaN(b)) return [centre[0] + FAR, centre[1]];
    const decades = logLoss(a, b) - low;
    if (decades <= 0) return centre;
    const far = Math.min(FAR, decades * decade);
    const angle = Math.atan2(bounded(b), bounded(a));
    return [centre[0] + far * Math.cos(angle), centre[1] - far * Math.sin(angle)];
  };
  const ring = Math.max(1, Math.ceil(RING_DISTANCE / decade));
  const named = ring * Math.ceil(NAME_DISTANCE / (ring * decade));
  // Wide frames have room for further decades at their sides.
  const corner = Math.hypot(box.right - box.left, box.bottom - box.top) / 2;
  const contours: Contour[] = [];
  for (let power = low + ring; (power - low) * decade <= corner; power += ring) {
    const r = (power - low) * decade;
    const [x, y] = [centre[0] - r * Math.SQRT1_2, centre[1] + r * Math.SQRT1_2];
    const roomy = (power - low) % named === 0 && inside([x, y], box, 12);
    contours.push({ power, data: ellipse(centre, r, r), name: roomy ? [x, y] : undefined });
  }
  return { toPixel, centre, contours, x: [], y: [] };
}

/** Pixels between rings, and between their names. */
const RING_DISTANCE = 9;
const NAME_DISTANCE = 26;

/** An infinite error still has a direction. */
const bounded = (value: number) => Math.max(-Number.MAX_VALUE, Math.min(Number.MAX_VALUE, value));

const inside = ([x, y]: Point, box: Box, margin: number) =>
  x > box.left + margin && x < box.right - margin && y > box.top + margin && y < box.bottom - margin;

/** The errors themselves, from −range to range on each axis; every axis fills the frame by a scale of its own. */
export function linearProjection(
  curvatures: readonly [number, number],
  ranges: readonly [number, number],
  box: Box,
  [countX, countY]: readonly [number, number],
): Projection {
  const x = linearAxis(ranges[0], [box.left, box.right], countX);
  const y = linearAxis(ranges[1], [box.bottom, box.top], countY);
  const centre: Point = [x.toPixel(0), y.toPixel(0)];
  const top = Math.log10((curvatures[0] * ranges[0] ** 2 + curvatures[1] * ranges[1] ** 2) / 2);
  const contours: Contour[] = [];
  let above = Infinity;
  for (let power = Math.floor(top - LINEAR_DECADES) + 1; power <= top; power++) {
    const [a, b] = halfAxes(curvatures, 10 ** power);
    const [rx, ry] = [Math.abs(x.toPixel(a) - centre[0]), Math.abs(y.toPixel(b) - centre[1])];
    const height = centre[1] - ry;
    const named = inside([centre[0], height], box, 12) && ry > 14 && above - height > 16;
    if (named) above = height;
    contours.push({ power, data: ellipse(centre, rx, ry), name: named ? [centre[0], height] : undefined });
  }
  return {
    toPixel: (first, second) => [clamped(x.toPixel(first)), clamped(y.toPixel(second))],
    centre,
    contours,
    x: x.ticks,
    y: y.ticks,
  };
}

/** Half-axes of the ellipse on which ½ (λ₁ x² + λ₂ y²) is a level. */
export const halfAxes = ([first, second]: readonly [number, number], level: number): [number, number] => [
  Math.sqrt((2 * level) / first),
  Math.sqrt((2 * level) / second),
];

const clamped = (pixel: number) => (Number.isNaN(pixel) ? FAR : Math.min(FAR, Math.max(-FAR, pixel)));

function linearAxis(range: number, [from, to]: readonly [number, number], count: number) {
  const middle = (from + to) / 2;
  const half = (to - from) / 2;
  const toPixel = (error: number) => middle + half * (error / range);
  // Coarse tidy steps can jump over the ends: then the middle would be the only tick.
  let wanted = count;
  let step = tidyStep(2 * range, wanted);
  while (step > range) step = tidyStep(2 * range, ++wanted);
  const highest = Math.floor(range / step + 1e-9);
  const ticks = Array.from({ length: 2 * highest + 1 }, (_, k): AxisTick => {
    const value = Number(((k - highest) * step).toPrecision(12));
    return { value, pixel: toPixel(value), label: errorText(value, 2) };
  });
  return { toPixel, ticks };
}

/** An error as short text: 0.25, −3×10⁻⁷. */
export function errorText(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '∞';
  const magnitude = Math.abs(value);
  if (value === 0 || (magnitude >= 1e-3 && magnitude < 1e5))
    return value.toLocaleString('en-US', { maximumSignificantDigits: digits }).replace('-', '−');
  const [mantissa, exponent] = value.toExponential(digits - 1).split('e') as [string, string];
  const short = String(Number(mantissa)).replace('-', '−');
  return `${short}×10${superscript(Number(exponent))}`;
}

/** 10⁻³, 1 */
export const powerText = (power: number): string => (power === 0 ? '1' : `10${superscript(power)}`);

function ellipse([x, y]: Point, rx: number, ry: number): string {
  const [a, b] = [rx.toFixed(1), ry.toFixed(1)];
  return `M${(x - rx).toFixed(1)} ${y.toFixed(1)}a${a} ${b} 0 1 0 ${(2 * rx).toFixed(1)} 0a${a} ${b} 0 1 0 ${(-2 * rx).toFixed(1)} 0Z`;
}

/** SVG path data through points, to a tenth of a pixel. */
export const pathData = (points: readonly Point[]): string =>
  points.map(([x, y], k) => `${k === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');
