/** The claim about data of the user's own, from a file to a verdict, in float64. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseFiles } from '../../src/data/load';
import { runExperiment } from '../../src/engine/run-experiment';
import type { ExperimentResult } from '../../src/experiment/result';
import { toleranceOf, yourData, type DataProblem } from '../../src/gallery/your-data';

const problem: DataProblem = {
  kind: 'linear-regression',
  dataset: { files: ['sample-houses.csv'] },
  target: {},
  scaling: 'standardised',
  intercept: true,
};

async function houses() {
  const text = await readFile('public/samples/sample-houses.csv', 'utf8');
  const bytes = new TextEncoder().encode(text.split('\n').slice(0, 31).join('\n')).buffer;
  return parseFiles([{ name: 'sample-houses.csv', bytes }]);
}

describe('the tolerance', () => {
  const grid = Array.from({ length: 200 }, (_, t) => t);
  const exponential = (rate: number) => grid.map((t) => Math.exp(-rate * t));

  it('is the smallest one that all curves reach with something to spare', () => {
    expect(toleranceOf(grid, [exponential(0.1), exponential(0.03)])).toBe(0.01);
    // The slower one ends at 0.8 %.
    expect(toleranceOf(grid, [exponential(0.1), exponential(0.0243)])).toBe(0.03);
    expect(toleranceOf(grid, [exponential(0.1), exponential(0.0001)])).toBeUndefined();
  });

  it('is none at which a curve stays for a while, unless all are', () => {
    // As MaSS with large batches on few rows: fast to 1 %, where it oscillates.
    const waits = grid.map((t) => (t < 11 ? 0.658 ** t : t < 40 ? 0.01 + 2e-4 * Math.sin(t) : 0.01 * 0.8 ** (t - 40)));
    expect(toleranceOf(grid, [exponential(0.1), waits])).toBe(0.03);
    // A power of t, slow everywhere.
    expect(toleranceOf(grid, [grid.map((t) => 1 / Math.sqrt(1 + 3 * t))])).toBe(0.1);
  });
});

describe('batch sizes on the user’s data', () => {
  it('hold where lanes run as they do, and fail where they are slower', async () => {
    const table = await houses();
    const claim = await yourData(problem, () => Promise.resolve(table));
    expect(claim.statement).toContain('the 30 rows');
    const results = new Map<string, ExperimentResult>();
    for (const { id, config } of claim.documents())
      results.set(id, await runExperiment(config, { engine: 'cpu', table: () => Promise.resolve(table) }));
    const verdict = await claim.judge(results);
    expect(verdict.checks.filter(({ held }) => !held)).toEqual([]);
    expect(verdict).toMatchObject({ held: true, complete: true });

    const late = (result: ExperimentResult): ExperimentResult => ({
      ...result,
      runs: result.runs.map((run) => ({ ...run, step: run.step.map((t) => 2 * t) })),
    });
    expect((await claim.judge(new Map([...results].map(([id, one]) => [id, late(one)])))).held).toBe(false);
    expect((await claim.judge(new Map())).complete).toBe(false);

    // A part of it, opened in the race, is judged by what can be told of it.
    const [small] = claim.documents();
    const part = await claim.judge(new Map([[small!.id, results.get(small!.id)!]]));
    expect(part).toMatchObject({ held: true, complete: false });
    expect(part.checks).toEqual(verdict.checks.filter(({ label }) => /batch 1 to 4$|batch [14]$/.test(label)));
    expect(part.checks).toHaveLength(6);
    expect(part.sentence).toContain('a batch of 4 in place of 1');
  });

  it('takes no more samples of large batches than their fewer steps need', async () => {
    const table = await houses();
    const claim = await yourData(problem, () => Promise.resolve(table));
    const [small, large] = claim.documents().map(({ config }) => config);
    expect([small, large].map((config) => config!.runs.map(({ batch }) => batch))).toEqual([
      [1, 1, 4, 4],
      [16, 16, 64, 64, 256, 256],
    ]);
    expect(large!.steps).toBeLessThan(small!.steps / 2);
  });

  it('says why nothing can be learnt where every feature is zero', async () => {
    const bytes = new TextEncoder().encode('a,b,y\n0,0,1\n0,0,2\n0,0,4\n').buffer;
    const table = await parseFiles([{ name: 'zero.csv', bytes }]);
    const zero: DataProblem = { ...problem, dataset: { files: ['zero.csv'] }, scaling: 'raw', intercept: false };
    await expect(yourData(zero, () => Promise.resolve(table))).rejects.toThrow(/zero/);
  });
});
