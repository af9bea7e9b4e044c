/**
 * `npm test`: installs what is missing, finds or installs a browser, then runs every step and sums up.
 * `npm test -- unit gpu` runs just the steps named.
 */
import { browserArguments } from './browser-arguments.mjs';
import { findBrowser, installBrowser, NO_BROWSER } from './browser.mjs';
import { ensureDependencies, fail, root } from './dependencies.mjs';
import { bin, run, stopOnSignals } from './process.mjs';
import { findPython, installPython } from './python.mjs';

/**
 * `commands` run one after the other until one fails; `limit` seconds is the time for all of them.
 * @typedef {{ name: string, limit: number, browser?: boolean, python?: boolean, commands: () => string[][] }} Step
 */

/** @type {Step[]} */
const steps = [
  { name: 'format', limit: 180, commands: () => [[bin(root, 'prettier'), '--check', '.']] },
  { name: 'lint', limit: 420, commands: () => [[bin(root, 'eslint'), '.', '--max-warnings', '0']] },
  { name: 'types', limit: 240, commands: () => [[bin(root, 'typescript', 'tsc'), '--noEmit']] },
  {
    name: 'unit',
    limit: 900,
    python: true,
    commands: () => [[bin(root, 'vitest'), 'run', '--project', 'unit']],
  },
  {
    name: 'gpu',
    limit: 900,
    browser: true,
    commands: () => [['tools/probe-webgpu.mjs'], [bin(root, 'vitest'), 'run', '--project', 'gpu']],
  },
  {
    name: 'build',
    limit: 240,
    // An old build must not pass for the one that failed.
    commands: () => [
      ['-e', "require('node:fs').rmSync('dist', { recursive: true, force: true })"],
      [bin(root, 'vite'), 'build'],
    ],
  },
  { name: 'e2e', limit: 1200, browser: true, commands: () => [[bin(root, '@playwright/test', 'playwright'), 'test']] },
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

/** @type {{ name: string, ok: boolean, seconds: number, note: string }[]} */
const results = [];
for (const step of chosen) {
  say(`Step ${step.name}`);
  results.push(await runStep(step));
}

console.log('\nStep     Result  Seconds');
for (const { name, ok, seconds, note } of results)
  console.log(`${name.padEnd(9)}${ok ? 'ok    ' : 'FAILED'} ${seconds.toFixed(1).padStart(8)}${note && `  ${note}`}`);
const passed = results.filter((result) => result.ok).length;
console.log(`\n${passed} passed, ${results.length - passed} failed`);
process.exitCode = passed === results.length ? 0 : 1;

/** @param {Step} step */
async function runStep({ name, limit, commands }) {
  let seconds = 0;
  for (const command of commands()) {
    const outcome = await run(process.execPath, command, { limit: limit - seconds, env, cwd: root });
    seconds += outcome.seconds;
    if (outcome.code === 0) continue;
    const note = outcome.timedOut ? `stopped after ${limit} s` : (outcome.error ?? '');
    return { name, ok: false, seconds, note };
  }
  return { name, ok: true, seconds, note: '' };
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
