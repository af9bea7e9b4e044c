/** Momentum must not move what no gradient moves: a rule's rounding would shift the minimum that it finds. */
import { expect, it } from 'vitest';
import { defaultHyper, optimizerOf } from '../../src/optimizers/registry';
import { MAX_SLOTS } from '../../src/optimizers/types';
import type { LeastSquares } from '../../src/problems/types';
import { storedProblem } from '../support/problems';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();

it.each(['heavy-ball', 'nesterov', 'mass'] as const)(
  '%s stays where the gradient is zero, bit for bit',
  async (optimizer) => {
    const { start } = storedProblem(1, 13);
    const objective: LeastSquares = {
      ...storedProblem(5, 13),
      start,
      rows: { kind: 'stored', count: 5, features: new Float32Array(5 * 13), targets: new Float32Array(5) },
    };
    // Momenta whose sum with 1 rounds in every way.
    const lanes = Array.from({ length: 16 }, (_, k) => ({
      seed: k,
      run: {
        optimizer,
        batch: 2,
        hyper: {
          ...defaultHyper(optimizer),
          ...(optimizer === 'mass' ? { alpha: 0.008 + 0.0001 * k } : { gamma: 0.98 + 0.0007 * k }),
        },
      },
    }));
    const cohort = await gpu.backend.cohort({ objective, lanes, seed: 1, sampling: 'replacement', lossLimit: 1e30 });
    await cohort.execute([{ from: 0, to: 1000, record: true }]);
    const { values } = await cohort.save();
    cohort.destroy();
    lanes.forEach((_, k) => {
      const first = (k * MAX_SLOTS + optimizerOf(optimizer).iterate) * 13;
      expect(values.subarray(first, first + 13)).toEqual(start);
    });
  },
);
