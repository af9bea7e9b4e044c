/** The gallery's documents, and its judges on results where the claim holds and where it does not. */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseExperiment, runKey, type RunConfig } from '../../src/experiment/config';
import { compensationShrinks } from '../../src/gallery/claims/compensation';
import { convolutionalClaim } from '../../src/gallery/claims/convolutional';
import { fullBatch } from '../../src/gallery/claims/full-batch';
import { kernelMachine } from '../../src/gallery/claims/kernel-machine';
import { massAccelerates } from '../../src/gallery/claims/mass-accelerates';
import { nesterovDiverges } from '../../src/gallery/claims/nesterov-diverges';
import { networkClaim } from '../../src/gallery/claims/network';
import { noAcceleration } from '../../src/gallery/claims/no-acceleration';
import { threeRegimes } from '../../src/gallery/claims/three-regimes';
import { claims } from '../../src/gallery/claims';
import { Prediction } from '../../src/gallery/predict';
import { prepareLinear } from '../../src/problems/registry';
import { objectiveConstants } from '../../src/theory/advice';
import { optimalHyper } from '../../src/theory/optimal';
import { isComplete, type SpectralConstants } from '../../src/theory/spectral';
import type { Claim, GalleryDocument, Verdict } from '../../src/gallery/types';
import { syntheticResult, type Bend } from '../support/gallery';

const table = () => Promise.reject(new Error('no data set'));

type Bender = (run: RunConfig, index: number, document: GalleryDocument) => Bend;

async function judged(claim: Claim, bend: Bender): Promise<Verdict> {
  const results = new Map(
    await Promise.all(
      claim
        .documents()
        .map(
          async (document) =>
            [document.id, await syntheticResult(document, (run, index) => bend(run, index, document))] as const,
        ),
    ),
  );
  return claim.judge(results);
}

const failures = (verdict: Verdict): string[] => verdict.checks.filter((c) => !c.held).map((c) => c.label);
const gamma = (run: RunConfig): number => run.hyper['gamma'] ?? 0;

/** Decay of a network's loss: MaSS is the faster the smaller κ̃ is. */
function rateOfNetwork({ optimizer, hyper }: RunConfig): number {
  if (optimizer === 'mass') return hyper['kappaTilde']! <= 3 ? 0.02 : 0.012;
  return optimizer === 'sgd' ? 0.01 : 0.015;
}

/** What theory expects of each claim's lanes: those of MaSS at small batches are faster than their mean. */
const expected: Record<string, Bender> = {
  'nesterov-diverges': (run) =>
    run.optimizer !== 'nesterov'
      ? {}
      : gamma(run) < 0.7
        ? { rate: 0.001 }
        : { rate: 0, diverged: gamma(run) > 0.95 ? 1 : 0.4 },
  'mass-accelerates': (run) => ({ speed: run.optimizer === 'mass' ? 1.1 : 1 }),
  'no-acceleration': (run, index, { id }) => {
    if (run.optimizer === 'mass') return { speed: 1.05 };
    return id === 'no-acceleration-sweep' && index > 2 && gamma(run) >= 0.9 && run.hyper['eta']! > 0.05
      ? { rate: 0, diverged: 1 }
      : id === 'no-acceleration-sweep' && index > 2
        ? { rate: 0.0015 }
        : {};
  },
  'full-batch': () => ({}),
  'three-regimes': () => ({}),
  'kernel-regression': (run) =>
    run.optimizer === 'nesterov' ? { rate: 0, diverged: 1 } : { speed: run.optimizer === 'mass' ? 1.04 : 1.02 },
  network: (run) => ({ rate: rateOfNetwork(run) }),
  convolutional: (run) => ({ rate: 3 * rateOfNetwork(run) }),
  compensation: (run) => (run.batch === 1 && run.hyper['kappaTilde'] === 1 ? { rate: 0, diverged: 1 } : {}),
};

describe('documents of the gallery', () => {
  it('have names of their own, are valid, and have no run twice', () => {
    const documents = claims.flatMap((claim) => claim.documents());
    expect(new Set(documents.map(({ id }) => id)).size).toBe(documents.length);
    for (const { config } of documents) {
      expect(parseExperiment(config)).toEqual(config);
      expect(new Set(config.runs.map(runKey)).size).toBe(config.runs.length);
    }
  });

  it('in larger sizes are valid as well, up to those of the paper', () => {
    const larger = claims.flatMap((claim) => claim.larger?.() ?? []);
    expect(larger.length).toBeGreaterThan(0);
    for (const { config } of larger) expect(parseExperiment(config)).toEqual(config);
    for (const network of ['cnn', 'resnet'])
      for (const eta of [0.01, 0.1, 0.3]) {
        const { config } = larger.find(({ id }) => id === `network-${network}-${eta}`)!;
        expect(config.runs.filter(({ optimizer }) => optimizer !== 'adam').map(({ hyper }) => hyper['eta'])).toEqual(
          Array(3).fill(eta),
        );
      }
  });

  it('in larger sizes tell how much arithmetic they are', () => {
    const work = new Map(claims.flatMap((claim) => claim.larger?.() ?? []).map((one) => [one.id, one.work]));
    // 784-80-80-80-10: 76,320 weights; four runs, 8,000 batches of 64, forward and twice as much backward.
    const steps = 3 * 76_320 * 4 * 8000 * 64;
    expect(work.get('network-mnist')! / steps).toBeGreaterThan(1);
    expect(work.get('network-mnist')! / steps).toBeLessThan(1.3);
    // A ResNet-32 is 69 million multiply-adds a picture (He et al. 2016).
    const pictures = 3 * 69e6 * 4 * 100_000 * 64;
    expect(work.get('network-resnet-0.1')! / pictures).toBeGreaterThan(1);
    expect(work.get('network-resnet-0.1')! / pictures).toBeLessThan(1.3);
  });

  it.each(claims.flatMap((claim) => claim.documents()))(
    '$id is in public/experiments as it is here',
    ({ id, config }) => {
      const file = `public/experiments/${id}.json`;
      expect(existsSync(file), `npm run reproduce -- --documents public/experiments`).toBe(true);
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(config);
    },
  );

  it('use the tuned hyper-parameters of the two-dimensional example', async () => {
    const document = noAcceleration.documents().find(({ id }) => id === 'no-acceleration-512')!;
    const prediction = await Prediction.of(document.config);
    const [sgd, nesterov, mass] = document.config.runs.map((run) => prediction.radius(run));
    expect(sgd).toBeCloseTo(0.99870299, 7);
    expect(nesterov).toBeCloseTo(0.99769299, 7);
    expect(mass).toBeLessThan(0.9882);
  });
});

it('the kernel regression runs at its optimum, to three digits', async () => {
  const [{ config }] = kernelMachine.documents() as [GalleryDocument];
  const constants = await objectiveConstants(await prepareLinear(config.problem, { seed: config.seed, table }));
  expect(isComplete(constants)).toBe(true);
  const optimal = optimalHyper('mass', constants as SpectralConstants, 1)!;
  expect(config.runs[0]!.hyper).toEqual({ eta: 1 });
  expect(config.runs[1]!.hyper).toEqual({ ...optimal, alpha: Number(optimal['alpha']!.toPrecision(3)) });
});

describe.each(claims)('$id', (claim) => {
  it('holds on lanes that follow theory', async () => {
    const verdict = await judged(claim, expected[claim.id]!);
    expect(failures(verdict)).toEqual([]);
    expect(verdict).toMatchObject({ held: true, complete: true });
    for (const figure of verdict.figures)
      for (const { points } of figure.series) expect(points.every(({ x, y }) => x > 0 && y > 0)).toBe(true);
  });

  it('does not hold, and says so, without any result', async () => {
    const verdict = await claim.judge(new Map());
    expect(verdict.complete).toBe(false);
    expect(verdict.sentence).toMatch(/^Nothing was measured/);
  });
});

describe('a claim fails', () => {
  const changed =
    (id: string, change: (run: RunConfig, document: GalleryDocument) => Bend | undefined): Bender =>
    (run, index, document) =>
      change(run, document) ?? expected[id]!(run, index, document);

  it.each<[string, Claim, (run: RunConfig, document: GalleryDocument) => Bend | undefined, RegExp]>([
    [
      'where Nesterov with the momentum of MaSS converges',
      nesterovDiverges,
      (run) => (gamma(run) > 0.95 ? { rate: 0.01 } : undefined),
      /^Share of diverged lanes of Nesterov, γ = 0.98/,
    ],
    [
      'where SGD is not as fast as theory says',
      nesterovDiverges,
      (run) => (run.optimizer === 'sgd' ? { speed: 1.2 } : undefined),
      /^Speed of SGD/,
    ],
    [
      'where MaSS is as slow as SGD',
      massAccelerates,
      (run) => (run.optimizer === 'mass' ? { rate: 0.0007 } : undefined),
      /^Speed of MaSS, .* against its guarantee/,
    ],
    [
      'where MaSS diverges',
      massAccelerates,
      (run) => (run.optimizer === 'mass' ? { diverged: 0.2 } : undefined),
      /^Share of diverged lanes of MaSS/,
    ],
    [
      'where tuned Nesterov accelerates',
      noAcceleration,
      (run, { id }) => (run.optimizer === 'nesterov' && id === 'no-acceleration-2048' ? { speed: 4 } : undefined),
      /^Power of κ in the speed of Nesterov/,
    ],
    [
      'where one setting of Nesterov is faster than a constant factor',
      noAcceleration,
      (run, { id }) =>
        id === 'no-acceleration-sweep' && gamma(run) === 0.98 && run.hyper['eta']! < 0.012
          ? { rate: 0.005 }
          : undefined,
      /^Fastest of the \d+ settings of Nesterov .* converge in expectation/,
    ],
    [
      'where MaSS does not accelerate',
      noAcceleration,
      (run, { id }) => (run.optimizer === 'mass' && id === 'no-acceleration-2048' ? { speed: 0.4 } : undefined),
      /^Power of κ in the speed of MaSS \(−½/,
    ],
    [
      'where MaSS stays behind Nesterov at the largest batch',
      fullBatch,
      (run) => (run.optimizer === 'mass' && run.batch === 4096 ? { speed: 0.9 } : undefined),
      /^MaSS against Nesterov, both at batch 4096/,
    ],
    [
      'where a network is trained as fast by Adam',
      networkClaim,
      (run) => (run.optimizer === 'adam' ? { rate: 0.021 } : undefined),
      /^Training loss at the end: Adam against MaSS/,
    ],
    [
      'where MaSS with much compensation stays behind SGD on a network',
      networkClaim,
      (run) => (run.hyper['kappaTilde'] === 12 ? { rate: 0.009 } : undefined),
      /^Training loss at the end: SGD against MaSS, κ̃ = 12/,
    ],
    [
      'where MaSS is hardly faster than SGD on a residual network',
      convolutionalClaim,
      (run, { id }) => (run.optimizer === 'mass' && id === 'network-residual' ? { rate: 0.032 } : undefined),
      /^Training loss of the ResNet-8 at the end: SGD against MaSS/,
    ],
    [
      'where small batches do not scale linearly',
      threeRegimes,
      (run) => (run.batch === 3 ? { speed: 0.6 } : undefined),
      /linear scaling/,
    ],
    [
      'where large batches go on scaling',
      threeRegimes,
      (run) => (run.batch === 4096 ? { speed: 1.3 } : undefined),
      /saturation/,
    ],
    [
      'where the compensation is not needed at batch 1',
      compensationShrinks,
      (run) => (run.batch === 1 ? { rate: 0.1 } : undefined),
      /^Share of lanes that diverge without the compensation/,
    ],
    [
      'where the compensation matters at the largest batch',
      compensationShrinks,
      (run) => (run.batch === 1024 && run.hyper['kappaTilde'] === 1 ? { speed: 0.8 } : undefined),
      /^MaSS with against without the compensation/,
    ],
    [
      'where MaSS is hardly faster than SGD on a kernel',
      kernelMachine,
      (run) => (run.optimizer === 'mass' ? { speed: 0.5 } : undefined),
      /^MaSS against SGD/,
    ],
    [
      'where Nesterov converges on a kernel',
      kernelMachine,
      (run) => (run.optimizer === 'nesterov' ? { rate: 0.01 } : undefined),
      /^Share of diverged lanes of Nesterov, γ = 0.9/,
    ],
  ])('%s', async (_, claim, change, label) => {
    const verdict = await judged(claim, changed(claim.id, change));
    expect(verdict.held).toBe(false);
    expect(failures(verdict)).toContainEqual(expect.stringMatching(label));
  });
});
