/** Curves as comma-separated values (RFC 4180, UTF-8, one header line). */
import Papa from 'papaparse';
import { expectedAt } from '../experiment/curve-theory';
import { bandsOf, metricsIn, recordedOf, unitsPerStep, type RunCurve } from '../experiment/curves';
import { optimizerOf } from '../optimizers/registry';
import type { Metric } from '../problems/metrics';
import { exportedCurves, type ExportSource } from './dataset';
import { runLabels } from './figure/labels';
import { metricName } from './figure/metrics';

/** `points`: one row per drawn point, with quantiles over lanes. `lanes`: one row per point and lane. */
export type CsvLayout = 'points' | 'lanes';

type Cell = string | number;

/**
 * The curves as CSV. Numbers are written so that they come back exactly; one that does not exist any more is an empty
 * cell. A quantile that diverged lanes have a share in is `inf` of a loss and empty of an accuracy; accuracies are shares,
 * 0 … 1. `expected loss` is the exact expectation of theory at the step: `inf` beyond double precision, empty where there is
 * none. Text that a spreadsheet would take for a formula gets an apostrophe in front.
 */
export function curvesCsv(source: ExportSource, layout: CsvLayout): string {
  const { runs, epochRows } = source;
  const labels = runLabels(runs.map(({ run }) => run));
  const curves = exportedCurves(runs);
  const hyperKeys = [
    ...new Set(curves.flatMap(({ curve }) => optimizerOf(curve.run.optimizer).hyper.map((h) => h.key))),
  ];
  const lanes = Math.max(0, ...curves.map(({ curve }) => curve.lanes));
  const metrics = metricsIn(curves.map(({ curve }) => curve));
  const named = metrics.map((metric) => metricName(metric, metrics));
  const header = [
    'run',
    'optimizer',
    'batch (samples)',
    ...hyperKeys,
    ...(layout === 'lanes' ? ['seed'] : []),
    'step',
    'samples',
    ...(epochRows === undefined ? [] : ['epochs']),
    'time (s)',
    ...(layout === 'lanes'
      ? [...named, 'outcome', 'expected loss']
      : [
          ...named.flatMap((name) => [`median ${name}`, `10 % quantile of ${name}`, `90 % quantile of ${name}`]),
          'finite lanes',
          'expected loss',
          ...named.flatMap((name) => Array.from({ length: lanes }, (_, lane) => `${name} of seed ${lane}`)),
        ]),
  ];
  const rows: Cell[][] = [];
  for (const { index, curve } of curves) {
    const { run } = curve;
    const settings = [
      labels[index]!,
      run.optimizer,
      run.batch,
      ...hyperKeys.map((key) => (Object.hasOwn(run.hyper, key) ? run.hyper[key]! : '')),
    ];
    const place = (i: number): Cell[] => {
      const step = curve.step[i]!;
      const perStep = unitsPerStep(run, 'epochs', epochRows);
      return [step, step * run.batch, ...(perStep === undefined ? [] : [step * perStep]), curve.seconds[i]!];
    };
    if (layout === 'points') addPoints(rows, curve, metrics, settings, place, lanes);
    else addLanes(rows, curve, metrics, settings, place);
  }
  return Papa.unparse({ fields: header, data: rows }, { newline: '\r\n', escapeFormulae: true }) + '\r\n';
}

function addPoints(
  rows: Cell[][],
  curve: RunCurve,
  metrics: readonly Metric[],
  settings: Cell[],
  place: (i: number) => Cell[],
  lanes: number,
): void {
  const bands = metrics.map((metric) => bandsOf(curve, metric));
  curve.loss.forEach((_, i) => {
    rows.push([
      ...settings,
      ...place(i),
      ...bands.flatMap(({ median, low, high }) => [median[i], low[i], high[i]].map(quantileCell)),
      bandsOf(curve).alive[i]!,
      expectedCell(curve, i),
      ...metrics.flatMap((metric) =>
        Array.from({ length: lanes }, (_, lane) => numberCell(recordedOf(curve, metric)?.[i]?.[lane])),
      ),
    ]);
  });
}

function addLanes(
  rows: Cell[][],
  curve: RunCurve,
  metrics: readonly Metric[],
  settings: Cell[],
  place: (i: number) => Cell[],
): void {
  for (let lane = 0; lane < curve.lanes; lane++) {
    const outcome = curve.outcomes[lane];
    const told =
      outcome?.kind === 'diverged' || outcome?.kind === 'converged'
        ? `${outcome.kind} at step ${outcome.step}`
        : (outcome?.kind ?? '');
    curve.loss.forEach((_, i) => {
      const numbers = metrics.map((metric) => numberCell(recordedOf(curve, metric)?.[i]?.[lane]));
      rows.push([...settings, lane, ...place(i), ...numbers, told, expectedCell(curve, i)]);
    });
  }
}

const numberCell = (value: number | undefined): Cell => (value !== undefined && Number.isFinite(value) ? value : '');
const expectedCell = ({ theory: { expected }, step }: RunCurve, i: number): Cell =>
  quantileCell(expected && expectedAt(expected, step[i]!));
function quantileCell(value = Number.NaN): Cell {
  return Number.isFinite(value) ? value : value === Number.POSITIVE_INFINITY ? 'inf' : '';
}
