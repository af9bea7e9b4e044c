import { describe, expect, it } from 'vitest';
import { exactTheory } from '../../src/theory/advice';
import { optimalHyper } from '../../src/theory/optimal';
import { streamConstants } from '../../src/theory/spectral';
import { stream, streamRows } from './theory-dense';
import { constantsOf, randomRows, store, storedProblem } from './theory-stored';

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
    const everyYield: number[] = [];
    await exactTheory(storedProblem(randomRows(300, 4, 1, 1)), 'replacement', {
      slice: 0,
      onProgress: (f) => everyYield.push(f),
    });
    expect(everyYield.every((f, k) => f >= (everyYield[k - 1] ?? 0) && f <= 1)).toBe(true);
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
