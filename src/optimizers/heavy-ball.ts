import wgsl from '../../shaders/optimizers/heavy_ball.wgsl?raw';
import { momentum, stepSize } from './shared';
import type { OptimizerDefinition } from './types';

export const heavyBall = {
  id: 'heavy-ball',
  label: 'Heavy ball',
  summary: 'Polyak’s momentum: the last displacement is added to the gradient step.',
  source: 'Polyak 1964',
  colour: { light: '#9a6a00', dark: '#e0b04a' },
  hyper: [stepSize(0.1), momentum(0.9)],
  slots: ['w', 'w_prev'],
  start: ['weights', 'weights'],
  iterate: 0,
  stepSizes: [0],
  coefficients: (hyper) => [hyper['eta']!, hyper['gamma']!],
  step: (state, gradient, c) => {
    const w = state[0]!;
    const previous = state[1]!;
    const eta = c[0]!;
    const gamma = c[1]!;
    for (let j = 0; j < w.length; j++) {
      const next = w[j]! - eta * gradient[j]! + gamma * (w[j]! - previous[j]!);
      previous[j] = w[j]!;
      w[j] = next;
    }
  },
  derived: () => [],
  equations: ['w_{t+1} = w_t - \\eta\\, g(w_t) + \\gamma\\,(w_t - w_{t-1})'],
  wgsl,
  prefix: 'heavy_ball',
} as const satisfies OptimizerDefinition<'heavy-ball'>;
