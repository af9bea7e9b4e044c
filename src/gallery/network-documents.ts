/** Parts of the gallery's documents on networks: the data sets of the paper, its runs, and full sizes with what they take. */
import type { DatasetSummary } from '../data/dataset-store';
import type { RunConfig } from '../experiment/config';
import { presets } from '../models/presets';
import { defaultHyper } from '../optimizers/registry';
import type { NetworkConfig } from '../problems/network';
import { experiment, run } from './documents';
import { networkWork } from './network-work';
import type { LargerDocument } from './types';

/** The paper's α; its κ̃ are between 2 and 12 (Liu & Belkin 2020, section 6). */
const ALPHA = 0.05;

export const classifier = (
  data: NetworkConfig['data'],
  layers: NetworkConfig['layers'],
  test: number,
): NetworkConfig => ({ kind: 'network', data, test, layers, loss: 'cross-entropy' });

/** Pictures that look like handwritten digits, a fifth of them to test. */
export const digitClassifier = (
  layers: NetworkConfig['layers'],
  { rows, side }: { rows: number; side: number },
): NetworkConfig => classifier({ kind: 'digits', rows, side }, layers, 0.2);

/** The layers of a ready-made network. */
export const layersOf = (id: string): NetworkConfig['layers'] => [
  ...presets.find((preset) => preset.id === id)!.layers,
];

export const massRun = (eta: number, kappaTilde: number, batch: number): RunConfig =>
  run('mass', { eta, alpha: ALPHA, kappaTilde }, batch, `MaSS, κ̃ ${kappaTilde}`);

/** Whom MaSS is compared with: Adam at its authors' settings, the others at the step size of MaSS. */
export const contestants = (eta: number, batch: number): RunConfig[] => [
  run('sgd', { eta }, batch),
  run('nesterov', { eta, gamma: 0.9 }, batch, 'Nesterov, γ 0.9'),
  run('adam', defaultHyper('adam'), batch),
];

/** Ten classes of pictures, as they are once they are loaded. */
const tenClasses = (files: readonly string[], rows: number, width: number, channels: number): DatasetSummary => ({
  files,
  rows,
  columns: [...Array.from({ length: width * width * channels }, (_, k) => `pixel ${k}`), 'label'],
  image: { width, height: width, channels },
  labelValues: Array.from({ length: 10 }, (_, k) => k),
});
export const MNIST = tenClasses(['train-images-idx3-ubyte.gz', 'train-labels-idx1-ubyte.gz'], 60_000, 28, 1);
/** The first fifth of CIFAR-10's training rows, which is loaded alone. */
export const CIFAR_BATCH = tenClasses(['data_batch_1.bin'], 10_000, 32, 3);
export const CIFAR = tenClasses(
  [1, 2, 3, 4, 5].map((k) => `data_batch_${k}.bin`),
  50_000,
  32,
  3,
);

/** The rows of a data set, or the first of them. */
export const picturesOf = ({ files }: DatasetSummary, rows?: number): NetworkConfig['data'] => ({
  kind: 'files',
  files: [...files],
  scaling: 'unit',
  ...(rows === undefined ? {} : { rows }),
});

export interface Trained {
  readonly dataset: DatasetSummary;
  readonly problem: NetworkConfig;
  readonly eta: number;
  readonly batch: number;
  readonly steps: number;
}

/** MaSS and whom it is compared with on a data set, and how much arithmetic that is. */
export function trained({ dataset, problem, eta, batch, steps }: Trained): Pick<LargerDocument, 'config' | 'work'> {
  const config = {
    ...experiment(problem, [...contestants(eta, batch), massRun(eta, 2, batch)], { seeds: 1, steps }),
    sampling: 'epochs' as const,
  };
  return { config, work: networkWork(config, dataset)! };
}
