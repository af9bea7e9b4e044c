/** The claim about data of the user's own, from a file to a verdict, in float64. */
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseFiles } from '../../src/data/load';
import { runExperiment } from '../../src/engine/run-experiment';
import type { ExperimentResult } from '../../src/experiment/result';
import { yourData, type DataProblem } from '../../src/gallery/your-data';

const problem: DataProblem = {
  kind: 'linear-regression',
  dataset: { files: ['sample-houses.csv'] },
  target: {},
  scaling: 'standardised',
  intercept: true,
};

async function houses() {
  const { buffer, byteOffset, byteLength } = await readFile('public/samples/sample-houses.csv');
  return parseFiles([{ name: 'sample-houses.csv', bytes: buffer.slice(byteOffset, byteOffset + byteLength) }]);
}

describe('batch sizes on the user’s data', () => {
  it('hold where lanes run as they do, and fail where they are slower', async () => {
    const table = await houses();
    const claim = await yourData(problem, () => Promise.resolve(table));
    expect(claim.statement).toContain('the 400 rows');
    const [document] = claim.documents();
    const result = await runExperiment(document!.config, { engine: 'cpu', table: () => Promise.resolve(table) });
    const verdict = await claim.judge(new Map([[document!.id, result]]));
    expect(verdict.checks.filter(({ held }) => !held)).toEqual([]);
    expect(verdict).toMatchObject({ held: true, complete: true });

    const late: ExperimentResult = {
      ...result,
      runs: result.runs.map((run) => ({ ...run, step: run.step.map((t) => 2 * t) })),
    };
    expect((await claim.judge(new Map([[document!.id, late]]))).held).toBe(false);
    expect((await claim.judge(new Map())).complete).toBe(false);
  });
});
