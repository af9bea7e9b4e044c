/**
 * Averages over GPU lanes against the exact expectation, on both sides of the boundary of stability. Hyper-parameters and
 * batch sizes are random, drawn from a fixed seed. A mean over N lanes lies within 4.5 of its own standard errors of the
 * truth with a confidence of 0.99999 where its error is small: the about 450 comparisons of this file together fail by
 * chance for fewer than 1 in 200 seeds. Few steps are taken: later rare lanes carry the mean, and the test says so
 * (`PRECISION`).
 */
import { describe, expect, it } from 'vitest';
import { runExperiment } from '../../src/engine/run-experiment';
import type { OptimizerId, RunConfig } from '../../src/experiment/config';
import type { Hyper } from '../../src/optimizers/types';
import { prepareLinear, type ProblemConfig } from '../../src/problems/registry';
import type { Objective } from '../../src/problems/types';
import { exactTheory, objectiveConstants, type ExactTheory } from '../../src/theory/advice';
import { suggestedEta } from '../../src/theory/optimal';
import { sequence } from '../support/problems';
import { moments } from '../support/statistics';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();
const DEVIATION = 4.5;
/** Standard errors by which a mean must have grown: chance does that once in 700 times. */
const GROWTH = 3;
/** Largest standard error of a mean, relative to the mean, at which it is compared. */
const PRECISION = 0.1;
const CASES = 12;
const STEPS = [1, 3, 8] as const;

const noData = () => Promise.reject(new Error('There is no data set here.'));
const problems: Record<string, ProblemConfig> = {
  'component-decoupled stream': { kind: 'component-decoupled', variances: { values: [1, 0.4, 0.1] } },
  'Gaussian stream': { kind: 'gaussian', spectrum: { values: [1, 0.4, 0.1] }, rows: 'stream' },
  'stored rows': { kind: 'gaussian', spectrum: { values: [1, 0.4, 0.1] }, rows: 40 },
};
const optimizers: readonly OptimizerId[] = ['sgd', 'heavy-ball', 'nesterov', 'mass'];
const places = Object.keys(problems).flatMap((name) => optimizers.map((optimizer) => [optimizer, name] as const));

interface Setting {
  readonly objective: Objective;
  readonly theory: ExactTheory;
  /** 1/L_m. */
  readonly eta: (batch: number) => number;
}

async function settingOf(problem: ProblemConfig): Promise<Setting> {
  const objective = await prepareLinear(problem, { seed: 1, table: noData });
  const constants = await objectiveConstants(objective);
  const theory = (await exactTheory(objective, 'replacement'))!;
  return { objective, theory, eta: (batch) => suggestedEta(constants, batch) };
}

/** Uniform in (0, 1), another stream for every optimizer and problem. */
function numbers(...names: readonly string[]): () => number {
  const next = sequence(
    Array.from(names.join(), (c) => c.charCodeAt(0)).reduce((hash, code) => Math.imul(hash, 31) + code, 20),
  );
  for (let k = 0; k < 8; k++) next();
  return () => (next() + 1) / 2;
}

/** γ, or α and κ̃, of a run. */
function momentum(optimizer: OptimizerId, random: () => number): Hyper {
  if (optimizer === 'sgd') return {};
  return optimizer === 'mass'
    ? { alpha: 10 ** (-1.5 * random()), kappaTilde: 1 + 7 * random() }
    : { gamma: 0.9 * random() };
}

/** Mean losses of many lanes at the steps given, with their standard errors, beside the exact expectation. */
async function compare({ objective, theory }: Setting, run: RunConfig, steps: readonly number[], count: number) {
  const lanes = Array.from({ length: count }, (_, seed) => ({ run, seed }));
  const cohort = await gpu.backend.cohort({ objective, lanes, seed: 5, sampling: 'replacement', lossLimit: 1e30 });
  const losses = await cohort.execute(steps.map((to, k) => ({ from: steps[k - 1] ?? 0, to, record: true })));
  cohort.destroy();
  const exact = (await theory.expectedLoss(run, steps))!;
  return steps.map((step, p) => {
    const { mean, variance } = moments(losses.subarray(p * count, (p + 1) * count));
    return { step, mean, error: Math.sqrt(variance / count), exact: exact[p]! };
  });
}

describe.each(places)('%s on %s', (optimizer, name) => {
  it('inside the stable region lanes average to the expectation', async () => {
    const setting = await settingOf(problems[name]!);
    const random = numbers(optimizer, name);
    let cases = 0;
    let compared = 0;
    while (cases < CASES) {
      const batch = 2 ** Math.floor(6 * random());
      const eta = setting.eta(batch) * 10 ** (random() - 1);
      const run: RunConfig = { optimizer, batch, hyper: { eta, ...momentum(optimizer, random) } };
      if ((await setting.theory.spectralRadius(run))! >= 0.995) continue;
      cases++;
      const place = JSON.stringify(run);
      for (const { step, mean, error, exact } of await compare(setting, run, STEPS, 4096)) {
        if (error > PRECISION * exact) continue;
        compared++;
        expect(Math.abs(mean - exact) / error, `${place}, step ${step}`).toBeLessThan(DEVIATION);
      }
    }
    expect(compared).toBeGreaterThanOrEqual(0.9 * CASES * STEPS.length);
  });

  it('just outside the run is flagged as diverging, and lanes average to a growing expectation', async () => {
    const setting = await settingOf(problems[name]!);
    const random = numbers(name, optimizer);
    // At large batches lanes are close to their mean; at small ones it grows through lanes too rare to be among them.
    const batch = 4096 + Math.floor(1024 * random());
    const rest = momentum(optimizer, random);
    const at = (eta: number): RunConfig => ({ optimizer, batch, hyper: { eta, ...rest } });
    const radius = async (eta: number): Promise<number> => (await setting.theory.spectralRadius(at(eta)))!;
    let [low, high] = [setting.eta(batch) / 10, 100 * setting.eta(batch)];
    while (high / low > 1 + 1e-6) {
      const middle = Math.sqrt(low * high);
      if ((await radius(middle)) < 1.04) low = middle;
      else high = middle;
    }
    const run = at(low);
    expect(await radius(low)).toBeCloseTo(1.04, 3);
    const { engine, runs } = await runExperiment(
      {
        ...{ version: 1, problem: problems[name]!, runs: [run, at(low / 2)], seeds: 1, seed: 1, steps: 20 },
        ...{ evalEvery: 'auto', sampling: 'replacement', divergenceFactor: 1e6 },
      },
      {
        engine: 'auto',
        table: noData,
      },
    );
    expect(engine).toBe('webgpu');
    expect(runs.map(({ theory }) => theory!.spectralRadius! > 1)).toEqual([true, false]);

    const points = await compare(setting, run, [5, 25], 256);
    const place = JSON.stringify({ run, points });
    for (const { mean, error, exact } of points) expect(Math.abs(mean - exact) / error, place).toBeLessThan(DEVIATION);
    const [early, late] = points;
    expect(late!.mean - early!.mean, place).toBeGreaterThan(GROWTH * Math.hypot(early!.error, late!.error));
    expect(late!.exact, place).toBeGreaterThan(early!.exact * 1.02 ** 20);
  });
});
