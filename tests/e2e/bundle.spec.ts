/** The zip file for PyTorch, made without holding the page up. */
import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { readSafetensors } from '../support/safetensors';
import { expect, test } from './fixtures';
import { LONG_TASK, tasksDuring } from './main-thread';
import { dropFile, opened, state } from './page-support';

const document = {
  version: 1,
  problem: {
    kind: 'network',
    data: { kind: 'digits', rows: 2000 },
    test: 0.1,
    layers: [{ kind: 'dense', units: 16 }, { kind: 'relu' }],
    loss: 'cross-entropy',
  },
  runs: [{ optimizer: 'sgd', batch: 8, hyper: { eta: 0.1 } }],
  seeds: 1,
  seed: 1,
  steps: 20,
  evalEvery: 10,
  sampling: 'replacement',
  divergenceFactor: 1e6,
};

test('rows and weights are packed while the page goes on', async ({ page }) => {
  await opened(page);
  await dropFile(page.locator('main'), 'digits.json', JSON.stringify(document));
  await expect(state(page)).toHaveText('Finished', { timeout: 120_000 });
  const section = page.getByRole('region', { name: 'Look closer' });
  await section.scrollIntoViewIfNeeded();
  await section.getByRole('button', { name: 'Export what was learned' }).click();
  const entry = page.getByRole('menuitem', { name: /zip/ });
  await expect(entry).toBeVisible();
  let path = '';
  const tasks = await tasksDuring(page, async () => {
    const downloading = page.waitForEvent('download');
    await entry.click();
    path = await (await downloading).path();
  });
  expect(
    tasks.filter((ms) => ms > LONG_TASK),
    'tasks of the main thread over 50 ms',
  ).toEqual([]);
  const files = unzipSync(new Uint8Array(await readFile(path)));
  const rows = readSafetensors(files['data.safetensors']!).get('train.features')!;
  expect(rows.shape).toEqual([1800, 784]);
});
