/**
 * `npm test`: installs what is missing, finds or installs a browser, then runs every step and sums up.
 * `npm test -- unit gpu` runs just the steps named.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { browserArguments } from './browser-arguments.mjs';
import { findBrowser, installBrowser, NO_BROWSER } from './browser.mjs';
import { ensureDependencies, fail, root } from './dependencies.mjs';
import { failuresOf, follow } from './output.mjs';
import { bin, run, stopOnSignals } from './process.mjs';
import { findPython, installPython } from './python.mjs';

/**
 * `commands` run one after the other until one fails; `limit` seconds is the time for all of them. Steps of one lane follow
 * each other; two lanes run side by side, since neither fills two cores, and what needs the built page comes last.
 * @typedef {{ name: string, lane: 'code' | 'gpu' | 'page', limit: number, browser?: boolean, python?: boolean,
 *   commands: () => string[][] }} Step
 */

/** @type {Step[]} */
const steps = [
  { name: 'format', lane: 'code', limit: 300, commands: () => [[bin(root, 'prettier'), '--check', '.']] },
  { name: 'lint', lane: 'code', limit: 600, commands: () => [[bin(root, 'eslint'), '.', '--max-warnings', '0']] },
  { name: 'types', lane: 'code', limit: 400, commands: () => [[bin(root, 'typescript', 'tsc'), '--noEmit']] },
  {
    name: 'unit',
    lane: 'code',
    limit: 1200,
    python: true,
    commands: () => [[bin(root, 'vitest'), 'run', '--project', 'unit']],
  },
  {
    name: 'gpu',
    lane: 'gpu',
    limit: 1200,
    browser: true,
    commands: () => [['tools/probe-webgpu.mjs'], [bin(root, 'vitest'), 'run', '--project', 'gpu']],
  },
  {
    name: 'build',
    lane: 'code',
    limit: 400,
    // An old build must not pass for the one that failed.
    commands: () => [
      ['-e', "require('node:fs').rmSync('dist', { recursive: true, force: true })"],
      [bin(root, 'vite'), 'build'],
    ],
  },
  {
    name: 'e2e',
    lane: 'page',
    limit: 1200,
    browser: true,
    commands: () => [[bin(root, '@playwright/test', 'playwright'), 'test']],
  },
];

const say = (/** @type {string} */ line) => console.log(`\n▸ ${line}`);

const wanted = process.argv.slice(2);
for (const name of wanted)
  if (!steps.some((step) => step.name === name))
    fail(`There is no step "${name}"; the steps are ${steps.map((step) => step.name).join(', ')}.`);
const chosen = wanted.length === 0 ? steps : steps.filter((step) => wanted.includes(step.name));

stopOnSignals();
await ensureDependencies(say);

const env = { ...process.env };
// Some tools take CI=true for a terminal with colours.
if (!process.stdout.isTTY && !env['FORCE_COLOR']) env['NO_COLOR'] = '1';
if (chosen.some((step) => step.browser)) {
  const browser = await browserOrFail();
  say(`Browser: ${browser.path} (${browser.origin}), switches: ${browserArguments.join(' ')}`);
  env['CHROME_PATH'] = browser.path;
}
if (chosen.some((step) => step.python)) {
  const python = await pythonOrFail();
  say(python ? `Python: ${python}` : 'No Python 3 was found: the scripts exported to PyTorch are not compiled.');
  if (python) env['PYTHON'] = python;
}

/** `failures`: what a failed step wrote of them. @typedef {{ ok: boolean, seconds: number, note: string, failures?: string }} Result */
/** @type {Map<Step, Result>} */
const results = new Map();
const lanes = /** @type {const} */ (['code', 'gpu'])
  .map((lane) => chosen.filter((step) => step.lane === lane))
  .filter((lane) => lane.length > 0);
await Promise.all(lanes.map((lane) => runLane(lane, lanes.length === 1)));
await runLane(
  chosen.filter((step) => step.lane === 'page'),
  true,
);

// Once more at the end, where it is found: what passed fills pages.
for (const [{ name }, { failures }] of results)
  if (failures) {
    say(`What failed in ${name}`);
    console.log(failures);
  }
console.log('\nStep     Result  Seconds');
for (const step of chosen) {
  const { ok, seconds, note } = results.get(step) ?? { ok: false, seconds: 0, note: 'did not run' };
  console.log(
    `${step.name.padEnd(9)}${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(8)}${note && `  ${note}`}`,
  );
}
const passed = [...results.values()].filter((result) => result.ok).length;
console.log(`\n${passed} passed, ${chosen.length - passed} failed`);
process.exitCode = passed === chosen.length ? 0 : 1;

/** @param {readonly Step[]} lane  @param {boolean} alone whether no other lane runs beside it */
async function runLane(lane, alone) {
  for (const step of lane) {
    say(`Step ${step.name}`);
    results.set(step, alone && process.stdout.isTTY ? await runCommands(step, 'inherit') : await runStep(step, alone));
  }
}

/**
 * Runs a step and keeps what it writes, which is shown as it comes, or in one piece in the end where it would mix with others'.
 * @param {Step} step
 * @param {boolean} live
 * @returns {Promise<Result>}
 */
async function runStep(step, live) {
  const folder = mkdtempSync(join(tmpdir(), 'step-'));
  const file = join(folder, 'output');
  const output = openSync(file, 'w');
  const end = live ? follow(file, (bytes) => process.stdout.write(bytes)) : undefined;
  try {
    const result = await runCommands(step, output);
    return result.ok ? result : { ...result, failures: failuresOf(readFileSync(file, 'utf8')) };
  } finally {
    closeSync(output);
    if (end) end();
    else {
      say(`Output of ${step.name}`);
      process.stdout.write(readFileSync(file));
    }
    rmSync(folder, { recursive: true });
  }
}

/** @param {Step} step  @param {'inherit' | number} output  @returns {Promise<Result>} */
async function runCommands({ limit, commands }, output) {
  let seconds = 0;
  for (const command of commands()) {
    const outcome = await run(process.execPath, command, { limit: limit - seconds, env, cwd: root, stdio: output });
    seconds += outcome.seconds;
    if (outcome.code === 0) continue;
    const note = outcome.timedOut ? `stopped after ${limit} s` : (outcome.error ?? '');
    return { ok: false, seconds, note };
  }
  return { ok: true, seconds, note: '' };
}

async function browserOrFail() {
  try {
    return (await findBrowser()) ?? (await installBrowser(say)) ?? fail(NO_BROWSER);
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}

async function pythonOrFail() {
  try {
    return findPython() ?? (await installPython(say));
  } catch (error) {
    return fail(error instanceof Error ? error.message : String(error));
  }
}
