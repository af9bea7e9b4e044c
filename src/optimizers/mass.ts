import wgsl from '../../shaders/optimizers/mass.wgsl?raw';
import { stepSize } from './shared';
import type { Hyper, OptimizerDefinition } from './types';

/** MaSS in the form that is computed: η₁, γ, η₂ (Liu & Belkin 2020, eq. 4). */
export interface MassSteps {
  readonly eta1: number;
  readonly gamma: number;
  readonly eta2: number;
}

/** (η, α, κ̃) → (η₁, γ, η₂): γ = (1 − α)/(1 + α), η₂ = η (1 − 1/κ̃)/(1 + α). κ̃ = 1 is Nesterov's method. */
export function massSteps(hyper: Hyper): MassSteps {
  const eta = hyper['eta']!;
  const alpha = hyper['alpha']!;
  const kappa = hyper['kappaTilde']!;
  return {
    eta1: eta,
    gamma: (1 - alpha) / (1 + alpha),
    eta2: (eta * (1 - 1 / kappa)) / (1 + alpha),
  };
}

export const mass = {
  id: 'mass',
  label: 'MaSS',
  summary: 'Nesterov with a compensation term +η₂ g that lets momentum work with minibatches.',
  source: 'Liu & Belkin 2020, eq. 4 and 6 (arXiv 1810.13395)',
  colour: { light: '#c2255c', dark: '#ff7aa8' },
  hyper: [
    stepSize(0.1),
    {
      key: 'alpha',
      symbol: '\\alpha',
      text: 'α',
      label: 'acceleration',
      help: 'Sets the momentum γ = (1 − α)/(1 + α): a smaller α carries more.',
      scale: 'log',
      slider: { min: 1e-4, max: 1 },
      valid: { min: 0, max: 1, openMin: true },
      default: 0.05,
    },
    {
      key: 'kappaTilde',
      symbol: '\\tilde\\kappa_m',
      text: 'κ̃',
      label: 'statistical condition number',
      help: 'How much the minibatch disturbs the gradient: 1 is Nesterov, larger compensates more.',
      scale: 'log',
      slider: { min: 1, max: 1000 },
      valid: { min: 1, max: Number.POSITIVE_INFINITY },
      default: 3,
    },
  ],
  slots: ['u', 'w'],
  start: ['weights', 'weights'],
  iterate: 1,
  stepSizes: [0, 2],
  restarts: true,
  coefficients: (hyper) => {
    const { eta1, gamma, eta2 } = massSteps(hyper);
    return [eta1, gamma, eta2];
  },
  step: (state, gradient, c) => {
    const u = state[0]!;
    const w = state[1]!;
    const eta1 = c[0]!;
    const gamma = c[1]!;
    const eta2 = c[2]!;
    for (let j = 0; j < w.length; j++) {
      const g = gradient[j]!;
      const next = u[j]! - eta1 * g;
      u[j] = (1 + gamma) * next - gamma * w[j]! + eta2 * g;
      w[j] = next;
    }
  },
  derived: (hyper) => {
    const { eta1, gamma, eta2 } = massSteps(hyper);
    return [
      { symbol: '\\eta_1', text: 'η₁', label: 'step size', value: eta1 },
      { symbol: '\\gamma', text: 'γ', label: 'momentum', value: gamma },
      { symbol: '\\eta_2', text: 'η₂', label: 'compensation', value: eta2 },
    ];
  },
  equations: [
    'w_{t+1} = u_t - \\eta_1\\, g(u_t)',
    'u_{t+1} = (1+\\gamma)\\, w_{t+1} - \\gamma\\, w_t + \\eta_2\\, g(u_t)',
  ],
  wgsl,
  prefix: 'mass',
} as const satisfies OptimizerDefinition<'mass'>;
