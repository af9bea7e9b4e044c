/** Normal draws, Gaussian samples and component-decoupled samples against their distributions. */
import { describe, expect, it } from 'vitest';
import { decoupledSample, gaussianSample, normalPair, STREAM, streamKey } from '../../src/random/random';
import { chiSquareScore, correlationScore, histogram, moments } from '../support/statistics';

const range = (n: number) => Array.from({ length: n }, (_, k) => k);
const key = streamKey(3, STREAM.batch, 1);

/** One coordinate of a 6-dimensional Gaussian sample, over many steps and places. */
const N = 60_000;
const samples = range(N).map((k) => {
  const into = new Float64Array(6);
  gaussianSample(key, k >> 2, k & 3, new Float64Array(6).fill(1), into);
  return into;
});
const coordinate = (j: number) => samples.map((sample) => sample[j]!);

/** Moments of n standard normals, as scores: mean ± 1/√n, variance ± √(2/n), fourth ± √(96/n). */
function scores(values: readonly number[], variance: number): number[] {
  const n = values.length;
  const m = moments(values);
  return [
    m.mean / Math.sqrt(variance / n),
    (m.variance / variance - 1) / Math.sqrt(2 / n),
    (m.fourth / variance ** 2 - 3) / Math.sqrt(96 / n),
  ];
}

describe('normal draws', () => {
  it.each(range(6))('coordinate %i has the moments of N(0, 1)', (j) => {
    for (const score of scores(coordinate(j), 1)) expect(Math.abs(score)).toBeLessThan(4);
  });

  it('fall into intervals of equal probability equally often', () => {
    // Deciles of the standard normal.
    const edges = [-1.2815515655, -0.8416212336, -0.5244005127, -0.2533471031, 0];
    const cuts = [...edges, ...edges.slice(0, 4).map((x) => -x)].sort((a, b) => a - b);
    const bins = coordinate(2).map((x) => cuts.filter((cut) => x > cut).length);
    expect(Math.abs(chiSquareScore(histogram(bins, 10), N / 10))).toBeLessThan(4);
  });

  it('have the tails of N(0, 1)', () => {
    const all = range(6).flatMap(coordinate);
    for (const [bound, probability] of [
      [2, 0.0455002639],
      [3, 0.0026997961],
      [4, 6.334248e-5],
    ] as const) {
      const expected = all.length * probability;
      const count = all.filter((x) => Math.abs(x) > bound).length;
      expect(Math.abs(count - expected) / Math.sqrt(expected)).toBeLessThan(4);
    }
    expect(all.filter((x) => Math.abs(x) > 6.7)).toEqual([]);
  });

  it('are uncorrelated, and so are their squares, between coordinates, steps and lane seeds', () => {
    const pairs: [number[], number[]][] = [
      [coordinate(0), coordinate(1)],
      [coordinate(0), coordinate(2)],
      [coordinate(3), coordinate(4)],
      [coordinate(0).slice(1), coordinate(0).slice(0, -1)],
      [coordinate(5).slice(4), coordinate(5).slice(0, -4)],
    ];
    const other = streamKey(3, STREAM.batch, 2);
    const into = new Float64Array(1);
    const elsewhere = range(N).map((k) => {
      gaussianSample(other, k >> 2, k & 3, Float64Array.of(1), into);
      return into[0]!;
    });
    pairs.push([coordinate(0), elsewhere]);
    const square = (values: number[]) => values.map((x) => x * x);
    for (const [a, b] of pairs) {
      expect(Math.abs(correlationScore(a, b))).toBeLessThan(4);
      expect(Math.abs(correlationScore(square(a), square(b)))).toBeLessThan(4);
    }
  });

  it('stay finite at the ends of their words', () => {
    for (const first of [0, 1, 0xffffffff])
      for (const second of [0, 0x20000000, 0x3fffffff, 0x40000000, 0x80000000, 0xc0000000, 0xffffffff]) {
        const [x, y] = normalPair(first, second);
        expect(Math.hypot(x, y)).toBeLessThan(6.7);
      }
    expect(Math.hypot(...normalPair(0, 12345))).toBeCloseTo(Math.sqrt(64 * Math.LN2), 12);
  });

  it('are scaled coordinate by coordinate, in any dimension', () => {
    for (const d of [1, 2, 3, 4, 5, 7, 8]) {
      const scales = Float64Array.from({ length: d }, (_, j) => 2 ** -j);
      const [plain, scaled] = [new Float64Array(d), new Float64Array(d)];
      gaussianSample(key, 5, 1, new Float64Array(d).fill(1), plain);
      gaussianSample(key, 5, 1, scales, scaled);
      expect([...scaled]).toEqual([...plain].map((x, j) => x * scales[j]!));
      // A sample in fewer dimensions is the head of one in more.
      expect([...plain.subarray(0, 6)]).toEqual([...samples[21]!.subarray(0, d)]);
    }
  });
});

describe('component-decoupled samples', () => {
  const drawn = (dimension: number, count = N) =>
    range(count).map((k) => decoupledSample(key, k >> 1, k & 1, dimension));

  it.each([1, 2, 3, 10, 37])('in %i dimensions every axis comes equally often', (d) => {
    const counts = histogram(
      drawn(d).map((sample) => sample.axis),
      d,
    );
    if (d > 1) expect(Math.abs(chiSquareScore(counts, N / d))).toBeLessThan(4);
    else expect(counts[0]).toBe(N);
  });

  it('have z ~ N(0, 2) on every axis', () => {
    const all = drawn(2);
    for (const axis of [0, 1]) {
      const z = all.filter((sample) => sample.axis === axis).map((sample) => sample.z);
      for (const score of scores(z, 2)) expect(Math.abs(score)).toBeLessThan(4);
    }
  });
});
