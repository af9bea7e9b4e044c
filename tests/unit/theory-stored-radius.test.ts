import { describe, expect, it } from 'vitest';
import type { OptimizerId } from '../../src/optimizers/registry';
import { Expectation } from '../../src/theory/expected-dynamics';
import { exactTheory } from '../../src/theory/advice';
import { linearForm } from '../../src/theory/linear-form';
import { guaranteedRate, optimalHyper } from '../../src/theory/optimal';
import { streamConstants } from '../../src/theory/spectral';
import { amplitudeRate, spectralRadius } from '../../src/theory/spectral-radius';
import { randomHyper, randomSource, stream, streamRows } from './theory-dense';
import {
  constantsOf,
  enumeratedRadius,
  lossesOf,
  normalSource,
  orthogonalDesign,
  radiusOf,
  randomRows,
  store,
  storedProblem,
} from './theory-stored';

const optimizers: OptimizerId[] = ['sgd', 'heavy-ball', 'nesterov', 'mass'];

describe('spectral radius on stored rows', () => {
  it.each(optimizers)('%s equals the largest eigenvalue modulus over all minibatches', async (optimizer) => {
    const random = randomSource(17);
    let unstable = 0;
    for (let trial = 0; trial < 24; trial++) {
      const [n, d, m] = [
        [3, 2, 1],
        [5, 2, 2],
        [9, 2, 1],
        [4, 3, 1],
        [3, 3, 2],
        [30, 3, 1],
      ][trial % 6] as [number, number, number];
      const rows = randomRows(n, d, 100 + trial, trial % 4 === 3 ? 1 : 0);
      const problem = storedProblem(rows);
      const hyper = randomHyper(optimizer, await constantsOf(rows), m, random);
      const expected = enumeratedRadius(problem, optimizer, hyper, m);
      if (expected > 1) unstable++;
      const value = await radiusOf(problem, optimizer, hyper, m);
      // The dense decomposition itself loses digits next to multiple eigenvalues.
      expect(Math.abs(value - expected) / expected, JSON.stringify({ n, d, m, hyper })).toBeLessThan(1e-9);
    }
    expect(unstable).toBeGreaterThan(1);
    expect(unstable).toBeLessThan(23);
  });

  it('has the closed form of orthogonal designs, to the last digits next to 1', async () => {
    const { problem, moments } = orthogonalDesign([1, 0.5, 2 ** -10, 2 ** -10 * 1.0001, 2 ** -10 * 1.0002, 2 ** -9]);
    for (const batch of [1, 5, 1000]) {
      const eta = 0.1;
      const expected = Math.max(
        ...moments.lambda.map((l) => -2 * eta * l + eta * eta * l * l * (1 + moments.ownNoise / batch)),
      );
      const value = await radiusOf(problem, 'sgd', { eta }, batch);
      expect(Math.abs(value - 1 - expected) / Math.abs(expected)).toBeLessThan(1e-9);
    }
  });

  it.each(optimizers)(
    '%s has the radius and the curve of the diagonal recursion where both apply',
    async (optimizer) => {
      const { problem, moments } = orthogonalDesign([1, 0.9995, 0.999, 0.1, 1e-3, 9.99e-4]);
      const theory = (await exactTheory(problem, 'replacement'))!;
      const constants = { L: 1, mu: 9.99e-4, L1: 6, kappaTilde: 6 };
      const random = randomSource(41);
      for (let trial = 0; trial < 12; trial++) {
        const batch = [1, 4, 64, 1e6][trial % 4]!;
        const hyper = (trial < 4 ? optimalHyper(optimizer, constants, batch) : undefined) ?? {
          ...randomHyper(optimizer, constants, batch, random),
        };
        const form = linearForm(optimizer, hyper)!;
        const rate = amplitudeRate(moments, form, batch);
        const expected = rate * (2 + rate);
        const value = (await theory.spectralRadius({ optimizer, hyper, batch }))! - 1;
        expect(Math.abs(value - expected) / Math.abs(expected), JSON.stringify({ batch, hyper })).toBeLessThan(1e-8);
        const steps = [0, 1, 10, 300];
        const losses = (await theory.expectedLoss({ optimizer, hyper, batch }, steps))!;
        const dynamics = new Expectation(moments, form, batch, problem.start);
        steps.forEach((step, k) => {
          dynamics.advance(step - dynamics.step);
          if (dynamics.loss() < 1e200) expect(losses[k]! / dynamics.loss()).toBeCloseTo(1, 9);
        });
      }
    },
  );

  it('of many Gaussian rows approaches that of the stream', async () => {
    const scales = [1, 0.7, 0.25];
    const normal = normalSource(6);
    const rows = store(
      Float64Array.from({ length: 60_000 }, (_, i) => normal() * scales[i % 3]!),
      3,
    );
    const problem = storedProblem(rows);
    const theory = (await exactTheory(problem, 'replacement'))!;
    const source = stream(
      'gaussian',
      scales.map((s) => s * s),
    );
    const constants = streamConstants(streamRows(source));
    for (const optimizer of optimizers)
      for (const batch of [1, 16]) {
        const hyper = optimalHyper(optimizer, constants, batch) ?? { eta: 0.5 / constants.L1, gamma: 0.5 };
        const value = (await theory.spectralRadius({ optimizer, hyper, batch }))!;
        const exact = spectralRadius(source, optimizer, hyper, batch)!;
        expect((1 - value) / (1 - exact), JSON.stringify({ optimizer, batch })).toBeCloseTo(1, 1);
        const moved = { ...source, start: problem.start };
        const stored = await theory.expectedLoss({ optimizer, hyper, batch }, [0, 10, 30]);
        const streamed = await lossesOf(moved, { optimizer, hyper, batch }, [0, 10, 30]);
        stored!.forEach((loss, k) => {
          expect(loss / streamed[k]!).toBeGreaterThan(0.85);
          expect(loss / streamed[k]!).toBeLessThan(1.15);
        });
      }
  });

  it('counts only directions in which rows point', async () => {
    const plain = randomRows(12, 2, 5, 0.5);
    const problem = storedProblem(plain);
    // The same rows in a plane of four dimensions, as an isometry, and repeated.
    const turned: number[] = [];
    for (let i = 0; i < 12; i++) {
      const [x, y] = plain.features.subarray(2 * i, 2 * i + 2);
      turned.push(x! / 2, x! / 2, x! / 2, x! / 2, y! / 2, -y! / 2, y! / 2, -y! / 2);
    }
    const flat = turned.flatMap((_, i) => (i % 8 < 4 ? [turned[i]! + turned[i + 4]!] : []));
    const wide = storedProblem(store([...flat, ...flat], 4, [...plain.targets, ...plain.targets]));
    for (const optimizer of optimizers) {
      const hyper = randomHyper(optimizer, await constantsOf(plain), 3, randomSource(2));
      const a = await radiusOf(problem, optimizer, hyper, 3);
      expect((await radiusOf(wide, optimizer, hyper, 3)) / a).toBeCloseTo(1, 6);
    }
  });

  it('at the optimal hyper-parameters is below the guarantee', async () => {
    for (const [n, d, seed] of [
      [5, 9, 1],
      [40, 4, 2],
      [200, 8, 3],
    ] as const)
      for (const batch of [1, 3, 50])
        for (const optimizer of ['sgd', 'mass'] as const) {
          const rows = randomRows(n, d, seed, 0);
          const constants = await constantsOf(rows);
          const value = await radiusOf(
            storedProblem(rows),
            optimizer,
            optimalHyper(optimizer, constants, batch)!,
            batch,
          );
          expect(value).toBeLessThanOrEqual(guaranteedRate(optimizer, constants, batch)! + 1e-9);
        }
  });

  it('is that of the full gradient for huge batches and for a single row, and Infinity for absurd step sizes', async () => {
    const rows = store([3, 4], 2);
    for (const batch of [1, 7]) {
      const value = await radiusOf(storedProblem(rows), 'sgd', { eta: 0.01 }, batch);
      expect(value).toBeCloseTo((1 - 0.01 * 25) ** 2, 10);
    }
    const problem = storedProblem(randomRows(20, 3, 8, 0));
    const { L } = await constantsOf(randomRows(20, 3, 8, 0));
    const value = await radiusOf(problem, 'heavy-ball', { eta: 1 / L, gamma: 0.9 }, 1e13);
    expect(value).toBeCloseTo(0.9, 5);
    expect(await radiusOf(problem, 'nesterov', { eta: 1e200, gamma: 0.9 }, 1)).toBeGreaterThan(1e4);
  });
});
