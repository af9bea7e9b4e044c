import { describe, expect, it } from 'vitest';
import type { OptimizerId } from '../../src/optimizers/registry';
import type { Hyper } from '../../src/optimizers/types';
import { LeastSquaresReference } from '../../src/problems/least-squares';
import type { LeastSquares } from '../../src/problems/types';
import { exactTheory, type TheoryRun } from '../../src/theory/advice';
import { Expectation } from '../../src/theory/expected-dynamics';
import { linearForm } from '../../src/theory/linear-form';
import { guaranteedRate, optimalHyper, suggestedEta } from '../../src/theory/optimal';
import { isComplete, streamConstants, type DiagonalMoments, type SpectralConstants } from '../../src/theory/spectral';
import { amplitudeRate, spectralRadius } from '../../src/theory/spectral-radius';
import { storedConstants, type StoredRows } from '../../src/theory/stored-constants';
import { storedMoments } from '../../src/theory/stored-moments';
import { atOnce } from '../../src/theory/slices';
import { randomHyper, randomSource, stream, streamRows } from './theory-dense';
import {
  enumeratedLoss,
  enumeratedRadius,
  normalSource,
  randomRows,
  simulate,
  store,
  storedProblem,
} from './theory-stored';

const optimizers: OptimizerId[] = ['sgd', 'heavy-ball', 'nesterov', 'mass'];

async function constantsOf(rows: StoredRows): Promise<SpectralConstants> {
  const constants = await storedConstants(rows, { exact: true });
  if (!isComplete(constants)) throw new Error('not exact');
  return constants;
}

async function radiusOf(problem: LeastSquares, optimizer: OptimizerId, hyper: Hyper, batch: number): Promise<number> {
  const theory = await exactTheory(problem, 'replacement');
  return (await theory!.spectralRadius({ optimizer, hyper, batch }))!;
}

async function lossesOf(problem: LeastSquares, run: TheoryRun, steps: readonly number[]): Promise<Float64Array> {
  return (await (await exactTheory(problem, 'replacement'))!.expectedLoss(run, steps))!;
}

/** Rows √(dλ_j) e_j: every direction on its own, E x_j⁴ = dλ_j², as in a stream with other fourth moments. */
function orthogonalDesign(lambda: readonly number[]): { problem: LeastSquares; moments: DiagonalMoments } {
  const d = lambda.length;
  const features = new Float32Array(d * d);
  lambda.forEach((l, j) => (features[j * d + j] = Math.sqrt(d * l)));
  const rounded = Float64Array.from(lambda, (_, j) => features[j * d + j]! ** 2 / d);
  return {
    problem: storedProblem(store(features, d)),
    moments: { lambda: rounded, ownNoise: d - 1, sharedNoise: 0 },
  };
}

describe('fourth moments of stored rows', () => {
  it('are E[(xᵀMx) x xᵀ] in the eigen-directions, for few rows and for many', () => {
    for (const [count, noise] of [
      [3, 0],
      [3, 1],
      [40, 0],
      [400, 0.7],
    ] as const) {
      const rows = randomRows(count, 4, count, noise);
      const problem = storedProblem(rows);
      const { lambda, start, floor, fourth } = atOnce(storedMoments(problem, rows));
      const p = start.length;
      expect(lambda.length).toBe(Math.min(count, 4));
      expect(p).toBe(lambda.length + (noise > 0 && count > 4 ? 1 : 0));
      // Invariant under rotation: M = I gives E ‖x‖² x xᵀ with trace E ‖x‖⁴, and M = e eᵀ at e = w₀ − w* the loss at w₀.
      const pack = (entry: (j: number, k: number) => number) => {
        const values: number[] = [];
        for (let k = 0; k < p; k++) for (let j = 0; j <= k; j++) values.push(entry(j, k) * (j === k ? 1 : Math.SQRT2));
        return Float64Array.from(values);
      };
      const trace = (m: Float64Array) => lambda.reduce((sum, _, k) => sum + m[(k * (k + 3)) / 2]!, 0);
      const out = new Float64Array((lambda.length * (lambda.length + 1)) / 2);
      const lengths = Array.from({ length: count }, (_, i) =>
        rows.features.subarray(4 * i, 4 * i + 4).reduce((sum, x) => sum + x * x, 0),
      );
      fourth(
        pack((j, k) => (j === k && j < lambda.length ? 1 : 0)),
        out,
      );
      expect(trace(out) / (lengths.reduce((sum, l) => sum + l * l, 0) / count)).toBeCloseTo(1, 12);
      fourth(
        pack((j, k) => start[j]! * start[k]!),
        out,
      );
      let weighted = 0;
      for (let i = 0; i < count; i++) {
        const x = rows.features.subarray(4 * i, 4 * i + 4);
        const residual = x.reduce((sum, value, j) => sum + value * problem.start[j]!, 0) - rows.targets[i]!;
        weighted += (lengths[i]! * residual * residual) / count;
      }
      expect(trace(out) / weighted).toBeCloseTo(1, 10);
      const reference = new LeastSquaresReference(problem, { seed: 1, mode: 'replacement' });
      const loss = floor + lambda.reduce((sum, l, j) => sum + (l * start[j]! ** 2) / 2, 0);
      expect(loss / reference.loss(problem.start)).toBeCloseTo(1, 10);
    }
  });
});

describe('expected loss on stored rows', () => {
  it.each(optimizers)('%s is the mean over all minibatches', async (optimizer) => {
    const random = randomSource(3);
    // Rows, dimension, batch, noise: few and many rows, more dimensions than rows, fitted and not.
    for (const [n, d, m, noise] of [
      [4, 2, 1, 0],
      [4, 2, 2, 1],
      [7, 2, 2, 0.3],
      [3, 3, 2, 0],
      [2, 3, 3, 1],
      [9, 3, 1, 1],
      [12, 3, 1, 0],
      [1, 2, 2, 1],
    ] as const) {
      const rows = randomRows(n, d, 10 * n + d, noise);
      const problem = storedProblem(rows);
      const hyper = randomHyper(optimizer, await constantsOf(rows), m, random);
      const expected = enumeratedLoss(problem, optimizer, hyper, m, 25);
      const losses = await lossesOf(
        problem,
        { optimizer, hyper, batch: m },
        expected.map((_, t) => t),
      );
      const scale = Math.max(...expected);
      // Rounding in the initial loss stays where the loss itself has shrunk.
      expected.forEach((loss, t) => {
        const error = Math.abs(losses[t]! - loss) / (loss + 1e-13 * scale);
        expect(error, JSON.stringify({ t, n, d, m, noise, hyper })).toBeLessThan(1e-9);
      });
    }
  });

  it.each(optimizers)('%s agrees with 20,000 runs at batches 1, 4 and 64', async (optimizer) => {
    const LANES = 20_000;
    const steps = [1, 2, 4, 7];
    for (const noise of [0, 0.5])
      for (const batch of [1, 4, 64]) {
        const rows = randomRows(6, 2, 21, noise);
        const problem = storedProblem(rows);
        const constants = await constantsOf(rows);
        const hyper = optimalHyper(optimizer, constants, batch) ?? {
          eta: suggestedEta(constants, batch) / 2,
          gamma: 0.4,
        };
        const expected = await lossesOf(problem, { optimizer, hyper, batch }, steps);
        const samples = simulate(problem, optimizer, hyper, batch, steps, LANES);
        steps.forEach((step, k) => {
          const mean = samples[k]!.reduce((a, b) => a + b, 0) / LANES;
          const variance = samples[k]!.reduce((a, b) => a + (b - mean) ** 2, 0) / (LANES - 1);
          const error = Math.sqrt(variance / LANES);
          const place = JSON.stringify({ noise, batch, step });
          expect(error / mean, place).toBeLessThan(0.05);
          // 4.5 standard errors: the 96 comparisons together fail by chance in fewer than 1 of 1,500 seeds.
          expect(Math.abs(mean - expected[k]!) / error, place).toBeLessThan(4.5);
        });
      }
  });

  it.each(optimizers)(
    '%s settles above the least loss where no weights fit, and shrinks at ρ where they do',
    async (optimizer) => {
      for (const noise of [0, 1]) {
        const rows = randomRows(30, 3, 4, noise);
        const problem = storedProblem(rows);
        const constants = await constantsOf(rows);
        const hyper = optimalHyper(optimizer, constants, 2) ?? { eta: suggestedEta(constants, 2) / 3, gamma: 0.3 };
        const run = { optimizer, hyper, batch: 2 };
        const rho = await radiusOf(problem, optimizer, hyper, 2);
        expect(rho).toBeLessThan(1);
        // Far enough for the slower modes to be gone, not so far that doubles end.
        const far = Math.ceil((noise === 0 ? 500 : 25) / -Math.log(rho));
        const [a, b, c] = await lossesOf(problem, run, [far, far + 40, far + 80]);
        if (noise === 0) expect(Math.log(b! / a!) / 40 / Math.log(rho)).toBeCloseTo(1, 4);
        else {
          const { floor } = atOnce(storedMoments(problem, rows));
          expect(floor).toBeGreaterThan(0.1);
          expect(a).toBeGreaterThan(1.01 * floor);
          expect(c! / a!).toBeCloseTo(1, 6);
        }
      }
    },
  );

  it('reports Infinity for ever once it overflows, and 0 once it underflows', async () => {
    const problem = storedProblem(randomRows(5, 2, 1, 0));
    const up = await lossesOf(
      problem,
      { optimizer: 'nesterov', hyper: { eta: 50, gamma: 0.9 }, batch: 1 },
      [0, 9, 2000, 9000],
    );
    expect(up[1]).toBeGreaterThan(up[0]!);
    expect([...up.slice(2)]).toEqual([Infinity, Infinity]);
    const one = storedProblem(store([1, 0, 0, 1], 2));
    const down = await lossesOf(one, { optimizer: 'sgd', hyper: { eta: 0.5 }, batch: 8 }, [0, 4000]);
    expect(down[1]).toBe(0);
  });
});

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

describe('exact theory', () => {
  it('serves streams with the same functions', async () => {
    const problem = stream('component-decoupled', [1, 2 ** -9]);
    const run = {
      optimizer: 'mass',
      batch: 1,
      hyper: optimalHyper('mass', streamConstants(streamRows(problem)), 1)!,
    } as const;
    const theory = (await exactTheory(problem, 'epochs'))!;
    expect(await theory.spectralRadius(run)).toBeCloseTo(0.9881273034, 9);
    const [first, last] = (await theory.expectedLoss(run, [0, 1000]))!;
    expect(last! / first!).toBeLessThan(1e-3);
    await expect(theory.expectedLoss(run, [5, 4])).rejects.toThrow('steps must ascend: 4 follows 5');
  });

  it('has none for epochs, for Adam, and for more than 64 rows and dimensions', async () => {
    const problem = storedProblem(randomRows(6, 2, 1, 0));
    expect(await exactTheory(problem, 'epochs')).toBeUndefined();
    const theory = (await exactTheory(problem, 'replacement'))!;
    const adam = { optimizer: 'adam', batch: 1, hyper: { eta: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } } as const;
    expect(await theory.spectralRadius(adam)).toBeUndefined();
    expect(await theory.expectedLoss(adam, [0, 1])).toBeUndefined();
    expect(await exactTheory(storedProblem(randomRows(65, 65, 1, 0)), 'replacement')).toBeUndefined();
    expect(await exactTheory(storedProblem(randomRows(12, 900, 1, 1)), 'replacement')).toBeDefined();
  });

  it('of zero features: nothing moves', async () => {
    const theory = (await exactTheory(storedProblem(store(new Float32Array(6), 2, [1, 2, 3])), 'replacement'))!;
    const run = { optimizer: 'sgd', batch: 1, hyper: { eta: 1 } } as const;
    expect([...(await theory.expectedLoss(run, [0, 7]))!]).toEqual([14 / 6, 14 / 6]);
    expect(await theory.spectralRadius(run)).toBe(1);
  });

  it('reports progress, leaves the event loop free and stops on abort', async () => {
    const rows = randomRows(3000, 28, 1, 1);
    const fractions: number[] = [];
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    const theory = (await exactTheory(storedProblem(rows), 'replacement', { onProgress: (f) => fractions.push(f) }))!;
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(1);
    expect(fractions.length).toBeGreaterThan(1);
    expect(fractions.every((f, k) => f >= (fractions[k - 1] ?? 0) && f <= 1)).toBe(true);
    const run = { optimizer: 'sgd', batch: 1, hyper: { eta: 1e-3 } } as const;
    const controller = new AbortController();
    const curve = theory.expectedLoss(run, [1e6], { signal: controller.signal });
    setTimeout(() => {
      controller.abort(new Error('enough'));
    }, 50);
    await expect(curve).rejects.toThrow('enough');
  });

  it('finds ρ of 64 features within a few seconds', async () => {
    const rows = randomRows(300, 64, 2, 0);
    const theory = (await exactTheory(storedProblem(rows), 'replacement'))!;
    const hyper = optimalHyper('mass', await constantsOf(rows), 4)!;
    const start = performance.now();
    const rho = (await theory.spectralRadius({ optimizer: 'mass', hyper, batch: 4 }))!;
    expect(performance.now() - start).toBeLessThan(8000);
    const [a, b] = (await theory.expectedLoss({ optimizer: 'mass', hyper, batch: 4 }, [0, 300]))!;
    expect(b! / a!).toBeLessThan(1);
    expect(rho).toBeLessThan(1);
  });
});
