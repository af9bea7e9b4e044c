/** Runs on networks that are exported to PyTorch, and what our float64 twin makes of them. */
import type { ExperimentConfig } from '../../src/experiment/config';
import type { BundleSource } from '../../src/export/pytorch/bundle';
import { amend, restart } from '../../src/engine/cpu/amend';
import type { LayerConfig } from '../../src/models/layers';
import { drawUp } from '../../src/models/network';
import { fullyConnected } from '../../src/models/presets';
import { optimizerOf, type OptimizerId } from '../../src/optimizers/registry';
import type { Hyper, OptimizerDefinition } from '../../src/optimizers/types';
import { defaultNetwork, prepareNetwork, type NetworkConfig } from '../../src/problems/network';
import { NetworkReference } from '../../src/problems/network-reference';
import { startsOf, startStatistics } from '../../src/problems/start';
import { rateAt, restartsAt, type Training } from '../../src/problems/training';
import type { NetworkObjective } from '../../src/problems/types';
import { stepper } from './lane';
import { recordedNetwork, seededExamples } from './pytorch-networks';

const SEED = 5;
const LANE_SEED = 2;
/** Losses are compared after so many steps and before each. */
export const STEPS = 10;

const hyper: Readonly<Record<OptimizerId, Hyper>> = {
  sgd: { eta: 0.1 },
  'heavy-ball': { eta: 0.02, gamma: 0.8 },
  nesterov: { eta: 0.02, gamma: 0.8 },
  mass: { eta: 0.02, alpha: 0.1, kappaTilde: 3 },
  adam: { eta: 0.002, beta1: 0.9, beta2: 0.99, epsilon: 1e-6 },
};

const moons: NetworkConfig = {
  ...defaultNetwork,
  data: { kind: 'moons', rows: 60, noise: 0.1 },
  layers: fullyConnected(1, 64),
};

/** Vectors as images and back, dropouts of images, sums of unlike shapes, odd sizes. */
const mixed: readonly LayerConfig[] = [
  { kind: 'convolution', channels: 6, size: 3 },
  { kind: 'dropout', rate: 0.3 },
  { kind: 'relu' },
  { kind: 'max-pool' },
  {
    kind: 'residual',
    layers: [
      { kind: 'convolution', channels: 5, size: 3, stride: 2 },
      { kind: 'batch-norm' },
      { kind: 'relu' },
      { kind: 'dropout', rate: 0.25 },
    ],
  },
  { kind: 'residual', layers: [{ kind: 'convolution', channels: 5, size: 1 }, { kind: 'relu' }] },
  { kind: 'dense', units: 7 },
  { kind: 'convolution', channels: 9, size: 3 },
  { kind: 'residual', layers: [{ kind: 'dense', units: 9 }, { kind: 'relu' }] },
  { kind: 'global-average-pool' },
];

/** Everything that a step may be amended by; both schedules act within the steps that are compared. */
const trainings: Readonly<Record<string, Training>> = {
  'step decay': { schedule: { kind: 'step', at: [4, 7], factor: 0.3 }, warmUp: 3, weightDecay: 0.02, clip: 0.2 },
  cosine: { schedule: { kind: 'cosine', period: 8 }, weightDecay: 0.1 },
};

async function source(
  name: string,
  optimizer: OptimizerId,
  sampling: ExperimentConfig['sampling'],
): Promise<BundleSource> {
  const run = { optimizer, batch: 8, hyper: hyper[optimizer] };
  const training = trainings[name];
  const problem = {
    ...moons,
    ...(name === 'regression' ? { loss: 'squared-error' as const } : {}),
    ...(training ? { training } : {}),
  };
  const config: ExperimentConfig = {
    version: 1,
    problem,
    runs: [run],
    seeds: 3,
    seed: SEED,
    steps: 250,
    evalEvery: 1,
    sampling,
    divergenceFactor: 1e6,
  };
  return { config, run, laneSeed: LANE_SEED, objective: await objectiveOf(name, problem) };
}

async function objectiveOf(name: string, problem: NetworkConfig): Promise<NetworkObjective> {
  if (name === 'two-layer' || name === 'regression' || name in trainings)
    return prepareNetwork(problem, { seed: SEED, table: () => Promise.reject(new Error('No table is needed')) });
  const network =
    name === 'mixed' ? drawUp({ height: 9, width: 7, channels: 2 }, mixed, 5, 'cross-entropy') : recordedNetwork(name);
  return seededExamples(network, SEED, 21, 9);
}

const CASES: readonly (readonly [string, OptimizerId, ExperimentConfig['sampling']])[] = [
  ['two-layer', 'sgd', 'replacement'],
  ['two-layer', 'heavy-ball', 'epochs'],
  ['two-layer', 'nesterov', 'epochs'],
  ['two-layer', 'mass', 'replacement'],
  ['two-layer', 'adam', 'replacement'],
  ['regression', 'mass', 'epochs'],
  ['fully-connected', 'nesterov', 'replacement'],
  ['convolutional', 'mass', 'epochs'],
  ['convolutional-norm', 'adam', 'replacement'],
  ['convolutional-norm', 'nesterov', 'epochs'],
  ['resnet-8', 'heavy-ball', 'replacement'],
  ['resnet-8', 'mass', 'epochs'],
  ['mixed', 'sgd', 'epochs'],
  ['step decay', 'mass', 'epochs'],
  ['step decay', 'heavy-ball', 'replacement'],
  ['step decay', 'adam', 'replacement'],
  ['cosine', 'nesterov', 'replacement'],
  ['cosine', 'mass', 'epochs'],
];

/** Every exported run by name. */
export const exportedRuns = async (): Promise<Readonly<Record<string, BundleSource>>> =>
  Object.fromEntries(
    await Promise.all(
      CASES.map(async ([name, optimizer, sampling]) => [
        `${name}, ${optimizer}, ${sampling}`,
        await source(name, optimizer, sampling),
      ]),
    ),
  ) as Record<string, BundleSource>;

/** The numbers of a recording before each of {@link STEPS} steps and after the last, in float64. */
export function twinLosses({ config, run, laneSeed, objective }: BundleSource): number[][] {
  const reference = new NetworkReference(objective, { seed: config.seed, mode: config.sampling });
  const statistics = startStatistics(objective);
  const keys = reference.keys(laneSeed);
  const { training = {} } = objective;
  const definition: OptimizerDefinition = optimizerOf(run.optimizer);
  const lane = stepper(run.optimizer, run.hyper, startsOf(objective, config.seed)(laneSeed), {
    at: (coefficients, t) =>
      (definition.at?.(coefficients, t) ?? coefficients).map((value, place) =>
        definition.stepSizes.includes(place) ? rateAt(training, t - 1) * value : value,
      ),
  });
  const { iterate } = definition;
  const gradient = new Float64Array(objective.dimension);
  const recorded = [reference.record(lane.state[iterate]!, statistics)];
  for (let step = 0; step < STEPS; step++) {
    reference.gradient(keys, step, run.batch, lane.state[0]!, statistics, gradient);
    amend(gradient, lane.state[0]!, training);
    lane.step(gradient);
    if (definition.restarts && restartsAt(training, step + 1)) restart(lane.state, definition);
    recorded.push(reference.record(lane.state[iterate]!, statistics));
  }
  return recorded;
}
