import wgsl from '../../shaders/optimizers/sgd.wgsl?raw';
import { stepSize } from './shared';
import type { OptimizerDefinition } from './types';

export const sgd = {
  id: 'sgd',
  label: 'SGD',
  summary: 'A step against the minibatch gradient, nothing else.',
  source: 'Robbins & Monro 1951',
  colour: { light: '#5c6775', dark: '#a9b4c2' },
  hyper: [stepSize(0.1)],
  slots: ['w'],
  start: ['weights'],
  iterate: 0,
  stepSizes: [0],
  coefficients: (hyper) => [hyper['eta']!],
  step: (state, gradient, c) => {
    const w = state[0]!;
    const eta = c[0]!;
    for (let j = 0; j < w.length; j++) w[j] = w[j]! - eta * gradient[j]!;
  },
  derived: () => [],
  equations: ['w_{t+1} = w_t - \\eta\\, g(w_t)'],
  wgsl,
  prefix: 'sgd',
} as const satisfies OptimizerDefinition<'sgd'>;
