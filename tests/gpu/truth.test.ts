/** What the paper says of the component-decoupled example (Liu & Belkin 2020, section 5), seen in simulation on the GPU. */
import { expect, it } from 'vitest';
import { runExperiment } from '../../src/engine/run-experiment';
import type { Segment } from '../../src/engine/backend';
import type { ExperimentConfig, OptimizerId, RunConfig } from '../../src/experiment/config';
import type { RunResult } from '../../src/experiment/result';
import type { Hyper } from '../../src/optimizers/types';
import { componentDecoupled } from '../../src/problems/component-decoupled';
import { expectedLoss } from '../../src/theory/expected-dynamics';
import { optimalHyper } from '../../src/theory/optimal';
import { streamConstants } from '../../src/theory/spectral';
import { nesterov, sgd } from '../support/experiments';
import { moments } from '../support/statistics';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();

const eta = 1 / 6;
const mass: RunConfig = { optimizer: 'mass', batch: 1, hyper: { eta, alpha: 0.0073656956, kappaTilde: 6 } };
const problem: ExperimentConfig['problem'] = { kind: 'component-decoupled', variances: { values: [1, 2 ** -9] } };

const race = (runs: RunConfig[], steps: number, evalEvery: number): Promise<RunResult[]> =>
  runExperiment(
    {
      ...{ version: 1, problem, runs, seeds: 33, seed: 1, steps, evalEvery },
      ...{ sampling: 'replacement', divergenceFactor: 1e6 },
    },
    {
      engine: 'auto',
      table: () => Promise.reject(new Error('no data')),
      open: () => Promise.resolve({ backend: gpu.backend, info: gpu.backend.info }),
    },
  ).then((result) => result.runs);

/** The first recorded step at which the median lane is at `fraction` of its start. */
function stepsTo({ step, lanes }: RunResult, fraction: number): number {
  const median = step.map((_step, p) => {
    const row = lanes.map((lane) => lane.loss[p] ?? Number.POSITIVE_INFINITY).sort((a, b) => a - b);
    return row[(row.length - 1) / 2]!;
  });
  return step[median.findIndex((loss) => loss <= fraction * median[0]!)] ?? Number.POSITIVE_INFINITY;
}

it('SGD and MaSS converge, MaSS in fewer than a tenth of the steps; Nesterov with its momentum diverges', async () => {
  const [plain, accelerated, diverging] = await race([sgd(eta), mass, nesterov(eta, 0.9853763223)], 20_000, 10);
  for (const run of [plain!, accelerated!]) {
    expect(run.lanes.every((lane) => lane.outcome.kind === 'completed')).toBe(true);
    expect(run.theory!.spectralRadius).toBeLessThan(1);
  }
  const slow = stepsTo(plain!, 1e-6);
  const fast = stepsTo(accelerated!, 1e-6);
  expect(slow).toBeLessThan(20_000);
  expect(fast).toBeGreaterThan(100);
  expect(fast).toBeLessThan(slow / 10);
  // The exact rates of the mean bound how fast the median can be from one side: it is never slower.
  expect(slow).toBeLessThan(Math.log(1e6) / -Math.log(0.9993495941));
  expect(fast).toBeLessThan(Math.log(1e6) / -Math.log(0.9881273034));

  expect(diverging!.lanes.every((lane) => lane.outcome.kind === 'diverged')).toBe(true);
  expect(diverging!.theory!.spectralRadius).toBeGreaterThan(1);
  for (const { outcome } of diverging!.lanes) if (outcome.kind === 'diverged') expect(outcome.step).toBeLessThan(2000);
});

it("the paper's hyper-parameters are the optimal ones of this problem", () => {
  const scales = Float64Array.of(1, 2 ** -4.5);
  const hyper = optimalHyper('mass', streamConstants({ kind: 'component-decoupled', scales }), 1);
  expect(hyper!['eta']).toBeCloseTo(eta, 12);
  expect(hyper!['alpha']).toBeCloseTo(0.0073656956, 9);
  expect(hyper!['kappaTilde']).toBe(6);
});

const range = (n: number) => Array.from({ length: n }, (_, t) => t);
const decoupled = () =>
  componentDecoupled.prepare({ kind: 'component-decoupled', variances: { values: [1, 2 ** -9] } });

const LANES = 2 ** 17;

/** Mean losses of many lanes with their standard errors, and what theory expects. */
async function means(optimizer: OptimizerId, hyper: Hyper, steps: readonly number[]) {
  const objective = await decoupled();
  const run = { optimizer, batch: 1, hyper };
  const lanes = Array.from({ length: LANES }, (_, seed) => ({ run, seed }));
  const cohort = await gpu.backend.cohort({ objective, lanes, seed: 5, sampling: 'replacement', lossLimit: 1e30 });
  const segments = steps.map((to, k): Segment => ({ from: steps[k - 1] ?? 0, to, record: true }));
  const losses = await cohort.execute(segments);
  cohort.destroy();
  const expected = expectedLoss(objective, optimizer, hyper, 1, steps)!;
  return steps.map((step, p) => {
    const { mean, variance } = moments(losses.subarray(p * LANES, (p + 1) * LANES));
    const median = losses.slice(p * LANES, (p + 1) * LANES).sort()[LANES / 2]!;
    return { step, mean, median, error: Math.sqrt(variance / LANES), expected: expected[p]! };
  });
}

it.each<[string, OptimizerId, Hyper]>([
  ['SGD', 'sgd', { eta }],
  ['MaSS', 'mass', mass.hyper],
  ['heavy ball, γ = 0.5', 'heavy-ball', { eta, gamma: 0.5 }],
  ['Nesterov, γ = 0.3', 'nesterov', { eta, gamma: 0.3 }],
  ['Nesterov, γ = 0.6', 'nesterov', { eta, gamma: 0.6 }],
  ['Nesterov, γ = 0.9', 'nesterov', { eta, gamma: 0.9 }],
])('%s: the mean loss of 131,072 lanes is what theory expects', async (_, optimizer, hyper) => {
  // Beyond ten steps rare lanes carry the mean, and no affordable number of lanes shows it.
  const points = await means(optimizer, hyper, range(11));
  for (const { step, mean, error, expected } of points.slice(1)) {
    expect(error / expected, `step ${step}`).toBeLessThan(0.08);
    expect(Math.abs(mean - expected) / error, `step ${step}`).toBeLessThan(4);
  }
  // Fine enough to tell one step size from the next.
  const other = { ...hyper, eta: 0.75 * eta };
  const objective = await decoupled();
  const elsewhere = expectedLoss(objective, optimizer, other, 1, range(11))!;
  expect(
    Math.max(...points.slice(1).map(({ step, mean, error }) => Math.abs(mean - elsewhere[step]!) / error)),
  ).toBeGreaterThan(6);
});

it.each([
  [0.6, 3],
  [0.9, 2],
])('Nesterov, γ = %f: the mean loss grows from step %i on, though it shrinks in most lanes', async (gamma, from) => {
  const points = await means('nesterov', { eta, gamma }, [0, from, 10]);
  const [, early, late] = points;
  expect(late!.mean - early!.mean).toBeGreaterThan(2 * (early!.error + late!.error));
  expect(late!.median).toBeLessThan(early!.mean);
});
