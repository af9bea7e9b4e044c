/** (e) Linear scaling, diminishing returns, saturation: the three regimes of the batch size, on synthetic data. */
import { criticalBatches } from '../../theory/spectral';
import { agrees, agreesTo, verdict } from '../checks';
import { experiment, gaussianStream, number, once, optimalRun, streamConstantsOf } from '../documents';
import { acrossLanes, laneSpeeds, runOf, typicalSpeed } from '../measure';
import { Prediction } from '../predict';
import { slopeOf } from '../statistics';
import type { Check, Claim, ClaimFigure, Estimate, FigurePoint, GalleryDocument } from '../types';

/**
 * A strong direction, many weaker ones and one that is weaker still: L₁/L = 12 and κ̃ = d + 2 = 130 lie far apart, so that
 * all three regimes are wide enough to have a slope. κ = L/μ is large, so that the exact speed follows the guarantee.
 */
const DIMENSION = 128;
const RATIO = 12;
const WEAKEST = 0.006;
const PROBLEM = gaussianStream([
  1,
  ...Array<number>(DIMENSION - 2).fill((RATIO - 3 - WEAKEST) / (DIMENSION - 2)),
  WEAKEST,
]);
/** Rates are read off while the loss falls by these powers of e, at every batch size. */
const FROM = 5;
const TO = 14;

/**
 * Batches well inside each regime; the middle ones lie about √((L₁/L − 1)(κ̃ − 1)) = 38, half-way on the logarithmic axis,
 * where the slope of the guarantee is just −½. Slopes are held to 10 %, that of 0 to a tenth.
 */
const REGIMES = [
  { id: 'linear', name: 'linear scaling', batches: [1, 2, 3], slope: -1, within: 0.1, seeds: 48, steps: 4000 },
  {
    id: 'diminishing',
    name: 'diminishing returns',
    batches: [13, 38, 114],
    slope: -0.5,
    within: 0.05,
    seeds: 48,
    steps: 450,
  },
  { id: 'saturated', name: 'saturation', batches: [1024, 4096], slope: 0, within: 0.1, seeds: 6, steps: 100 },
] as const;

const documents = once((): readonly GalleryDocument[] =>
  REGIMES.map(({ id, name, batches, seeds, steps }) => ({
    id: `three-regimes-${id}`,
    title: `Batch sizes ${batches.join(', ')}: ${name}`,
    config: experiment(
      PROBLEM,
      batches.map((batch) => optimalRun(PROBLEM, 'mass', batch, `MaSS, batch ${batch}`)),
      { seeds, steps },
    ),
  })),
);

interface Row {
  readonly batch: number;
  readonly lanes: (number | undefined)[];
  readonly measured: Estimate | undefined;
  readonly exact: number;
}

export const threeRegimes: Claim = {
  id: 'three-regimes',
  title: 'Three regimes of the batch size',
  statement:
    'The steps that MaSS needs fall like 1/m for batches below m₁*, like 1/√m between m₁* and m₂*, and no further beyond m₂*.',
  documents,
  judge: async (results) => {
    const { m1, m2 } = criticalBatches(streamConstantsOf(PROBLEM));
    const checks: Check[] = [];
    const all: Row[] = [];
    const slopes: string[] = [];
    for (const [k, document] of documents().entries()) {
      const result = results.get(document.id);
      if (!result) continue;
      const { name, batches, slope, within } = REGIMES[k]!;
      const prediction = await Prediction.of(document.config);
      const rows = document.config.runs.map((run): Row => {
        const found = runOf(result, run);
        const window = prediction.folds(run, FROM, TO);
        return {
          batch: run.batch,
          lanes: laneSpeeds(found, window),
          measured: typicalSpeed(found, window),
          exact: prediction.speed(run, found.step, window),
        };
      });
      all.push(...rows);
      const logBatch = rows.map(({ batch }) => Math.log(batch));
      /** Steps to any tolerance are in inverse proportion to the speed. */
      const power = (speeds: readonly number[]): number => -slopeOf(logBatch, speeds.map(Math.log));
      const measured = acrossLanes(
        rows.map(({ lanes }) => lanes),
        power,
      );
      const label = `Power of m in the steps to a tolerance, m = ${batches.join(', ')}`;
      checks.push(
        ...rows.map((row) =>
          agrees(
            {
              label: `Speed of MaSS, batch ${row.batch} (−d ln f/dt per step)`,
              measured: row.measured,
              predicted: row.exact,
              note: 'typical lane against the mean of all',
            },
            0.2,
          ),
        ),
        agreesTo({ label: `${label} (exact theory)`, measured, predicted: power(rows.map(({ exact }) => exact)) }, 0.1),
        agreesTo({ label: `${label} (${name})`, measured, predicted: slope }, within),
      );
      if (measured) slopes.push(`m^${number(measured.value, 2)} (${name})`);
    }
    return verdict(checks, {
      complete: all.length > 0 && REGIMES.every(({ id }) => results.has(`three-regimes-${id}`)),
      sentence:
        slopes.length > 0
          ? `With m₁* = ${number(m1)} and m₂* = ${number(m2)} the steps to a tolerance go like ${slopes.join(', ')}.`
          : 'Nothing was measured.',
      figures: all.length > 0 ? [await figure(all, m1, m2)] : [],
    });
  },
};

async function figure(rows: readonly Row[], m1: number, m2: number): Promise<ClaimFigure> {
  const prediction = await Prediction.of(documents()[0]!.config);
  const theory = Array.from({ length: 27 }, (_, k): FigurePoint => {
    const batch = Math.round(2 ** (k / 2));
    return { x: batch, y: -Math.log(prediction.radius(optimalRun(PROBLEM, 'mass', batch))) };
  });
  return {
    id: 'three-regimes',
    title: 'Convergence speed per step by batch size',
    x: 'Batch size m',
    y: 'Speed of MaSS, −d ln f/dt per step',
    series: [
      {
        label: 'measured',
        kind: 'measured',
        group: 0,
        points: rows.flatMap(({ batch, measured }): FigurePoint[] =>
          measured ? [{ x: batch, y: measured.value, low: measured.low, high: measured.high }] : [],
        ),
      },
      { label: 'exact theory, −ln ρ', kind: 'theory', group: 0, points: theory },
    ],
    marks: [
      { x: m1, label: 'm₁*' },
      { x: m2, label: 'm₂*' },
    ],
  };
}
