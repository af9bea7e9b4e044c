/**
 * Averages over GPU lanes against the exact expectation. A mean over N lanes lies within 4.5 of its own standard errors
 * of the truth with a confidence of 0.99999 where the loss has a variance worth the name, so few steps are taken: later
 * rare lanes carry the mean. Seeds are fixed: what passes, passes always on one adapter.
 */
import { expect, it } from 'vitest';
import type { RunConfig } from '../../src/experiment/config';
import { expectedLoss } from '../../src/theory/expected-dynamics';
import { spectralRadius } from '../../src/theory/spectral-radius';
import { sequence, streamProblem } from '../support/problems';
import { moments } from '../support/statistics';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();
const LANES = 2048;
const STEPS = [1, 4, 10] as const;
const DEVIATION = 4.5;

/** MaSS with random hyper-parameters and a random batch size. */
function randomRun(next: () => number): RunConfig {
  const unit = () => (next() + 1) / 2;
  return {
    optimizer: 'mass',
    batch: 2 ** Math.floor(1 + 4 * unit()),
    hyper: { eta: 0.04 + 0.2 * unit(), alpha: 0.05 + 0.6 * unit(), kappaTilde: 1 + 6 * unit() },
  };
}

const cases = (() => {
  const next = sequence(20);
  const found: { readonly kind: 'gaussian' | 'component-decoupled'; readonly run: RunConfig }[] = [];
  while (found.length < 12) {
    const kind = found.length % 2 === 0 ? 'gaussian' : 'component-decoupled';
    const run = randomRun(next);
    if (spectralRadius(streamProblem(kind, 3), 'mass', run.hyper, run.batch)! < 0.99) found.push({ kind, run });
  }
  return found;
})();

it.each(cases)('lanes average to the expectation: $kind, $run.batch, $run.hyper', async ({ kind, run }) => {
  const objective = streamProblem(kind, 3);
  const lanes = Array.from({ length: LANES }, (_, seed) => ({ run, seed }));
  const cohort = await gpu.backend.cohort({ objective, lanes, seed: 5, sampling: 'replacement', lossLimit: 1e30 });
  const segments = STEPS.map((to, k) => ({ from: STEPS[k - 1] ?? 0, to, record: true }));
  const losses = await cohort.execute(segments);
  cohort.destroy();
  const exact = expectedLoss(objective, 'mass', run.hyper, run.batch, STEPS)!;
  STEPS.forEach((step, p) => {
    const { mean, variance } = moments(losses.subarray(p * LANES, (p + 1) * LANES));
    const deviation = Math.abs(mean - exact[p]!) / Math.sqrt(variance / LANES);
    expect(deviation, `step ${step}`).toBeLessThan(DEVIATION);
  });
});

it('beyond the boundary the rate is above 1, and lanes are flagged as diverging', async () => {
  const objective = streamProblem('component-decoupled', 3);
  const run: RunConfig = { optimizer: 'nesterov', batch: 1, hyper: { eta: 0.5, gamma: 0.95 } };
  expect(spectralRadius(objective, 'nesterov', run.hyper, 1)).toBeGreaterThan(1);
  const lanes = Array.from({ length: 64 }, (_, seed) => ({ run, seed }));
  const cohort = await gpu.backend.cohort({ objective, lanes, seed: 5, sampling: 'replacement', lossLimit: 1e6 });
  const losses = await cohort.execute([{ from: 0, to: 2000, record: true }]);
  cohort.destroy();
  const flagged = losses.filter((loss) => !(loss <= 1e6)).length;
  expect(flagged).toBeGreaterThan(32);
});
