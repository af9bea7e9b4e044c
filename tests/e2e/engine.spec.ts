/** What the page does where the GPU is missing, or goes away while a race is on. */
import type { Browser, chromium, Page } from '@playwright/test';
import { browserArguments } from '../../tools/browser-arguments.mjs';
import { expect, test } from './fixtures';
import { card, state } from './page-support';

/** A race that lasts: the default problem in many lanes and steps. */
const longRace = (steps: number) => ({
  version: 1,
  problem: { kind: 'component-decoupled', variances: { values: [1, 2 ** -9] } },
  runs: [
    { optimizer: 'sgd', batch: 1, hyper: { eta: 1 / 6 } },
    { optimizer: 'mass', batch: 1, hyper: { eta: 1 / 6, alpha: 0.01, kappaTilde: 6 } },
  ],
  seeds: 64,
  seed: 3,
  steps,
  evalEvery: 'auto',
  sampling: 'replacement',
  divergenceFactor: 1e6,
});

async function openExperiment(page: Page, document: object): Promise<void> {
  await page
    .locator('input[type=file]')
    .first()
    .setInputFiles({
      name: 'experiment.json',
      mimeType: 'application/json',
      buffer: Buffer.from(JSON.stringify(document)),
    });
}

/** Crashes the browser's GPU process: every device is lost, for the reason 'unknown'. */
async function crashGpu(browser: Browser): Promise<void> {
  const session = await browser.newBrowserCDPSession();
  await session.send('Browser.crashGpuProcess' as never).catch(() => undefined);
  await session.detach().catch(() => undefined);
}

/** The id of the browser's GPU process; undefined while there is none. */
async function gpuProcess(browser: Browser): Promise<number | undefined> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send('SystemInfo.getProcessInfo');
  await session.detach();
  return processInfo.find(({ type }) => type === 'GPU')?.id;
}

/** Steps that SGD's curve shows. */
const stepsShown = async (page: Page): Promise<number> =>
  Number(/step ([\d,]+)/.exec(await card(page, 'SGD').innerText())?.[1]?.replaceAll(',', '') ?? 0);

test.describe('a GPU process that crashes', () => {
  test.use({ allowedMessages: [[/device was lost|lost|GPU process|context/i], { scope: 'test' }] });

  test('is replaced, and the race goes on to its end', async ({ playwright, baseURL, watch }) => {
    const browser = await launch(playwright.chromium, [
      '--disable-gpu-process-crash-limit',
      '--disable-domain-blocking-for-3d-apis',
    ]);
    try {
      const context = await browser.newContext();
      watch(context);
      const page = await context.newPage();
      await page.goto(baseURL!);
      await expect(page.getByText(/WebGPU ·/)).toBeVisible();
      await expect(state(page)).toHaveText('Finished');
      await openExperiment(page, longRace(50_000_000));
      await expect(state(page)).toHaveText('Running');
      for (let k = 0; k < 3; k++) {
        await expect.poll(() => stepsShown(page)).toBeGreaterThan(0);
        // Long enough for a checkpoint.
        await page.waitForTimeout(1200);
        const crashed = await gpuProcess(browser);
        expect(crashed).toBeDefined();
        await crashGpu(browser);
        await expect.poll(() => gpuProcess(browser)).not.toBe(crashed);
        await expect(page.getByText(/graphics device was lost/i).first()).toBeVisible();
        // What was under way on the old device is on the page by then: what comes now is computed on the new one.
        const steps = await stepsShown(page);
        await expect.poll(() => stepsShown(page)).toBeGreaterThan(steps);
        await expect(state(page)).toHaveText('Running');
      }
      await expect(page.getByText(/WebGPU ·/)).toBeVisible();
      // A short race on the new device shows that it computes.
      await openExperiment(page, longRace(500));
      await expect(state(page)).toHaveText('Finished');
    } finally {
      await close(browser);
    }
  });

  test('for good leaves the processor to go on', async ({ playwright, baseURL, watch }) => {
    const browser = await launch(playwright.chromium, []);
    try {
      const context = await browser.newContext();
      watch(context);
      const page = await context.newPage();
      await page.goto(baseURL!);
      await expect(state(page)).toHaveText('Finished');
      await openExperiment(page, longRace(50_000_000));
      await expect(state(page)).toHaveText('Running');
      // A process that is just coming up again can't be crashed: some of these come to nothing.
      await expect(async () => {
        await crashGpu(browser);
        await expect(page.getByText('Running on the processor.')).toBeVisible({ timeout: 2500 });
      }).toPass({ timeout: 120_000 });
      await expect(state(page)).toHaveText('Running');
      await openExperiment(page, { ...longRace(200), seeds: 2 });
      await expect(state(page)).toHaveText('Finished');
    } finally {
      await close(browser);
    }
  });
});

test('without WebGPU the processor computes, and the page says so', async ({ playwright, baseURL, watch }) => {
  const switches = browserArguments.filter((argument) => !/webgpu/i.test(argument));
  const browser = await playwright.chromium.launch({ ...executable(), args: switches });
  try {
    const context = await browser.newContext();
    watch(context);
    const page = await context.newPage();
    await page.goto(baseURL!);
    await expect(page.getByText('Running on the processor.')).toBeVisible();
    await expect(page.getByLabel('Engine: Processor')).toBeVisible();
    await expect(state(page)).toHaveText('Finished', { timeout: 90_000 });
    await expect(page.getByText(/MaSS.*of its start/)).toBeVisible();
  } finally {
    await close(browser);
  }
});

const executable = () => (process.env['CHROME_PATH'] ? { executablePath: process.env['CHROME_PATH'] } : {});

const launch = (type: typeof chromium, extra: readonly string[]): Promise<Browser> =>
  type.launch({ ...executable(), args: [...browserArguments, ...extra], timeout: 60_000 });

/** A browser whose GPU process was crashed may hang on close. */
const close = (browser: Browser): Promise<unknown> =>
  Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, 5000))]);
