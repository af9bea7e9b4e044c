/** The command line: `npm run reproduce`. */
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { runnerImport } from 'vite';
import type { Claim, ClaimFigure, GalleryResults } from '../../src/gallery/types';
import type { ExperimentResult } from '../../src/experiment/result';
import type { SvgPicture } from '../../src/export/svg';
import { root } from '../dependencies.mjs';
import { ProgressConsole } from '../experiment/console';
import { Failure, fileProblem, oneLine } from '../experiment/failure';
import { HeadlessBrowser } from './browser';
import type * as coreModule from './core';
import { claimsMarkdown, exitStatus, holds, type JudgedClaim } from './report';

interface Options {
  readonly out: string;
  readonly engine: 'auto' | 'cpu';
  readonly only?: readonly string[];
  readonly quick?: boolean;
  readonly documents?: string;
  readonly seed?: number;
  readonly data?: readonly string[];
  readonly target?: string;
  readonly value?: number;
}

/** A claim with both divergence and rates, of a second or two: enough to see that the whole command works. */
const QUICK = ['nesterov-diverges'];
const EXIT_INTERRUPTED = 130;

if (process.env['npm_lifecycle_event'] === 'reproduce' && process.env['INIT_CWD'])
  process.chdir(process.env['INIT_CWD']);

const program = new Command('npm run reproduce --')
  .description('Runs the experiments of the paper’s claims and holds what they measure against exact theory.')
  .option('--out <folder>', 'where to write tables, figures and raw results', 'reproduction')
  .addOption(
    new Option('--engine <engine>', 'auto takes the GPU where there is one; cpu computes in float64')
      .choices(['auto', 'cpu'])
      .default('auto'),
  )
  .option('--only <claims...>', 'just these claims, by id')
  .option('--quick', `just ${QUICK.join(', ')}`)
  .addOption(
    new Option('--seed <seed>', 'another root seed for all experiments').argParser((text) => {
      const seed = Number(text);
      if (!Number.isInteger(seed) || seed < 0 || seed >= 2 ** 32)
        throw new InvalidArgumentError('a whole number from 0 to 4294967295 is expected.');
      return seed;
    }),
  )
  .option(
    '--data <files...>',
    'test the batch sizes on this data set: a CSV, .npy or IDX file, or features and targets',
  )
  .option('--target <column>', 'with --data: the column to predict (the last one, or the labels)')
  .addOption(
    new Option('--value <number>', 'with --data: predict this value of the target against the rest').argParser(
      (text) => {
        const value = Number(text);
        if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('a number is expected.');
        return value;
      },
    ),
  )
  .option('--documents <folder>', 'write the experiment documents there and run nothing')
  .parse();

try {
  process.exit(await main(program.opts<Options>()));
} catch (error) {
  // Anything but a Failure is a mistake of this program; its trace is for whoever mends it.
  if (!(error instanceof Failure) && process.env['DEBUG']) console.error(error);
  console.error(`error: ${oneLine(error)}`);
  process.exit(1);
}

async function main(options: Options): Promise<number> {
  const { out, engine, only, quick = false, documents, seed, data } = options;
  const { module: core } = await runnerImport<typeof coreModule>(join(root, 'tools/reproduce/core.ts'), {
    root,
    configFile: false,
    logLevel: 'error',
  });
  if (documents !== undefined) return writeDocuments(core, documents);
  // Asked for a data set, the others need asking, too.
  const named = choose(core.claims, only ?? (quick ? QUICK : data ? [] : undefined));
  const chosen = data ? [...named, await dataClaim(core, data, options)] : named;
  await makeFolders(out);

  const start = performance.now();
  const shown = new ProgressConsole(false);
  const browser = await HeadlessBrowser.start(data ?? [], join(out, '.result.partial'), (event) => {
    if (event.kind === 'progress') shown.progress(event.progress);
    else shown.note(event.message);
  });
  for (const name of ['SIGINT', 'SIGTERM'] as const)
    process.once(name, () => {
      console.error('error: interrupted');
      void browser.close().finally(() => process.exit(EXIT_INTERRUPTED));
    });
  try {
    const judged: JudgedClaim[] = [];
    let engineText = '';
    let adapter = '';
    for (const claim of chosen) {
      const claimStart = performance.now();
      const results = new Map<string, ExperimentResult>();
      for (const { id, config } of claim.documents()) {
        const { json, outcome } = await browser.run(seed === undefined ? config : { ...config, seed }, engine);
        shown.stop();
        await writeFile(join(out, 'raw', `${id}.json`), json);
        results.set(id, core.parseResult(JSON.parse(json)));
        if (outcome.kind === 'done') {
          engineText = outcome.engine === 'webgpu' ? 'WebGPU in float32' : 'float64 on the CPU';
          adapter = outcome.adapter;
        }
      }
      const verdict = await claim.judge(results);
      const figures = await writeFigures(browser, core, out, results, verdict.figures);
      judged.push({ claim, documents: [...results.keys()], verdict, figures });
      const seconds = ((performance.now() - claimStart) / 1000).toFixed(1);
      console.log(`${verdict.held && verdict.complete ? 'held  ' : 'FAILED'} ${claim.title} (${seconds} s)`);
      console.log(`       ${verdict.sentence}`);
      for (const check of verdict.checks) if (!check.held) console.log(`       not so: ${check.label}`);
    }
    const head = {
      engine: engineText,
      adapter,
      seconds: (performance.now() - start) / 1000,
      skipped: core.claims
        .filter((claim) => !chosen.includes(claim))
        .map(({ title }) => ({ title, reason: 'not asked for' })),
    };
    await writeFile(join(out, 'claims.md'), claimsMarkdown(judged, head));
    await writeFile(join(out, 'claims.json'), core.prettyJson(claimsJson(judged, head)));
    const failed = judged.filter((entry) => !holds(entry));
    console.log(`\n${judged.length - failed.length} of ${judged.length} claims held; see ${join(out, 'claims.md')}`);
    return exitStatus(judged);
  } finally {
    shown.stop();
    await browser.close();
  }
}

function choose(claims: readonly Claim[], ids: readonly string[] | undefined): readonly Claim[] {
  const unknown = ids?.find((id) => !claims.some((claim) => claim.id === id));
  if (unknown !== undefined)
    throw new Failure(`there is no claim "${unknown}"; the claims are ${claims.map(({ id }) => id).join(', ')}`);
  return ids ? claims.filter(({ id }) => ids.includes(id)) : claims;
}

/** The claim about the user's data. @throws Failure where it cannot be read or cannot show anything */
async function dataClaim(
  core: typeof coreModule,
  paths: readonly string[],
  { target, value }: Pick<Options, 'target' | 'value'>,
): Promise<Claim> {
  const files = await Promise.all(
    paths.map(async (path) => {
      try {
        const { buffer, byteOffset, byteLength } = await readFile(path);
        return { name: basename(path), bytes: buffer.slice(byteOffset, byteOffset + byteLength) };
      } catch (error) {
        throw new Failure(`--data ${path}: ${fileProblem(error)}`);
      }
    }),
  );
  try {
    const table = await core.parseFiles(files);
    return await core.yourData(
      {
        kind: 'linear-regression',
        dataset: { files: files.map(({ name }) => name) },
        target: {
          ...(target === undefined ? {} : { column: target }),
          ...(value === undefined ? {} : { oneVersusRest: value }),
        },
        // Pixels keep their proportions; columns of a table have units of their own.
        scaling: table.image ? 'unit' : 'standardised',
        intercept: true,
      },
      () => Promise.resolve(table),
    );
  } catch (error) {
    throw new Failure(`--data: ${oneLine(error)}`);
  }
}

async function makeFolders(out: string): Promise<void> {
  try {
    for (const folder of ['figures', 'raw']) {
      // What an earlier reproduction left must not pass for this one's.
      await rm(join(out, folder), { recursive: true, force: true });
      await mkdir(join(out, folder), { recursive: true });
    }
    for (const file of ['claims.md', 'claims.json']) await rm(join(out, file), { force: true });
  } catch (error) {
    throw new Failure(`--out ${out}: ${fileProblem(error)}`);
  }
}

/** Names of the figures written, without their endings. */
async function writeFigures(
  browser: HeadlessBrowser,
  core: typeof coreModule,
  out: string,
  results: GalleryResults,
  figures: readonly ClaimFigure[],
): Promise<string[]> {
  const pictures = new Map<string, SvgPicture>();
  for (const figure of figures) pictures.set(`${figure.id}-summary`, core.figurePicture(figure));
  for (const [id, result] of results) {
    const picture = core.lossPicture(result);
    if (picture) pictures.set(id, picture);
  }
  for (const [name, picture] of pictures) {
    await writeFile(join(out, 'figures', `${name}.svg`), picture.svg);
    await writeFile(join(out, 'figures', `${name}.png`), await browser.png(picture));
  }
  return [...pictures.keys()];
}

function claimsJson(judged: readonly JudgedClaim[], head: object): object {
  return {
    ...head,
    claims: judged.map(({ claim: { id, title, statement }, verdict, documents, figures }) => ({
      ...{ id, title, statement, held: verdict.held && verdict.complete, sentence: verdict.sentence },
      checks: verdict.checks,
      documents,
      figures,
    })),
  };
}

async function writeDocuments(core: typeof coreModule, folder: string): Promise<number> {
  try {
    await mkdir(folder, { recursive: true });
    for (const { id, config } of core.claims.flatMap((claim) => claim.documents()))
      await writeFile(join(folder, `${id}.json`), core.prettyJson(config));
  } catch (error) {
    throw new Failure(`--documents ${folder}: ${fileProblem(error)}`);
  }
  return 0;
}
