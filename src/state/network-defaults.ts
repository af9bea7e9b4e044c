/** How a network begins, and what it keeps when its data changes. */
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import { layerTable } from '../models/layer-table';
import type { LayerConfig } from '../models/layers';
import { presets, type Preset } from '../models/presets';
import { defaultHyper, type OptimizerId } from '../optimizers/registry';
import { defaultNetwork, type NetworkConfig } from '../problems/network';
import type { NetworkData } from '../problems/network-data';
import { arePictures, dataShape } from '../problems/network-shape';
import type { DatasetSummary } from '../worker/protocol';
import { isGradientScaled } from './experiment-store';

/**
 * Values that train a small network well. The paper writes MaSS for networks in η, α and κ̃ and tries κ̃ from 2 to 12 at
 * α = 0.05; Nesterov's usual momentum is 0.9.
 */
const HYPER: Partial<Readonly<Record<OptimizerId, Readonly<Record<string, number>>>>> = {
  sgd: { eta: 0.1 },
  'heavy-ball': { eta: 0.05, gamma: 0.9 },
  nesterov: { eta: 0.05, gamma: 0.9 },
  mass: { eta: 0.1, alpha: 0.05, kappaTilde: 3 },
};
/** Outputs under a squared error are about ten times as sensitive as under a cross-entropy. */
const SQUARED = 0.1;
const START = { batch: 32, seeds: 2, steps: 1000 } as const;

/** The experiment turned to networks: what suits a linear problem seldom suits them. */
export function withNetwork(config: ExperimentConfig, problem: NetworkConfig = defaultNetwork): ExperimentConfig {
  return {
    ...config,
    problem,
    runs: config.runs.map((run): RunConfig => ({
      ...run,
      batch: START.batch,
      hyper: { ...defaultHyper(run.optimizer), ...HYPER[run.optimizer] },
    })),
    ...(config.problem.kind === 'network' ? {} : { seeds: START.seeds, steps: START.steps }),
  };
}

/** The problem, which was a network before, changed. Where its loss is another one, the step sizes of gradient steps follow. */
export function withNetworkEdit(config: ExperimentConfig, problem: NetworkConfig): ExperimentConfig {
  if (config.problem.kind !== 'network' || config.problem.loss === problem.loss) return { ...config, problem };
  const factor = problem.loss === 'squared-error' ? SQUARED : 1 / SQUARED;
  const runs = config.runs.map((run): RunConfig => {
    const eta = run.hyper['eta'];
    if (eta === undefined || !isGradientScaled(run.optimizer)) return run;
    return { ...run, hyper: { ...run.hyper, eta: Number((eta * factor).toPrecision(6)) } };
  });
  return { ...config, problem, runs };
}

/** The ready-made network that these layers are; undefined for others. */
export function presetOf(layers: readonly LayerConfig[]): Preset | undefined {
  const listed = JSON.stringify(layers);
  return presets.find((preset) => JSON.stringify(preset.layers) === listed);
}

/** The problem on other data. Layers that do not fit it give way to those of the default network; only pictures are cropped. */
export function withData(
  problem: NetworkConfig,
  data: NetworkData,
  dataset: DatasetSummary | undefined,
): NetworkConfig {
  const { augment, ...rest } = problem;
  const next = { ...rest, data, ...(augment && arePictures(data, dataset) ? { augment } : {}) };
  const shape = dataShape(next, dataset);
  if (!shape || layerTable(shape.input, next.layers, shape.outputs, next.loss).network) return next;
  return { ...next, layers: defaultNetwork.layers };
}

/**
 * The problem on a data set just loaded. Classes are predicted where its labels are known, else values; the scaling stays
 * where the data were files before.
 */
export function withNetworkData(problem: NetworkConfig, dataset: DatasetSummary): NetworkConfig {
  const before = problem.data.kind === 'files' ? problem.data : undefined;
  const classified = dataset.image !== undefined || dataset.labelColumn !== undefined || isClasses(dataset.labelValues);
  const data: NetworkData = {
    kind: 'files',
    files: [...dataset.files],
    scaling: before?.scaling ?? 'standardised',
  };
  return withData({ ...problem, loss: classified ? 'cross-entropy' : 'squared-error' }, data, dataset);
}

const isClasses = (values: readonly number[] | undefined) =>
  values !== undefined && values.length >= 2 && values.every((value) => Number.isInteger(value));
