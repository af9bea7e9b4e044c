/** `npm run reproduce`, as a user runs it, on its shortest claim. */
import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { DOMParser } from '@xmldom/xmldom';
import { expect, test } from '@playwright/test';
import { environment } from './environment';

const execute = promisify(execFile);
const command = resolve('tools/reproduce.mjs');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function reproduce(cwd: string, args: readonly string[]): Promise<Ended> {
  try {
    return {
      code: 0,
      ...(await execute(process.execPath, [command, ...args], { cwd, env: environment, timeout: 200_000 })),
    };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

let folder: string;
test.beforeEach(async () => {
  folder = test.info().outputPath('work');
  await mkdir(folder, { recursive: true });
});

test('writes a table, figures and raw results', async () => {
  const out = join(folder, 'reproduction');
  // What an earlier run left must not stay.
  await mkdir(join(out, 'raw'), { recursive: true });
  await writeFile(join(out, 'raw/old.json'), '{}');
  const { code, stdout, stderr } = await reproduce(folder, ['--quick']);
  expect(stderr).not.toContain('error');
  expect(stdout).toContain('1 of 1 claims held');
  expect(code).toBe(0);
  expect((await readdir(out)).sort()).toEqual(['claims.json', 'claims.md', 'figures', 'raw']);
  expect(await readdir(join(out, 'raw'))).toEqual(['nesterov-diverges.json']);
  const { claims } = JSON.parse(await readFile(join(out, 'claims.json'), 'utf8')) as {
    claims: { id: string; held: boolean; checks: { held: boolean; predicted: number; measured: { low: number } }[] }[];
  };
  expect(claims.map(({ id, held }) => ({ id, held }))).toEqual([{ id: 'nesterov-diverges', held: true }]);
  expect(claims[0]?.checks.length).toBeGreaterThan(5);
  expect(claims[0]?.checks.every((check) => check.held && Number.isFinite(check.measured.low))).toBe(true);
  expect(await readFile(join(out, 'claims.md'), 'utf8')).toContain('| Nesterov diverges at SGD’s step size | yes |');
  const figures = await readdir(join(out, 'figures'));
  expect(figures.sort()).toEqual(['nesterov-diverges.png', 'nesterov-diverges.svg']);
  const png = await readFile(join(out, 'figures/nesterov-diverges.png'));
  expect(png.subarray(1, 4).toString()).toBe('PNG');
  const svg = await readFile(join(out, 'figures/nesterov-diverges.svg'), 'utf8');
  expect(new DOMParser().parseFromString(svg, 'image/svg+xml').documentElement?.tagName).toBe('svg');
  // Twice as many pixels as the drawing has units.
  expect(png.readUInt32BE(16)).toBe(2 * Number(/<svg[^>]* width="(\d+)"/.exec(svg)?.[1]));
});

test('judges the batch sizes on a data set', async () => {
  const houses = await readFile('public/samples/sample-houses.csv', 'utf8');
  await writeFile(join(folder, 'houses.csv'), houses.split('\n').slice(0, 31).join('\n'));
  const { code, stdout } = await reproduce(folder, ['--data', 'houses.csv']);
  expect(stdout).toContain('held   Batch sizes on your data');
  expect(stdout).toContain('1 of 1 claims held');
  expect(code).toBe(0);
  expect((await readdir(join(folder, 'reproduction/raw'))).sort()).toEqual([
    'your-data-large.json',
    'your-data-small.json',
  ]);
});

test('writes the documents of the gallery', async () => {
  expect(await reproduce(folder, ['--documents', 'documents'])).toEqual({ code: 0, stdout: '', stderr: '' });
  const committed = (await readdir('public/experiments')).filter((name) => name !== 'race.json');
  expect((await readdir(join(folder, 'documents'))).sort()).toEqual(committed.sort());
});

test('ends with one clear line on bad input', async () => {
  const unknown = await reproduce(folder, ['--only', 'perpetual-motion']);
  expect(unknown.code).toBe(1);
  expect(unknown.stderr).toMatch(/^error: there is no claim "perpetual-motion"; the claims are .*full-batch.*\n$/);
  await writeFile(join(folder, 'taken'), '');
  const taken = await reproduce(folder, ['--quick', '--out', 'taken']);
  expect(taken.code).toBe(1);
  expect(taken.stderr).toMatch(/^error: --out taken: .*\n$/);
});
