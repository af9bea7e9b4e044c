/** Every optimizer: its descriptor, and its float64 step against the rule written out a second time. */
import { describe, expect, it } from 'vitest';
import { adam } from '../../src/optimizers/adam';
import { defaultHyper, optimizerIds, optimizerOf, optimizers, type OptimizerId } from '../../src/optimizers/registry';
import { COEFFICIENTS, MAX_SLOTS, type Hyper, type HyperParameter } from '../../src/optimizers/types';
import { distance, magnitude, stepper } from '../support/lane';
import { sequence } from '../support/problems';

const isValid = ({ valid }: HyperParameter, value: number): boolean =>
  (valid.openMin ? value > valid.min : value >= valid.min) && (valid.openMax ? value < valid.max : value <= valid.max);

describe.each(optimizers)('$id', (definition) => {
  it('describes itself within the limits of the kernels', () => {
    expect(definition.slots.length).toBeLessThanOrEqual(MAX_SLOTS);
    expect(definition.start).toHaveLength(definition.slots.length);
    expect(definition.start[0]).toBe('weights');
    expect(definition.start[definition.iterate]).toBe('weights');
    expect(definition.slots[definition.iterate]).toBe('w');
    expect(definition.equations.length).toBeGreaterThan(0);
    expect(definition.wgsl).toMatch(
      new RegExp(`fn ${definition.prefix}_at\\(c: Coefficients, t: u32\\) -> Coefficients`),
    );
    expect(definition.wgsl).toMatch(
      new RegExp(`fn ${definition.prefix}_step\\(s: Slots, g: vec4f, c: Coefficients\\) -> Slots`),
    );
  });

  it('offers sliders and defaults that are valid, under distinct names', () => {
    const { hyper }: { hyper: readonly HyperParameter[] } = definition;
    expect(new Set(hyper.map((h) => h.key)).size).toBe(hyper.length);
    for (const h of hyper) {
      expect(h.slider.min).toBeLessThan(h.slider.max);
      for (const value of [h.slider.min, h.slider.max, h.default]) expect(isValid(h, value), h.key).toBe(true);
      expect(h.default).toBeGreaterThanOrEqual(h.slider.min);
      expect(h.default).toBeLessThanOrEqual(h.slider.max);
      if (h.scale === 'log') expect(h.slider.min).toBeGreaterThan(0);
      if (h.scale === 'log-to-one') expect(h.slider.max).toBeLessThan(1);
    }
    expect(Object.keys(defaultHyper(definition.id))).toEqual(hyper.map((h) => h.key));
  });

  it('has finite coefficients at the ends of its sliders', () => {
    const { hyper }: { hyper: readonly HyperParameter[] } = definition;
    for (const end of ['min', 'max'] as const) {
      const coefficients = definition.coefficients(Object.fromEntries(hyper.map((h) => [h.key, h.slider[end]])));
      expect(coefficients.length).toBeLessThanOrEqual(COEFFICIENTS);
      expect(coefficients.every(Number.isFinite)).toBe(true);
      for (const { value } of definition.derived(Object.fromEntries(hyper.map((h) => [h.key, h.slider[end]]))))
        expect(value).not.toBeNaN();
    }
  });

  it('rests where the gradient is zero', () => {
    const start = Float64Array.of(1, -2, 0.5);
    const lane = stepper(definition.id, defaultHyper(definition.id), start);
    for (let t = 0; t < 3; t++) lane.step(new Float64Array(3));
    // Nesterov's (1 + γ) w − γ w may round.
    expect(distance(lane.state[0]!, start)).toBeLessThan(1e-14);
    expect(distance(lane.state[definition.iterate]!, start)).toBeLessThan(1e-14);
  });
});

/** The rules as tables of update equations state them, on plain arrays; `query` is where the gradient is taken. */
interface Rule {
  query: number[];
  w: number[];
  step(g: readonly number[], t: number): void;
}

const zip = (f: (...x: number[]) => number, ...vectors: readonly (readonly number[])[]): number[] =>
  vectors[0]!.map((_, j) => f(...vectors.map((v) => v[j]!)));

const rules: Record<OptimizerId, (hyper: Hyper, start: number[]) => Rule> = {
  sgd: ({ eta }, start) => ({
    query: start,
    w: start,
    step(g) {
      this.w = this.query = zip((w, x) => w - eta! * x, this.w, g);
    },
  }),
  'heavy-ball': ({ eta, gamma }, start) => {
    let velocity = start.map(() => 0);
    return {
      query: start,
      w: start,
      step(g) {
        velocity = zip((v, x) => gamma! * v - eta! * x, velocity, g);
        this.w = this.query = zip((w, v) => w + v, this.w, velocity);
      },
    };
  },
  nesterov: ({ eta, gamma }, start) => ({
    query: start,
    w: start,
    step(g) {
      const next = zip((u, x) => u - eta! * x, this.query, g);
      this.query = zip((now, before) => now + gamma! * (now - before), next, this.w);
      this.w = next;
    },
  }),
  mass: ({ eta, alpha, kappaTilde }, start) => ({
    query: start,
    w: start,
    step(g) {
      const gamma = (1 - alpha!) / (1 + alpha!);
      const eta2 = (eta! - eta! / kappaTilde!) / (1 + alpha!);
      const next = zip((u, x) => u - eta! * x, this.query, g);
      this.query = zip((now, before, x) => now + gamma * (now - before) + eta2 * x, next, this.w, g);
      this.w = next;
    },
  }),
  adam: ({ eta, beta1, beta2, epsilon }, start) => {
    let m = start.map(() => 0);
    let v = start.map(() => 0);
    return {
      query: start,
      w: start,
      step(g, t) {
        m = zip((a, x) => beta1! * a + (1 - beta1!) * x, m, g);
        v = zip((a, x) => beta2! * a + (1 - beta2!) * x * x, v, g);
        this.w = this.query = zip(
          (w, a, b) => w - (eta! * (a / (1 - beta1! ** t))) / (Math.sqrt(b / (1 - beta2! ** t)) + epsilon!),
          this.w,
          m,
          v,
        );
      },
    };
  },
};

describe('float64 steps', () => {
  it.each(optimizerIds)('%s: 50 steps on random quadratics', (id) => {
    for (let seed = 1; seed <= 20; seed++) {
      const next = sequence(seed);
      const start = Array.from({ length: 5 }, next);
      const hyper = { ...defaultHyper(id), ...(id === 'adam' ? { epsilon: 1e-3 } : { eta: 0.1 + 0.1 * next() }) };
      const lane = stepper(id, hyper, Float64Array.from(start));
      const rule = rules[id](hyper, start);
      const { iterate } = optimizerOf(id);
      for (let t = 1; t <= 50; t++) {
        const x = Array.from({ length: 5 }, next);
        const gradient = (u: ArrayLike<number>) => {
          const product = x.reduce((sum, value, j) => sum + value * u[j]!, 0);
          return x.map((value) => value * product);
        };
        lane.step(Float64Array.from(gradient(lane.state[0]!)));
        rule.step(gradient(rule.query), t);
        const scale = Math.max(1, magnitude(rule.query));
        expect(distance(lane.state[0]!, rule.query) / scale).toBeLessThan(1e-11);
        expect(distance(lane.state[iterate]!, rule.w) / scale).toBeLessThan(1e-11);
      }
    }
  });
});

describe("Adam's bias correction", () => {
  it('is 1 − βᵗ at every t, β = 0 included', () => {
    for (const beta1 of [0, 0.5, 0.9])
      for (const beta2 of [0, 0.99, 0.9999])
        for (const t of [1, 2, 10, 1000, 1e6]) {
          const c = adam.coefficients({ eta: 0.1, beta1, beta2, epsilon: 1e-8 });
          const at = adam.at(c, t);
          expect(at[6]).toBeCloseTo(1 - beta1 ** t, 12);
          expect(at[7]! / (1 - beta2 ** t)).toBeCloseTo(1, 10);
          expect(at.slice(0, 6)).toEqual(c.slice(0, 6));
        }
  });

  it("makes the first step exactly η against the gradient's sign, up to ε", () => {
    const lane = stepper('adam', { ...defaultHyper('adam'), eta: 0.125 }, Float64Array.of(0, 0, 0));
    lane.step(Float64Array.of(1e-3, -20, 5));
    expect([...lane.state[0]!].map((x) => Math.round(x * 1e4) / 1e4)).toEqual([-0.125, 0.125, -0.125]);
  });
});

describe('registry', () => {
  it('knows its optimizers by distinct names and refuses others', () => {
    expect(new Set(optimizerIds).size).toBe(optimizerIds.length);
    expect(new Set(optimizers.map((o) => o.prefix)).size).toBe(optimizers.length);
    expect(() => optimizerOf('lion' as OptimizerId)).toThrow('no optimizer "lion"');
  });
});
