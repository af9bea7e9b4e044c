/** Theory beside the race: exact numbers, in slices, for what is wanted and nothing else. */
import { describe, expect, it, vi } from 'vitest';
import type { SessionEvent } from '../../src/engine/events';
import { TheoryDesk, type TheoryProblem } from '../../src/engine/theory-desk';
import type { RunConfig } from '../../src/experiment/config';
import { prepareLinear } from '../../src/problems/registry';
import type { ProblemConfig } from '../../src/problems/registry';
import { objectiveConstants } from '../../src/theory/advice';
import { optimalHyper } from '../../src/theory/optimal';
import type { SpectralConstants } from '../../src/theory/spectral';
import { spectralRadius } from '../../src/theory/spectral-radius';
import { storedProblem } from '../support/problems';

type Theory = Extract<SessionEvent, { type: 'theory' }>;

const decoupled = { kind: 'component-decoupled', variances: { values: [1, 2 ** -9] } } satisfies ProblemConfig;
const sgd: RunConfig = { optimizer: 'sgd', batch: 1, hyper: { eta: 1 / 6 } };
const nesterov: RunConfig = { optimizer: 'nesterov', batch: 1, hyper: { eta: 1 / 6, gamma: 0.9 } };
const adam: RunConfig = { optimizer: 'adam', batch: 1, hyper: { eta: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } };

async function problem(config: ProblemConfig): Promise<TheoryProblem> {
  const objective = await prepareLinear(config, { seed: 1, table: () => Promise.reject(new Error()) });
  return { objective, constants: await objectiveConstants(objective), sampling: 'replacement' };
}

async function storedRows(count: number, dimension: number): Promise<TheoryProblem> {
  const objective = storedProblem(count, dimension);
  return { objective, constants: await objectiveConstants(objective), sampling: 'replacement' };
}

function desk() {
  const told: Theory[] = [];
  const made = new TheoryDesk((event) => {
    if (event.type === 'theory') told.push(event);
  });
  return { desk: made, told, of: (key: string) => told.filter(({ run }) => run === key) };
}

describe('the theory desk', () => {
  it('tells the exact curve at the recording steps, and the guarantee only at the optimal values', async () => {
    const { desk: open, of } = desk();
    open.open(await problem(decoupled));
    open.add('sgd', sgd, [0, 1, 2, 1000]);
    open.add('slow', { ...sgd, hyper: { eta: 0.1 } }, [0, 10]);
    await open.idle();
    const [guarantee, curve] = of('sgd');
    // λ = (1, 2⁻⁹), κ = 6·512: 1 − 1/κ; along axis j a step multiplies E e² by 1 − 2ηλ + 6η²λ².
    expect(guarantee!.guaranteedRate).toBeCloseTo(1 - 1 / 3072, 12);
    expect(curve!.step).toEqual([0, 1, 2, 1000]);
    const factor = (l: number) => 1 - l / 3 + (l * l) / 6;
    const start = curve!.expectedLoss[0]!;
    const [a, b] = [factor(1), factor(2 ** -9)];
    for (const [k, t] of [1, 2, 1000].entries())
      expect(curve!.expectedLoss[k + 1]! / start).toBeCloseTo((a ** t + 2 ** -9 * b ** t) / (1 + 2 ** -9), 10);
    expect(of('slow').every(({ guaranteedRate }) => guaranteedRate === undefined)).toBe(true);
  });

  it('guarantees nothing for shuffled epochs of stored rows, whose minibatches are not independent', async () => {
    const stored = await storedRows(30, 3);
    const run = { ...sgd, batch: 4, hyper: optimalHyper('sgd', stored.constants as SpectralConstants, 4)! };
    const { desk: open, of } = desk();
    for (const sampling of ['replacement', 'epochs'] as const) {
      open.open({ ...stored, sampling });
      open.add(sampling, run, [0, 1]);
      await open.idle();
      const advice = await open.advise(run, false);
      expect(advice?.optimal?.hyper).toEqual(run.hyper);
      expect(advice?.optimal?.guaranteedRate !== undefined).toBe(sampling === 'replacement');
    }
    expect(of('replacement').some(({ guaranteedRate }) => guaranteedRate !== undefined)).toBe(true);
    expect(of('epochs').some(({ guaranteedRate }) => guaranteedRate !== undefined)).toBe(false);
    // A stream has no epochs.
    open.open({ ...(await problem(decoupled)), sampling: 'epochs' });
    open.add('stream', sgd, [0, 1]);
    await open.idle();
    expect(of('stream').some(({ guaranteedRate }) => guaranteedRate !== undefined)).toBe(true);
  });

  it('says why where there is no exact theory', async () => {
    const { desk: open, of } = desk();
    open.open(await problem(decoupled));
    open.add('adam', adam, [0, 1]);
    open.add('long', { ...sgd }, [0, 1]);
    await open.idle();
    expect(of('adam').map(({ reason }) => reason)).toEqual([expect.stringMatching(/^Adam is not linear/)]);
    const stored = await storedRows(100, 4);
    open.open({ ...stored, sampling: 'epochs' });
    open.add('epochs', sgd, [0, 1]);
    await open.idle();
    expect(of('epochs')[0]!.reason).toMatch(/shuffled epochs/);
    open.open(await storedRows(80, 70));
    open.add('wide', sgd, [0, 1]);
    await open.idle();
    expect(of('wide')[0]!.reason).toMatch(/up to 64/);
    open.open(
      await problem({ kind: 'gaussian', spectrum: { power: { dimension: 1000, exponent: 1 } }, rows: 'stream' }),
    );
    open.add('endless', sgd, [0, 10_000_000]);
    await open.idle();
    expect(of('endless')[0]!.reason).toMatch(/too long/);
    expect(of('endless')[0]!.expectedLoss).toHaveLength(0);
  });

  it('works out stored rows: the radius, then the curve', async () => {
    const { desk: open, of } = desk();
    open.open(await storedRows(30, 3));
    open.add('sgd', { ...sgd, batch: 4 }, [0, 5, 50]);
    await open.idle();
    const [radius, curve] = of('sgd');
    expect(radius!.spectralRadius).toBeLessThan(1);
    expect(curve!.expectedLoss[2]).toBeLessThan(curve!.expectedLoss[0]!);
  });

  it('stops for what is dropped and for another problem, and leaves the event loop free', async () => {
    const { desk: open, told } = desk();
    open.open(
      await problem({ kind: 'gaussian', spectrum: { power: { dimension: 500, exponent: 1 } }, rows: 'stream' }),
    );
    let ticks = 0;
    const timer = setInterval(() => ticks++, 1);
    open.add('a', { ...sgd, hyper: { eta: 1e-3 } }, [0, 200_000]);
    open.add('b', { ...sgd, hyper: { eta: 1e-3 } }, [0, 200_000]);
    open.add('c', { ...sgd, hyper: { eta: 1e-3 } }, [0, 10]);
    // Timers fire while a and b, which take far longer, are under way.
    await vi.waitFor(() => {
      expect(ticks).toBeGreaterThan(2);
    }, 10_000);
    expect(told).toEqual([]);
    open.drop(['a', 'b']);
    await open.idle();
    expect(told.map(({ run }) => run)).toEqual(['c']);
    open.add('d', { ...sgd, hyper: { eta: 1e-3 } }, [0, 200_000]);
    await new Promise((resolve) => setTimeout(resolve, 20));
    open.open(undefined);
    await open.idle();
    clearInterval(timer);
    expect(told.map(({ run }) => run)).toEqual(['c']);
  });
});

describe('advice', () => {
  it('gives the optimum, the truly best values, and where the expectation diverges', async () => {
    const { desk: open } = desk();
    const theory = await problem(decoupled);
    open.open(theory);
    const mass: RunConfig = { optimizer: 'mass', batch: 1, hyper: { eta: 0.1, alpha: 0.05, kappaTilde: 3 } };
    const advice = (await open.advise(mass, true))!;
    expect(advice.optimal!.hyper['eta']).toBeCloseTo(1 / 6, 12);
    expect(advice.optimal!.hyper['alpha']).toBeCloseTo(0.0073656956, 9);
    expect(advice.optimal!.spectralRadius).toBeCloseTo(0.9881273034, 9);
    expect(advice.best!.spectralRadius).toBeLessThan(0.9881273034);
    expect(Object.keys(advice.unstable).sort()).toEqual(['alpha', 'batch', 'eta', 'kappaTilde']);

    // SGD alone diverges where 1 − 2ηλ + 6η²λ² = 1 at λ = 1: from η = 1/3 on.
    const zones = (await open.advise(sgd, false))!.unstable['eta']!;
    expect(zones).toHaveLength(1);
    expect(zones[0]![0]).toBeCloseTo(1 / 3, 4);
    // Nesterov's momentum: the edge is where the exact radius crosses 1, and the run at 0.9 lies in the zone.
    const [[edge, end]] = (await open.advise(nesterov, false))!.unstable['gamma'] as [[number, number]];
    const rho = (gamma: number) => spectralRadius(theory.objective, 'nesterov', { eta: 1 / 6, gamma }, 1)!;
    expect(rho(edge - 1e-3)).toBeLessThan(1);
    expect(rho(edge + 1e-3)).toBeGreaterThan(1);
    expect(end).toBeGreaterThan(0.9);
    // Larger batches calm it.
    const batches = (await open.advise(nesterov, false))!.unstable['batch']!;
    expect(batches[0]![0]).toBe(1);
    expect(spectralRadius(theory.objective, 'nesterov', nesterov.hyper, batches[0]![1] + 1)).toBeLessThan(1);
    expect(spectralRadius(theory.objective, 'nesterov', nesterov.hyper, batches[0]![1])).toBeGreaterThan(1);
  });

  it('searches stored rows of few features, and says where it does not', async () => {
    const { desk: open } = desk();
    open.open(await storedRows(40, 3));
    const mass: RunConfig = { optimizer: 'mass', batch: 4, hyper: { eta: 0.1, alpha: 0.1, kappaTilde: 3 } };
    const { optimal, best, noBest } = (await open.advise(mass, true))!;
    expect(best!.spectralRadius).toBeLessThanOrEqual(optimal!.spectralRadius!);
    expect(noBest).toBeUndefined();
    open.open(await storedRows(40, 17));
    const wide = (await open.advise(sgd, true))!;
    expect(wide.best).toBeUndefined();
    expect(wide.noBest).toMatch(/up to 16 features or rows only/);
  });

  it('has nothing exact for Adam, nothing without a problem, and drops questions of another problem', async () => {
    const { desk: open } = desk();
    expect(await open.advise(sgd, false)).toBeUndefined();
    open.open(await problem(decoupled));
    expect(await open.advise(adam, true)).toEqual({ unstable: {} });
    open.open(
      await problem({ kind: 'gaussian', spectrum: { power: { dimension: 900, exponent: 1 } }, rows: 'stream' }),
    );
    const dropped = open.advise(nesterov, true);
    await new Promise((resolve) => setTimeout(resolve, 20));
    open.open(await problem(decoupled));
    const [first, second] = [open.advise(sgd, true), open.advise(nesterov, true)];
    expect(await dropped).toBeUndefined();
    expect((await first)!.best!.spectralRadius).toBeLessThan(0.99873);
    expect((await second)!.best!.spectralRadius).toBeLessThan(0.99782);
  });
});
