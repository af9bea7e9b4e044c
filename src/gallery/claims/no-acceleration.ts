/** (a) Nesterov's momentum with minibatches of one does not accelerate SGD, whatever its hyper-parameters. */
import type { RunConfig } from '../../experiment/config';
import { agrees, agreesTo, atLeast, atMost, verdict } from '../checks';
import { bestRun, decoupled, experiment, number, once, run } from '../documents';
import { acrossLanes, laneSpeeds, runOf, typicalSpeed } from '../measure';
import { Prediction } from '../predict';
import { slopeOf } from '../statistics';
import type { Check, Claim, ClaimFigure, Estimate, FigurePoint, GalleryDocument } from '../types';

interface Fastest {
  readonly label: string;
  readonly ratio: Estimate;
}

/** κ = 2^exponent of the problems on which all three optimizers run at their very best. */
const EXPONENTS = [7, 9, 11] as const;
const SWEEP = 9;
const ETAS = [1 / 96, 1 / 48, 1 / 24, 1 / 12, 1 / 6, 1 / 4];
const GAMMAS = [0.3, 0.5, 0.7, 0.8, 0.9, 0.95, 0.98];
const OPTIMIZERS = ['sgd', 'nesterov', 'mass'] as const;
const NAMES = { sgd: 'SGD', nesterov: 'Nesterov', mass: 'MaSS' } as const;
/** Rates are read off from this share of a run's steps on: the fast direction is gone by then. */
const FROM = 0.4;

const tunedRuns = (exponent: number): RunConfig[] =>
  OPTIMIZERS.map((optimizer) => bestRun(decoupled(exponent), optimizer, 1, `${NAMES[optimizer]}, tuned`));

const grid = (): RunConfig[] =>
  ETAS.flatMap((eta) => GAMMAS.map((gamma) => run('nesterov', { eta, gamma }, 1, `η ${number(eta)}, γ ${gamma}`)));

const documents = once((): readonly GalleryDocument[] => [
  ...EXPONENTS.map((exponent) => ({
    id: `no-acceleration-${2 ** exponent}`,
    title: `SGD, Nesterov and MaSS at their very best, κ = ${2 ** exponent}`,
    config: experiment(decoupled(exponent), tunedRuns(exponent), { seeds: 64, steps: 6000 }),
  })),
  {
    id: 'no-acceleration-sweep',
    title: 'Nesterov over a grid of step sizes and momenta',
    config: experiment(decoupled(SWEEP), [...tunedRuns(SWEEP), ...grid()], { seeds: 32, steps: 3000 }),
  },
]);

export const noAcceleration: Claim = {
  id: 'no-acceleration',
  title: 'Nesterov does not accelerate',
  statement:
    'On component-decoupled data no step size and momentum make Nesterov’s method faster than SGD by more than a constant factor: its speed falls like 1/κ, where that of MaSS falls like 1/√κ.',
  documents,
  judge: async (results) => {
    const checks: Check[] = [];
    const tuned = documents().filter((document) => document.id !== 'no-acceleration-sweep');
    const speeds: {
      exponent: number;
      lanes: (number | undefined)[][];
      exact: number[];
      typical: (Estimate | undefined)[];
    }[] = [];
    for (const [k, document] of tuned.entries()) {
      const result = results.get(document.id);
      if (!result) continue;
      const exponent = EXPONENTS[k]!;
      const prediction = await Prediction.of(document.config);
      const runs = document.config.runs.map((config) => {
        const found = runOf(result, config);
        const window = prediction.window(config, FROM);
        return {
          lanes: laneSpeeds(found, window),
          typical: typicalSpeed(found, window),
          exact: prediction.speed(config, found.step, window),
        };
      });
      speeds.push({
        exponent,
        lanes: runs.map((r) => r.lanes),
        exact: runs.map((r) => r.exact),
        typical: runs.map((r) => r.typical),
      });
      OPTIMIZERS.forEach((optimizer, j) => {
        // Momentum so close to its limit is noisy: intervals of 64 lanes reach ±7 %, and the typical lane is a little faster
        // than the mean, which rare lanes hold back.
        const { typical, exact } = runs[j]!;
        const label = `Speed of ${NAMES[optimizer]} at its best, κ = ${2 ** exponent} (−d ln f/dt per step)`;
        const numbers = { label, measured: typical, predicted: exact };
        checks.push(
          optimizer === 'sgd'
            ? agrees(numbers, 0.05)
            : agrees({ ...numbers, note: 'typical lane against the mean of all' }, optimizer === 'mass' ? 0.15 : 0.1),
        );
      });
    }

    const complete = speeds.length === EXPONENTS.length;
    if (complete) {
      const logKappa = speeds.map(({ exponent }) => exponent * Math.LN2);
      OPTIMIZERS.forEach((optimizer, j) => {
        const measured = acrossLanes(
          speeds.map(({ lanes }) => lanes[j]!),
          (own) => slopeOf(logKappa, own.map(Math.log)),
        );
        const exact = slopeOf(
          logKappa,
          speeds.map((s) => Math.log(s.exact[j]!)),
        );
        checks.push(
          agreesTo(
            { label: `Power of κ in the speed of ${NAMES[optimizer]} (exact theory)`, measured, predicted: exact },
            0.05,
          ),
        );
        if (optimizer !== 'mass')
          checks.push(
            atMost({
              label: `Power of κ in the speed of ${NAMES[optimizer]} (−1: not accelerated, −½: accelerated)`,
              measured,
              predicted: -0.85,
            }),
          );
        else
          checks.push(
            agreesTo({ label: 'Power of κ in the speed of MaSS (−½: accelerated)', measured, predicted: -0.5 }, 0.05),
          );
      });
    }

    const sweep = results.get('no-acceleration-sweep');
    let fastest: Fastest | undefined;
    if (sweep) {
      const { config } = documents().at(-1)!;
      const prediction = await Prediction.of(config);
      const lanes = config.runs.map((r) => laneSpeeds(runOf(sweep, r), prediction.window(r, FROM)));
      const nesterov = config.runs.map((r, k) => ({ run: r, lanes: lanes[k]!, radius: prediction.radius(r) })).slice(3);
      const against = (others: typeof nesterov, reference: (number | undefined)[]): Fastest | undefined => {
        let best: Fastest | undefined;
        for (const other of others) {
          const ratio = acrossLanes([other.lanes, reference], ([own, theirs]) => own! / theirs!);
          if (ratio && !(best && best.ratio.value >= ratio.value)) best = { label: other.run.label ?? '', ratio };
        }
        return best;
      };
      const stable = nesterov.filter(({ radius }) => radius < 1);
      fastest = against(stable, lanes[0]!);
      const single = against(nesterov, lanes[2]!);
      const gain = acrossLanes([lanes[2]!, lanes[0]!], ([mass, sgd]) => mass! / sgd!);
      checks.push(
        atMost({
          label: `Fastest of the ${stable.length} settings of Nesterov (of ${nesterov.length}) that converge in expectation, against tuned SGD, κ = 512 (ratio of speeds)`,
          measured: fastest?.ratio,
          predicted: 2,
          note: `the fastest is ${fastest?.label ?? 'none'}`,
        }),
        atMost({
          label: `Fastest of all ${nesterov.length} settings of Nesterov against tuned MaSS, κ = 512 (ratio of speeds)`,
          measured: single?.ratio,
          predicted: 0.6,
          note: `the fastest is ${single?.label ?? 'none'}; where the expectation diverges, single lanes may still converge`,
        }),
        atLeast({ label: 'Tuned MaSS against tuned SGD, κ = 512 (ratio of speeds)', measured: gain, predicted: 9 }),
      );
    }

    const last = speeds.at(-1);
    return verdict(checks, {
      complete: complete && sweep !== undefined,
      sentence: last
        ? `At κ = ${2 ** last.exponent} tuned Nesterov is ${number(last.exact[1]! / last.exact[0]!)} times as fast as tuned SGD, and MaSS ${number(last.exact[2]! / last.exact[0]!)} times${fastest ? `; of all settings that converge in expectation the fastest was ${number(fastest.ratio.value)} times as fast as tuned SGD` : ''}.`
        : 'Nothing was measured.',
      figures: complete ? [figure(speeds)] : [],
    });
  },
};

function figure(
  speeds: readonly { exponent: number; exact: readonly number[]; typical: readonly (Estimate | undefined)[] }[],
): ClaimFigure {
  return {
    id: 'no-acceleration',
    title: 'Speed of each optimizer at its best, by condition number',
    x: 'Condition number κ',
    y: 'Speed, −d ln f/dt per step',
    series: OPTIMIZERS.flatMap((optimizer, group) => [
      {
        label: `${NAMES[optimizer]}, measured`,
        kind: 'measured' as const,
        group,
        points: speeds.flatMap(({ exponent, typical }): FigurePoint[] => {
          const estimate = typical[group];
          return estimate ? [{ x: 2 ** exponent, y: estimate.value, low: estimate.low, high: estimate.high }] : [];
        }),
      },
      {
        label: `${NAMES[optimizer]}, exact theory`,
        kind: 'theory' as const,
        group,
        points: speeds.map(({ exponent, exact }) => ({ x: 2 ** exponent, y: exact[group]! })),
      },
    ]),
  };
}
