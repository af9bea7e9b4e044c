/**
 * Takes the pictures of the README: `node tools/screenshots.mjs [DATA FILE…]`. With the test files of MNIST the races on
 * digits are taken too, one digit against the rest and a network; pictures whose data is not given are left as they are.
 * Build first.
 */
import { mkdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { chromium } from 'playwright';
import { preview } from 'vite';
import { browserArguments } from './browser-arguments.mjs';
import { findBrowser } from './browser.mjs';
import { fail, root } from './dependencies.mjs';

const files = process.argv.slice(2);
const folder = join(root, 'docs');
const run = (/** @type {string} */ optimizer, /** @type {Record<string, number>} */ hyper) => ({
  optimizer,
  batch: 64,
  hyper,
});

/** The race on digits: the first 8,000 rows, batches of 64 in shuffled epochs. */
const digits = {
  version: 1,
  problem: {
    kind: 'linear-regression',
    dataset: { files: files.map((file) => basename(file)), rows: 8000 },
    target: { oneVersusRest: 3 },
    scaling: 'unit',
    intercept: true,
  },
  runs: [
    run('sgd', { eta: 0.012 }),
    run('heavy-ball', { eta: 0.002, gamma: 0.9 }),
    run('nesterov', { eta: 0.012, gamma: 0.9 }),
    run('mass', { eta: 0.012, alpha: 0.02, kappaTilde: 12 }),
    run('adam', { eta: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }),
  ],
  seeds: 4,
  seed: 1,
  steps: 2000,
  evalEvery: 'auto',
  sampling: 'epochs',
  divergenceFactor: 1e6,
};

const executable = await findBrowser();
if (!executable) fail('No browser was found; npm test installs one.');
await mkdir(folder, { recursive: true });
const server = await preview({ root, preview: { host: '127.0.0.1', port: 0 }, logLevel: 'warn' });
const url = server.resolvedUrls?.local[0] ?? fail('The built page could not be served.');
const browser = await chromium.launch({ executablePath: executable.path, args: browserArguments });
try {
  for (const scheme of /** @type {const} */ (['light', 'dark'])) {
    await take(`race-${scheme}`, scheme, async () => undefined);
    await take(`sweep-${scheme}`, scheme, async (page) => {
      await page.getByRole('link', { name: 'Sweep', exact: true }).click();
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page.getByText('Running', { exact: true }).waitFor();
    });
    if (files.length === 0) continue;
    const network = JSON.parse(await readFile(join(folder, 'fcn-mnist.json'), 'utf8'));
    for (const [name, document] of /** @type {const} */ ([
      ['digits', digits],
      ['network', network],
    ]))
      await take(`${name}-${scheme}`, scheme, async (page) => {
        const input = page.locator('input[type=file]').first();
        await input.setInputFiles({
          name: `${name}.json`,
          mimeType: 'application/json',
          buffer: Buffer.from(JSON.stringify(document)),
        });
        await page.getByText('This experiment needs its data').waitFor();
        await input.setInputFiles(files);
        await page.getByText('Running', { exact: true }).waitFor({ timeout: 120_000 });
      });
  }
} finally {
  // A browser may hang on close; the process ends all the same.
  await Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, 5000))]);
  await server.close();
}
process.exit();

/**
 * @param {string} name
 * @param {'light' | 'dark'} scheme
 * @param {(page: import('playwright').Page) => Promise<void>} prepare
 */
async function take(name, scheme, prepare) {
  const page = await browser.newPage({ viewport: { width: 1440, height: 960 }, colorScheme: scheme });
  await page.goto(url);
  await page.getByRole('button', { name: 'No, thanks' }).click();
  await page.getByText('Finished', { exact: true }).waitFor();
  await prepare(page);
  await page.getByText('Finished', { exact: true }).waitFor({ timeout: 300_000 });
  // Notifications go away by themselves.
  await page.waitForTimeout(6000);
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(folder, `${name}.png`) });
  await page.close();
  console.log(`docs/${name}.png`);
}
