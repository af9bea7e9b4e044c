/**
 * Counter-based randomness, twin of `shaders/common/random.wgsl`: every draw is a pure function of (root seed, stream,
 * lane seed, step, index). So the lanes of one seed see the same minibatches whatever their optimizer, and a run can go
 * on from any step. The mixer is pcg4d (Jarzynski & Olano, "Hash Functions for GPU Rendering", JCGT 2020).
 */

/** Streams keep unrelated draws independent. */
export const STREAM = { data: 1, batch: 2, epoch: 3, weights: 4, dropout: 5, split: 6, labels: 7, augment: 8 } as const;
export type Stream = (typeof STREAM)[keyof typeof STREAM];

/** Four well-mixed 32-bit words of four counters; writes them to `into` (length 4) and returns it. */
export function mix(a: number, b: number, c: number, d: number, into: Uint32Array): Uint32Array {
  let x = (Math.imul(a, 1664525) + 1013904223) | 0;
  let y = (Math.imul(b, 1664525) + 1013904223) | 0;
  let z = (Math.imul(c, 1664525) + 1013904223) | 0;
  let w = (Math.imul(d, 1664525) + 1013904223) | 0;
  for (let round = 0; round < 2; round++) {
    x = (x + Math.imul(y, w)) | 0;
    y = (y + Math.imul(z, x)) | 0;
    z = (z + Math.imul(x, y)) | 0;
    w = (w + Math.imul(y, z)) | 0;
    if (round === 0) {
      x ^= x >>> 16;
      y ^= y >>> 16;
      z ^= z >>> 16;
      w ^= w >>> 16;
    }
  }
  into[0] = x;
  into[1] = y;
  into[2] = z;
  into[3] = w;
  return into;
}

const words = new Uint32Array(4);

/** The key of one lane seed in one stream (u32). */
export function streamKey(rootSeed: number, stream: Stream, laneSeed: number): number {
  return mix(rootSeed, stream, laneSeed, 0x9e3779b9, words)[0]!;
}

/** A word scaled to 0 … n − 1 (the high half of word × n); n ≤ 2²⁰. */
export const scaleWord = (word: number, n: number): number => Math.floor((word * n) / 4294967296);

/**
 * Two independent standard normals from two words (Box–Muller). The angle is split into a quadrant (top two bits) and
 * an offset within ±π/4, so that the shader needs only short polynomials.
 */
export function normalPair(first: number, second: number): [number, number] {
  const uniform = Math.fround(Math.fround(first) + 1) * 2 ** -32;
  const radius = Math.sqrt(-2 * Math.log(uniform));
  const angle = Math.fround((second & 0x3fffffff) - 0x20000000) * ((Math.PI / 2) * 2 ** -30);
  const cosine = radius * Math.cos(angle);
  const sine = radius * Math.sin(angle);
  switch (second >>> 30) {
    case 0:
      return [cosine, sine];
    case 1:
      return [-sine, cosine];
    case 2:
      return [-cosine, -sine];
    default:
      return [sine, -cosine];
  }
}

/** A Gaussian vector with standard deviations `scales`: sample `index` of step `step` under `key`. Fills `into`. */
export function gaussianSample(
  key: number,
  step: number,
  index: number,
  scales: Float64Array,
  into: Float32Array | Float64Array,
): void {
  const d = scales.length;
  for (let j = 0; j < d; j += 4) {
    mix(key, step, index, j >>> 2, words);
    const [x, y] = normalPair(words[0]!, words[1]!);
    const [z, w] = normalPair(words[2]!, words[3]!);
    into[j] = scales[j]! * x;
    if (j + 1 < d) into[j + 1] = scales[j + 1]! * y;
    if (j + 2 < d) into[j + 2] = scales[j + 2]! * z;
    if (j + 3 < d) into[j + 3] = scales[j + 3]! * w;
  }
}

/** One component-decoupled sample: its axis and z ~ N(0, 2). */
export function decoupledSample(
  key: number,
  step: number,
  index: number,
  dimension: number,
): { axis: number; z: number } {
  mix(key, step, index, 0, words);
  return {
    axis: scaleWord(words[0]!, dimension),
    z: Math.SQRT2 * normalPair(words[1]!, words[2]!)[0],
  };
}

/** Row `index` of minibatch `step`, drawn with replacement from `count` rows; `key` is of stream `batch`. */
export function rowWithReplacement(key: number, step: number, index: number, count: number): number {
  return scaleWord(mix(key, step, index, 0, words)[0]!, count);
}

/** Rounds of mixing in {@link rowOfEpoch}; eight pass chi-square tests of single rows and of neighbours. */
const ROUNDS = 8;
const roundKeys = new Uint32Array(2 * ROUNDS);

/**
 * Row at `position` (= step × batch + index < 2³²) of the endless sequence of shuffled epochs over `count` rows; `key`
 * is of stream `epoch`. Each epoch is a keyed permutation of 0 … count − 1: invertible mixing (xor-shift, multiply by an
 * odd key, add a key) on the next power of two, repeated until it lands inside.
 */
export function rowOfEpoch(key: number, position: number, count: number): number {
  const epoch = Math.floor(position / count);
  const bits = 32 - Math.clz32(count - 1);
  const mask = bits === 0 ? 0 : 0xffffffff >>> (32 - bits);
  const shift = Math.max(1, bits >>> 1);
  for (let k = 0; k < ROUNDS / 2; k++) mix(key, epoch, 0, k, roundKeys.subarray(4 * k, 4 * k + 4));
  let x = position - epoch * count;
  do {
    for (let k = 0; k < ROUNDS; k++)
      x = (Math.imul(x ^ (x >>> shift), roundKeys[2 * k]! | 1) + roundKeys[2 * k + 1]!) & mask;
    x >>>= 0;
  } while (x >= count);
  return x;
}
