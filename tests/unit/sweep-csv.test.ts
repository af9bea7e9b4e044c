import { expect, it } from 'vitest';
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
