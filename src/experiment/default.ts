/**
 * The experiment a first visit shows: component-decoupled data at SGD's own step size 1/L₁. There Nesterov's momentum
 * diverges in expectation from γ = 0.6 on, while MaSS with its optimal α and κ̃ carries γ = 0.985 and accelerates.
 */
import { defaultHyper } from '../optimizers/registry';
import type { ExperimentConfig } from './config';

const eta = 1 / 6;

export const defaultExperiment: ExperimentConfig = {
  version: 1,
  problem: { kind: 'component-decoupled', variances: { values: [1, 2 ** -9] } },
  runs: [
    { optimizer: 'sgd', batch: 1, hyper: { eta } },
    { optimizer: 'heavy-ball', batch: 1, hyper: { eta, gamma: 0.5 } },
    { optimizer: 'nesterov', batch: 1, hyper: { eta, gamma: 0.9 } },
    { optimizer: 'mass', batch: 1, hyper: { eta, alpha: 0.0073656956, kappaTilde: 6 } },
    { optimizer: 'adam', batch: 1, hyper: defaultHyper('adam') },
  ],
  seeds: 16,
  seed: 1,
  steps: 3000,
  evalEvery: 'auto',
  sampling: 'replacement',
  divergenceFactor: 1e6,
};
