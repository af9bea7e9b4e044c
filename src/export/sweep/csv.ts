/** The cells of a sweep as comma-separated values (RFC 4180, UTF-8, one header line, one row per finished cell). */
import Papa from 'papaparse';
import { optimizerOf } from '../../optimizers/registry';
import { METRICS, SIDE_METRICS } from '../../problems/metrics';
import { metricName } from '../figure/metrics';
import { outcomeAt, runAt, type SweepData } from './data';
import { placesOf, radiusAt } from './result';

type Cell = string | number;

/**
 * Numbers are written so that they come back exactly; what a cell does not have is empty, a loss or spectral radius
 * beyond all numbers is `inf`. Text that a spreadsheet would take for a formula gets an apostrophe in front.
 */
export function sweepCsv(data: SweepData): string {
  const keys = [...new Set(data.maps.flatMap(({ run }) => optimizerOf(run.optimizer).hyper.map(({ key }) => key)))];
  const recorded = SIDE_METRICS.filter((metric) =>
    [...data.outcomes.values()].some(({ side }) => side?.[metric] !== undefined),
  );
  const fields = [
    'map',
    'optimizer',
    'batch (samples)',
    ...keys,
    'lanes',
    'diverged lanes',
    'first diverged at step',
    'first loss',
    'median of last loss',
    '10 % quantile of last loss',
    '90 % quantile of last loss',
    ...recorded.map((metric) => `median of last ${metricName(metric, METRICS)}`),
    'rate (per step)',
    'steps to tolerance',
    'last step',
    'spectral radius',
  ];
  const rows: Cell[][] = [];
  for (const [map, { label }] of data.maps.entries())
    for (const place of placesOf(data, map)) {
      const outcome = outcomeAt(data, place);
      if (!outcome) continue;
      const { optimizer, batch, hyper } = runAt(data, place);
      const { lanes, diverged, divergedAt, start, loss, side, rate, stepsToTolerance, steps } = outcome;
      rows.push([
        label,
        optimizer,
        batch,
        ...keys.map((key) => hyper[key] ?? ''),
        lanes,
        diverged,
        divergedAt ?? '',
        cell(start),
        cell(loss.median),
        cell(loss.low),
        cell(loss.high),
        ...recorded.map((metric) => cell(side?.[metric])),
        rate ?? '',
        stepsToTolerance ?? '',
        steps,
        cell(radiusAt(data, place)),
      ]);
    }
  return Papa.unparse({ fields, data: rows }, { newline: '\r\n', escapeFormulae: true }) + '\r\n';
}

const cell = (value: number | undefined): Cell =>
  value === undefined || Number.isNaN(value) || value === Number.NEGATIVE_INFINITY
    ? ''
    : Number.isFinite(value)
      ? value
      : 'inf';
