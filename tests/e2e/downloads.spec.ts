/** Data sets over the network: made-up ones here, served under addresses that nobody else has. */
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { opened, violations } from './page-support';

/** Two thin stripes to tell apart, in the format of MNIST. */
const rows = 60;
const side = 4;
const images = gzipSync(
  Uint8Array.from([
    ...[0, 0, 8, 3, 0, 0, 0, rows, 0, 0, 0, side, 0, 0, 0, side],
    ...Array.from({ length: rows * side * side }, (_, k) =>
      k % side === Math.floor(k / (side * side)) % 2 ? 200 + (k % 7) : k % 11,
    ),
  ]),
);
const labels = gzipSync(Uint8Array.from([0, 0, 8, 1, 0, 0, 0, rows, ...Array.from({ length: rows }, (_, k) => k % 2)]));

const fileOf = (name: string, bytes: Uint8Array) => ({
  name,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  urls: [`https://first.invalid/${name}`, `https://second.invalid/${name}`],
});
const list = {
  version: 1,
  sets: [
    {
      id: 'stripes',
      name: 'Stripes',
      about: '60 stripes, 4 × 4',
      source: 'This test',
      page: 'https://first.invalid/',
      licence: 'MIT',
      parts: [{ name: 'Training', rows, files: ['stripes-images.gz', 'stripes-labels.gz'] }],
      files: [fileOf('stripes-images.gz', images), fileOf('stripes-labels.gz', labels)],
    },
  ],
};

/** Answers for both hosts; returns the addresses that were asked for, and what the second host serves by name. */
async function serve(page: Page) {
  const asked: string[] = [];
  const served = new Map([
    ['stripes-images.gz', images],
    ['stripes-labels.gz', labels],
  ]);
  await page.route('**/data-sets.json', (route) => route.fulfill({ json: list }));
  await page.route('https://first.invalid/**', async (route) => {
    asked.push(route.request().url());
    await route.abort('addressunreachable');
  });
  await page.route('https://second.invalid/**', async (route) => {
    const url = route.request().url();
    asked.push(url);
    await route.fulfill({
      body: served.get(url.replace(/^.*\//, ''))!,
      headers: { 'access-control-allow-origin': '*', 'content-type': 'application/octet-stream' },
    });
  });
  return { asked, served };
}

// The browser itself tells of a host that can't be reached.
test.use({ allowedMessages: [[/ERR_ADDRESS_UNREACHABLE.*first\.invalid/], { scope: 'test' }] });

test('a data set is downloaded by a click, checked, kept, found after a reload, and removed', async ({ page }) => {
  const { asked, served } = await serve(page);
  await opened(page);
  await page.getByRole('combobox', { name: 'Problem' }).selectOption('linear-regression');
  const loaded = page.getByRole('list', { name: 'Loaded data sets' }).getByRole('button', { name: /^stripes-images/ });
  const sets = page.getByRole('list', { name: 'Data sets to download' });
  await expect(sets.getByRole('heading', { name: 'Stripes' })).toBeVisible();
  expect(asked).toEqual([]);

  // A damaged file is refused, and what is right is not asked for again.
  served.set('stripes-labels.gz', Buffer.from(labels).fill(7, 20, 24));
  await sets.getByRole('button', { name: /^Training/ }).click();
  await expect(sets.getByRole('alert')).toContainText(
    'first.invalid could not be reached; second.invalid sent another file (its SHA-256 checksum differs)',
  );
  expect(await violations(page, 'aside details')).toEqual([]);
  served.set('stripes-labels.gz', labels);
  asked.length = 0;
  await sets.getByRole('button', { name: 'Try Stripes again' }).click();
  await expect(loaded).toContainText('60 rows × 17 columns');
  expect(asked.map((url) => url.replace(/^.*\//, ''))).toEqual(['stripes-labels.gz', 'stripes-labels.gz']);
  await expect.poll(() => new URL(page.url()).hash).toContain('stripes-images.gz');

  asked.length = 0;
  await page.reload();
  await expect(loaded).toBeVisible();
  expect(asked).toEqual([]);
  await page.getByText('Download a data set').click();
  expect(await violations(page, 'aside details')).toEqual([]);
  await page.getByRole('button', { name: 'Remove Stripes from this browser' }).click();
  await expect(page.getByRole('button', { name: /Remove Stripes/ })).toHaveCount(0);

  await page.reload();
  await expect(page.getByRole('heading', { name: 'This experiment needs its data' })).toBeVisible();
  const size = images.length + labels.length;
  await page.getByRole('button', { name: `Download Stripes (${size} B)` }).click();
  await expect(loaded).toBeVisible();
});
