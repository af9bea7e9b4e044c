/**
 * The optimizers that are linear in the minibatch gradient, in one form that all of theory shares.
 *
 * On interpolated least squares the gradient at a query point with error h is H̃h, so along one eigen-direction with
 * curvature sample ξ (mean λ) an optimizer of this kind moves its error e and a velocity v by
 *
 *   (e, v)ᵀ ← [[1, carry], [0, γ]] (e, v)ᵀ − ξ h (gain)ᵀ,   h = e + lookahead · v.
 *
 * Nesterov, MaSS and SGD: e = w − w*, v = u − w (the point where the gradient is taken lies v ahead), carry = lookahead = 1,
 * gain = (η₁, γη₁ − η₂). Heavy ball: v = w − w_prev, carry = γ, lookahead = 0, gain = (η, η). In differences instead of
 * (e, h) nothing cancels when steps are small or γ is close to 1.
 */
import { massSteps } from '../optimizers/mass';
import type { OptimizerId } from '../optimizers/registry';
import type { Hyper } from '../optimizers/types';

export interface LinearForm {
  readonly gamma: number;
  readonly carry: number;
  readonly lookahead: number;
  readonly gain: readonly [number, number];
}

/** The linear form of an optimizer, or undefined where it has none (Adam). The first component is always the iterate. */
export function linearForm(optimizer: OptimizerId, hyper: Hyper): LinearForm | undefined {
  switch (optimizer) {
    case 'sgd':
      return extrapolated(hyper['eta']!, 0, 0);
    case 'nesterov':
      return extrapolated(hyper['eta']!, hyper['gamma']!, 0);
    case 'mass': {
      const { eta1, gamma, eta2 } = massSteps(hyper);
      return extrapolated(eta1, gamma, eta2);
    }
    case 'heavy-ball': {
      const eta = hyper['eta']!;
      const gamma = hyper['gamma']!;
      return { gamma, carry: gamma, lookahead: 0, gain: [eta, eta] };
    }
    case 'adam':
      return undefined;
  }
}

const extrapolated = (eta1: number, gamma: number, eta2: number): LinearForm => ({
  gamma,
  carry: 1,
  lookahead: 1,
  gain: [eta1, gamma * eta1 - eta2],
});
