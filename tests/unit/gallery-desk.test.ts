import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { parseFiles } from '../../src/data/load';
import { defaultExperiment } from '../../src/experiment/default';
import { openBackend } from '../../src/engine/open-backend';
import type { Claim, GalleryResults } from '../../src/gallery/types';
import type { DataProblem } from '../../src/gallery/your-data';
import { GalleryDesk } from '../../src/worker/gallery-desk';
import type { ClaimProgress } from '../../src/worker/protocol';

const config = {
  ...defaultExperiment,
  runs: defaultExperiment.runs.slice(0, 1),
  seeds: 2,
  steps: 20,
  evalEvery: 10,
};

/** A claim whose judge tells what it was given. */
function claimed(): { claim: Claim; judged: GalleryResults[] } {
  const judged: GalleryResults[] = [];
  const documents = ['a', 'b'].map((id, k) => ({ id, title: id, config: { ...config, seed: k + 1 } }));
  const claim: Claim = {
    id: 'full-batch',
    title: 't',
    statement: 's',
    documents: () => documents,
    judge: (results) => {
      judged.push(results);
      return Promise.resolve({ held: true, complete: results.size === 2, checks: [], sentence: '', figures: [] });
    },
  };
  return { claim, judged };
}

const deskOf = (claim: Claim) =>
  new GalleryDesk({
    open: () => openBackend('cpu'),
    table: () => Promise.reject(new Error('no data')),
    claims: [claim],
  });

describe('GalleryDesk', () => {
  it('runs every experiment of a claim, tells how far it is, and judges what they measured', async () => {
    const { claim, judged } = claimed();
    const progress: ClaimProgress[] = [];
    const verdict = await deskOf(claim).run('full-batch', (event) => progress.push(event));
    expect(verdict).toMatchObject({ held: true, complete: true });
    const results = judged[0]!;
    expect([...results.keys()]).toEqual(['a', 'b']);
    expect(results.get('a')!.runs[0]!.step).toEqual([0, 10, 20]);
    // Another seed, other minibatches.
    expect(results.get('a')!.runs[0]!.lanes[0]!.loss).not.toEqual(results.get('b')!.runs[0]!.lanes[0]!.loss);
    const fractions = progress.map(({ fraction }) => fraction);
    expect(fractions).toEqual(fractions.toSorted((a, b) => a - b));
    expect(progress[0]).toEqual({ document: 0, documents: 2, fraction: 0 });
    expect(progress.at(-1)).toMatchObject({ document: 1, fraction: 1 });
  });

  it('ends without a verdict when it is stopped, and can run again', async () => {
    const { claim, judged } = claimed();
    const desk = deskOf(claim);
    const first = desk.run('full-batch', () => void desk.stop());
    expect(await first).toBeUndefined();
    expect(judged).toEqual([]);
    expect(await desk.run('full-batch', () => undefined)).toMatchObject({ complete: true });
  });

  it('judges a race of the page as the experiment that it is', async () => {
    const { claim, judged } = claimed();
    const adapter = { vendor: '', architecture: '', description: '' };
    const runs = [
      {
        run: config.runs[0]!,
        step: [0, 20],
        loss: Float64Array.of(1, 2, 3, Number.NaN),
        outcomes: [{ kind: 'completed' }, { kind: 'diverged', step: 7, lastFiniteLoss: 2 }],
      },
    ] as const;
    const verdict = await deskOf(claim).judge('full-batch', 'b', { engine: 'cpu', adapter, runs });
    expect(verdict.complete).toBe(false);
    const result = judged[0]!.get('b')!;
    expect(result.config.seed).toBe(2);
    expect(result.runs[0]!.lanes.map(({ loss }) => loss)).toEqual([
      [1, 3],
      [2, null],
    ]);
  });

  it('works out the claim about a data set, then runs and judges it', async () => {
    const text = await readFile('public/samples/sample-houses.csv', 'utf8');
    const bytes = new TextEncoder().encode(text.split('\n').slice(0, 31).join('\n')).buffer;
    const table = await parseFiles([{ name: 'sample-houses.csv', bytes }]);
    const problem: DataProblem = {
      kind: 'linear-regression',
      dataset: { files: ['sample-houses.csv'] },
      target: {},
      scaling: 'standardised',
      intercept: true,
    };
    const desk = new GalleryDesk({ open: () => openBackend('cpu'), table: () => Promise.resolve(table) });
    await expect(desk.run('your-data', () => undefined)).rejects.toThrow('no claim "your-data"');
    const stopped = desk.prepareData(problem);
    await desk.stop();
    expect(await stopped).toBeUndefined();
    const known = await desk.prepareData(problem);
    expect(known?.statement).toContain('the 30 rows of your data');
    expect(known?.documents.map(({ id }) => id)).toEqual(['your-data-small', 'your-data-large']);
    let told = 0;
    const verdict = await desk.run('your-data', ({ fraction }) => (told = fraction));
    expect(told).toBe(1);
    expect(verdict).toMatchObject({ held: true, complete: true });
    const elsewhere = { ...problem, target: { column: 'nowhere' } };
    await expect(desk.prepareData(elsewhere)).rejects.toThrow('nowhere');
    // What was known of the data before is not passed off for what was asked last.
    await expect(desk.run('your-data', () => undefined)).rejects.toThrow('no claim "your-data"');
  });

  it('names what it does not know', async () => {
    const desk = deskOf(claimed().claim);
    await expect(desk.run('compensation', () => undefined)).rejects.toThrow('no claim "compensation"');
  });
});
