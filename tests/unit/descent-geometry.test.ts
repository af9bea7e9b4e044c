/** The descent picture's arithmetic: circles and ellipses of equal loss, positions, ticks and ranges. */
import { describe, expect, it } from 'vitest';
import {
  errorText,
  halfAxes,
  linearProjection,
  lossDecades,
  ringProjection,
  type Box,
  type Point,
} from '../../src/ui/descent/geometry';
import {
  excessRange,
  planeRange,
  pointAt,
  reach,
  shareRange,
  type DrawnPath,
  type Path,
} from '../../src/ui/descent/path';

const box: Box = { left: 10, right: 510, top: 20, bottom: 320 };
const centre: Point = [260, 170];
/** The paper's example: κ = 512. */
const curvatures = [1, 1 / 512] as const;
const lossAt = (x: number, y: number) => (curvatures[0] * x * x + curvatures[1] * y * y) / 2;
const distance = ([x, y]: Point) => Math.hypot(x - centre[0], y - centre[1]);

describe('loss rings', () => {
  const decades: [number, number] = [-12, 0];
  const rings = ringProjection(curvatures, decades, box);

  it('draw errors of one loss on one circle, whatever direction they lie in', () => {
    for (const loss of [1, 1e-3, 1e-9]) {
      const [a, b] = halfAxes(curvatures, loss);
      for (let k = 0; k < 16; k++) {
        const angle = (k * Math.PI) / 8;
        const [x, y] = [a * Math.cos(angle), b * Math.sin(angle)];
        expect(lossAt(x, y)).toBeCloseTo(loss, 12);
        expect(distance(rings.toPixel(x, y))).toBeCloseTo((150 * (Math.log10(loss) + 12)) / 12, 6);
      }
    }
  });

  it('draw the contour of a power of ten where errors of that loss lie', () => {
    expect(rings.contours.length).toBeGreaterThan(11);
    for (const { power, data } of rings.contours) {
      const [left, y] = data.slice(1).split(/[ a]/).map(Number) as [number, number];
      const radius = distance(rings.toPixel(Math.sqrt(2 * 10 ** power), 0));
      expect(centre[0] - left).toBeCloseTo(radius, 0);
      expect(y).toBeCloseTo(centre[1], 0);
    }
  });

  it('point right and up along the first and the second direction', () => {
    const [x, y] = rings.toPixel(0.1, 0);
    expect(x).toBeGreaterThan(centre[0]);
    expect(y).toBeCloseTo(centre[1], 9);
    const above = rings.toPixel(0, 0.1);
    expect(above[0]).toBeCloseTo(centre[0], 9);
    expect(above[1]).toBeLessThan(centre[1]);
    expect(rings.toPixel(-0.1, 0)[0]).toBeLessThan(centre[0]);
  });

  it('take all that is below the range for the minimum, even where squares underflow', () => {
    for (const error of [0, 1e-7, 1e-200, 5e-324]) expect(rings.toPixel(error, 0)).toEqual(centre);
    // 10⁻³⁰⁰ has a square of 0 in float64, its loss is still a number.
    const deep = ringProjection(curvatures, [-620, -590], box);
    expect(distance(deep.toPixel(1e-300, 0))).toBeGreaterThan(90);
  });

  it('stay finite for errors that are not', () => {
    for (const [x, y] of [
      [Infinity, 1],
      [-Infinity, Infinity],
      [Number.NaN, 0],
      [1e300, 1e300],
    ] as const)
      for (const pixel of rings.toPixel(x, y)) expect(Number.isFinite(pixel)).toBe(true);
  });

  it('leave a problem of one dimension on its axis', () => {
    const alone = ringProjection([1, 1], decades, box, false);
    expect(alone.toPixel(0.5, 0.5)[1]).toBeCloseTo(centre[1], 9);
  });

  it('keep their names apart and inside the frame', () => {
    for (const range of [
      [-30, 2],
      [-3, 0],
      [-1, 1],
    ] as [number, number][]) {
      const names = ringProjection(curvatures, range, box).contours.flatMap(({ name }) => (name ? [name] : []));
      expect(names.length).toBeGreaterThan(0);
      names.forEach(([x, y], k) => {
        expect(x > box.left && x < box.right && y > box.top && y < box.bottom).toBe(true);
        const next = names[k + 1];
        if (next) expect(Math.hypot(next[0] - x, next[1] - y)).toBeGreaterThanOrEqual(25);
      });
    }
  });
});

describe('errors to scale', () => {
  const linear = linearProjection(curvatures, [2, 1], box, [5, 5]);

  it('put −range and range on the edges and zero in the middle', () => {
    expect(linear.toPixel(-2, -1)).toEqual([box.left, box.bottom]);
    expect(linear.toPixel(2, 1)).toEqual([box.right, box.top]);
    expect(linear.toPixel(0, 0)).toEqual(centre);
  });

  it('draw contours with the half-axes of their loss', () => {
    for (const { power, data } of linear.contours) {
      const [rx, ry] = data
        .slice(data.indexOf('a') + 1)
        .split(' ')
        .map(Number) as [number, number];
      const [a, b] = halfAxes(curvatures, 10 ** power);
      expect(lossAt(a, 0)).toBeCloseTo(10 ** power, 9);
      expect(lossAt(0, b)).toBeCloseTo(10 ** power, 9);
      expect(rx).toBeCloseTo((a / 2) * 250, 0);
      expect(ry).toBeCloseTo(b * 150, 0);
    }
    expect(linear.contours.map(({ power }) => power)).toEqual([-4, -3, -2, -1, 0]);
  });

  it('have at least three ticks, symmetric about zero, however narrow the frame', () => {
    for (const range of [0.9, 1, 1.7, 2.4, 4.5, 4.999, 7, 1e-7, 3e9])
      for (const count of [1, 2, 3, 6]) {
        const { x } = linearProjection(curvatures, [range, range], box, [count, count]);
        expect(x.length).toBeGreaterThanOrEqual(3);
        expect(x.map(({ value }) => value)).toEqual(x.map(({ value }) => 0 - value).reverse());
        for (const { pixel } of x) expect(pixel >= box.left - 1e-6 && pixel <= box.right + 1e-6).toBe(true);
      }
  });

  it('stay finite far outside', () => {
    for (const pixel of linear.toPixel(Infinity, Number.NaN)) expect(Number.isFinite(pixel)).toBe(true);
  });
});

describe('the range of a logarithmic scale', () => {
  it('holds start and least in whole decades', () => {
    expect(lossDecades({ start: 0.5, most: 0.5, least: 3e-7 })).toEqual([-7, 0]);
    expect(lossDecades({ start: 100, most: 100, least: 1 })).toEqual([0, 2]);
  });
  it('follows paths that overshoot two decades and no further', () => {
    expect(lossDecades({ start: 0.5, most: 7, least: 1e-3 })[1]).toBe(1);
    expect(lossDecades({ start: 0.5, most: 1e40, least: 1e-3 })[1]).toBe(2);
  });
  it('spans two to thirty decades', () => {
    expect(lossDecades({ start: 0.5, most: 0.5, least: 0.4 })).toEqual([-2, 0]);
    expect(lossDecades({ start: 0.5, most: 0.5, least: 1e-200 })).toEqual([-30, 0]);
    expect(lossDecades({ start: 0, most: 0, least: Infinity })).toEqual([-30, 0]);
  });
});

/** A path along two directions with eigenvalues 2 and 0.5. */
function drawn(errors: readonly (readonly [number, number])[], diverged?: number): DrawnPath {
  const path: Path = {
    kind: 'path',
    total: 2,
    ranks: Int32Array.from([0, 1]),
    eigenvalues: Float64Array.from([2, 0.5]),
    step: errors.map((_, k) => 10 * k),
    errors: Float64Array.from(errors.flat()),
    excess: Float64Array.from(errors, ([a, b]) => a * a + (b * b) / 4),
    ...(diverged === undefined ? {} : { diverged }),
  };
  return { id: 0, label: 'run', style: { colour: '#000', dash: undefined }, path, stale: false };
}

describe('ranges of paths', () => {
  const calm = drawn([
    [1, 2],
    [0.5, 0],
    [0, 0.02],
  ]);
  const gone = drawn(
    [
      [1, 2],
      [1e9, 1e9],
    ],
    10,
  );

  it('leave out what a diverging path does after its start', () => {
    expect(excessRange([calm, gone])).toEqual({ start: 2, most: 2, least: 1e-4 });
    expect(planeRange([calm, gone], [0, 1])).toEqual({ start: 2, most: 2, least: 1e-4 });
    expect(planeRange([calm], [0, 0])).toEqual({ start: 1, most: 1, least: 0.25 });
    expect(reach([calm, gone], 0, Infinity, Infinity)).toBe(1);
  });

  it('take shares of zero for nothing', () => {
    expect(shareRange([calm])).toEqual({ start: 1, most: 1, least: 1e-4 });
  });

  it('follow the last points alone in a zoom', () => {
    expect(reach([calm], 1, 20, 1)).toBe(0.02);
    expect(reach([calm], 1, 20, 3)).toBe(2);
    expect(reach([calm], 0, 10, 1)).toBe(0.5);
  });

  it('find the last point at or before a step', () => {
    expect([0, 9, 10, 15, 20, 99].map((step) => pointAt(calm.path, step))).toEqual([0, 0, 1, 1, 2, 2]);
  });
});

it('writes errors short', () => {
  expect([0, 0.25, -0.5, -5274, -3e-7, 123456, Infinity].map((value) => errorText(value))).toEqual([
    '0',
    '0.25',
    '−0.5',
    '−5,270',
    '−3×10⁻⁷',
    '1.23×10⁵',
    '∞',
  ]);
});
