/**
 * Exact expected losses against the means of 20,000 float64 runs: every optimizer on streams, on stored rows that weights
 * fit, and on stored rows that none fit, at batches 1, 4 and 64. Few steps: later rare runs carry the mean, and no
 * affordable number of them shows it.
 */
import { describe, expect, it } from 'vitest';
import type { OptimizerId } from '../../src/optimizers/registry';
import type { LeastSquares } from '../../src/problems/types';
import { objectiveConstants } from '../../src/theory/advice';
import { optimalHyper, suggestedEta } from '../../src/theory/optimal';
import { isComplete } from '../../src/theory/spectral';
import { moments } from '../support/statistics';
import { stream } from './theory-dense';
import { simulate } from './theory-simulation';
import { lossesOf, randomRows, storedProblem } from './theory-stored';

const LANES = 20_000;
/** Largest standard error of a mean, relative to the mean. */
const PRECISION = 0.1;
/** Standard errors: all 168 comparisons together fail by chance in fewer than 1 of 800 seeds. */
const DEVIATION = 4.5;

const optimizers: OptimizerId[] = ['sgd', 'heavy-ball', 'nesterov', 'mass'];
const problems: readonly (readonly [string, LeastSquares])[] = [
  ['a component-decoupled stream', stream('component-decoupled', [1, 0.3])],
  ['a Gaussian stream', stream('gaussian', [1, 0.3])],
  ['stored rows', storedProblem(randomRows(6, 2, 21, 0))],
  ['stored rows with residuals', storedProblem(randomRows(6, 2, 21, 0.5))],
];

describe.each(problems)('%s', (_, problem) => {
  it.each(optimizers)('%s agrees with 20,000 runs at batches 1, 4 and 64', async (optimizer) => {
    const constants = await objectiveConstants(problem, { exact: true });
    if (!isComplete(constants)) throw new Error('not exact');
    for (const batch of [1, 4, 64]) {
      const hyper = optimalHyper(optimizer, constants, batch) ?? {
        eta: suggestedEta(constants, batch) / 2,
        gamma: 0.4,
      };
      const run = { optimizer, hyper, batch };
      const steps = batch === 64 ? [1, 2, 4] : [1, 2, 4, 7];
      const expected = await lossesOf(problem, run, steps);
      const samples = simulate(problem, run, steps, LANES);
      steps.forEach((step, k) => {
        const { mean, variance } = moments(samples[k]!);
        const error = Math.sqrt(variance / LANES);
        const place = JSON.stringify({ batch, step });
        expect(error / mean, place).toBeLessThan(PRECISION);
        expect(Math.abs(mean - expected[k]!) / error, place).toBeLessThan(DEVIATION);
      });
    }
  });
});
