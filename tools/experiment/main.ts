/** The command line: `npm run experiment -- experiment.json --out result.json`. */
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { Command, Option } from 'commander';
import { ProgressConsole } from './console';
import { Failure, fileProblem, oneLine } from './failure';

interface Options {
  readonly out: string;
  readonly engine: 'auto' | 'cpu';
  readonly race?: boolean;
  readonly csv?: string;
  readonly quiet?: boolean;
}

const EXIT_INTERRUPTED = 130;

// npm runs a script in the project's folder; the paths are relative to where the user stands.
if (process.env['npm_lifecycle_event'] === 'experiment' && process.env['INIT_CWD'])
  process.chdir(process.env['INIT_CWD']);

const program = new Command('npm run experiment --')
  .description('Runs an experiment document, or the sweep in it, in a headless browser and writes the result.')
  .argument('<document>', 'experiment document (JSON); data files in it are relative to its folder')
  .requiredOption('--out <file>', 'where to write the result (JSON)')
  .addOption(
    new Option('--engine <engine>', 'auto takes the GPU where there is one; cpu computes in float64')
      .choices(['auto', 'cpu'])
      .default('auto'),
  )
  .option('--csv <file>', 'where to write the cells of a sweep as a table, too')
  .option('--race', 'run the race, even where the document has a sweep')
  .option('--quiet', 'say nothing but errors')
  .parse();

try {
  process.exit(await main(program.args[0] ?? '', program.opts<Options>()));
} catch (error) {
  // Anything but a Failure is a mistake of this program; its trace is for whoever mends it.
  if (!(error instanceof Failure) && process.env['DEBUG']) console.error(error);
  console.error(`error: ${oneLine(error)}`);
  process.exit(1);
}

async function main(path: string, { out, engine, csv, race = false, quiet = false }: Options): Promise<number> {
  // Vite and Playwright are loaded where they are needed: what is wrong with the options is said at once.
  const { readDocument } = await import('./document');
  const document = await readDocument(path, { race });
  if (csv !== undefined && !document.config.sweep) throw new Failure(`--csv ${csv}: is for sweeps, and this is a race`);
  const start = performance.now();
  const partial = `${out}.partial`;
  const result = await openResult(out, partial);
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.on(name, () => {
      // Asked twice, it stops at once.
      if (interrupt.signal.aborted) process.exit(EXIT_INTERRUPTED);
      interrupt.abort();
    });
  const shown = new ProgressConsole(quiet);
  try {
    const { runInBrowser } = await import('./run-in-browser');
    const outcome = await runInBrowser(document, {
      engine,
      result,
      signal: interrupt.signal,
      onEvent: (event) => {
        if (event.kind === 'progress') shown.progress(event.progress);
        else shown.note(event.message);
      },
    });
    shown.stop(outcome.kind === 'done');
    if (outcome.kind === 'failed') throw new Failure(outcome.message);
    if (outcome.kind === 'aborted') {
      console.error('error: interrupted; nothing was written');
      return EXIT_INTERRUPTED;
    }
    await result.close();
    await rename(partial, out);
    if (csv !== undefined) await (await import('./sweep-csv')).writeCells(out, csv);
    if (!quiet) {
      const diverged = outcome.diverged > 0 ? `, ${outcome.diverged} diverged` : '';
      const cells = outcome.cells === undefined ? '' : `, ${count(outcome.cells, 'cell')}`;
      const seconds = ((performance.now() - start) / 1000).toFixed(1);
      console.log(
        `Wrote ${out}: ${count(outcome.runs, 'run')}${cells}, ${count(outcome.lanes, 'lane')}${diverged}, ` +
          `${count(document.config.steps, 'step')}, ` +
          `${outcome.engine} (${outcome.adapter}), ${seconds} s`,
      );
    }
    return 0;
  } finally {
    shown.stop();
    await result.close().catch(() => undefined);
    await rm(partial, { force: true });
  }
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? '' : 's'}`;
}

/** Opens the file for the result before the run, which may take hours, starts. */
async function openResult(out: string, partial: string): Promise<FileHandle> {
  const existing = await stat(out).catch(() => undefined);
  if (existing?.isDirectory()) throw new Failure(`--out ${out}: is a folder`);
  try {
    return await open(partial, 'w');
  } catch (error) {
    const problem = fileProblem(error);
    throw new Failure(`--out ${out}: ${problem === 'no such file' ? 'its folder does not exist' : problem}`);
  }
}
