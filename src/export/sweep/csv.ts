/** The cells of a sweep as comma-separated values (RFC 4180, UTF-8, one header line, one row per finished cell). */
import Papa from 'papaparse';
import type { PartialSweepResult } from '../../experiment/sweep-result';
import { optimizerOf } from '../../optimizers/registry';
import { METRICS, SIDE_METRICS } from '../../problems/metrics';
import { metricName } from '../figure/metrics';
import { mapLabels } from './maps';

type Cell = string | number;

/**
 * Numbers are written so that they come back exactly; what a cell does not have is empty, a loss or spectral radius
 * beyond all numbers is `inf`. Text that a spreadsheet would take for a formula gets an apostrophe in front.
 */
export function sweepCsv({ config, maps }: PartialSweepResult): string {
  const runs = maps.map(({ run }) => run);
  const labels = mapLabels(runs, config.sweep, undefined);
  const keys = [...new Set(runs.flatMap(({ optimizer }) => optimizerOf(optimizer).hyper.map(({ key }) => key)))];
  const recorded = SIDE_METRICS.filter((metric) =>
    maps.some(({ cells }) => cells.some((cell) => cell?.[metric] !== undefined)),
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
  const rows = maps.flatMap(({ run, cells, radius }, map) =>
    cells.flatMap((cell, k): Cell[][] => {
      if (!cell) return [];
      const { batch, hyper, lanes, diverged, divergedAt, start, loss, rate, stepsToTolerance, steps } = cell;
      return [
        [
          labels[map]!,
          run.optimizer,
          batch,
          ...keys.map((key) => hyper[key] ?? ''),
          lanes,
          diverged,
          divergedAt ?? '',
          start,
          bounded(loss.median),
          bounded(loss.low),
          bounded(loss.high),
          // An accuracy has no infinity: null says that there is none.
          ...recorded.map((metric) => (metric === 'testLoss' ? bounded(cell.testLoss) : (cell[metric] ?? ''))),
          rate ?? '',
          stepsToTolerance ?? '',
          steps,
          bounded(radius?.[k]),
        ],
      ];
    }),
  );
  return Papa.unparse({ fields, data: rows }, { newline: '\r\n', escapeFormulae: true }) + '\r\n';
}

/** Null stands for infinity. */
const bounded = (value: number | null | undefined): Cell => (value === null ? 'inf' : (value ?? ''));
