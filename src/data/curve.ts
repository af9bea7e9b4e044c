/** Seeded points of a smooth function of one variable, for a regression to follow. */
import { mix, normalPair, STREAM, streamKey } from '../random/random';

export interface CurveSet {
  /** x in (−1, 1), ascending; one in each of `count` equal parts, in the middle half of it. */
  readonly features: Float32Array<ArrayBuffer>;
  readonly targets: Float32Array<ArrayBuffer>;
}

/** Two waves, one of them slow. */
export const smoothCurve = (x: number): number => Math.sin(Math.PI * x) + 0.5 * Math.cos(4 * Math.PI * x);

const words = new Uint32Array(4);

/** Values of {@link smoothCurve} with Gaussian noise of standard deviation `noise`; a pure function of its arguments. */
export function curveSet(count: number, noise: number, rootSeed: number): CurveSet {
  const features = new Float32Array(count);
  const targets = new Float32Array(count);
  const key = streamKey(rootSeed, STREAM.data, 0);
  for (let i = 0; i < count; i++) {
    mix(key, i, 0, 0, words);
    const share = 0.25 + words[0]! / 2 ** 33;
    features[i] = (2 * (i + share)) / count - 1;
    targets[i] = smoothCurve(features[i]!) + noise * normalPair(words[1]!, words[2]!)[0];
  }
  return { features, targets };
}
