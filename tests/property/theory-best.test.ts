/** The searched hyper-parameters are as good as claimed, and never worse than the paper's formula or than SGD. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { isComplete } from '../../src/theory/spectral';
import { exactTheory, objectiveConstants } from '../../src/theory/advice';
import { optimalHyper } from '../../src/theory/optimal';
import type { LeastSquares } from '../../src/problems/types';
import { storedProblem, streamProblem } from '../support/problems';

const problem: fc.Arbitrary<LeastSquares> = fc
  .oneof(
    { weight: 2, arbitrary: fc.tuple(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 1, max: 4 }), fc.nat(1e6)) },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom('component-decoupled', 'gaussian'), fc.integer({ min: 1, max: 6 })),
    },
  )
  .map((shape) =>
    typeof shape[0] === 'number' ? storedProblem(shape[0], shape[1], shape[2]) : streamProblem(shape[0], shape[1]),
  );

it('the best by search is never worse than the formula', async () => {
  await fc.assert(
    fc.asyncProperty(problem, fc.constantFrom(1, 2, 7, 64, 1024), async (objective, batch) => {
      const constants = await objectiveConstants(objective, { exact: true });
      const theory = (await exactTheory(objective, 'replacement'))!;
      if (!isComplete(constants)) return;
      const sgd = (await theory.best('sgd', batch, constants))!;
      for (const optimizer of ['sgd', 'heavy-ball', 'nesterov', 'mass'] as const) {
        const best = (await theory.best(optimizer, batch, constants))!;
        const radius = async (hyper: typeof best.hyper) => (await theory.spectralRadius({ optimizer, batch, hyper }))!;
        expect(Math.abs((await radius(best.hyper)) - best.spectralRadius)).toBeLessThan(1e-12);
        expect(best.spectralRadius).toBeLessThanOrEqual(sgd.spectralRadius + 1e-12);
        const paper = optimalHyper(optimizer, constants, batch);
        if (paper) expect(best.spectralRadius).toBeLessThanOrEqual((await radius(paper)) + 1e-12);
      }
    }),
    { numRuns: 8 },
  );
});
