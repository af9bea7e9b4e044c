/** The command line, as a user runs it. */
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from '@playwright/test';
import { runnerImport } from 'vite';
import type * as resultModule from '../../src/experiment/result';
import type * as sweepResultModule from '../../src/experiment/sweep-result';
import { findBrowser } from '../../tools/browser.mjs';
import { environment } from './environment';

const execute = promisify(execFile);
const command = resolve('tools/experiment.mjs');

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function experiment(cwd: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  try {
    const options = { cwd, env: { ...environment, ...env }, timeout: 200_000 };
    return { code: 0, ...(await execute(process.execPath, [command, ...args], options)) };
  } catch (error) {
    const { code, stdout, stderr } = error as Ended;
    return { code, stdout, stderr };
  }
}

const document = {
  version: 1,
  problem: { kind: 'component-decoupled', variances: { values: [1, 0.25] } },
  runs: [
    { optimizer: 'sgd', batch: 4, hyper: { eta: 0.1 } },
    { optimizer: 'mass', batch: 4, hyper: { eta: 0.1, alpha: 0.1, kappaTilde: 6 } },
  ],
  seeds: 3,
  seed: 7,
  steps: 200,
  evalEvery: 50,
  sampling: 'replacement',
  divergenceFactor: 1e6,
};

const regression = (file: string): object => ({
  ...document,
  problem: {
    kind: 'linear-regression',
    dataset: { files: [file] },
    target: { column: 'y' },
    scaling: 'standardised',
    intercept: false,
  },
});

/** Rows of y = 2a − b. */
const csv = ['a,b,y', ...Array.from({ length: 40 }, (_, k) => `${k % 7},${k % 5},${2 * (k % 7) - (k % 5)}`)].join('\n');

async function readResult(file: string): Promise<resultModule.ExperimentResult> {
  const { module } = await runnerImport<typeof resultModule>(resolve('src/experiment/result.ts'), {
    configFile: false,
    logLevel: 'error',
  });
  return module.resultSchema.parse(JSON.parse(await readFile(file, 'utf8')));
}

let folder: string;
test.beforeEach(async () => {
  folder = test.info().outputPath('work');
  await mkdir(join(folder, 'data'), { recursive: true });
  await writeFile(join(folder, 'experiment.json'), JSON.stringify(document));
});

test('runs a document on the GPU and writes its result', async () => {
  const { code, stdout, stderr } = await experiment(folder, ['experiment.json', '--out', 'result.json']);
  expect(stderr).not.toContain('error');
  expect(stdout).toMatch(/^Wrote result\.json: 2 runs, 6 lanes, 200 steps, webgpu \(.+\), [\d.]+ s\n$/);
  expect(code).toBe(0);
  const result = await readResult(join(folder, 'result.json'));
  expect(result.config).toEqual(document);
  expect(result.engine).toBe('webgpu');
  expect(result.runs.map((run) => run.run.optimizer)).toEqual(['sgd', 'mass']);
  for (const { step, lanes } of result.runs) {
    expect(step).toEqual([0, 50, 100, 150, 200]);
    expect(lanes.map((lane) => lane.outcome.kind)).toEqual(['completed', 'completed', 'completed']);
    for (const { loss } of lanes) expect(loss[4]!).toBeLessThan(loss[0]! / 10);
  }
  expect(await readdir(folder)).not.toContain('result.json.partial');
});

test('computes the sweep in a document, as a document and as a table', async () => {
  const sweep = {
    x: { parameter: 'eta', from: 0.05, to: 5, count: 3 },
    y: { parameter: 'batch', from: 1, to: 4, count: 2 },
    others: 'fixed',
    tolerance: 0.1,
    stopAtTolerance: true,
  };
  await writeFile(join(folder, 'sweep.json'), JSON.stringify({ ...document, sweep }));
  const swept = await experiment(folder, ['sweep.json', '--out', 'result.json', '--csv', 'cells.csv']);
  expect(swept.stdout).toMatch(
    /^Wrote result\.json: 2 runs, 12 cells, 36 lanes, \d+ diverged, 200 steps, webgpu \(.+\n$/,
  );
  const { module } = await runnerImport<typeof sweepResultModule>(resolve('src/experiment/sweep-result.ts'), {
    configFile: false,
    logLevel: 'error',
  });
  const result = module.sweepResultSchema.parse(JSON.parse(await readFile(join(folder, 'result.json'), 'utf8')));
  expect(result.config).toEqual({ ...document, sweep });
  const rows = (await readFile(join(folder, 'cells.csv'), 'utf8')).trimEnd().split('\n');
  expect(rows).toHaveLength(13);
  for (const { cells, radius } of result.maps) {
    // At the largest step size all lanes diverge, as the exact spectral radius has it; at the smallest they arrive.
    expect(cells[2]).toMatchObject({ diverged: 3, loss: { median: null } });
    expect(radius![2]).toBeGreaterThan(1);
    expect(cells[0]!.stepsToTolerance).toBeLessThan(200);
  }
});

test('computes in float64 on request, from a CSV file beside the document, and is quiet', async () => {
  await mkdir(join(folder, 'documents/nested'), { recursive: true });
  await writeFile(join(folder, 'data/points.csv'), csv);
  await writeFile(
    join(folder, 'documents/nested/regression.json'),
    JSON.stringify(regression('../../data/points.csv')),
  );
  const args = ['documents/nested/regression.json', '--out', 'result.json', '--engine', 'cpu', '--quiet'];
  expect(await experiment(folder, args)).toEqual({ code: 0, stdout: '', stderr: '' });
  const result = await readResult(join(folder, 'result.json'));
  expect(result.engine).toBe('cpu');
  expect(result.epochRows).toBe(40);
  for (const { lanes } of result.runs) for (const { loss } of lanes) expect(loss.at(-1)!).toBeLessThan(loss[0]! / 10);
});

test('falls back to float64, and says so, where the browser has no GPU', async () => {
  test.skip(process.platform === 'win32', 'the browser is wrapped in a shell script');
  const browser = await findBrowser();
  const wrapper = join(folder, 'browser-without-webgpu');
  // Without the switches that ask for a software adapter, and with the GPU off, there is none.
  const script = `#!/bin/sh
for argument do
  shift
  case $argument in --enable-unsafe-webgpu | --use-webgpu-adapter=*) ;; *) set -- "$@" "$argument" ;; esac
done
exec "${browser?.path}" --disable-gpu "$@"
`;
  await writeFile(wrapper, script);
  await chmod(wrapper, 0o755);
  const { code, stderr, stdout } = await experiment(folder, ['experiment.json', '--out', 'result.json'], {
    CHROME_PATH: wrapper,
  });
  expect(stderr).toMatch(/^note: .*(WebGPU|GPU|adapter)/m);
  expect(stdout).toContain('cpu');
  expect(code).toBe(0);
  expect((await readResult(join(folder, 'result.json'))).engine).toBe('cpu');
});

test.describe('bad input ends with one clear line', () => {
  const bad: readonly [name: string, args: readonly string[], files: Readonly<Record<string, string>>, line: string][] =
    [
      ['a document that is not there', ['none.json', '--out', 'r.json'], {}, 'none.json: no such file'],
      [
        'a document that is not JSON',
        ['broken.json', '--out', 'r.json'],
        { 'broken.json': '{\n  "version": 1,\n  "steps": 5x\n}' },
        'broken.json:3:13: not valid JSON: ',
      ],
      [
        'a field out of its range',
        ['field.json', '--out', 'r.json'],
        { 'field.json': JSON.stringify({ ...document, steps: -5 }) },
        'field.json: steps: ',
      ],
      [
        'a hyper-parameter that does not exist',
        ['hyper.json', '--out', 'r.json'],
        { 'hyper.json': JSON.stringify(document).replace('"kappaTilde"', '"kappa"') },
        'hyper.json: runs[1].hyper.kappa: MaSS has no hyper-parameter "kappa"',
      ],
      [
        'a data file that is not there',
        ['data.json', '--out', 'r.json'],
        { 'data.json': JSON.stringify(regression('data/none.csv')) },
        'data.json: problem.dataset.files[0]: cannot read data/none.csv',
      ],
      [
        'a data file with text among its numbers',
        ['data.json', '--out', 'r.json'],
        { 'data.json': JSON.stringify(regression('data/text.csv')), 'data/text.csv': 'a,y\n1,2\nred,3\n4,5\n' },
        'text.csv, line 3, column "a"',
      ],
      ['a result in a folder that is not there', ['experiment.json', '--out', 'no/r.json'], {}, '--out no/r.json: '],
      ['no --out', ['experiment.json'], {}, "required option '--out <file>' not specified"],
      [
        'an engine that does not exist',
        ['experiment.json', '--out', 'r.json', '--engine', 'tpu'],
        {},
        "'tpu' is invalid",
      ],
    ];
  for (const [name, args, files, line] of bad)
    test(name, async () => {
      for (const [file, text] of Object.entries(files)) await writeFile(join(folder, file), text);
      const { code, stdout, stderr } = await experiment(folder, args);
      const errors = stderr.split('\n').filter((text) => text !== '' && !text.startsWith('note: '));
      expect(errors).toHaveLength(1);
      expect(errors[0]).toMatch(/^error: /);
      expect(errors[0]).toContain(line);
      expect(stdout).toBe('');
      expect(code).toBe(1);
      const left = await readdir(folder);
      expect(left.filter((file) => file.startsWith('r.json'))).toEqual([]);
    });

  test('a browser that does not start', async () => {
    const { code, stderr } = await experiment(folder, ['experiment.json', '--out', 'r.json'], {
      CHROME_PATH: join(folder, 'no-browser'),
    });
    expect(stderr).toBe(`error: CHROME_PATH is ${join(folder, 'no-browser')}, but there is no such file.\n`);
    expect(code).toBe(1);
  });
});

interface LongRun {
  readonly child: ChildProcess;
  /** What it has written to standard error so far. */
  readonly stderr: () => string;
  readonly ended: Promise<number | null>;
}

/** Starts a run that takes minutes, and waits until its progress is shown. */
async function startLongRun(env: NodeJS.ProcessEnv = {}): Promise<LongRun> {
  await writeFile(join(folder, 'long.json'), JSON.stringify({ ...document, steps: 50_000_000, evalEvery: 'auto' }));
  const child = spawn(process.execPath, [command, 'long.json', '--out', 'result.json'], {
    cwd: folder,
    env: { ...environment, ...env },
  });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  await expect.poll(() => stderr, { timeout: 120_000 }).toContain('lane-steps/s');
  return { child, stderr: () => stderr, ended };
}

test('stops at Ctrl+C and writes nothing', async () => {
  test.skip(process.platform === 'win32', 'Windows has no signals');
  const { child, stderr, ended } = await startLongRun();
  child.kill('SIGINT');
  expect(await ended).toBe(130);
  expect(stderr()).toContain('error: interrupted; nothing was written\n');
  expect((await readdir(folder)).filter((file) => file.startsWith('result.json'))).toEqual([]);
});

test('ends with one clear line where the browser dies', async () => {
  test.skip(process.platform === 'win32', 'the browser is wrapped in a shell script');
  const browser = await findBrowser();
  const wrapper = join(folder, 'browser');
  await writeFile(wrapper, `#!/bin/sh\necho $$ > "${folder}/pid"\nexec "${browser?.path}" "$@"\n`);
  await chmod(wrapper, 0o755);
  const { stderr, ended } = await startLongRun({ CHROME_PATH: wrapper });
  process.kill(Number(await readFile(join(folder, 'pid'), 'utf8')), 'SIGKILL');
  expect(await ended).toBe(1);
  expect(
    stderr()
      .split('\n')
      .filter((line) => line.startsWith('error: ')),
  ).toEqual(['error: the browser ended before the run did']);
  expect((await readdir(folder)).filter((file) => file.startsWith('result.json'))).toEqual([]);
});
