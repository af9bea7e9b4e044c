/** MaSS in the form that is computed (η₁, γ, η₂) against the three sequences it comes from (Liu & Belkin 2020, eq. 6). */
import { describe, expect, it } from 'vitest';
import { massSteps } from '../../src/optimizers/mass';
import type { OptimizerDefinition } from '../../src/optimizers/types';
import { distance, magnitude, stepper } from '../support/lane';
import { sequence } from '../support/problems';

const DIMENSION = 6;
const STEPS = 200;

/** A minibatch gradient x ⟨x, u⟩ of step t with ‖x‖ ≤ 1. */
function gradients(seed: number): (u: Float64Array) => Float64Array {
  const next = sequence(seed);
  return (u) => {
    const x = Float64Array.from({ length: DIMENSION }, () => next() / Math.sqrt(DIMENSION));
    const product = x.reduce((sum, value, j) => sum + value * u[j]!, 0);
    return x.map((value) => value * product);
  };
}

/** w' = u − η g(u);  v' = (1−α) v + α u − δ g(u);  u' = (α v' + w') / (1+α), with δ = η/(α κ̃). */
function threeSequences(eta: number, alpha: number, kappaTilde: number, start: Float64Array) {
  const delta = eta / (alpha * kappaTilde);
  const state = { w: start.slice(), u: start.slice(), v: start.slice() };
  return {
    state,
    step: (g: Float64Array) => {
      const { u, v } = state;
      state.w = u.map((value, j) => value - eta * g[j]!);
      state.v = v.map((value, j) => (1 - alpha) * value + alpha * u[j]! - delta * g[j]!);
      state.u = state.w.map((value, j) => (alpha * state.v[j]! + value) / (1 + alpha));
    },
  };
}

interface Setting {
  readonly eta: number;
  readonly alpha: number;
  readonly kappaTilde: number;
}

/** Largest difference in u or w over 200 steps, relative to the largest entry seen. */
function deviation({ eta, alpha, kappaTilde }: Setting, seed: number, step?: OptimizerDefinition['step']): number {
  const next = sequence(seed);
  const start = Float64Array.from({ length: DIMENSION }, next);
  const theirs = threeSequences(eta, alpha, kappaTilde, start);
  const ours = stepper('mass', { eta, alpha, kappaTilde }, start, step ? { step } : {});
  const [theirGradient, ourGradient] = [gradients(seed), gradients(seed)];
  let worst = 0;
  let scale = magnitude(start);
  for (let t = 0; t < STEPS; t++) {
    theirs.step(theirGradient(theirs.state.u));
    ours.step(ourGradient(ours.state[0]!));
    scale = Math.max(scale, magnitude(theirs.state.u), magnitude(theirs.state.w));
    worst = Math.max(worst, distance(ours.state[0]!, theirs.state.u), distance(ours.state[1]!, theirs.state.w));
  }
  return worst / scale;
}

const settings: Setting[] = Array.from({ length: 40 }, (_, k) => {
  const next = sequence(1000 + k);
  const unit = () => (next() + 1) / 2;
  return { eta: 0.05 + 0.9 * unit(), alpha: 10 ** (-2.5 * unit()), kappaTilde: 10 ** (2 * unit()) };
});

describe('MaSS', () => {
  it('follows the three-sequence form for random α and κ̃', () => {
    settings.forEach((setting, seed) => {
      expect(deviation(setting, seed), JSON.stringify(setting)).toBeLessThan(1e-12);
    });
  });

  it("does not follow it with η₂'s sign flipped", () => {
    const flipped: OptimizerDefinition['step'] = ([u, w], g, [eta1, gamma, eta2]) => {
      g.forEach((x, j) => {
        const next = u![j]! - eta1! * x;
        u![j] = (1 + gamma!) * next - gamma! * w![j]! - eta2! * x;
        w![j] = next;
      });
    };
    settings.forEach((setting, seed) => {
      expect(deviation(setting, seed, flipped), JSON.stringify(setting)).toBeGreaterThan(1e-4);
    });
  });

  it('does not follow it with w_t forgotten (u_t in its place)', () => {
    const forgetful: OptimizerDefinition['step'] = ([u, w], g, [eta1, gamma, eta2]) => {
      g.forEach((x, j) => {
        const next = u![j]! - eta1! * x;
        u![j] = (1 + gamma!) * next - gamma! * u![j]! + eta2! * x;
        w![j] = next;
      });
    };
    settings.forEach((setting, seed) => {
      if (setting.alpha < 0.9)
        expect(deviation(setting, seed, forgetful), JSON.stringify(setting)).toBeGreaterThan(1e-4);
    });
  });

  it('with κ̃ = 1 is Nesterov, bit for bit', () => {
    settings.forEach(({ eta, alpha }, seed) => {
      const { eta1, gamma, eta2 } = massSteps({ eta, alpha, kappaTilde: 1 });
      expect(eta1).toBe(eta);
      expect(eta2).toBe(0);
      const start = Float64Array.from({ length: DIMENSION }, sequence(seed));
      const mass = stepper('mass', { eta, alpha, kappaTilde: 1 }, start);
      const nesterov = stepper('nesterov', { eta, gamma }, start);
      const [one, other] = [gradients(seed), gradients(seed)];
      for (let t = 0; t < STEPS; t++) {
        mass.step(one(mass.state[0]!));
        nesterov.step(other(nesterov.state[0]!));
      }
      expect(mass.state).toEqual(nesterov.state);
    });
  });

  it('has the published numbers at its optimum on component-decoupled data', () => {
    const alpha = 1 / Math.sqrt(3072 * 6);
    expect(alpha).toBeCloseTo(0.0073656956, 9);
    const { eta1, gamma, eta2 } = massSteps({ eta: 1 / 6, alpha, kappaTilde: 6 });
    expect(eta1).toBe(1 / 6);
    expect(gamma).toBeCloseTo(0.9853763223, 9);
    expect(eta2).toBeCloseTo(0.1378733557, 9);
  });
});
