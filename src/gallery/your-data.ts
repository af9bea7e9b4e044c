/**
 * (f) The regimes of the batch size on data of the user's own. Real targets are seldom fitted exactly, and then the loss
 * ends above its least value f*: what is measured is the number of steps in which the mean excess f − f* falls to a share
 * of its start, early enough to be well above that end. f* and the expected steps are exact, in float64, for any targets.
 *
 * Exact theory costs the fourth power of the smaller one of rows and features. Where both are many the first rows alone
 * are used: fewer rows than features are fitted exactly by one set of weights, which is the setting of the paper.
 */
import { runKey, type RunConfig } from '../experiment/config';
import type { RunResult } from '../experiment/result';
import { evaluationSteps } from '../experiment/schedule';
import { prepareLinear, type ProblemConfig } from '../problems/registry';
import type { PrepareContext } from '../problems/types';
import { exactTheory, objectiveConstants } from '../theory/advice';
import { BATCH_OPTIMIZERS, type BatchOptimizer } from '../theory/batch-curve';
import { optimalHyper } from '../theory/optimal';
import { inSlices, type WorkOptions } from '../theory/slices';
import { criticalBatches, isComplete } from '../theory/spectral';
import { storedMoments } from '../theory/stored-moments';
import { agrees, agreesTo, verdict } from './checks';
import { dataClaim } from './data-claim';
import { experiment, number, run } from './documents';
import { jackknifeEstimate, slopeOf } from './statistics';
import type { Check, Claim, ClaimFigure, Estimate, FigurePoint, GalleryDocument } from './types';

/** Most rows, and most of the smaller one of rows and features. */
const MAX_ROWS = 4000;
const MAX_SIDE = 24;
const BATCHES = [1, 4, 16, 64, 256] as const;
/**
 * Small and large batches are experiments of their own: large ones take fewer steps, but a step costs as much more as the
 * batch is larger. Together, 256 samples would be drawn for as long as one alone needs.
 */
const PARTS = [
  { id: 'your-data-small', batches: [1, 4] },
  { id: 'your-data-large', batches: [16, 64, 256] },
] as const;
/** Shares of the first excess to choose from, see {@link toleranceOf}. */
const TOLERANCES = [1e-2, 3e-2, 0.1, 0.3] as const;
/** A tenth more or less of the share may move the step at which a curve comes to it by this factor. */
const SHARP = 1.25;
const MAX_STEPS = 10_000;
const SEEDS = 64;
/** Agreement asked for: the mean of 64 lanes with heavy tails is no closer to the expectation. */
const WITHIN = 0.25;

export type DataProblem = Extract<ProblemConfig, { kind: 'linear-regression' }>;

interface Row {
  readonly run: RunConfig;
  /** Steps in which exact theory expects the tolerance to be reached. */
  readonly predicted: number;
}

/**
 * The claim for a data set that `table` finds. Works out its exact theory first, some seconds, in slices. Rejects with a
 * sentence for the user where the data cannot be read (`DataError`) or cannot show the claim, and with the signal's reason
 * on abort.
 */
export async function yourData(
  problem: DataProblem,
  table: PrepareContext['table'],
  options: WorkOptions = {},
): Promise<Claim> {
  const whole = await prepareLinear(problem, { seed: 1, table });
  if (whole.rows.kind !== 'stored') throw new Error('data are stored rows');
  const all = whole.rows.count;
  const count = Math.min(all, whole.dimension > MAX_SIDE ? MAX_SIDE : MAX_ROWS);
  const used: DataProblem = { ...problem, dataset: { ...problem.dataset, rows: count } };
  const objective = await prepareLinear(used, { seed: 1, table });
  if (objective.rows.kind !== 'stored') throw new Error('data are stored rows');
  const constants = await objectiveConstants(objective, { ...options, exact: true });
  const theory = await exactTheory(objective, 'replacement', options);
  if (!theory || !isComplete(constants))
    throw new Error('Every feature of the data set is zero: nothing can be learnt.');
  const { floor } = await inSlices(storedMoments(objective, objective.rows), options);

  const runs = BATCHES.flatMap((batch) =>
    BATCH_OPTIMIZERS.map((optimizer) =>
      run(optimizer, optimalHyper(optimizer, constants, batch)!, batch, `${NAMES[optimizer]}, batch ${batch}`),
    ),
  );
  const grid = evaluationSteps(MAX_STEPS, 'auto', 480);
  const curves: number[][] = [];
  for (const own of runs) {
    const losses = await theory.expectedLoss(own, grid, options);
    curves.push(Array.from(losses ?? [], (loss) => loss - floor));
  }
  const tolerance = toleranceOf(grid, curves);
  if (tolerance === undefined)
    throw new Error(
      `On this data set minibatches of one bring the loss no closer to its least value than ${number(TOLERANCES.at(-1)!)} of its start in ${MAX_STEPS} steps: the batch size cannot be judged by it.`,
    );
  const rows = runs.map((own, k): Row => ({ run: own, predicted: crossing(grid, curves[k]!, tolerance)! }));
  const subject = count < all ? `the first ${count} of ${all} rows of your data` : `the ${count} rows of your data`;
  const documents = PARTS.map(({ id, batches }): GalleryDocument => {
    const own = rows.filter((row) => batches.some((batch) => batch === row.run.batch));
    const longest = Math.max(...own.map(({ predicted }) => predicted));
    return {
      id,
      title: `SGD and MaSS on ${subject}, batch sizes ${batches.join(', ')}`,
      config: experiment(
        used,
        own.map((row) => row.run),
        { seeds: SEEDS, steps: Math.min(MAX_STEPS, Math.ceil(2 * longest)) },
      ),
    };
  });
  const { m1, m2 } = criticalBatches(constants);
  return {
    id: dataClaim.id,
    title: dataClaim.title,
    statement: `On ${subject} the steps of SGD and MaSS to ${number(100 * tolerance)} % of the first excess over the least loss fall with the batch as exact theory expects: like 1/m at first (m₁* = ${number(m1)}), and hardly any more far beyond m₂* = ${number(m2)}.`,
    documents: () => documents,
    judge: (results) => {
      const runsOf = documents.flatMap(({ id }) => results.get(id)?.runs ?? []);
      const found = new Map(runsOf.map((own) => [runKey(own.run), own]));
      const complete = documents.every(({ id }) => results.has(id));
      // What is not there is left out, and what compares it with others as well.
      const there = rows.filter((row) => found.has(runKey(row.run)));
      if (there.length === 0) return Promise.resolve(verdict([], { complete, sentence: 'Nothing was measured.' }));
      const measured = there.map((row) => stepsTo(found.get(runKey(row.run))!, floor, tolerance));
      return Promise.resolve(
        verdict(checksOf(there, measured, tolerance), {
          complete,
          sentence: sentenceOf(there, measured, { m1, m2 }),
          figures: [figure(there, measured, { m1, m2 }, tolerance)],
        }),
      );
    },
  };
}

const NAMES: Readonly<Record<BatchOptimizer, string>> = { sgd: 'SGD', mass: 'MaSS' };

/**
 * The smallest share of the first excess that every curve reaches, at which every curve falls fast enough to tell when that
 * is: one that stays there for a while would be told by chance. Where there is no such share the smallest one that is
 * reached; undefined where none is. Curves are at the steps of `grid`.
 */
export function toleranceOf(grid: readonly number[], curves: readonly (readonly number[])[]): number | undefined {
  // Half of it must be reached, too: a crossing next to where a curve ends says nothing.
  const reached = TOLERANCES.filter((share) =>
    curves.every((excess) => crossing(grid, excess, share / 2) !== undefined),
  );
  const sharp = reached.find((share) =>
    curves.every((excess) => crossing(grid, excess, 0.9 * share)! <= SHARP * crossing(grid, excess, 1.1 * share)!),
  );
  return sharp ?? reached[0];
}

/** Step at which `excess` comes to a share of its start, on straight lines in its logarithm between the records. */
function crossing(step: readonly number[], excess: readonly number[], share: number): number | undefined {
  const goal = share * (excess[0] ?? Number.NaN);
  const i = excess.findIndex((value) => value <= goal);
  if (i < 1) return undefined;
  const [before, after] = [excess[i - 1]!, Math.max(excess[i]!, goal / 1e6)];
  return step[i - 1]! + (Math.log(before / goal) / Math.log(before / after)) * (step[i]! - step[i - 1]!);
}

/** Steps in which the mean excess over the lanes falls to the tolerance; undefined where lanes diverged or it does not. */
function stepsTo({ step, lanes }: RunResult, floor: number, tolerance: number): Estimate | undefined {
  if (lanes.some(({ outcome }) => outcome.kind === 'diverged')) return undefined;
  return jackknifeEstimate(lanes, (some) =>
    crossing(
      step,
      step.map((_, k) => some.reduce((sum, { loss }) => sum + (loss[k] ?? Number.NaN), 0) / some.length - floor),
      tolerance,
    ),
  );
}

function checksOf(rows: readonly Row[], measured: readonly (Estimate | undefined)[], tolerance: number): Check[] {
  const checks = rows.map(({ run: { optimizer, batch }, predicted }, k): Check =>
    agrees(
      {
        label: `Steps of ${NAMES[optimizer as BatchOptimizer]} to ${tolerance} of the first excess, batch ${batch}`,
        measured: measured[k],
        predicted,
      },
      WITHIN,
    ),
  );
  for (const optimizer of BATCH_OPTIMIZERS)
    for (const [from, to] of [
      [BATCHES[0], BATCHES[1]],
      [BATCHES.at(-2)!, BATCHES.at(-1)!],
    ]) {
      const ends = [from, to].map((m) => rows.findIndex(({ run: r }) => r.optimizer === optimizer && r.batch === m));
      if (ends.includes(-1)) continue;
      const [first, last] = ends.map((k) => measured[k]);
      const power = (steps: readonly number[]) => slopeOf([Math.log(from!), Math.log(to!)], steps.map(Math.log));
      const exact = power(ends.map((k) => rows[k]!.predicted));
      const range = first &&
        last && {
          value: power([first.value, last.value]),
          // Lanes of one seed share rows, but the runs' errors are taken as if they added up.
          low: power([first.high, Math.max(last.low, Number.MIN_VALUE)]),
          high: power([Math.max(first.low, Number.MIN_VALUE), last.high]),
          confidence: first.confidence,
        };
      checks.push(
        agreesTo(
          {
            label: `Power of m in the steps of ${NAMES[optimizer]} from batch ${from} to ${to}`,
            measured: range,
            predicted: exact,
          },
          WITHIN,
        ),
      );
    }
  return checks;
}

function sentenceOf(
  rows: readonly Row[],
  measured: readonly (Estimate | undefined)[],
  { m1, m2 }: { readonly m1: number; readonly m2: number },
): string {
  const [from, to] = [rows[0]!.run.batch, rows.at(-1)!.run.batch];
  const gains = BATCH_OPTIMIZERS.flatMap((optimizer) => {
    const own = rows.flatMap(({ run: r }, k) => (r.optimizer === optimizer ? [measured[k]] : []));
    const [first, last] = [own[0], own.at(-1)];
    return first && last ? [`${NAMES[optimizer]} ${number(first.value / last.value)} times`] : [];
  });
  return gains.length === 0
    ? 'Lanes diverged, or did not get there.'
    : `With m₁* = ${number(m1)} and m₂* = ${number(m2)}, a batch of ${to} in place of ${from} takes fewer steps: ${gains.join(', ')}, at ${to / from} times the samples per step.`;
}

function figure(
  rows: readonly Row[],
  measured: readonly (Estimate | undefined)[],
  { m1, m2 }: { readonly m1: number; readonly m2: number },
  tolerance: number,
): ClaimFigure {
  return {
    id: 'your-data',
    title: `Steps to ${tolerance} of the first excess loss, on your data`,
    x: 'Batch size m',
    y: 'Steps',
    series: BATCH_OPTIMIZERS.flatMap((optimizer, group) => {
      const own = rows.flatMap((row, k) =>
        row.run.optimizer === optimizer ? [{ ...row, measured: measured[k] }] : [],
      );
      return [
        {
          label: `${NAMES[optimizer]}, measured`,
          kind: 'measured' as const,
          group,
          points: own.flatMap(({ run: { batch }, measured: m }): FigurePoint[] =>
            m ? [{ x: batch, y: m.value, low: m.low, high: m.high }] : [],
          ),
        },
        {
          label: `${NAMES[optimizer]}, exact theory`,
          kind: 'theory' as const,
          group,
          points: own.map(({ run: { batch }, predicted }) => ({ x: batch, y: predicted })),
        },
      ];
    }),
    marks: [
      { x: m1, label: 'm₁*' },
      { x: m2, label: 'm₂*' },
    ],
  };
}
