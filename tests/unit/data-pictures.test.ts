import { expect, it } from 'vitest';
import { resizer } from '../../src/data/pictures';

it('gives each pixel of a smaller picture the mean over what it covers', () => {
  const from = { width: 3, height: 3, channels: 1 };
  const into = new Float32Array(4);
  resizer(from, { ...from, width: 2, height: 2 })([0, 3, 6, 9, 12, 15, 18, 21, 24], into);
  // Weights 4, 2, 2, 1 of 9 from the corner.
  expect([...into].map((value) => Number(value.toFixed(4)))).toEqual([4, 8, 16, 20]);
  // Means stay as they are, whatever the sides.
  const size = { width: 7, height: 5, channels: 2 };
  const source = Float32Array.from({ length: 70 }, (_, k) => (k * 37) % 11);
  const other = new Float32Array(3 * 4 * 2);
  resizer(size, { ...size, width: 3, height: 4 })(source, other);
  for (const c of [0, 1]) {
    const mean = (values: Float32Array) =>
      values.filter((_, k) => k % 2 === c).reduce((a, b, _, all) => a + b / all.length, 0);
    expect(mean(other)).toBeCloseTo(mean(source), 4);
  }
});
