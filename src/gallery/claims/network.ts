/** (h) On a network that can fit every row, MaSS trains faster than SGD and Adam. */
import { fullyConnected } from '../../models/presets';
import type { RunResult } from '../../experiment/result';
import { atLeast, verdict } from '../checks';
import { experiment, number, once } from '../documents';
import { runOf } from '../measure';
import { classifier, contestants, digitClassifier, massRun, MNIST, picturesOf, trained } from '../network-documents';
import { lossRatio } from '../network-loss';
import type { Check, Claim, GalleryDocument, LargerDocument } from '../types';

/** Of the paper's settings. */
const KAPPAS = [2, 3, 12] as const;
/** The one that is held against Adam. */
const KAPPA = 3;
const ETA = 0.03;
/**
 * Times as small as that of SGD, at the least, the loss of MaSS is at the end. Settled on the seeds 181013395, 1001 and 1002,
 * on which Nesterov's method was also tried as a criterion: its lanes are so unlike each other that its interval says little.
 */
const GAIN = 2;
/** Recordings that the loss at the end is taken from. */
const LAST = 5;

const documents = once((): readonly GalleryDocument[] => [
  {
    id: 'network-digits',
    title: 'Fully connected network on 480 digits',
    config: {
      ...experiment(
        digitClassifier(fullyConnected(3, 80), { rows: 600, side: 14 }),
        [...contestants(ETA, 16), ...KAPPAS.map((kappa) => massRun(ETA, kappa, 16))],
        // With three lanes the interval of the ratio to Nesterov's method was too wide to say anything.
        { seeds: 5, steps: 400 },
      ),
      evalEvery: 20,
      sampling: 'epochs',
    },
  },
]);

const larger = once((): readonly LargerDocument[] => [
  {
    id: 'network-mnist',
    title: 'The same network on MNIST, 10 epochs',
    needs: 'Needs MNIST, 10 MB.',
    ...trained({
      dataset: MNIST,
      problem: classifier(picturesOf(MNIST), fullyConnected(3, 80), 0.15),
      eta: 0.05,
      batch: 64,
      steps: 8000,
    }),
  },
]);

export const networkClaim: Claim = {
  id: 'network',
  title: 'MaSS trains networks faster',
  statement:
    'A fully connected network on handwritten-like digits, at one step size: after as many steps MaSS (α = 0.05) has half the training loss of SGD or less for κ̃ = 2 and 3, is not behind SGD for κ̃ = 12 either, and for κ̃ = 3 is ahead of Adam.',
  documents,
  larger,
  judge: (results) => {
    const [document] = documents();
    const result = document && results.get(document.id);
    if (!result) return Promise.resolve(verdict([], { complete: false, sentence: 'Nothing was measured.' }));
    const [sgd, nesterov, adam] = document.config.runs.map((one) => runOf(result, one)) as [
      RunResult,
      RunResult,
      RunResult,
    ];
    const checks: Check[] = [];
    const found = KAPPAS.map((kappa) => {
      const own = runOf(result, massRun(ETA, kappa, 16));
      const ratio = lossRatio(sgd, own, LAST);
      checks.push(
        atLeast({
          label: `Training loss at the end: SGD against MaSS, κ̃ = ${kappa} (ratio)`,
          measured: ratio,
          predicted: kappa <= KAPPA ? GAIN : 1,
        }),
      );
      return { kappa, own, ratio };
    });
    const { own, ratio } = found.find(({ kappa }) => kappa === KAPPA)!;
    checks.push(
      atLeast({
        label: `Training loss at the end: Adam against MaSS, κ̃ = ${KAPPA} (ratio)`,
        measured: lossRatio(adam, own, LAST),
        predicted: 1,
      }),
    );
    const erratic = lossRatio(nesterov, own, LAST);
    return Promise.resolve(
      verdict(checks, {
        complete: true,
        sentence: ratio
          ? `After ${document.config.steps} steps the training loss of MaSS (κ̃ = ${KAPPA}) is ${number(ratio.value, 2)} times smaller than that of SGD at the same step size${erratic ? `, and ${number(erratic.value, 2)} times (${number(erratic.low, 2)} to ${number(erratic.high, 2)}) smaller than that of Nesterov’s method, whose lanes are erratic` : ''}.`
          : 'A lane of SGD or of MaSS was too short-lived to be measured.',
      }),
    );
  },
};
