/** The sampler: its mixer, its rows with replacement and by epochs, and that its draws depend on nothing else. */
import { describe, expect, it } from 'vitest';
import { mix, rowOfEpoch, rowWithReplacement, scaleWord, STREAM, streamKey } from '../../src/random/random';
import { chiSquareScore, correlationScore, histogram } from '../support/statistics';

const words = (a: number, b: number, c: number, d: number) => [...mix(a, b, c, d, new Uint32Array(4))];
const range = (n: number) => Array.from({ length: n }, (_, k) => k);

/** pcg4d as published, in exact arithmetic. */
function pcg4d(...counters: [bigint, bigint, bigint, bigint]): number[] {
  const M = 0xffffffffn;
  let [x, y, z, w] = counters.map((c) => (c * 1664525n + 1013904223n) & M) as typeof counters;
  const round = () => {
    x = (x + y * w) & M;
    y = (y + z * x) & M;
    z = (z + x * y) & M;
    w = (w + y * z) & M;
  };
  round();
  [x, y, z, w] = [x ^ (x >> 16n), y ^ (y >> 16n), z ^ (z >> 16n), w ^ (w >> 16n)];
  round();
  return [x, y, z, w].map(Number);
}

describe('mix', () => {
  it('is pcg4d', () => {
    const edges = [0, 1, 2, 0x7fffffff, 0x80000000, 0xffffffff, 0x9e3779b9];
    for (const a of edges)
      for (const b of edges) {
        const [c, d] = [a ^ 0x1234, b ^ 0x8765];
        const exact = pcg4d(BigInt(a), BigInt(b), BigInt(c >>> 0), BigInt(d >>> 0));
        expect(words(a, b, c, d)).toEqual(exact);
      }
  });

  it('flips about half of all bits of every word when one bit of a counter flips', () => {
    const changed = (a: number[], b: number[]) =>
      a.map((word, k) => (word ^ b[k]!) >>> 0).map((bits) => bits.toString(2).replaceAll('0', '').length);
    for (const counter of range(4)) {
      const sums = [0, 0, 0, 0];
      for (let trial = 0; trial < 200; trial++) {
        const from = words(trial, 7 * trial, 13, trial ^ 5);
        const to = [trial, 7 * trial, 13, trial ^ 5] as [number, number, number, number];
        to[counter] = to[counter]! ^ (1 << (trial % 8));
        changed(from, words(...to)).forEach((bits, word) => (sums[word] = sums[word]! + bits));
      }
      // 200 × 32 coin flips: 3200 ± 40.
      for (const sum of sums) expect(Math.abs(sum - 3200)).toBeLessThan(200);
    }
  });
});

describe('scaleWord', () => {
  it('is the high half of word × n, exactly', () => {
    for (const n of [1, 2, 3, 10, 1000, 65_535, 100_000, 2 ** 20])
      for (const word of [0, 1, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff, 0x9e3779b9])
        expect(scaleWord(word, n)).toBe(Number((BigInt(word) * BigInt(n)) >> 32n));
  });
});

describe('rows with replacement', () => {
  it.each([1, 2, 3, 10, 1000])('from %i rows: all come equally often', (n) => {
    const key = streamKey(5, STREAM.batch, 2);
    const drawn = range(200 * n).map((k) => rowWithReplacement(key, Math.floor(k / 8), k % 8, n));
    const counts = histogram(drawn, n);
    expect(counts).toHaveLength(n);
    if (n > 1) expect(Math.abs(chiSquareScore(counts, 200))).toBeLessThan(4);
  });

  it.each([
    ['of one minibatch', (k: number) => [Math.floor(k / 4), k % 4, Math.floor(k / 4), (k + 1) % 4]],
    ['at one place of two steps', (k: number) => [k, 0, k + 1, 0]],
  ] as const)('pairs %s are independent', (_, places) => {
    const key = streamKey(1, STREAM.batch, 0);
    const n = 12;
    const pairs = range(40_000).map((k) => {
      const [t, i, s, j] = places(k) as [number, number, number, number];
      return rowWithReplacement(key, t, i, n) * n + rowWithReplacement(key, s, j, n);
    });
    expect(Math.abs(chiSquareScore(histogram(pairs, n * n), pairs.length / n ** 2))).toBeLessThan(4);
  });

  it.each([
    ['lane seeds', streamKey(1, STREAM.batch, 0), streamKey(1, STREAM.batch, 1)],
    ['root seeds', streamKey(1, STREAM.batch, 0), streamKey(2, STREAM.batch, 0)],
    ['streams', streamKey(1, STREAM.batch, 0), streamKey(1, STREAM.data, 0)],
  ])('different %s share nothing', (_, one, other) => {
    expect(one).not.toBe(other);
    const n = 1000;
    const a = range(20_000).map((t) => rowWithReplacement(one, t, 0, n));
    const b = range(20_000).map((t) => rowWithReplacement(other, t, 0, n));
    expect(Math.abs(correlationScore(a, b))).toBeLessThan(4);
    const agreements = a.filter((row, t) => row === b[t]).length;
    expect(agreements).toBeLessThan(50);
    for (const lag of [1, 2, 3]) expect(Math.abs(correlationScore(a.slice(lag), b.slice(0, -lag)))).toBeLessThan(4);
  });
});

describe('rows by epochs', () => {
  const key = streamKey(9, STREAM.epoch, 4);

  it.each([1, 2, 3, 5, 8, 10, 100, 1000])('%i rows: every epoch holds each row once', (n) => {
    for (const epoch of [0, 1, 2, 77]) {
      const rows = range(n).map((k) => rowOfEpoch(key, epoch * n + k, n));
      expect([...rows].sort((a, b) => a - b)).toEqual(range(n));
    }
  });

  it.each([
    [5, 3],
    [10, 4],
    [3, 8],
    [100, 64],
  ])('%i rows in minibatches of %i, which straddle epochs', (n, batch) => {
    const steps = 3 * n;
    const drawn = range(steps).flatMap((t) => range(batch).map((i) => rowOfEpoch(key, t * batch + i, n)));
    for (let epoch = 0; epoch < Math.floor(drawn.length / n); epoch++)
      expect(new Set(drawn.slice(epoch * n, (epoch + 1) * n)).size).toBe(n);
    expect([...histogram(drawn, n)]).toEqual(range(n).map(() => 3 * batch));
  });

  it('works up to the last position it can hold', () => {
    const last = 2 ** 32 - 1;
    for (const n of [1, 2, 3, 1000, 2 ** 17 + 1, 2 ** 20]) {
      const row = rowOfEpoch(key, last, n);
      expect(row).toBeGreaterThanOrEqual(0);
      expect(row).toBeLessThan(n);
    }
  });

  it.each([3, 5, 8, 10, 100])('%i rows: each row is at each place of an epoch equally often', (n) => {
    const epochs = Math.max(3000, 40 * n);
    const pairs = range(epochs * n).map((k) => (k % n) * n + rowOfEpoch(key, k, n));
    // A permutation has (n − 1)² degrees of freedom, not n² − 1: its χ² comes out smaller by about 2/n.
    const score = chiSquareScore(histogram(pairs, n * n), epochs / n);
    const evenness = (n * n - 1 - (n - 1) ** 2) / Math.sqrt(2 * (n * n - 1));
    expect(score).toBeLessThan(4);
    expect(score).toBeGreaterThan(-4 - evenness);
  });

  it.each([4, 5, 10, 16])('%i rows: neighbours of an epoch are any pair equally often', (n) => {
    const epochs = 4000;
    const counts = new Map<number, number>();
    for (let epoch = 0; epoch < epochs; epoch++)
      for (let k = 0; k + 1 < n; k++) {
        const pair = rowOfEpoch(key, epoch * n + k, n) * n + rowOfEpoch(key, epoch * n + k + 1, n);
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    expect(counts.size).toBe(n * (n - 1));
    expect(chiSquareScore([...counts.values()], epochs / n)).toBeLessThan(4);
  });

  it('all 24 orders of 4 rows come equally often', () => {
    const orders = new Map<string, number>();
    for (let epoch = 0; epoch < 12_000; epoch++) {
      const order = range(4)
        .map((k) => rowOfEpoch(key, epoch * 4 + k, 4))
        .join('');
      orders.set(order, (orders.get(order) ?? 0) + 1);
    }
    expect(orders.size).toBe(24);
    expect(Math.abs(chiSquareScore([...orders.values()], 500))).toBeLessThan(4);
  });

  it('different lane seeds and epochs are shuffled differently', () => {
    const n = 1000;
    const order = (k: number, epoch: number) => range(n).map((j) => rowOfEpoch(k, epoch * n + j, n));
    const one = order(key, 0);
    for (const other of [order(key, 1), order(streamKey(9, STREAM.epoch, 5), 0), range(n)]) {
      expect(one.filter((row, j) => row === other[j]).length).toBeLessThan(10);
      expect(Math.abs(correlationScore(one, other))).toBeLessThan(4);
    }
  });
});
