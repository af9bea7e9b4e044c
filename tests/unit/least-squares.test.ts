/** The float64 reference: its gradients against finite differences of the loss, its loss against plain sums. */
import { describe, expect, it } from 'vitest';
import { LeastSquaresReference, streamSpectrum, type Sampling } from '../../src/problems/least-squares';
import { batchStream } from '../../src/problems/start';
import type { LeastSquares } from '../../src/problems/types';
import {
  decoupledSample,
  gaussianSample,
  rowOfEpoch,
  rowWithReplacement,
  STREAM,
  streamKey,
} from '../../src/random/random';
import { magnitude } from '../support/lane';
import { sequence, storedProblem, streamProblem } from '../support/problems';

const SEED = 21;

/** The minibatch of a step as plain rows, drawn by the sampler alone. */
function minibatch(objective: LeastSquares, mode: Sampling['mode'], laneSeed: number, step: number, batch: number) {
  const { rows, dimension: d } = objective;
  const stream = rows.kind === 'stored' && mode === 'epochs' ? STREAM.epoch : STREAM.batch;
  const key = streamKey(SEED, stream, laneSeed);
  return Array.from({ length: batch }, (_, i) => {
    const x = new Float64Array(d);
    if (rows.kind === 'gaussian') gaussianSample(key, step, i, rows.scales, x);
    else if (rows.kind === 'component-decoupled') {
      const { axis, z } = decoupledSample(key, step, i, d);
      x[axis] = rows.scales[axis]! * z;
    } else if (rows.kind === 'stored') {
      const row =
        mode === 'epochs'
          ? rowOfEpoch(key, step * batch + i, rows.count)
          : rowWithReplacement(key, step, i, rows.count);
      return { x: Float64Array.from(rows.features.subarray(row * d, (row + 1) * d)), y: rows.targets[row]! };
    }
    return { x, y: 0 };
  });
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, value, j) => sum + value * b[j]!, 0);

const sources: [string, LeastSquares, Sampling['mode']][] = [
  ['component-decoupled stream', streamProblem('component-decoupled', 5), 'replacement'],
  ['component-decoupled stream, one axis', streamProblem('component-decoupled', 1), 'epochs'],
  ['Gaussian stream', streamProblem('gaussian', 7), 'replacement'],
  ['Gaussian stream asked for epochs', streamProblem('gaussian', 3), 'epochs'],
  ['stored rows with replacement', storedProblem(11, 6), 'replacement'],
  ['stored rows by epochs', storedProblem(11, 6), 'epochs'],
  ['one stored row', storedProblem(1, 1), 'epochs'],
];

describe.each(sources)('%s', (_, objective, mode) => {
  const reference = new LeastSquaresReference(objective, { seed: SEED, mode });
  const d = objective.dimension;

  it.each([
    [0, 0, 1],
    [1, 7, 3],
    [5, 100, 16],
  ])('lane seed %i, step %i, batch %i: the gradient is that of the minibatch loss', (laneSeed, step, batch) => {
    const samples = minibatch(objective, mode, laneSeed, step, batch);
    const loss = (w: Float64Array) =>
      samples.reduce((sum, { x, y }) => sum + (dot(x, w) - y) ** 2, 0) / (2 * samples.length);
    const next = sequence(step + 1);
    const at = Float64Array.from({ length: d }, next);
    const gradient = new Float64Array(d).fill(Number.NaN);
    reference.gradient(reference.key(laneSeed), step, batch, at, gradient);
    // Central differences of a quadratic are exact up to rounding, so the step may be wide.
    const h = 2 ** -6;
    const scale = Math.max(magnitude(gradient), 1e-3);
    for (let j = 0; j < d; j++) {
      const [up, down] = [at.slice(), at.slice()];
      up[j] = up[j]! + h;
      down[j] = down[j]! - h;
      expect(Math.abs((loss(up) - loss(down)) / (2 * h) - gradient[j]!) / scale).toBeLessThan(1e-10);
    }
  });

  it('means of many gradients come to the gradient of the loss', () => {
    const at = Float64Array.from({ length: d }, sequence(3));
    const sum = new Float64Array(d);
    const gradient = new Float64Array(d);
    const steps = 4000;
    const squares = new Float64Array(d);
    for (let t = 0; t < steps; t++) {
      reference.gradient(reference.key(2), t, 2, at, gradient);
      gradient.forEach((g, j) => {
        sum[j] = sum[j]! + g;
        squares[j] = squares[j]! + g * g;
      });
    }
    const h = 2 ** -6;
    for (let j = 0; j < d; j++) {
      const [up, down] = [at.slice(), at.slice()];
      up[j] = up[j]! + h;
      down[j] = down[j]! - h;
      const expected = (reference.loss(up) - reference.loss(down)) / (2 * h);
      const mean = sum[j]! / steps;
      const error = Math.sqrt(Math.max(squares[j]! / steps - mean * mean, 0) / steps);
      expect(Math.abs(mean - expected)).toBeLessThan(4 * error + 1e-9);
    }
  });

  it('is zero, with its gradient, at an interpolating w', () => {
    if (objective.coordinates !== 'error') return;
    const gradient = new Float64Array(d).fill(1);
    reference.gradient(reference.key(0), 3, 4, new Float64Array(d), gradient);
    expect([...gradient].map(Math.abs)).toEqual(Array.from(gradient, () => 0));
    expect(reference.loss(new Float64Array(d))).toBe(0);
  });
});

describe('loss', () => {
  it('of stored rows is the mean over all rows', () => {
    const objective = storedProblem(9, 4);
    if (objective.rows.kind !== 'stored') throw new Error('not stored');
    const { features, targets } = objective.rows;
    const w = Float64Array.of(0.5, -1, 2, 0.25);
    let sum = 0;
    for (let i = 0; i < 9; i++) {
      const row = Float64Array.from(features.slice(4 * i, 4 * i + 4));
      sum += 0.5 * (dot(row, w) - targets[i]!) ** 2;
    }
    const reference = new LeastSquaresReference(objective, { seed: 0, mode: 'replacement' });
    expect(reference.loss(w)).toBeCloseTo(sum / 9, 14);
  });

  it.each(['component-decoupled', 'gaussian'] as const)('of a %s stream is its expectation', (kind) => {
    const objective = streamProblem(kind, 4);
    const reference = new LeastSquaresReference(objective, { seed: 0, mode: 'replacement' });
    const w = Float64Array.of(1, -2, 0.5, 3);
    const losses = Array.from({ length: 20_000 }, (_, t) => {
      const [sample] = minibatch(objective, 'replacement', 0, t, 1);
      return 0.5 * dot(sample!.x, w) ** 2;
    });
    const mean = losses.reduce((a, b) => a + b, 0) / losses.length;
    const spread = Math.sqrt(losses.reduce((sum, x) => sum + (x - mean) ** 2, 0)) / losses.length;
    expect(Math.abs(mean - reference.loss(w))).toBeLessThan(4 * spread);
    // λ_j by hand: E x_j² is scale², or scale² times E z² = 2 with probability 1/d.
    const factor = kind === 'gaussian' ? 1 : 2 / 4;
    const exact = w.reduce((sum, x, j) => sum + (factor * x * x) / (j + 1) / 2, 0);
    expect(reference.loss(w)).toBeCloseTo(exact, 12);
    streamSpectrum(objective)!.forEach((lambda, j) => {
      expect(lambda * (j + 1)).toBeCloseTo(factor, 12);
    });
  });
});

describe('draws', () => {
  it('use the epoch stream for stored rows by epochs only', () => {
    expect(batchStream(storedProblem(3, 2), 'epochs')).toBe(STREAM.epoch);
    expect(batchStream(storedProblem(3, 2), 'replacement')).toBe(STREAM.batch);
    expect(batchStream(streamProblem('gaussian', 2), 'epochs')).toBe(STREAM.batch);
  });

  it('a stream has no rows to name', () => {
    const reference = new LeastSquaresReference(streamProblem('gaussian', 2), { seed: 0, mode: 'replacement' });
    expect(() => reference.row(1, 0, 0, 1)).toThrow('a stream has no rows');
    expect(streamSpectrum(storedProblem(3, 2))).toBeUndefined();
  });
});
