/** Built-in data: the digits and the teacher network. */
import { describe, expect, it } from 'vitest';
import { DIGIT_SIDE, digitSet } from '../../src/data/digits/digits';
import { drawLine, smoothCurve } from '../../src/data/digits/pen';
import { DIGIT_STYLES } from '../../src/data/digits/strokes';
import { teacherSet } from '../../src/data/teacher';

const PIXELS = DIGIT_SIDE ** 2;

describe('the digits', () => {
  const { features, classes } = digitSet(1200, 5);
  const picture = (i: number) => features.subarray(i * PIXELS, (i + 1) * PIXELS);

  it('are balanced, and each is a function of the seed and its number', () => {
    expect([...classes.subarray(0, 12)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 0, 1]);
    expect(digitSet(7, 5).features).toEqual(features.subarray(0, 7 * PIXELS));
    expect(digitSet(1, 6).features).not.toEqual(picture(0));
    expect(picture(10)).not.toEqual(picture(0));
  });

  it('are ink within the picture', () => {
    for (let i = 0; i < 1200; i++) {
      const grey = picture(i);
      const border = grey.filter((_, k) => k < DIGIT_SIDE || k % DIGIT_SIDE === 0 || k % DIGIT_SIDE === DIGIT_SIDE - 1);
      expect(Math.min(...grey)).toBeGreaterThanOrEqual(0);
      expect(Math.max(...grey)).toBeGreaterThan(0.7);
      expect(Math.max(...grey)).toBeLessThanOrEqual(1);
      const ink = grey.reduce((sum, value) => sum + value);
      expect(ink).toBeGreaterThan(8);
      expect(ink).toBeLessThan(400);
      // A long tail may reach the border, but no more than that.
      expect(border.reduce((sum, value) => sum + value)).toBeLessThan(0.25 * ink);
    }
    const partly = features.filter((value) => value > 0.1 && value < 0.9).length;
    expect(partly / features.filter((value) => value > 0.1).length).toBeGreaterThan(0.3);
  });

  it('are told apart by their neighbours far better than by their mean', () => {
    const references = 1000;
    const distance = (a: ArrayLike<number>, b: ArrayLike<number>) => {
      let sum = 0;
      for (let k = 0; k < PIXELS; k++) sum += (a[k]! - b[k]!) ** 2;
      return sum;
    };
    const means = Array.from({ length: 10 }, (_, digit) => {
      const mean = new Float64Array(PIXELS);
      for (let i = digit; i < references; i += 10)
        picture(i).forEach((value, k) => (mean[k] = mean[k]! + (10 * value) / references));
      return mean;
    });
    const nearest = (i: number, to: readonly ArrayLike<number>[]) => {
      const distances = to.map((one) => distance(picture(i), one));
      return distances.indexOf(Math.min(...distances)) % 10;
    };
    const known = Array.from({ length: references }, (_, i) => picture(i));
    const tests = Array.from({ length: 200 }, (_, k) => references + k);
    const share = (to: readonly ArrayLike<number>[]) => tests.filter((i) => nearest(i, to) === classes[i]).length / 200;
    expect(share(means)).toBeLessThan(0.85);
    expect(share(means)).toBeGreaterThan(0.5);
    expect(share(known)).toBeGreaterThan(Math.max(0.8, share(means) + 0.1));
  });

  it('have at least three styles each, within the square', () => {
    expect(DIGIT_STYLES).toHaveLength(10);
    for (const styles of DIGIT_STYLES) {
      expect(styles.length).toBeGreaterThanOrEqual(3);
      for (const stroke of styles.flat()) {
        expect(stroke.length % 2).toBe(0);
        expect(stroke.length).toBeGreaterThanOrEqual(4);
        for (const value of stroke) expect(value).toBeGreaterThanOrEqual(0);
        for (const value of stroke) expect(value).toBeLessThanOrEqual(1);
      }
    }
  });
});

describe('the pen', () => {
  it('covers what is within its radius, with a soft edge', () => {
    const picture = new Float32Array(11 * 11);
    drawLine(picture, 11, 2, 5, 1.5, 8, 5, 1.5);
    const column = (x: number) => Array.from({ length: 11 }, (_, y) => picture[y * 11 + x]!);
    expect(column(5).map((value) => Number(value.toFixed(3)))).toEqual([
      0, 0, 0, 0.083, 0.917, 1, 0.917, 0.083, 0, 0, 0,
    ]);
    expect(picture[5 * 11]).toBeCloseTo(0.083, 3);
    // A fainter line leaves what is darker.
    drawLine(picture, 11, 5, 5, 0.2, 5, 5, 0.2);
    expect(picture[5 * 11 + 5]).toBe(1);
    expect(picture.every(Number.isFinite)).toBe(true);
  });

  it('goes through its points, and straight into a corner', () => {
    const into = new Float64Array(64);
    const points = [0, 0, 1, 0, 1, 0, 1, 1];
    const places = smoothCurve(points, 4, 4, into);
    expect(places).toBe(9);
    const xs = Array.from({ length: places }, (_, k) => into[2 * k]!);
    const ys = Array.from({ length: places }, (_, k) => into[2 * k + 1]!);
    expect(ys.slice(0, 5)).toEqual([0, 0, 0, 0, 0]);
    expect(xs.slice(4)).toEqual([1, 1, 1, 1, 1]);
    expect([xs[4], ys[4], xs[8], ys[8]]).toEqual([1, 0, 1, 1]);
    // Round without a corner.
    smoothCurve([0, 0, 1, 0, 1, 1], 3, 4, into);
    expect(into[2 * 2 + 1]).toBeLessThan(0);
  });
});

describe('the teacher', () => {
  const options = { count: 4000, inputs: 6, width: 5, outputs: 4, noise: 0 };

  it('gives standard normal points values of about variance 1 and mean 0', () => {
    const { features, values } = teacherSet(options, 3);
    const moments = (numbers: Float32Array) => {
      const mean = numbers.reduce((a, b) => a + b, 0) / numbers.length;
      return [mean, numbers.reduce((a, b) => a + (b - mean) ** 2, 0) / numbers.length] as const;
    };
    const [mean, variance] = moments(features);
    expect(Math.abs(mean)).toBeLessThan(0.03);
    expect(Math.abs(variance - 1)).toBeLessThan(0.04);
    const many = Array.from({ length: 20 }, (_, seed) => moments(teacherSet({ ...options, count: 500 }, seed).values));
    const average = (k: 0 | 1) => many.reduce((sum, one) => sum + one[k], 0) / many.length;
    expect(Math.abs(average(0))).toBeLessThan(0.05);
    expect(Math.abs(average(1) - 1)).toBeLessThan(0.35);
    // Each class is met.
    const classes = Array.from({ length: 4000 }, (_, i) => {
      const row = values.subarray(4 * i, 4 * i + 4);
      return row.indexOf(Math.max(...row));
    });
    for (let c = 0; c < 4; c++) expect(classes.filter((one) => one === c).length).toBeGreaterThan(200);
  });

  it('is one network of the given width: its values lie in the span of that many units', () => {
    // Along a line through the origin each unit is linear on either side, so that the values are, up to their mean.
    const { features, values } = teacherSet({ ...options, inputs: 1, width: 1, outputs: 2 }, 3);
    const right = [...features.keys()].filter((i) => features[i]! > 0);
    const line = (i: number, c: number) => values[2 * i + c]!;
    const [a, b] = [right[0]!, right[1]!];
    for (const c of [0, 1]) {
      const slope = (line(b, c) - line(a, c)) / (features[b]! - features[a]!);
      for (const i of right.slice(2, 50))
        expect(line(i, c)).toBeCloseTo(line(a, c) + slope * (features[i]! - features[a]!), 4);
    }
  });

  it('is seeded, and adds noise where asked', () => {
    const few = { ...options, count: 5 };
    const { features, values } = teacherSet(few, 3);
    expect(teacherSet({ ...few, count: 3 }, 3).values).toEqual(values.subarray(0, 12));
    expect(teacherSet(few, 4).values).not.toEqual(values);
    const noisy = teacherSet({ ...options, noise: 0.5 }, 3);
    expect(noisy.features.subarray(0, features.length)).toEqual(features);
    const clean = teacherSet(options, 3);
    const variance = noisy.values.reduce((sum, value, k) => sum + (value - clean.values[k]!) ** 2, 0) / 16_000;
    expect(Math.abs(variance - 0.25)).toBeLessThan(0.02);
  });
});
