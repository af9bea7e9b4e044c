/** What a run's card says of theory: red zones, in words too, and published values where there is no theory. */
import { describe, expect, it } from 'vitest';
import { TheoryDesk } from '../../src/engine/theory-desk';
import type { RunConfig } from '../../src/experiment/config';
import { optimizers } from '../../src/optimizers/registry';
import { objectiveConstants } from '../../src/theory/advice';
import { publishedValues } from '../../src/ui/runs/published';
import { unstableText } from '../../src/ui/runs/theory-rows';
import { storedProblem } from '../support/problems';
import { enumeratedRadius } from './theory-stored';

describe('red zones of stored rows', () => {
  const objective = storedProblem(6, 2);
  const runs: RunConfig[] = [
    { optimizer: 'sgd', batch: 1, hyper: { eta: 0.1 } },
    { optimizer: 'nesterov', batch: 2, hyper: { eta: 0.1, gamma: 0.5 } },
    { optimizer: 'mass', batch: 1, hyper: { eta: 0.1, alpha: 0.2, kappaTilde: 3 } },
  ];

  it.each(runs)('begin where the rate over all minibatches crosses 1: $optimizer', async (run) => {
    const desk = new TheoryDesk(() => undefined);
    desk.open({ objective, constants: await objectiveConstants(objective), sampling: 'replacement' });
    const zones = (await desk.advise(run, false))!.unstable['eta']!;
    const [edge] = zones.at(-1)!;
    // The mean of A ⊗ A over every minibatch there is, decomposed densely.
    const rho = (eta: number) => enumeratedRadius(objective, run.optimizer, { ...run.hyper, eta }, run.batch);
    expect(edge).toBeGreaterThan(0.1);
    expect(rho(edge * 0.995)).toBeLessThan(1);
    expect(rho(edge * 1.005)).toBeGreaterThan(1);
  });
});

describe('red zones in words', () => {
  it('name the end of the slider that a zone reaches', () => {
    expect(
      unstableText('nesterov', {
        eta: [[1 / 3, 1e3]],
        gamma: [
          [0.2, 0.4],
          [0.6, 0.9999],
        ],
        batch: [[1, 3]],
      }),
    ).toBe(
      'Red on the sliders: the expectation diverges for η above 0.333, γ from 0.2 to 0.4 and above 0.6, m below 3, each with all else as it is.',
    );
  });
  it('are left out where there are none', () => {
    expect(unstableText('sgd', { eta: [], batch: [] })).toBeUndefined();
    expect(unstableText('sgd', undefined)).toBeUndefined();
  });
});

describe('published values', () => {
  it('are valid hyper-parameters of their optimizers', () => {
    for (const { id, hyper } of optimizers)
      for (const [key, value] of Object.entries(publishedValues(id)?.hyper ?? {})) {
        const { min, max } = hyper.find((h) => h.key === key)!.valid;
        expect(value).toBeGreaterThan(min);
        expect(value).toBeLessThan(max);
      }
  });
  it('are there for every optimizer with more than a step size', () => {
    for (const { id, hyper } of optimizers) expect(publishedValues(id) !== undefined).toBe(hyper.length > 1);
  });
});
