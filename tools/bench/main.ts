/** The command line: `npm run bench`. */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runnerImport } from 'vite';
import type { BenchRequest } from '../../bench/page/api';
import type { Report } from '../../bench/report';
import { findBrowser } from '../browser.mjs';
import { root } from '../dependencies.mjs';
import { Failure, fileProblem, oneLine } from '../experiment/failure';
import { benchInBrowser } from './browser';
import type * as coreModule from './core';
import { nodeGpu } from './node-gpu';
import { preparePackages } from './packages';
import { ProgressLine } from './progress';

interface Options {
  readonly out?: string;
  readonly json?: boolean;
  readonly only?: readonly string[];
  readonly repeats: number;
  readonly quick?: boolean;
  readonly readme?: boolean;
  readonly runtime: 'browser' | 'node';
}

const EXIT_INTERRUPTED = 130;
/** Asks for the latency of the playground's sliders. */
const LATENCY = 'latency';

if (process.env['npm_lifecycle_event'] === 'bench' && process.env['INIT_CWD']) process.chdir(process.env['INIT_CWD']);

const program = new Command('npm run bench --')
  .description('Measures the engine beside other libraries; every result is checked before its time counts.')
  .option('--out <file>', 'where to write the report as JSON (default: bench/results/RUNTIME.json)')
  .option('--json', 'print the report as JSON instead of tables')
  .option('--only <ids...>', `just these tasks, contestants or ${LATENCY}, by id`)
  .addOption(new Option('--repeats <n>', 'rounds in which all take turns').argParser(atLeastOne).default(5))
  .option('--quick', 'check the results on tiny tasks; times mean nothing')
  .option('--readme', 'put a summary into README.md')
  .addOption(
    new Option('--runtime <runtime>', 'a headless browser, or Node over Vulkan without the other libraries')
      .choices(['browser', 'node'])
      .default('browser'),
  )
  .parse();

for (const name of ['SIGINT', 'SIGTERM'] as const)
  process.once(name, () => {
    console.error('error: interrupted');
    // The browser ends with this process.
    process.exit(EXIT_INTERRUPTED);
  });
try {
  process.exit(await main(program.opts<Options>()));
} catch (error) {
  // Anything but a Failure is a mistake of this program; its trace is for whoever mends it.
  if (!(error instanceof Failure) && process.env['DEBUG']) console.error(error);
  console.error(`error: ${oneLine(error)}`);
  process.exit(1);
}

async function main({
  out,
  json = false,
  only = [],
  repeats,
  quick = false,
  readme = false,
  runtime,
}: Options): Promise<number> {
  const { module: core } = await runnerImport<typeof coreModule>(join(root, 'tools/bench/core.ts'), {
    root,
    configFile: false,
    logLevel: 'error',
  });
  const request: BenchRequest = { ...chosen(core, only), repeats: quick ? 1 : repeats, quick };
  const shown = new ProgressLine();
  const note = (line: string): void => {
    shown.note(line);
  };
  const onProgress = (line: string): void => {
    shown.show(line);
  };
  await preparePackages(runtime, quick, note);
  const latency = !quick && (only.length === 0 || only.includes(LATENCY));
  const report =
    runtime === 'browser'
      ? await benchInBrowser({ request, latency, onProgress, onNote: note })
      : await core.benchInNode(request, await nodeGpu((await findBrowser())?.path, note), onProgress);
  shown.stop();
  const file = out ?? join(root, 'bench/results', `${runtime}.json`);
  await write(file, `${JSON.stringify(report, undefined, 2)}\n`, out !== undefined);
  if (readme) await writeSummary(core.summary(report));
  console.log(json ? JSON.stringify(report, undefined, 2) : core.reportText(report));
  console.error(`\nWrote ${file}`);
  return exitStatus(core, report);
}

/** Ids sorted into tasks and contestants; all tasks where none is named. */
function chosen(core: typeof coreModule, ids: readonly string[]): Pick<BenchRequest, 'tasks' | 'contestants'> {
  const tasks = core.taskIds.filter((id) => ids.includes(id));
  const contestants = core.contestantIds.filter((id) => ids.includes(id));
  const known: readonly string[] = [...core.taskIds, ...core.contestantIds, LATENCY];
  const unknown = ids.find((id) => !known.includes(id));
  if (unknown !== undefined) throw new Failure(`there is no "${unknown}"; there are ${known.join(', ')}`);
  return {
    tasks: tasks.length > 0 || (ids.length === 1 && ids[0] === LATENCY) ? tasks : core.taskIds,
    ...(contestants.length > 0 ? { contestants } : {}),
  };
}

/** A wrong result is a failure; a missed target is a finding. */
function exitStatus(core: typeof coreModule, report: Report): number {
  if (core.allRight(report)) return 0;
  console.error('error: not every contestant gave the right result');
  return 1;
}

/** `named`: by the user, who has to see to its folder. */
async function write(file: string, text: string, named: boolean): Promise<void> {
  try {
    if (!named) await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  } catch (error) {
    throw new Failure(`--out ${file}: ${fileProblem(error)}`);
  }
}

/** Between two comments of the README. */
async function writeSummary(text: string): Promise<void> {
  const file = join(root, 'README.md');
  const old = await readFile(file, 'utf8');
  const place = /(?<=<!-- bench -->\n)[^]*(?=<!-- \/bench -->)/;
  if (!place.test(old)) throw new Failure('README.md has no place for a summary (<!-- bench --> … <!-- /bench -->)');
  await writeFile(
    file,
    old.replace(place, () => `\n${text}\n\n`),
  );
}

function atLeastOne(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError('a whole number of at least 1 is needed.');
  return value;
}
