import { describe, expect, it } from 'vitest';
import type { OptimizerId } from '../../src/optimizers/registry';
import { optimalHyper, suggestedEta } from '../../src/theory/optimal';
import { atOnce } from '../../src/theory/slices';
import { storedMoments } from '../../src/theory/stored-moments';
import { randomHyper, randomSource } from './theory-dense';
import { constantsOf, enumeratedLoss, lossesOf, radiusOf, randomRows, store, storedProblem } from './theory-stored';

const optimizers: OptimizerId[] = ['sgd', 'heavy-ball', 'nesterov', 'mass'];

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
