/** (d) As the batch grows MaSS becomes Nesterov's deterministic method. */
import { agrees, theoryHolds, verdict } from '../checks';
import { experiment, gaussianStream, number, once, optimalRun, run, streamConstantsOf } from '../documents';
import { laneSpeeds, acrossLanes, runOf, typicalSpeed } from '../measure';
import { Prediction } from '../predict';
import type { Check, Claim, ClaimFigure, FigurePoint, GalleryDocument } from '../types';

const PROBLEM = gaussianStream([1, 1, 2 ** -9]);
const BATCHES = [128, 512, 4096] as const;
const LARGEST = 4096;
const FROM = 0.3;

const documents = once((): readonly GalleryDocument[] => {
  const { L, mu } = streamConstantsOf(PROBLEM);
  const root = Math.sqrt(L / mu);
  return [
    {
      id: 'full-batch',
      title: 'MaSS becomes Nesterov’s method as the batch grows',
      config: experiment(
        PROBLEM,
        [
          ...BATCHES.map((batch) => optimalRun(PROBLEM, 'mass', batch, `MaSS, batch ${batch}`)),
          run('nesterov', { eta: 1 / L, gamma: (root - 1) / (root + 1) }, LARGEST, `Nesterov, batch ${LARGEST}`),
        ],
        { seeds: 8, steps: 500 },
      ),
    },
  ];
});

export const fullBatch: Claim = {
  id: 'full-batch',
  title: 'Full batch: MaSS equals Nesterov',
  statement:
    'As the batch grows κ̃ₘ falls to 1, the compensation vanishes and MaSS converges at the rate of Nesterov’s deterministic method.',
  documents,
  judge: async (results) => {
    const [document] = documents();
    const result = document && results.get(document.id);
    if (!result) return verdict([], { complete: false, sentence: 'Nothing was measured.' });
    const { config } = document;
    const prediction = await Prediction.of(config);
    const nesterov = config.runs.at(-1)!;
    // A minibatch beyond counting is the full gradient.
    const deterministic = { ...nesterov, batch: Number.MAX_SAFE_INTEGER };
    const rows = config.runs.map((r) => {
      const found = runOf(result, r);
      const window = prediction.window(r, FROM);
      return {
        run: r,
        found,
        window,
        lanes: laneSpeeds(found, window),
        measured: typicalSpeed(found, window),
        exact: prediction.speed(r, found.step, window),
      };
    });
    const checks: Check[] = rows.map((row) =>
      agrees(
        {
          label: `Speed of ${row.run.label ?? ''} (−d ln f/dt per step)`,
          measured: row.measured,
          predicted: row.exact,
        },
        0.05,
      ),
    );
    const largest = rows.at(-2)!;
    const momentum = rows.at(-1)!;
    checks.push(
      agrees(
        {
          label: `Speed of MaSS, batch ${LARGEST}, against deterministic Nesterov (per step)`,
          measured: largest.measured,
          predicted: prediction.speed(deterministic, largest.found.step, largest.window),
        },
        0.05,
      ),
      agrees(
        {
          label: `MaSS against Nesterov, both at batch ${LARGEST} (ratio of speeds)`,
          measured: acrossLanes([largest.lanes, momentum.lanes], ([mass, other]) => mass! / other!),
          predicted: 1,
        },
        0.05,
      ),
      theoryHolds(`κ̃ₘ of MaSS at batch ${LARGEST}`, largest.run.hyper['kappaTilde']!, 1.002, 'below'),
    );
    return verdict(checks, {
      complete: true,
      sentence: `At batch ${LARGEST} κ̃ₘ is ${number(largest.run.hyper['kappaTilde']!, 5)} and MaSS runs at ${number((100 * (largest.measured?.value ?? Number.NaN)) / momentum.exact, 4)} % of the speed of Nesterov’s method.`,
      figures: [figure(rows, prediction.speed(deterministic, momentum.found.step, momentum.window))],
    });
  },
};

function figure(
  rows: readonly {
    run: { batch: number; optimizer: string };
    measured: { value: number; low: number; high: number } | undefined;
    exact: number;
  }[],
  limit: number,
): ClaimFigure {
  const mass = rows.filter((row) => row.run.optimizer === 'mass');
  return {
    id: 'full-batch',
    title: 'MaSS approaches deterministic Nesterov',
    x: 'Batch size m',
    y: 'Speed, −d ln f/dt per step',
    series: [
      {
        label: 'MaSS, measured',
        kind: 'measured',
        group: 0,
        points: mass.flatMap(({ run: { batch }, measured }): FigurePoint[] =>
          measured ? [{ x: batch, y: measured.value, low: measured.low, high: measured.high }] : [],
        ),
      },
      {
        label: 'MaSS, exact theory',
        kind: 'theory',
        group: 0,
        points: mass.map(({ run: { batch }, exact }) => ({ x: batch, y: exact })),
      },
      {
        label: 'Nesterov with the full gradient',
        kind: 'theory',
        group: 1,
        points: [
          { x: mass[0]!.run.batch, y: limit },
          { x: mass.at(-1)!.run.batch, y: limit },
        ],
      },
    ],
  };
}
