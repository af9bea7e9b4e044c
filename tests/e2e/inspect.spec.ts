/** A trained network looked at closely, and taken out of the page. */
import { readFile } from 'node:fs/promises';
import { unzipSync } from 'fflate';
import { readSafetensors } from '../support/safetensors';
import { expect, test } from './fixtures';
import { dropFile, opened, state, violations } from './page-support';

const run = { batch: 8 };
const document = {
  version: 1,
  problem: {
    kind: 'network',
    data: { kind: 'moons', rows: 100, noise: 0.25 },
    test: 0.4,
    layers: [{ kind: 'dense', units: 8 }, { kind: 'relu' }],
    loss: 'cross-entropy',
  },
  runs: [
    { ...run, optimizer: 'sgd', hyper: { eta: 0.1 } },
    { ...run, optimizer: 'mass', hyper: { eta: 0.05, alpha: 0.1, kappaTilde: 3 } },
  ],
  seeds: 2,
  seed: 1,
  steps: 60,
  evalEvery: 10,
  sampling: 'replacement',
  divergenceFactor: 1e6,
};

test('shows what a network confuses, and exports what it learned', async ({ page }) => {
  await opened(page);
  await dropFile(page.locator('main'), 'moons.json', JSON.stringify(document));
  const section = page.getByRole('region', { name: 'Look closer' });
  await expect(section).toBeVisible();
  // Where many things run at once, its kernels take their time to compile.
  await expect(state(page)).toHaveText('Finished', { timeout: 120_000 });
  await section.scrollIntoViewIfNeeded();
  await expect(section).toContainText('After 60 steps');
  await section.getByRole('combobox', { name: 'Run to look at' }).selectOption({ label: 'MaSS' });
  await section.getByRole('combobox', { name: 'Seed to look at' }).selectOption({ label: 'seed 2' });
  const matrix = section.getByRole('region', { name: 'Confusion matrix' });
  await expect(matrix).toBeVisible();
  const counts = (await matrix.locator('td[data-right]').allTextContents()).map(Number);
  expect(counts).toHaveLength(4);
  expect(counts.reduce((a, b) => a + b)).toBe(40);
  await expect(section).toContainText(`are right (${counts[0]! + counts[3]!})`);
  const wrong = counts[1]! + counts[2]!;
  await expect(section.getByRole('region', { name: 'Mistakes' }).locator('tbody tr')).toHaveCount(wrong);
  expect(await violations(page, 'section[aria-labelledby="inspect-heading"]')).toEqual([]);

  const save = async (item: RegExp) => {
    await section.getByRole('button', { name: 'Export what was learned' }).click();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('menuitem', { name: item }).click(),
    ]);
    return { name: file.suggestedFilename(), bytes: new Uint8Array(await readFile(await file.path())) };
  };
  const weights = await save(/safetensors/);
  expect(weights.name).toBe('race-network-mass-weights.safetensors');
  const bundle = await save(/zip/);
  expect(bundle.name).toBe('race-network-mass-pytorch.zip');
  const files = unzipSync(bundle.bytes);
  expect(Object.keys(files).sort()).toEqual([
    'data.safetensors',
    'experiment.json',
    'train.py',
    'trained.safetensors',
    'weights.safetensors',
  ]);
  expect(new TextDecoder().decode(files['train.py'])).toContain('LANE_SEED = 1');
  expect([...files['trained.safetensors']!]).toEqual([...weights.bytes]);
  const [start, trained] = ['weights', 'trained'].map((name) => readSafetensors(files[`${name}.safetensors`]!));
  expect([...trained!.keys()]).toEqual([...start!.keys()]);
  expect(trained!.get('0.weight')!.data).not.toEqual(start!.get('0.weight')!.data);
});
