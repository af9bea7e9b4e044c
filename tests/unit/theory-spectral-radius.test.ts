import { EigenvalueDecomposition, Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import { massSteps } from '../../src/optimizers/mass';
import type { OptimizerId } from '../../src/optimizers/registry';
import type { Hyper } from '../../src/optimizers/types';
import type { LeastSquares } from '../../src/problems/types';
import { guaranteedRate, optimalHyper } from '../../src/theory/optimal';
import { diagonalMoments, streamConstants } from '../../src/theory/spectral';
import { spectralRadius } from '../../src/theory/spectral-radius';
import { denseOperator, randomHyper, randomSource, stream, streamRows } from './theory-dense';

const radius = (problem: LeastSquares, optimizer: OptimizerId, hyper: Hyper, batch: number): number =>
  spectralRadius(problem, optimizer, hyper, batch)!;

const decoupled = stream('component-decoupled', [1, 2 ** -9]);
const gaussian = stream('gaussian', [1, 1, 2 ** -9]);

describe('spectral radius: independently checked numbers at batch 1', () => {
  const mass = (problem: LeastSquares) => optimalHyper('mass', streamConstants(streamRows(problem)), 1)!;
  const cases: [string, LeastSquares, OptimizerId, Hyper, number][] = [
    ['SGD', decoupled, 'sgd', { eta: 1 / 6 }, 0.9993495941],
    ['MaSS', decoupled, 'mass', mass(decoupled), 0.9881273034],
    ['Nesterov 0.3', decoupled, 'nesterov', { eta: 1 / 6, gamma: 0.3 }, 0.9990711826],
    ['Nesterov 0.5', decoupled, 'nesterov', { eta: 1 / 6, gamma: 0.5 }, 0.9987000383],
    ['Nesterov 0.6', decoupled, 'nesterov', { eta: 1 / 6, gamma: 0.6 }, 1.0306994249],
    ['Nesterov 0.9', decoupled, 'nesterov', { eta: 1 / 6, gamma: 0.9 }, 1.3769908986],
    ['Gaussian SGD', gaussian, 'sgd', { eta: 1 / 4.001953125 }, 0.9990247481],
    ['Gaussian MaSS', gaussian, 'mass', mass(gaussian), 0.9844759495],
    ['Gaussian Nesterov 0.6', gaussian, 'nesterov', { eta: 1 / 4.001953125, gamma: 0.6 }, 0.9978399315],
    ['Gaussian Nesterov 0.7', gaussian, 'nesterov', { eta: 1 / 4.001953125, gamma: 0.7 }, 1.1020391831],
  ];
  it.each(cases)('%s', (_, problem, optimizer, hyper, expected) => {
    expect(Math.abs(radius(problem, optimizer, hyper, 1) - expected)).toBeLessThan(6e-11);
  });

  it('Nesterov diverges at η = 1/6 for every γ from 0.6 on', () => {
    for (let gamma = 0.6; gamma < 1; gamma += 0.01)
      expect(radius(decoupled, 'nesterov', { eta: 1 / 6, gamma }, 1)).toBeGreaterThan(1);
  });
});

describe('spectral radius: the full operator', () => {
  const optimizers: OptimizerId[] = ['sgd', 'heavy-ball', 'nesterov', 'mass'];
  it.each(optimizers)('%s equals the largest eigenvalue modulus of the dense 3d × 3d operator', (optimizer) => {
    const random = randomSource(7);
    let unstable = 0;
    for (let trial = 0; trial < 60; trial++) {
      const kind = trial % 2 === 0 ? 'component-decoupled' : 'gaussian';
      const d = 1 + Math.floor(random() * 6);
      const problem = stream(
        kind,
        Array.from({ length: d }, () => 10 ** (-3 * random())),
      );
      const batch = [1, 2, 5, 64, 4096][Math.floor(random() * 5)]!;
      const hyper = randomHyper(optimizer, streamConstants(streamRows(problem)), batch, random);
      const dense = denseOperator(diagonalMoments(streamRows(problem)), optimizer, hyper, batch);
      const { realEigenvalues: re, imaginaryEigenvalues: im } = new EigenvalueDecomposition(new Matrix(dense));
      const largest = Math.max(...re.map((x, k) => Math.hypot(x, im[k]!)));
      if (largest > 1) unstable++;
      const value = radius(problem, optimizer, hyper, batch);
      // The dense decomposition itself loses digits next to multiple eigenvalues.
      expect(Math.abs(value - largest) / largest, JSON.stringify({ kind, d, batch, hyper })).toBeLessThan(1e-9);
    }
    expect(unstable).toBeGreaterThan(5);
    expect(unstable).toBeLessThan(55);
  });

  it('does not depend on the order of the coordinates, and a repeated one counts', () => {
    const hyper = { eta: 0.2, alpha: 0.05, kappaTilde: 4 };
    const a = radius(stream('gaussian', [1, 0.5, 0.01]), 'mass', hyper, 2);
    expect(radius(stream('gaussian', [0.01, 1, 0.5]), 'mass', hyper, 2)).toBeCloseTo(a, 13);
    expect(radius(stream('gaussian', [1, 1, 0.5, 0.01]), 'mass', hyper, 2)).toBeGreaterThan(a);
  });
});

describe('spectral radius: limits with a closed form', () => {
  it('SGD on decoupled data is max (1 − ηλ)² + variance', () => {
    for (const batch of [1, 3, 100]) {
      const eta = 0.11;
      const d = 3;
      const lambdas = [1, 0.3, 0.02].map((v) => (2 * v) / d);
      const expected = Math.max(...lambdas.map((l) => 1 - 2 * eta * l + eta * eta * l * l * (1 + (3 * d - 1) / batch)));
      expect(radius(stream('component-decoupled', [1, 0.3, 0.02]), 'sgd', { eta }, batch)).toBeCloseTo(expected, 14);
    }
  });

  it('keeps the digits of rates next to 1', () => {
    // d = 1, huge batch, tiny λη: ρ = (1 − ηλ)² up to the variance 2(ηλ)²/m.
    const problem = stream('gaussian', [1e-9]);
    const value = radius(problem, 'sgd', { eta: 1 }, 65536);
    expect(Math.abs(1 - value - 2e-9)).toBeLessThan(5e-16);
  });

  it('a huge batch has the rate of the deterministic method', () => {
    // Nesterov with L = 1, μ = 0.01 at the textbook parameters: amplitude 1 − 1/√κ on the slowest direction, a triple
    // root, which noise of size ε moves by ε^(1/3).
    const kappa = 100;
    const gamma = (1 - 1 / Math.sqrt(kappa)) / (1 + 1 / Math.sqrt(kappa));
    const value = radius(stream('gaussian', [1, 0.3, 0.01]), 'nesterov', { eta: 1, gamma }, 1e15);
    expect(value).toBeCloseTo((1 - 1 / Math.sqrt(kappa)) ** 2, 5);
    // Heavy ball with complex roots contracts with γ whatever λ.
    expect(radius(stream('gaussian', [1, 0.5]), 'heavy-ball', { eta: 1, gamma: 0.8 }, 1e15)).toBeCloseTo(0.8, 9);
  });

  it('an oscillation with changing sign counts by its modulus', () => {
    // Roots of ζ² − τζ + δ, both negative: heavy ball just inside ηλ = 2(1 + γ), SGD beyond ηλ = 2.
    const tau = 1.8 - 3.59;
    const root = (-tau + Math.sqrt(tau * tau - 4 * 0.8)) / 2;
    const heavyBall = radius(stream('gaussian', [1]), 'heavy-ball', { eta: 3.59, gamma: 0.8 }, 1e15);
    expect(heavyBall).toBeCloseTo(root ** 2, 9);
    expect(radius(stream('gaussian', [1, 0.1]), 'sgd', { eta: 2.5 }, 1e15)).toBeCloseTo(1.5 ** 2, 9);
  });

  it('MaSS with κ̃ = 1 is Nesterov, Nesterov and heavy ball with γ = 0 are SGD', () => {
    for (const problem of [decoupled, gaussian])
      for (const batch of [1, 8]) {
        const alpha = 0.2;
        const gamma = massSteps({ eta: 0.1, alpha, kappaTilde: 1 }).gamma;
        const nesterov = radius(problem, 'nesterov', { eta: 0.1, gamma }, batch);
        expect(radius(problem, 'mass', { eta: 0.1, alpha, kappaTilde: 1 }, batch)).toBe(nesterov);
        const sgd = radius(problem, 'sgd', { eta: 0.1 }, batch);
        expect(radius(problem, 'nesterov', { eta: 0.1, gamma: 0 }, batch)).toBeCloseTo(sgd, 14);
        expect(radius(problem, 'heavy-ball', { eta: 0.1, gamma: 0 }, batch)).toBeCloseTo(sgd, 14);
      }
  });

  it('is far above 1, not NaN, for absurd step sizes, and undefined where no theory applies', () => {
    for (const optimizer of ['heavy-ball', 'nesterov'] as const)
      for (const eta of [1e3, 1e100, 1e300]) {
        const value = radius(gaussian, optimizer, { eta, gamma: 0.9 }, 1);
        expect(value).toBeGreaterThan(1e4);
      }
    expect(spectralRadius(gaussian, 'adam', { eta: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }, 1)).toBeUndefined();
    const stored = new Float32Array(4);
    const rows = { kind: 'stored', count: 2, features: stored, targets: new Float32Array(2) } as const;
    expect(spectralRadius({ ...gaussian, dimension: 2, rows }, 'sgd', { eta: 0.1 }, 1)).toBeUndefined();
  });

  it('at the optimal hyper-parameters is below the guarantee', () => {
    for (const kind of ['component-decoupled', 'gaussian'] as const)
      for (const spectrum of [
        [1],
        [1, 2 ** -9],
        [1, 1, 0.1, 1e-4],
        Array.from({ length: 64 }, (_, j) => (j + 1) ** -2),
      ])
        for (const optimizer of ['sgd', 'mass'] as const)
          for (const batch of [1, 2, 7, 64, 4096]) {
            const problem = stream(kind, spectrum);
            const constants = streamConstants(streamRows(problem));
            const value = radius(problem, optimizer, optimalHyper(optimizer, constants, batch)!, batch);
            expect(value).toBeLessThanOrEqual(guaranteedRate(optimizer, constants, batch)! + 1e-12);
          }
  });

  it('takes a few milliseconds at d = 1,024', () => {
    const spectrum = Array.from({ length: 1024 }, (_, j) => (j + 1) ** -1.5);
    for (const kind of ['component-decoupled', 'gaussian'] as const) {
      const problem = stream(kind, spectrum);
      const hyper = optimalHyper('mass', streamConstants(streamRows(problem)), 4)!;
      const times = Array.from({ length: 9 }, () => {
        const start = performance.now();
        radius(problem, 'mass', hyper, 4);
        return performance.now() - start;
      });
      // Best of nine: the machine may be busy, the budget is 5 ms.
      expect(Math.min(...times)).toBeLessThan(5);
    }
  });
});
