/** (b) At the step size that is right for SGD, Nesterov's momentum diverges. */
import { covers, atLeast, agrees, theoryHolds, verdict } from '../checks';
import { decoupled, experiment, number, once, optimalRun, run, withoutCompensation } from '../documents';
import { divergedShare, meanLoss, runOf, typicalSpeed } from '../measure';
import { Prediction } from '../predict';
import type { Check, Claim, GalleryDocument } from '../types';

const PROBLEM = decoupled(9);
/**
 * Where the mean over lanes is held against the exact expectation. Later the expectation is carried by lanes too rare to be
 * among those that run.
 */
const EARLY = 3;

const documents = once((): readonly GalleryDocument[] => {
  const mass = optimalRun(PROBLEM, 'mass');
  const { eta = 0 } = mass.hyper;
  return [
    {
      id: 'nesterov-diverges',
      title: 'Nesterov at SGD’s step size',
      config: experiment(
        PROBLEM,
        [
          optimalRun(PROBLEM, 'sgd'),
          mass,
          run('nesterov', { eta, gamma: 0.6 }, 1, 'Nesterov, γ 0.6'),
          run('nesterov', { eta, gamma: 0.9 }, 1, 'Nesterov, γ 0.9'),
          withoutCompensation(mass, 'Nesterov, MaSS’s γ'),
        ],
        { seeds: 1024, steps: 3000 },
      ),
    },
  ];
});

export const nesterovDiverges: Claim = {
  id: 'nesterov-diverges',
  title: 'Nesterov diverges at SGD’s step size',
  statement:
    'On component-decoupled data at η = 1/L₁, where SGD and MaSS converge, Nesterov’s method diverges: for γ = 0.6 in expectation, for γ = 0.9 in many lanes, for the γ of MaSS in every one.',
  documents,
  judge: async (results) => {
    const [document] = documents();
    const result = document && results.get(document.id);
    if (!result) return verdict([], { complete: false, sentence: 'Nothing was measured.' });
    const { config } = document;
    const prediction = await Prediction.of(config);
    const [sgd, , mild, strong, matched] = config.runs;
    const checks: Check[] = [];

    for (const nesterov of [mild!, strong!, matched!]) {
      const name = `γ = ${number(nesterov.hyper['gamma']!, 5)}`;
      const measured = runOf(result, nesterov);
      checks.push(theoryHolds(`Exact spectral radius of Nesterov, ${name}`, prediction.radius(nesterov), 1, 'above'));
      const mean = meanLoss(measured, EARLY);
      checks.push(
        covers(
          {
            label: `Mean loss of Nesterov, ${name}, at step ${EARLY}`,
            measured: mean,
            predicted: prediction.losses(nesterov, [EARLY])[0]!,
          },
          0.75,
        ),
      );
      const share = divergedShare(measured);
      if (nesterov !== mild)
        checks.push(
          atLeast({
            label: `Share of diverged lanes of Nesterov, ${name}`,
            measured: share,
            predicted: nesterov === matched ? 0.95 : 0.25,
          }),
        );
    }
    const window = prediction.window(sgd!, 0.4);
    const found = runOf(result, sgd!);
    const speed = typicalSpeed(found, window);
    const share = divergedShare(runOf(result, mild!));
    checks.push(
      agrees(
        {
          label: 'Speed of SGD at the same step size (−d ln f/dt per step)',
          measured: speed,
          predicted: prediction.speed(sgd!, found.step, window),
        },
        0.05,
      ),
    );
    checks.push(
      atLeast({
        label: 'Speed of a typical lane of Nesterov, γ = 0.6 (−d ln f/dt per step)',
        measured: typicalSpeed(runOf(result, mild!), window),
        predicted: 0,
        note: 'single lanes converge although the expectation diverges',
      }),
    );
    return verdict(checks, {
      complete: true,
      sentence:
        `At η = ${number(sgd!.hyper['eta']!, 4)} SGD converges, while ${number(100 * divergedShare(runOf(result, matched!)).value)} % of Nesterov’s lanes with MaSS’s γ diverge. ` +
        `At γ = 0.6 the expected loss grows by ${number(100 * (prediction.radius(mild!) - 1))} % a step, but only through rare lanes: ${number(100 * share.value)} % of the lanes diverged, and the typical lane converges.`,
    });
  },
};
