import { describe, expect, it } from 'vitest';
import { PLANAR_KINDS, planarSet } from '../../src/data/planar';

describe.each(PLANAR_KINDS)('%s', (kind) => {
  it('has half its points in each class, and is a pure function of the seed', () => {
    const set = planarSet(kind, 300, 0.1, 5);
    expect(set.classes.filter((one) => one === 1).length).toBe(150);
    expect(planarSet(kind, 300, 0.1, 5)).toEqual(set);
    expect(planarSet(kind, 300, 0.1, 6).features).not.toEqual(set.features);
    // More points don't change the first ones.
    expect(planarSet(kind, 310, 0.1, 5).features.slice(0, 600)).toEqual(set.features);
    expect(Math.max(...set.features.map(Math.abs))).toBeLessThan(2.5);
  });

  it('is told apart by the nearest neighbour, but not by a line, without noise', () => {
    const { features, classes } = planarSet(kind, 400, 0, 1);
    let nearest = 0;
    for (let i = 0; i < 400; i++) {
      let best = Infinity;
      let found = 0;
      for (let j = 0; j < 400; j++) {
        const far = (features[2 * i]! - features[2 * j]!) ** 2 + (features[2 * i + 1]! - features[2 * j + 1]!) ** 2;
        if (j === i || far >= best) continue;
        best = far;
        found = classes[j]!;
      }
      if (found === classes[i]) nearest++;
    }
    expect(nearest).toBe(400);
    let linear = 0;
    for (let angle = 0; angle < Math.PI; angle += 0.05)
      for (let shift = -1.5; shift <= 1.5; shift += 0.1) {
        let right = 0;
        for (let i = 0; i < 400; i++) {
          const side = Math.cos(angle) * features[2 * i]! + Math.sin(angle) * features[2 * i + 1]! > shift;
          if (side === (classes[i] === 1)) right++;
        }
        linear = Math.max(linear, right / 400, 1 - right / 400);
      }
    expect(linear).toBeLessThan(0.95);
  });
});
