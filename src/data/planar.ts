/** Seeded two-dimensional sets of points in classes, for classifiers to bend round. */
import { mix, normalPair, STREAM, streamKey } from '../random/random';

export const PLANAR_KINDS = ['moons', 'circles', 'spirals'] as const;
export type PlanarKind = (typeof PLANAR_KINDS)[number];

export interface PlanarSet {
  /** count × 2, about within ±2. */
  readonly features: Float32Array<ArrayBuffer>;
  /** 0 or 1; row i is of class i mod 2. */
  readonly classes: Uint8Array<ArrayBuffer>;
}

/** A place on a class's curve: `share` runs from 0 to 1 along it. */
const curves: Readonly<Record<PlanarKind, (share: number, second: boolean) => [number, number]>> = {
  // Two half circles, the second one upside down and pushed into the first.
  moons: (share, second) => {
    const angle = Math.PI * share;
    const [x, y] = [Math.cos(angle), Math.sin(angle)];
    return second ? [0.5 - x, 0.25 - y] : [x - 0.5, y - 0.25];
  },
  circles: (share, second) => {
    const angle = 2 * Math.PI * share;
    const radius = second ? 0.6 : 1.2;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
  // Two arms of one and a half turns.
  spirals: (share, second) => {
    const angle = 3 * Math.PI * share + (second ? Math.PI : 0);
    const radius = 0.15 + 1.25 * share;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  },
};

const words = new Uint32Array(4);

/** `count` points, half of each class, with Gaussian noise of standard deviation `noise`; a pure function of its arguments. */
export function planarSet(kind: PlanarKind, count: number, noise: number, rootSeed: number): PlanarSet {
  const features = new Float32Array(2 * count);
  const classes = new Uint8Array(count);
  const key = streamKey(rootSeed, STREAM.data, 0);
  for (let i = 0; i < count; i++) {
    mix(key, i, 0, 0, words);
    const share = words[0]! / 2 ** 32;
    const [dx, dy] = normalPair(words[1]!, words[2]!);
    const second = i % 2 === 1;
    const [x, y] = curves[kind](share, second);
    features[2 * i] = x + noise * dx;
    features[2 * i + 1] = y + noise * dy;
    classes[i] = second ? 1 : 0;
  }
  return { features, classes };
}
