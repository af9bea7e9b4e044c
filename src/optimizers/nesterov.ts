import wgsl from '../../shaders/optimizers/nesterov.wgsl?raw';
import { momentum, stepSize } from './shared';
import type { OptimizerDefinition } from './types';

export const nesterov = {
  id: 'nesterov',
  label: 'Nesterov',
  summary: 'A gradient step from a point extrapolated along the momentum.',
  source: 'Nesterov 1983; Liu & Belkin 2020, eq. 2',
  colour: { light: '#1f6fd1', dark: '#6db1ff' },
  hyper: [stepSize(0.1), momentum(0.9)],
  slots: ['u', 'w'],
  start: ['weights', 'weights'],
  iterate: 1,
  stepSizes: [0],
  coefficients: (hyper) => [hyper['eta']!, hyper['gamma']!],
  step: (state, gradient, c) => {
    const u = state[0]!;
    const w = state[1]!;
    const eta = c[0]!;
    const gamma = c[1]!;
    for (let j = 0; j < w.length; j++) {
      const next = u[j]! - eta * gradient[j]!;
      u[j] = (1 + gamma) * next - gamma * w[j]!;
      w[j] = next;
    }
  },
  derived: () => [],
  equations: ['w_{t+1} = u_t - \\eta\\, g(u_t)', 'u_{t+1} = (1+\\gamma)\\, w_{t+1} - \\gamma\\, w_t'],
  wgsl,
  prefix: 'nesterov',
} as const satisfies OptimizerDefinition<'nesterov'>;
