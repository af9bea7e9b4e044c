/** The experiment a first visit shows: component-decoupled data on which Nesterov fails at SGD's step size and MaSS does not. */
import { defaultHyper } from '../optimizers/registry';
import type { ExperimentConfig } from './config';

const eta = 1 / 6;

export const defaultExperiment: ExperimentConfig = {
  version: 1,
  problem: { kind: 'component-decoupled', variances: { values: [1, 2 ** -9] } },
  runs: [
    { optimizer: 'sgd', batch: 1, hyper: { ...defaultHyper('sgd'), eta } },
    { optimizer: 'heavy-ball', batch: 1, hyper: { ...defaultHyper('heavy-ball'), eta } },
    { optimizer: 'nesterov', batch: 1, hyper: { ...defaultHyper('nesterov'), eta } },
    { optimizer: 'mass', batch: 1, hyper: { ...defaultHyper('mass'), eta } },
    { optimizer: 'adam', batch: 1, hyper: { ...defaultHyper('adam') } },
  ],
  seeds: 16,
  seed: 1,
  steps: 3000,
  evalEvery: 'auto',
  sampling: 'replacement',
  divergenceFactor: 1e6,
};
