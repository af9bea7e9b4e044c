/** (g) In the Hilbert space of a kernel, where every target can be fitted, MaSS accelerates SGD and Nesterov diverges. */
import type { ProblemConfig } from '../../problems/registry';
import { agrees, atLeast, atMost, covers, theoryHolds, verdict } from '../checks';
import { experiment, number, once, run, withoutCompensation } from '../documents';
import { acrossLanes, divergedShare, laneSpeeds, meanLoss, runOf, typicalSpeed } from '../measure';
import { Prediction } from '../predict';
import type { Check, Claim, GalleryDocument } from '../types';

const ROWS = 24;
const PROBLEM: ProblemConfig = {
  kind: 'kernel-regression',
  data: { kind: 'curve', rows: ROWS, noise: 0 },
  kernel: { kind: 'gaussian', bandwidth: 0.08 },
};
/** The paper's optimum at batch 1: η = 1/L₁ = 1, κ̃ = n, and 1/√(κ κ̃) of the kernel matrix to three digits. */
const OPTIMUM = { eta: 1, alpha: 0.00805, kappaTilde: ROWS };
/** Mean and exact expectation are compared here: later rare lanes carry the mean. */
const EARLY = 4;
/**
 * Share of the exact speed of SGD's mean within which a typical lane's is. Lanes of MaSS differ more: there the typical one is
 * only held to be no slower than the mean. Settled on the seeds 1001 … 1005 and 3001 … 3003, then tried on 4002.
 */
const WITHIN = 0.15;
/** Times as fast as SGD that MaSS has to be at the least. */
const GAIN = 2;

const documents = once((): readonly GalleryDocument[] => {
  const mass = run('mass', OPTIMUM);
  return [
    {
      id: 'kernel-regression',
      title: 'Regression with a Gaussian kernel',
      config: experiment(
        PROBLEM,
        [
          run('sgd', { eta: OPTIMUM.eta }),
          mass,
          run('nesterov', { eta: OPTIMUM.eta, gamma: 0.9 }, 1, 'Nesterov, γ 0.9'),
          withoutCompensation(mass, 'Nesterov, MaSS’s γ'),
        ],
        { seeds: 256, steps: 2000 },
      ),
    },
  ];
});

export const kernelMachine: Claim = {
  id: 'kernel-regression',
  title: 'MaSS accelerates kernel regression',
  statement:
    'On a regression with a Gaussian kernel at η = 1/L₁ = 1, where SGD and MaSS converge, MaSS is at least twice as fast as SGD, and Nesterov’s method diverges: for γ = 0.9 and for the γ of MaSS.',
  documents,
  judge: async (results) => {
    const [document] = documents();
    const result = document && results.get(document.id);
    if (!result) return verdict([], { complete: false, sentence: 'Nothing was measured.' });
    // The data are drawn from the seed.
    const prediction = await Prediction.of(result.config);
    const [sgd, mass, ...nesterovs] = document.config.runs;
    const checks: Check[] = [];
    for (const nesterov of nesterovs) {
      const name = `Nesterov, γ = ${number(nesterov.hyper['gamma']!, 4)}`;
      checks.push(
        theoryHolds(`Exact spectral radius of ${name}`, prediction.radius(nesterov), 1, 'above'),
        atLeast({
          label: `Share of diverged lanes of ${name}`,
          measured: divergedShare(runOf(result, nesterov)),
          predicted: 0.95,
        }),
      );
    }
    const speeds = [sgd!, mass!].map((one) => {
      const name = one.optimizer === 'sgd' ? 'SGD' : 'MaSS';
      const found = runOf(result, one);
      const window = prediction.window(one, 0.3);
      const step = found.step.findLast((t) => t <= EARLY)!;
      const speed = {
        measured: typicalSpeed(found, window),
        predicted: prediction.speed(one, found.step, window),
      };
      checks.push(
        covers(
          {
            label: `Mean loss of ${name} at step ${step}`,
            measured: meanLoss(found, step),
            predicted: prediction.losses(one, [step])[0]!,
          },
          0.5,
        ),
        atMost({ label: `Share of diverged lanes of ${name}`, measured: divergedShare(found), predicted: 0.05 }),
        one === sgd
          ? agrees({ label: `Speed of ${name} (−d ln f/dt per step)`, ...speed }, WITHIN)
          : atLeast({
              label: `Speed of a typical lane of ${name}, against that of the mean (exact theory; per step)`,
              ...speed,
            }),
      );
      return laneSpeeds(found, window);
    });
    const gain = acrossLanes(speeds, ([slow, fast]) => fast! / slow!);
    checks.push(atLeast({ label: 'MaSS against SGD (ratio of speeds)', measured: gain, predicted: GAIN }));
    return verdict(checks, {
      complete: true,
      sentence: gain
        ? `MaSS converges ${number(gain.value)} times as fast as SGD at the same step size, at which Nesterov’s method diverges.`
        : 'SGD or MaSS was too short-lived to be measured.',
    });
  },
};
