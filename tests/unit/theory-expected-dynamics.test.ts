import { Matrix } from 'ml-matrix';
import { describe, expect, it } from 'vitest';
import type { OptimizerId } from '../../src/optimizers/registry';
import { expectation, expectedLoss } from '../../src/theory/expected-dynamics';
import { optimalHyper } from '../../src/theory/optimal';
import { diagonalMoments, streamConstants } from '../../src/theory/spectral';
import { spectralRadius } from '../../src/theory/spectral-radius';
import { denseOperator, randomHyper, randomSource, stream, streamRows } from './theory-dense';

const optimizers: OptimizerId[] = ['sgd', 'heavy-ball', 'nesterov', 'mass'];
const kinds = ['component-decoupled', 'gaussian'] as const;

describe('expected loss', () => {
  it.each(optimizers)('%s follows the dense operator', (optimizer) => {
    const random = randomSource(3);
    for (let trial = 0; trial < 20; trial++) {
      const kind = kinds[trial % 2]!;
      const problem = stream(kind, [1, 0.2 + random(), 0.05 * random() + 1e-3]);
      const batch = [1, 3, 64][trial % 3]!;
      const moments = diagonalMoments(streamRows(problem));
      const hyper = randomHyper(optimizer, streamConstants(streamRows(problem)), batch, random);
      const operator = new Matrix(denseOperator(moments, optimizer, hyper, batch));
      // At rest all three second moments are e₀².
      const e = Array.from(problem.start, (x) => x * x);
      let state = Matrix.columnVector([...e, ...e, ...e]);
      const steps = Array.from({ length: 41 }, (_, t) => t);
      const losses = expectedLoss(problem, optimizer, hyper, batch, steps)!;
      for (const t of steps) {
        const loss = 0.5 * moments.lambda.reduce((sum, l, j) => sum + l * state.get(j, 0), 0);
        expect(Math.abs(losses[t]! / loss - 1), JSON.stringify({ t, kind, batch, hyper })).toBeLessThan(1e-11);
        state = operator.mmul(state);
      }
    }
  });

  it('a leap over many steps equals single steps', () => {
    const problem = stream('component-decoupled', [1, 0.1, 1e-3]);
    for (const optimizer of optimizers) {
      const random = randomSource(11);
      const constants = streamConstants(streamRows(problem));
      const hyper = optimalHyper(optimizer, constants, 1) ?? { eta: 0.3 / constants.L1, gamma: 0.5 + 0.2 * random() };
      const single = expectation(problem, optimizer, hyper, 1)!;
      for (let t = 0; t < 777; t++) single.advance(1);
      const leap = expectation(problem, optimizer, hyper, 1)!;
      leap.advance(777);
      expect(leap.step).toBe(single.step);
      expect(leap.loss() / single.loss()).toBeCloseTo(1, 11);
    }
  });

  it.each(optimizers)('%s shrinks (or grows) at the spectral radius in the end', (optimizer) => {
    const random = randomSource(23);
    for (const kind of kinds)
      for (const batch of [1, 16]) {
        const problem = stream(kind, [1, 0.4, 0.1]);
        const hyper = randomHyper(optimizer, streamConstants(streamRows(problem)), batch, random);
        const rho = spectralRadius(problem, optimizer, hyper, batch)!;
        // Far enough for the slower modes to be gone, not so far that doubles end.
        const t = Math.min(20_000, Math.floor(500 / Math.abs(Math.log(rho))));
        const [a, b] = expectedLoss(problem, optimizer, hyper, batch, [t, t + 50])!;
        const rate = (b! / a!) ** (1 / 50);
        expect(Math.abs(rate - rho) / Math.abs(1 - rho), JSON.stringify({ kind, batch, hyper })).toBeLessThan(1e-3);
      }
  });

  it('reports Infinity for ever once it overflows, and 0 once it underflows', () => {
    for (const kind of kinds) {
      const problem = stream(kind, [1, 0.5]);
      const up = expectedLoss(problem, 'nesterov', { eta: 10, gamma: 0.9 }, 1, [0, 10, 5000, 6000, 1e9])!;
      expect(up[1]).toBeGreaterThan(up[0]!);
      expect([...up.slice(2)]).toEqual([Infinity, Infinity, Infinity]);
      const down = expectedLoss(problem, 'sgd', { eta: 0.2 }, 1, [0, 20_000, 20_100])!;
      expect([...down.slice(1)]).toEqual([0, 0]);
    }
  });

  it('has none for Adam, stored rows and weights whose target is not known; refuses steps that go back', () => {
    const problem = stream('gaussian', [1, 0.5]);
    const adam = { eta: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    expect(expectedLoss(problem, 'adam', adam, 1, [0])).toBeUndefined();
    expect(expectedLoss({ ...problem, coordinates: 'weights' }, 'sgd', { eta: 0.1 }, 1, [0])).toBeUndefined();
    const rows = { kind: 'stored', count: 1, features: new Float32Array(2), targets: new Float32Array(1) } as const;
    expect(expectedLoss({ ...problem, rows }, 'sgd', { eta: 0.1 }, 1, [0])).toBeUndefined();
    expect(() => expectedLoss(problem, 'sgd', { eta: 0.1 }, 1, [5, 4])).toThrow('steps must ascend: 4 follows 5');
  });

  it('walks 3,000 steps in 1,024 coordinates in a fraction of a second', () => {
    const problem = stream(
      'gaussian',
      Array.from({ length: 1024 }, (_, j) => (j + 1) ** -1),
    );
    const hyper = optimalHyper('mass', streamConstants(streamRows(problem)), 4)!;
    const start = performance.now();
    const loss = expectedLoss(problem, 'mass', hyper, 4, [0, 3000])!;
    expect(performance.now() - start).toBeLessThan(2000);
    expect(loss[1]).toBeLessThan(loss[0]!);
  });
});
