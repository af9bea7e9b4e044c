/** A round pen on a small grey picture. */

/** Half the width of the band in which a pixel goes from white to black. */
const SOFTNESS = 0.6;

/**
 * Draws a straight line from (x0, y0) to (x1, y1) with a round pen whose radius goes from r0 to r1, all in pixels; pixel
 * (i, j) has its centre there. A pixel covered more than before gets darker: `picture` (side × side, 0 … 1).
 */
export function drawLine(
  picture: Float32Array,
  side: number,
  x0: number,
  y0: number,
  r0: number,
  x1: number,
  y1: number,
  r1: number,
): void {
  const reach = Math.max(r0, r1) + SOFTNESS;
  const left = Math.max(0, Math.ceil(Math.min(x0, x1) - reach));
  const right = Math.min(side - 1, Math.floor(Math.max(x0, x1) + reach));
  const top = Math.max(0, Math.ceil(Math.min(y0, y1) - reach));
  const bottom = Math.min(side - 1, Math.floor(Math.max(y0, y1) + reach));
  const [dx, dy] = [x1 - x0, y1 - y0];
  const squared = dx * dx + dy * dy;
  const inverse = squared > 0 ? 1 / squared : 0;
  for (let y = top; y <= bottom; y++)
    for (let x = left; x <= right; x++) {
      const along = ((x - x0) * dx + (y - y0) * dy) * inverse;
      const share = along < 0 ? 0 : along > 1 ? 1 : along;
      const ex = x - x0 - share * dx;
      const ey = y - y0 - share * dy;
      const cover = 0.5 + (r0 + share * (r1 - r0) - Math.sqrt(ex * ex + ey * ey)) / (2 * SOFTNESS);
      const at = y * side + x;
      if (cover > picture[at]!) picture[at] = cover < 1 ? cover : 1;
    }
}

/**
 * Places along a smooth curve through points (x₁, y₁, x₂, …): Catmull & Rom's spline (1974), `perSpan` places from each
 * point to the next. A point given twice is a corner. Writes x, y to `into` and returns how many places there are.
 */
export function smoothCurve(points: ArrayLike<number>, count: number, perSpan: number, into: Float64Array): number {
  let places = 0;
  const put = (x: number, y: number) => {
    into[2 * places] = x;
    into[2 * places + 1] = y;
    places++;
  };
  const last = count - 1;
  put(points[0]!, points[1]!);
  for (let k = 0; k < last; k++) {
    const [x1, y1, x2, y2] = [points[2 * k]!, points[2 * k + 1]!, points[2 * k + 2]!, points[2 * k + 3]!];
    if (x1 === x2 && y1 === y2) continue;
    const before = k > 0 ? k - 1 : 0;
    const after = k + 2 <= last ? k + 2 : last;
    const [x0, y0] = [points[2 * before]!, points[2 * before + 1]!];
    const [x3, y3] = [points[2 * after]!, points[2 * after + 1]!];
    for (let s = 1; s <= perSpan; s++) {
      const t = s / perSpan;
      const a = t * (-0.5 + t * (1 - 0.5 * t));
      const b = 1 + t * t * (-2.5 + 1.5 * t);
      const c = t * (0.5 + t * (2 - 1.5 * t));
      const d = t * t * (-0.5 + 0.5 * t);
      put(a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3);
    }
  }
  return places;
}
