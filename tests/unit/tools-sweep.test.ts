import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readDocument } from '../../tools/experiment/document';
import { sweepCsv } from '../../tools/experiment/sweep-csv';
import { runSweep } from '../../src/engine/sweep/run-sweep';
import { noData, swept } from '../support/sweeps';

it('the table of a sweep has a row for each cell, with names for what JSON cannot say', async () => {
  const result = await runSweep(swept(), { engine: 'cpu', table: noData });
  const [head, ...rows] = sweepCsv(result)
    .trimEnd()
    .split('\n')
    .map((line) => line.split(','));
  expect(rows).toHaveLength(18);
  const column = (name: string) => rows.map((row) => row[head!.indexOf(name)]!);
  expect(new Set(column('optimizer'))).toEqual(new Set(['sgd', 'mass']));
  // SGD has no α.
  expect(new Set(column('alpha'))).toEqual(new Set(['', '0.3']));
  const cells = result.maps.flatMap((map) => map.cells);
  expect(column('eta').map(Number)).toEqual(cells.map((cell) => cell.hyper['eta']));
  expect(column('loss_median').map(Number)).toEqual(cells.map((cell) => cell.loss.median ?? Infinity));
  expect(column('loss_median')).toContain('Infinity');
  expect(column('spectral_radius').map(Number)).toEqual(result.maps.flatMap((map) => map.radius!));
});

it('the race of a document can be run, though it has a sweep', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sweep-'));
  const path = join(folder, 'sweep.json');
  await writeFile(path, JSON.stringify(swept()));
  expect((await readDocument(path)).config).toEqual(swept());
  expect((await readDocument(path, { race: true })).config).not.toHaveProperty('sweep');
  await rm(folder, { recursive: true });
});
