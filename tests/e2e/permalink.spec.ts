/** Links that carry an experiment. */
import { documentReader, exported, finished, summary } from './export-support';
import { expect, test } from './fixtures';

test('a copied link opens the same experiment elsewhere', async ({ page, context, browser, watch, baseURL }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: new URL(baseURL!).origin });
  await page.goto('');
  await finished(page);
  expect(new URL(page.url()).hash).toBe('');
  const { parseDocument } = await documentReader();
  const original = await exported(page, 'Experiment (JSON)');

  // Another experiment, opened from a file: every part of it differs from the default.
  const config = JSON.parse(original.bytes.toString('utf8')) as Record<string, unknown>;
  Object.assign(config, {
    problem: { kind: 'gaussian', spectrum: { geometric: { dimension: 12, conditionNumber: 50 } }, rows: 64 },
    runs: [
      {
        optimizer: 'mass',
        batch: 4,
        hyper: { eta: 1 / 30, alpha: 0.125, kappaTilde: 4 },
        label: 'fast & "good", 100 %',
      },
      { optimizer: 'sgd', batch: 4, hyper: { eta: 1 / 30 } },
      { optimizer: 'sgd', batch: 1, hyper: { eta: 1e-3 }, enabled: false },
    ],
    seeds: 5,
    seed: 4_294_967_295,
    steps: 300,
    sampling: 'epochs',
  });
  await page.getByLabel('Files', { exact: true }).setInputFiles({
    name: 'other.json',
    mimeType: 'application/json',
    buffer: Buffer.from(JSON.stringify(config)),
  });
  await expect.poll(async () => (await summary(page)).join()).toContain('fast & "good", 100 %');
  await page.getByRole('button', { name: 'Export' }).click();
  await page.getByRole('menuitem', { name: 'Copy link' }).click();
  await expect(page.getByText('The link to this experiment is on the clipboard.')).toBeVisible();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  expect(new URL(link).hash.length).toBeLessThan(600);
  await expect.poll(() => page.url()).toBe(link);

  const other = await browser.newContext();
  watch(other);
  const fresh = await other.newPage();
  await fresh.goto(link);
  await finished(fresh);
  const reopened = parseDocument((await exported(fresh, 'Experiment (JSON)')).bytes.toString('utf8'));
  expect(reopened).toEqual({ kind: 'experiment', config });
  expect((await summary(fresh)).join()).toContain('fast & "good", 100 %');
  await other.close();
});

test('a link that is cut off, wrong or of a later version gives a message and a working page', async ({ page }) => {
  for (const [hash, message] of [
    ['#v=1&seeds=4&steps=50', 'the link is incomplete'],
    ['#v=1&steps=-5&end', 'steps'],
    ['#v=9&steps=5&end', 'version "9"'],
  ] as const) {
    // The first is there when the page opens, the others come later.
    await page.goto(hash);
    await expect(page.getByRole('alert').filter({ hasText: message })).toBeVisible();
    await finished(page);
    expect(await summary(page)).toHaveLength(5);
  }
});
