/** The cells of a sweep as a table: one row each. */
import { readFile, writeFile } from 'node:fs/promises';
import Papa from 'papaparse';
import type { SweepResult } from '../../src/experiment/sweep-result';
import { Failure, fileProblem } from './failure';

/** Columns are the run, its batch size and hyper-parameters, and what the cell came to; what a cell has not is empty. */
export function sweepCsv({ maps }: SweepResult): string {
  const keys = [...new Set(maps.flatMap(({ cells }) => cells.flatMap(({ hyper }) => Object.keys(hyper))))];
  const rows = maps.flatMap(({ run, cells, radius }) =>
    cells.map((cell, k) => ({
      optimizer: run.optimizer,
      label: run.label,
      batch: cell.batch,
      ...Object.fromEntries(keys.map((key) => [key, cell.hyper[key]])),
      lanes: cell.lanes,
      diverged: cell.diverged,
      diverged_at: cell.divergedAt,
      start: cell.start,
      loss_median: number(cell.loss.median),
      loss_low: number(cell.loss.low),
      loss_high: number(cell.loss.high),
      ...(cell.accuracy === undefined ? {} : { accuracy: cell.accuracy }),
      ...(cell.testLoss === undefined ? {} : { test_loss: number(cell.testLoss) }),
      ...(cell.testAccuracy === undefined ? {} : { test_accuracy: cell.testAccuracy }),
      rate: cell.rate,
      steps_to_tolerance: cell.stepsToTolerance,
      steps: cell.steps,
      spectral_radius: radius && number(radius[k]!),
    })),
  );
  return `${Papa.unparse(rows, { newline: '\n', escapeFormulae: true })}\n`;
}

/** In a table infinity has a name. */
const number = (value: number | null): number | string => value ?? 'Infinity';

/** Writes the table of a sweep's result file. @throws Failure where it can't be written */
export async function writeCells(result: string, csv: string): Promise<void> {
  const table = sweepCsv(JSON.parse(await readFile(result, 'utf8')) as SweepResult);
  try {
    await writeFile(csv, table);
  } catch (error) {
    throw new Failure(`--csv ${csv}: ${fileProblem(error)}`);
  }
}
