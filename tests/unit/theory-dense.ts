/** Independent restatements of the theory that its tests compare with: dense operators, random runs, streams. */
import { massSteps } from '../../src/optimizers/mass';
import type { OptimizerId } from '../../src/optimizers/registry';
import type { Hyper } from '../../src/optimizers/types';
import type { LeastSquares } from '../../src/problems/types';
import { suggestedEta } from '../../src/theory/optimal';
import type { DiagonalMoments, SpectralConstants, StreamRows } from '../../src/theory/spectral';

export function stream(kind: StreamRows['kind'], squaredScales: readonly number[]): LeastSquares {
  const scales = Float64Array.from(squaredScales, Math.sqrt);
  const start = Float64Array.from(scales, (_, j) => 1 + 0.25 * j);
  return { family: 'least-squares', dimension: scales.length, coordinates: 'error', start, rows: { kind, scales } };
}

export function streamRows(problem: LeastSquares): StreamRows {
  if (!('scales' in problem.rows)) throw new Error('not a stream');
  return problem.rows;
}

/** A seeded generator of uniform numbers in [0, 1) (xorshift32). */
export function randomSource(seed: number): () => number {
  let x = Math.imul(seed, 0x9e3779b1) | 1;
  return () => {
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    return (x >>> 0) / 2 ** 32;
  };
}

/** Hyper-parameters on both sides of the stability boundary. */
export function randomHyper(
  optimizer: OptimizerId,
  constants: SpectralConstants,
  batch: number,
  random: () => number,
): Hyper {
  const eta = suggestedEta(constants, batch) * 10 ** (-1 + 1.6 * random());
  if (optimizer === 'sgd') return { eta };
  if (optimizer === 'mass') return { eta, alpha: 10 ** (-1.5 * random()), kappaTilde: 10 ** (1.2 * random()) };
  return { eta, gamma: 0.9 * random() };
}

/**
 * The operator on the stacked diagonals of second moments, dense, 3d × 3d, in the coordinates in which the recursion is
 * usually stated: (E e², E eh, E h²) with e = w − w*, h = u − w* (heavy ball: (E e_t², E e_t e_{t−1}, E e_{t−1}²)).
 */
export function denseOperator(moments: DiagonalMoments, optimizer: OptimizerId, hyper: Hyper, m: number): number[][] {
  const { lambda, ownNoise, sharedNoise } = moments;
  const d = lambda.length;
  const rows = Array.from({ length: 3 * d }, () => new Array<number>(3 * d).fill(0));
  // S c, entry j, as coefficients of c.
  const s = (j: number): number[] =>
    Array.from(lambda, (l, k) => {
      const diagonal = j === k ? l * l * (1 + ownNoise / m) : 0;
      return diagonal + (sharedNoise * lambda[j]! * l) / m;
    });
  for (let j = 0; j < d; j++) {
    const l = lambda[j]!;
    const [a, b, c] = [rows[j]!, rows[d + j]!, rows[2 * d + j]!];
    if (optimizer === 'heavy-ball') {
      // w' = (1 + γ − ηξ) w − γ w_prev: the query is w, so the noise acts on E e_t² (first block).
      const eta = hyper['eta']!;
      const gamma = hyper['gamma']!;
      a[j]! += (1 + gamma) ** 2 - 2 * (1 + gamma) * eta * l;
      a[d + j]! += -2 * gamma * (1 + gamma - eta * l);
      a[2 * d + j]! += gamma * gamma;
      s(j).forEach((x, k) => (a[k]! += eta * eta * x));
      b[j]! += 1 + gamma - eta * l;
      b[d + j]! += -gamma;
      c[j]! += 1;
      continue;
    }
    const { eta1, gamma, eta2 } =
      optimizer === 'mass'
        ? massSteps(hyper)
        : { eta1: hyper['eta']!, gamma: optimizer === 'nesterov' ? hyper['gamma']! : 0, eta2: 0 };
    const q = (1 + gamma) * eta1 - eta2;
    a[2 * d + j]! += 1 - 2 * eta1 * l;
    b[2 * d + j]! += 1 + gamma - (q + (1 + gamma) * eta1) * l;
    b[d + j]! += -gamma + eta1 * gamma * l;
    c[2 * d + j]! += (1 + gamma) ** 2 - 2 * (1 + gamma) * q * l;
    c[d + j]! += -2 * gamma * (1 + gamma) + 2 * gamma * q * l;
    c[j]! += gamma * gamma;
    s(j).forEach((x, k) => {
      a[2 * d + k]! += eta1 * eta1 * x;
      b[2 * d + k]! += eta1 * q * x;
      c[2 * d + k]! += q * q * x;
    });
  }
  return rows;
}
