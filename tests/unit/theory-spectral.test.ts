import { describe, expect, it } from 'vitest';
import { massSteps } from '../../src/optimizers/mass';
import { spectrumValues } from '../../src/problems/spectrum';
import { runTheory } from '../../src/theory/advice';
import { guaranteedRate, optimalHyper, suggestedEta } from '../../src/theory/optimal';
import { batchConstants, criticalBatches, isComplete, streamConstants } from '../../src/theory/spectral';
import { storedConstants, type StoredRows } from '../../src/theory/stored-constants';
import { randomSource, stream, streamRows } from './theory-dense';

const decoupled = streamConstants(streamRows(stream('component-decoupled', [1, 2 ** -9])));
const gaussian = streamConstants(streamRows(stream('gaussian', [1, 1, 2 ** -9])));

describe('constants of streams', () => {
  it('component-decoupled in two dimensions: independently checked numbers', () => {
    expect(decoupled.L).toBeCloseTo(1, 15);
    expect(decoupled.mu).toBeCloseTo(2 ** -9, 15);
    expect(decoupled.L1).toBeCloseTo(6, 14);
    expect(decoupled.kappaTilde).toBe(6);
    expect(batchConstants(decoupled, 1).kappa).toBeCloseTo(3072, 9);
    const hyper = optimalHyper('mass', decoupled, 1)!;
    expect(hyper['eta']).toBeCloseTo(1 / 6, 14);
    expect(Math.abs(hyper['alpha']! - 0.0073656956)).toBeLessThan(6e-11);
    const { gamma, eta2 } = massSteps(hyper);
    expect(Math.abs(gamma - 0.9853763223)).toBeLessThan(6e-11);
    expect(Math.abs(eta2 - 0.1378733557)).toBeLessThan(6e-11);
    expect(Math.abs(guaranteedRate('mass', decoupled, 1)! - 0.9926343044)).toBeLessThan(6e-11);
    expect(guaranteedRate('sgd', decoupled, 1)).toBeCloseTo(1 - 1 / 3072, 14);
  });

  it('Gaussian in three dimensions: independently checked numbers', () => {
    expect(gaussian.L1).toBeCloseTo(4.001953125, 14);
    expect(gaussian.kappaTilde).toBe(5);
    expect(Math.abs(suggestedEta(gaussian, 1) - 0.2498779893)).toBeLessThan(6e-11);
    expect(suggestedEta(gaussian, 64)).toBeCloseTo(1 / (4.001953125 / 64 + 63 / 64), 14);
  });

  it('component-decoupled in any dimension: λ = 2σ²/d, L₁ = 6 max σ², κ̃ = 3d', () => {
    const variances = spectrumValues({ power: { dimension: 10, exponent: 1 } });
    const constants = streamConstants(streamRows(stream('component-decoupled', [...variances])));
    expect(constants.L).toBeCloseTo(0.2, 15);
    expect(constants.mu).toBeCloseTo(0.02, 15);
    expect(constants.L1).toBeCloseTo(6, 14);
    expect(constants.kappaTilde).toBe(30);
  });

  it('a batch interpolates between one sample and the full gradient', () => {
    const at = (m: number) => batchConstants(gaussian, m);
    expect(at(1)).toEqual({ L: gaussian.L1, kappa: gaussian.L1 / gaussian.mu, kappaTilde: 5 });
    expect(at(4).L).toBeCloseTo(4.001953125 / 4 + 3 / 4, 14);
    expect(at(4).kappaTilde).toBeCloseTo(5 / 4 + 3 / 4, 14);
    expect(at(1e12).kappaTilde).toBeCloseTo(1, 11);
    expect(optimalHyper('nesterov', gaussian, 1)).toBeUndefined();
    expect(guaranteedRate('adam', gaussian, 1)).toBeUndefined();
  });

  it('the full-batch limit of MaSS is Nesterov with rate 1 − 1/√κ', () => {
    const hyper = optimalHyper('mass', gaussian, 1e15)!;
    expect(massSteps(hyper).eta2).toBeLessThan(1e-13);
    expect(guaranteedRate('mass', gaussian, 1e15)).toBeCloseTo(1 - 1 / Math.sqrt(gaussian.L / gaussian.mu), 12);
    const isotropic = streamConstants(streamRows(stream('gaussian', [2, 2])));
    expect(optimalHyper('mass', isotropic, 2 ** 60)!['alpha']).toBeLessThanOrEqual(1);
  });
});

describe('the three regimes of the batch size', () => {
  it('break where L₁/L and κ̃ say', () => {
    expect(criticalBatches(decoupled)).toEqual({ m1: 6, m2: 6 });
    const { m1, m2 } = criticalBatches(gaussian);
    expect(m1).toBeCloseTo(4.001953125, 14);
    expect(m2).toBe(5);
    const swapped = criticalBatches({ L: 1, mu: 0.1, L1: 50, kappaTilde: 7 });
    expect(swapped).toEqual({ m1: 7, m2: 50 });
  });

  it('speed per step grows like m, √m and not at all', () => {
    const constants = { L: 1, mu: 1e-6, L1: 1e8, kappaTilde: 1e4 };
    const slope = (m: number) => {
      const speed = (batch: number) => 1 - guaranteedRate('mass', constants, batch)!;
      return Math.log2(speed(2 * m) / speed(m));
    };
    const { m1, m2 } = criticalBatches(constants);
    expect(slope(m1 / 1e3)).toBeCloseTo(1, 2);
    expect(slope(Math.sqrt(m1 * m2))).toBeCloseTo(0.5, 1);
    expect(slope(m2 * 1e3)).toBeCloseTo(0, 2);
  });
});

describe('constants of stored rows', () => {
  const store = (values: ArrayLike<number>, dimension: number): StoredRows => {
    const count = values.length / dimension;
    return { kind: 'stored', count, features: Float32Array.from(values), targets: new Float32Array(count) };
  };

  it('of a rotated orthogonal design have a closed form', async () => {
    // Rows ±√(d λ_j) q_j with equal weight: H = Q diag(λ) Qᵀ, L₁ = d max λ, κ̃ = d.
    const [c, s] = [0.6, 0.8];
    const lambda = [4, 0.25];
    const q = [
      [c, s],
      [-s, c],
    ];
    const rows = lambda.flatMap((l, j) => q[j]!.map((x) => x * Math.sqrt(2 * l)));
    const constants = await storedConstants(store([...rows, ...rows.map((x) => -x)], 2));
    expect(constants.L).toBeCloseTo(4, 5);
    expect(constants.mu).toBeCloseTo(0.25, 5);
    expect(constants.L1).toBeCloseTo(8, 5);
    expect(constants.kappaTilde).toBeCloseTo(2, 6);
    expect(isComplete(constants)).toBe(true);
  });

  it('are the least numbers of their definitions', async () => {
    const random = randomSource(5);
    const [n, d] = [40, 4];
    const rows = store(
      Array.from({ length: n * d }, (_, i) => (random() - 0.3) * 3 ** -(i % d)),
      d,
    );
    const { L1, kappaTilde, L, mu } = (await storedConstants(rows)) as Required<
      Awaited<ReturnType<typeof storedConstants>>
    >;
    // sup over v of v'E[‖x‖²xx']v / v'Hv, approached by random search from below, never exceeded.
    let best = { L1: 0, L: 0, mu: Infinity };
    let v = [1, 1, 1, 1];
    const quotient = (direction: number[]) => {
      let [weighted, plain] = [0, 0];
      for (let i = 0; i < n; i++) {
        const x = rows.features.subarray(i * d, (i + 1) * d);
        const inner = x.reduce((sum, value, j) => sum + value * direction[j]!, 0) ** 2;
        plain += inner / n;
        weighted += (x.reduce((sum, value) => sum + value * value, 0) * inner) / n;
      }
      return { L1: weighted / plain, ray: plain / direction.reduce((sum, value) => sum + value * value, 0) };
    };
    for (let k = 0; k < 8000; k++) {
      const w = v.map((x) => x + (random() - 0.5) * 2 ** -(k / 400) * 4);
      const { L1: value, ray } = quotient(w);
      if (value > best.L1) v = w;
      best = { L1: Math.max(best.L1, value), L: Math.max(best.L, ray), mu: Math.min(best.mu, ray) };
    }
    expect(best.L1).toBeLessThanOrEqual(L1 * (1 + 1e-12));
    expect(best.L1).toBeGreaterThan(L1 * (1 - 1e-6));
    expect(best.L).toBeLessThanOrEqual(L * (1 + 1e-12));
    expect(best.mu).toBeGreaterThanOrEqual(mu * (1 - 1e-12));
    expect(kappaTilde).toBeGreaterThanOrEqual(d);
  });

  it('n independent rows in more dimensions have κ̃ = n', async () => {
    const random = randomSource(8);
    const constants = await storedConstants(store(Float64Array.from({ length: 5 * 9 }, random), 9));
    expect(constants.kappaTilde).toBeCloseTo(5, 9);
    expect(constants.mu).toBeGreaterThan(0);
  });

  it('a repeated column changes no condition', async () => {
    const random = randomSource(9);
    const plain = Array.from({ length: 30 }, () => [random(), random() - 0.5]);
    const a = await storedConstants(store(plain.flat(), 2));
    const b = await storedConstants(store(plain.map(([x, y]) => [x!, y!, y!]).flat(), 3));
    expect(b.kappaTilde).toBeCloseTo(a.kappaTilde!, 5);
    expect(b.mu).toBeGreaterThan(1e-3);
  });

  it('Gaussian rows approach the stream', async () => {
    const random = randomSource(10);
    const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
    const rows = store(
      Float64Array.from({ length: 60_000 }, (_, i) => normal() * [1, 0.7, 0.3][i % 3]!),
      3,
    );
    const stored = await storedConstants(rows);
    const exact = streamConstants(streamRows(stream('gaussian', [1, 0.49, 0.09])));
    expect(stored.L / exact.L).toBeCloseTo(1, 1);
    expect(stored.mu! / exact.mu).toBeCloseTo(1, 1);
    expect(stored.L1 / exact.L1).toBeCloseTo(1, 1);
    expect(stored.kappaTilde! / exact.kappaTilde).toBeCloseTo(1, 1);
  });

  it('beyond the exact sizes bound L₁ and keep L', async () => {
    const random = randomSource(12);
    const rows = store(
      Float64Array.from({ length: 300 * 20 }, (_, i) => (random() - 0.4) / (1 + (i % 20))),
      20,
    );
    const exact = await storedConstants(rows);
    const bounded = await storedConstants(rows, { exactWork: 0 });
    expect(bounded.L1IsBound).toBe(true);
    expect(isComplete(bounded)).toBe(false);
    expect(bounded.mu).toBeUndefined();
    expect(bounded.L / exact.L).toBeCloseTo(1, 4);
    expect(bounded.L1).toBeGreaterThan(exact.L1);
    expect(bounded.L1).toBeLessThan(10 * exact.L1);
  });

  it('zero features have no curvature', async () => {
    const rows = store(new Float32Array(12), 3);
    expect(await storedConstants(rows)).toEqual({ L: 0, L1: 0, L1IsBound: false });
    expect((await storedConstants(rows, { exactWork: 0 })).L).toBe(0);
  });

  it('leave the event loop free and stop on abort', async () => {
    const [n, d] = [4000, 256];
    const rows = store(
      Float32Array.from({ length: n * d }, (_, i) => Math.sin(i * i)),
      d,
    );
    const controller = new AbortController();
    let ticks = 0;
    const timer = setInterval(() => {
      if (++ticks === 2) controller.abort(new Error('enough'));
    }, 1);
    await expect(storedConstants(rows, { signal: controller.signal })).rejects.toThrow('enough');
    clearInterval(timer);
    expect(ticks).toBeGreaterThanOrEqual(2);
    await expect(storedConstants(rows, { signal: AbortSignal.abort(new Error('before')) })).rejects.toThrow('before');
  });
});

describe('advice', () => {
  it('tells the exact radius of a run, and nothing where there is none', () => {
    const problem = stream('component-decoupled', [1, 2 ** -9]);
    const known = runTheory(problem, { optimizer: 'sgd', batch: 1, hyper: { eta: 1 / 6 } });
    expect(known.spectralRadius).toBeCloseTo(0.9993495941, 10);
    const hyper = { eta: 0.1, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };
    expect(runTheory(problem, { optimizer: 'adam', batch: 1, hyper })).toEqual({});
  });
});
