import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Papa from 'papaparse';
import { expect, it } from 'vitest';
import { readDocument } from '../../tools/experiment/document';
import { writeCells } from '../../tools/experiment/sweep-csv';
import { runSweep } from '../../src/engine/sweep/run-sweep';
import { noData, swept } from '../support/sweeps';

it('the table of a sweep has a row for each cell, with names for what JSON cannot say', async () => {
  const result = await runSweep(swept(), { engine: 'cpu', table: noData });
  const folder = await mkdtemp(join(tmpdir(), 'sweep-'));
  const [json, csv] = [join(folder, 'result.json'), join(folder, 'cells.csv')];
  await writeFile(json, JSON.stringify(result));
  await writeCells(json, csv);
  const { data: rows } = Papa.parse<Record<string, string>>(await readFile(csv, 'utf8'), {
    header: true,
    skipEmptyLines: true,
  });
  await rm(folder, { recursive: true });
  expect(rows).toHaveLength(18);
  const column = (name: string) => rows.map((row) => row[name]!);
  const number = (text: string) => (text === 'inf' ? Infinity : Number(text));
  expect(new Set(column('optimizer'))).toEqual(new Set(['sgd', 'mass']));
  // SGD has no α.
  expect(new Set(column('alpha'))).toEqual(new Set(['', '0.3']));
  const cells = result.maps.flatMap((map) => map.cells);
  expect(column('eta').map(Number)).toEqual(cells.map((cell) => cell.hyper['eta']));
  expect(column('median of last loss').map(number)).toEqual(cells.map((cell) => cell.loss.median ?? Infinity));
  expect(column('median of last loss')).toContain('inf');
  expect(column('spectral radius').map(number)).toEqual(result.maps.flatMap((map) => map.radius!));
});

it('the race of a document can be run, though it has a sweep', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sweep-'));
  const path = join(folder, 'sweep.json');
  await writeFile(path, JSON.stringify(swept()));
  expect((await readDocument(path)).config).toEqual(swept());
  expect((await readDocument(path, { race: true })).config).not.toHaveProperty('sweep');
  await rm(folder, { recursive: true });
});
