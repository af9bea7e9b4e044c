/** The cells of a sweep's result file as a table. */
import { readFile, writeFile } from 'node:fs/promises';
import type { SweepResult } from '../../src/experiment/sweep-result';
import type * as csvModule from '../../src/export/sweep/csv';
import { Failure, fileProblem } from './failure';
import { fromSource } from './source';

/** Writes the table. @throws Failure where it can't be written */
export async function writeCells(result: string, csv: string): Promise<void> {
  const { sweepCsv } = await fromSource<typeof csvModule>('src/export/sweep/csv.ts');
  const table = sweepCsv(JSON.parse(await readFile(result, 'utf8')) as SweepResult);
  try {
    await writeFile(csv, table);
  } catch (error) {
    throw new Failure(`--csv ${csv}: ${fileProblem(error)}`);
  }
}
