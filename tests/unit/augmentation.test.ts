import { expect, it } from 'vitest';
import { augment, type Augmentation } from '../../src/models/augmentation';

const crops: Augmentation = { kind: 'crop-flip', image: { height: 3, width: 4, channels: 2 }, padding: 1 };
const picture = Float32Array.from({ length: 24 }, (_, k) => k + 1);

/** The crop at (down, across) of the picture with its border, written from the definition. */
function crop(down: number, across: number, flip: boolean): number[] {
  const padded = (y: number, x: number, c: number) =>
    y >= 1 && y <= 3 && x >= 1 && x <= 4 ? picture[((y - 1) * 4 + x - 1) * 2 + c]! : 0;
  const columns = flip ? [3, 2, 1, 0] : [0, 1, 2, 3];
  return [0, 1, 2].flatMap((y) => columns.flatMap((x) => [0, 1].map((c) => padded(y + down, x + across, c))));
}

it('draws each crop and its mirror image equally often, as a function of seed, step and place', () => {
  const counts = new Map<string, number>();
  const into = new Float32Array(24);
  const draws = 3600;
  for (let k = 0; k < draws; k++) {
    augment(crops, 5, k % 60, Math.floor(k / 60), picture, into);
    counts.set(into.join(), (counts.get(into.join()) ?? 0) + 1);
  }
  const all = [0, 1, 2].flatMap((y) => [0, 1, 2].flatMap((x) => [false, true].map((flip) => crop(y, x, flip).join())));
  expect(new Set(counts.keys())).toEqual(new Set(all));
  // 200 of each expected; chi-square of 17 degrees of freedom stays below 41 but once in a thousand.
  expect([...counts.values()].reduce((sum, count) => sum + (count - 200) ** 2 / 200, 0)).toBeLessThan(41);
  const again = new Float32Array(24);
  augment(crops, 5, 59, 59, picture, again);
  expect(again).toEqual(into);
});
