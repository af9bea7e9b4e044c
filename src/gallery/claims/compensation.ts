/** (g) The larger the batch, the smaller the compensation η₂ against the step size η₁. */
import { massSteps } from '../../optimizers/mass';
import type { RunConfig } from '../../experiment/config';
import { guaranteedRate, optimalHyper } from '../../theory/optimal';
import { criticalBatches } from '../../theory/spectral';
import { agrees, agreesTo, atLeast, theoryHolds, verdict } from '../checks';
import { experiment, gaussianStream, number, once, optimalRun, run, streamConstantsOf } from '../documents';
import { acrossLanes, divergedShare, laneSpeeds, runOf, typicalSpeed } from '../measure';
import { Prediction } from '../predict';
import { slopeOf } from '../statistics';
import type { Check, Claim, ClaimFigure, GalleryDocument } from '../types';

const PROBLEM = gaussianStream([1, 1, 2 ** -9]);
const BATCHES = [1, 4, 16, 64, 256, 1024] as const;
const FROM = 0.3;

/** The same step size and momentum with the compensation left out: κ̃ = 1. */
const bare = (mass: RunConfig): RunConfig =>
  run('mass', { ...mass.hyper, kappaTilde: 1 }, mass.batch, `η₂ = 0, batch ${mass.batch}`);

const documents = once((): readonly GalleryDocument[] => [
  {
    id: 'compensation',
    title: 'MaSS with and without its compensation, by batch size',
    config: experiment(
      PROBLEM,
      BATCHES.flatMap((batch) => {
        const mass = optimalRun(PROBLEM, 'mass', batch, `MaSS, batch ${batch}`);
        return [mass, bare(mass)];
      }),
      { seeds: 32, steps: 700 },
    ),
  },
]);

/** η₂/η₁ at the paper's optimum. */
function compensation(batch: number): number {
  const { eta1, eta2 } = massSteps(optimalHyper('mass', streamConstantsOf(PROBLEM), batch)!);
  return eta2 / eta1;
}

export const compensationShrinks: Claim = {
  id: 'compensation',
  title: 'The compensation shrinks with the batch',
  statement:
    'At the optimum η₂/η₁ falls with every larger batch, beyond m ≈ κ̃ like 1/m: without it small batches diverge, while large ones do not miss it.',
  documents,
  judge: async (results) => {
    const ratios = BATCHES.map(compensation);
    const { m2 } = criticalBatches(streamConstantsOf(PROBLEM));
    const beyond = [64, 256, 1024, 4096].map((factor) => factor * m2);
    const rate = slopeOf(
      beyond.map(Math.log),
      beyond.map((m) => Math.log(compensation(m))),
    );
    const checks: Check[] = [
      theoryHolds(
        'Largest ratio of η₂/η₁ at a batch to that at the next smaller one',
        Math.max(...ratios.slice(1).map((ratio, k) => ratio / ratios[k]!)),
        1,
        'below',
      ),
      agreesTo(
        {
          label: 'Power of m in η₂/η₁ beyond m = 64 κ̃ (formula, nothing measured)',
          measured: { value: rate, low: rate, high: rate, confidence: 1 },
          predicted: -1,
        },
        0.02,
      ),
    ];
    const [document] = documents();
    const result = document && results.get(document.id);
    if (!result)
      return verdict(checks, { complete: false, sentence: 'Nothing was measured.', figures: [figure(ratios)] });

    const { config } = document;
    const prediction = await Prediction.of(config);
    BATCHES.forEach((batch, k) => {
      const mass = config.runs[2 * k]!;
      const without = config.runs[2 * k + 1]!;
      const window = prediction.window(mass, FROM);
      const full = runOf(result, mass);
      const plain = runOf(result, without);
      const exact = prediction.speed(mass, full.step, window);
      const label = `Speed of MaSS, batch ${batch} (−d ln f/dt per step)`;
      const measured = typicalSpeed(full, window);
      checks.push(
        batch < 256
          ? // At small batches rare lanes hold the mean back: the typical lane is held against the guarantee instead.
            atLeast({
              label: `Speed of MaSS, batch ${batch}, against its guarantee (−d ln f/dt per step)`,
              measured,
              predicted: -Math.log(guaranteedRate('mass', streamConstantsOf(PROBLEM), batch)!),
            })
          : agrees({ label, measured, predicted: exact }, 0.05),
      );
      const radius = prediction.radius(without);
      if (batch === BATCHES[0])
        checks.push(
          theoryHolds(`Exact spectral radius without the compensation, batch ${batch}`, radius, 1, 'above'),
          atLeast({
            label: `Share of lanes that diverge without the compensation, batch ${batch}`,
            measured: divergedShare(plain),
            predicted: 0.5,
          }),
        );
      else if (batch === BATCHES.at(-1))
        checks.push(
          agrees(
            {
              label: `MaSS with against without the compensation, batch ${batch} (ratio of speeds)`,
              measured: acrossLanes(
                [laneSpeeds(full, window), laneSpeeds(plain, window)],
                ([own, other]) => own! / other!,
              ),
              predicted: exact / prediction.speed(without, plain.step, window),
            },
            0.05,
          ),
        );
    });
    return verdict(checks, {
      complete: true,
      sentence: `η₂/η₁ falls from ${number(ratios[0]!)} at batch ${BATCHES[0]} to ${number(ratios.at(-1)!)} at batch ${BATCHES.at(-1)!}; without the compensation the batches ${BATCHES.filter((_, k) => prediction.radius(config.runs[2 * k + 1]!) > 1).join(', ')} diverge in expectation, among the batches ${BATCHES.join(', ')}.`,
      figures: [figure(ratios)],
    });
  },
};

function figure(ratios: readonly number[]): ClaimFigure {
  const dense = Array.from({ length: 61 }, (_, k) => 1024 ** (k / 60));
  const { kappaTilde } = streamConstantsOf(PROBLEM);
  return {
    id: 'compensation',
    title: 'Compensation against step size at the optimum',
    x: 'Batch size m',
    y: 'η₂/η₁',
    series: [
      {
        label: 'batches that ran',
        kind: 'measured',
        group: 0,
        points: BATCHES.map((batch, k) => ({ x: batch, y: ratios[k]! })),
      },
      { label: 'the formula', kind: 'theory', group: 0, points: dense.map((m) => ({ x: m, y: compensation(m) })) },
    ],
    marks: [{ x: kappaTilde, label: 'κ̃' }],
  };
}
