import wgsl from '../../shaders/optimizers/adam.wgsl?raw';
import { stepSize } from './shared';
import type { HyperParameter, OptimizerDefinition } from './types';

const decay = (key: string, symbol: string, text: string, label: string, value: number): HyperParameter => ({
  key,
  symbol,
  text,
  label,
  help: 'How slowly this average forgets.',
  scale: 'log-to-one',
  slider: { min: 0, max: 0.9999 },
  valid: { min: 0, max: 1, openMax: true },
  default: value,
});

export const adam = {
  id: 'adam',
  label: 'Adam',
  summary: 'Steps scaled by running averages of the gradient and its square.',
  source: 'Kingma & Ba 2015, algorithm 1 (ε outside the root)',
  colour: { light: '#2b8a3e', dark: '#69d17f' },
  hyper: [
    stepSize(0.001),
    decay('beta1', '\\beta_1', 'β₁', 'first-moment decay', 0.9),
    decay('beta2', '\\beta_2', 'β₂', 'second-moment decay', 0.999),
    {
      key: 'epsilon',
      symbol: '\\varepsilon',
      text: 'ε',
      label: 'floor',
      help: 'Keeps the division finite where gradients vanish.',
      scale: 'log',
      slider: { min: 1e-12, max: 1e-2 },
      valid: { min: 0, max: Number.POSITIVE_INFINITY, openMin: true },
      default: 1e-8,
    },
  ],
  slots: ['w', 'm', 'v'],
  start: ['weights', 'zero', 'zero'],
  iterate: 0,
  stepSizes: [0],
  // 1 − β and ln β are rounded to float32 on their own: 1 − float32(0.999) would be wrong in its fifth digit.
  coefficients: (hyper) => {
    const beta1 = hyper['beta1']!;
    const beta2 = hyper['beta2']!;
    return [hyper['eta']!, hyper['epsilon']!, 1 - beta1, 1 - beta2, logDecay(beta1), logDecay(beta2), 1, 1];
  },
  at: (c, t) => {
    const at = [...c];
    at[6] = -Math.expm1(t * c[4]!);
    at[7] = -Math.expm1(t * c[5]!);
    return at;
  },
  step: (state, gradient, c) => {
    const w = state[0]!;
    const m = state[1]!;
    const v = state[2]!;
    const [eta, epsilon, rate1, rate2] = c as [number, number, number, number];
    const correction1 = c[6]!;
    const correction2 = c[7]!;
    for (let j = 0; j < w.length; j++) {
      const g = gradient[j]!;
      m[j] = m[j]! + rate1 * (g - m[j]!);
      v[j] = v[j]! + rate2 * (g * g - v[j]!);
      w[j] = w[j]! - (eta * (m[j]! / correction1)) / (Math.sqrt(v[j]! / correction2) + epsilon);
    }
  },
  derived: () => [],
  equations: [
    'm_{t+1} = \\beta_1 m_t + (1-\\beta_1)\\, g(w_t)',
    'v_{t+1} = \\beta_2 v_t + (1-\\beta_2)\\, g(w_t)^2',
    'w_{t+1} = w_t - \\eta\\, \\frac{m_{t+1}/(1-\\beta_1^{t+1})}{\\sqrt{v_{t+1}/(1-\\beta_2^{t+1})} + \\varepsilon}',
  ],
  wgsl,
  prefix: 'adam',
} as const satisfies OptimizerDefinition<'adam'>;

/** ln β, or a large negative stand-in for ln 0: then βᵗ = 0 for every t ≥ 1. */
function logDecay(beta: number): number {
  return beta === 0 ? -1e4 : Math.log(beta);
}
