/** (c) MaSS converges at SGD's step size, and faster than SGD. */
import { acrossLanes, divergedShare, laneSpeeds, meanLoss, runOf, typicalSpeed } from '../measure';
import { agrees, atLeast, atMost, covers, verdict } from '../checks';
import { decoupled, experiment, gaussianStream, number, once, optimalRun, streamConstantsOf } from '../documents';
import { Prediction } from '../predict';
import { guaranteedRate } from '../../theory/optimal';
import type { Check, Claim, GalleryDocument } from '../types';

const PROBLEMS = [
  {
    id: 'mass-accelerates',
    title: 'MaSS and SGD on component-decoupled data',
    name: 'decoupled',
    problem: decoupled(9),
  },
  {
    id: 'mass-accelerates-gaussian',
    title: 'MaSS and SGD on Gaussian data in three dimensions',
    name: 'Gaussian',
    problem: gaussianStream([1, 1, 2 ** -9]),
  },
] as const;
/** Mean and exact expectation are compared here: later rare lanes, which may not be among those that ran, carry the mean. */
const EARLY = 4;

const documents = once((): readonly GalleryDocument[] =>
  PROBLEMS.map(({ id, title, problem }) => ({
    id,
    title,
    config: experiment(problem, [optimalRun(problem, 'sgd'), optimalRun(problem, 'mass')], {
      seeds: 1024,
      steps: 3000,
    }),
  })),
);

export const massAccelerates: Claim = {
  id: 'mass-accelerates',
  title: 'MaSS accelerates SGD',
  statement:
    'At SGD’s own step size MaSS with the paper’s α and κ̃ converges, at least as fast as its guarantee, and several times faster than SGD: on component-decoupled and on Gaussian data.',
  documents,
  judge: async (results) => {
    const checks: Check[] = [];
    const gains: string[] = [];
    for (const [k, document] of documents().entries()) {
      const result = results.get(document.id);
      if (!result) continue;
      const { name, problem } = PROBLEMS[k]!;
      const { config } = document;
      const prediction = await Prediction.of(config);
      const [sgd, mass] = config.runs.map((run) => {
        const found = runOf(result, run);
        const window = prediction.window(run, 0.2);
        return {
          run,
          found,
          lanes: laneSpeeds(found, window),
          speed: typicalSpeed(found, window),
          exact: prediction.speed(run, found.step, window),
        };
      });
      const guarantee = -Math.log(guaranteedRate('mass', streamConstantsOf(problem), 1)!);
      for (const { run, found } of [sgd!, mass!]) {
        const optimizer = run.optimizer === 'sgd' ? 'SGD' : 'MaSS';
        const step = found.step.findLast((t) => t <= EARLY)!;
        checks.push(
          covers(
            {
              label: `Mean loss of ${optimizer}, ${name}, at step ${step}`,
              measured: meanLoss(found, step),
              predicted: prediction.losses(run, [step])[0]!,
            },
            0.5,
          ),
        );
      }
      checks.push(
        atMost({
          label: `Share of diverged lanes of MaSS, ${name}`,
          measured: divergedShare(mass!.found),
          predicted: 0.05,
        }),
        agrees(
          { label: `Speed of SGD, ${name} (−d ln f/dt per step)`, measured: sgd!.speed, predicted: sgd!.exact },
          0.05,
        ),
        atLeast({
          label: `Speed of a typical lane of MaSS, ${name}, against that of the mean (exact theory; per step)`,
          measured: mass!.speed,
          predicted: mass!.exact,
        }),
        atLeast({
          label: `Speed of MaSS, ${name}, against its guarantee (per step)`,
          measured: mass!.speed,
          predicted: guarantee,
        }),
      );
      const gain = acrossLanes([mass!.lanes, sgd!.lanes], ([fast, slow]) => fast! / slow!);
      checks.push(
        atLeast({
          label: `MaSS against SGD, ${name} (ratio of speeds, against that of the exact means)`,
          measured: gain,
          predicted: mass!.exact / sgd!.exact,
        }),
      );
      if (gain) gains.push(`${number(gain.value)} times on ${name} data`);
    }
    return verdict(checks, {
      complete: PROBLEMS.every(({ id }) => results.has(id)),
      sentence: gains.length > 0 ? `MaSS converges faster than SGD: ${gains.join(', ')}.` : 'Nothing was measured.',
    });
  },
};
