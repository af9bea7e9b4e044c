/** Networks in the page: their data, their layers, and what does not fit. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { card, opened, state, violations } from './page-support';

/** The programs of a network are many, and are compiled first. */
const finished = (page: Page) => expect(state(page)).toHaveText('Finished', { timeout: 120_000 });

test('a network trains, is edited layer by layer, and what does not fit changes nothing', async ({ page }) => {
  await opened(page, '#v=1&race=sgd,mass&seeds=1&end');
  await page.getByRole('combobox', { name: 'Problem' }).selectOption('network');
  const network = page.getByRole('combobox', { name: 'Network', exact: true });
  const total = page.getByLabel('Size of the network');
  await expect(network).toHaveValue('two-layer');
  await expect(total).toContainText('322');
  await expect(total).toContainText(/GPU memory of 4 lanes\d+ KiB/);
  await expect(page.getByRole('img', { name: /^384 training points: \d+ of class 0, \d+ of class 1$/ })).toBeVisible();
  await finished(page);
  await expect(card(page, 'MaSS')).toContainText('completed');
  const before = await card(page, 'MaSS').innerText();

  const units = page.getByRole('textbox', { name: 'Layer 1: units' });
  await units.fill('16');
  await units.press('Enter');
  await expect(network).toHaveValue('');
  await expect(total).toContainText('82');
  await finished(page);
  await expect(card(page, 'MaSS')).toContainText('completed');
  expect(await card(page, 'MaSS').innerText()).not.toBe(before);

  // Undo brings the layer back, and what was wrong with what was typed goes.
  await units.fill('0');
  await units.press('Enter');
  const fault = page.getByRole('alert').filter({ hasText: 'The number of units must be a whole number' });
  await expect(fault).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(units).toHaveValue('64');
  await expect(fault).toHaveCount(0);
  await expect(total).toContainText('322');
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect(units).toHaveValue('16');
  await expect(total).toContainText('82');

  await page.getByRole('combobox', { name: 'Kind of the new layer' }).selectOption('max-pool');
  await page.getByRole('button', { name: 'Add', exact: true }).press('Enter');
  const pool = page.getByRole('listitem', { name: 'Layer 3, Max pooling' });
  await expect(pool.getByRole('alert')).toContainText('needs an image of 2 × 2 or more; its input is 16');
  await finished(page);
  expect(await violations(page, '[aria-labelledby=problem-heading]')).toEqual([]);

  // By keyboard alone: the focus stays with the layer that moves.
  const up = page.getByRole('button', { name: /^Move Layer \d, Max pooling up$/ });
  await up.press('Enter');
  await expect(page.getByRole('button', { name: 'Move Layer 2, Max pooling up' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(page.getByRole('button', { name: 'Remove Layer 1, Max pooling' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(pool).toHaveCount(0);
  await expect(total).toContainText('82');
});

test('digits are shown as pictures, points as points', async ({ page }) => {
  // Few of them: each is drawn by pen.
  const digits = 'problem.data.noise=~&problem.data.kind=digits&problem.data.rows=64';
  await opened(page, `#v=1&problem=network&race=sgd&${digits}&runs.0.batch=8&seeds=1&steps=10&end`);
  const grid = page.getByRole('img', { name: /^The first 40 training pictures, 28 × 28 pixels: \d, / });
  await expect(grid).toBeVisible();
  await expect(grid.locator('canvas')).toHaveCount(40);
  const ink = await grid
    .locator('canvas')
    .first()
    .evaluate((canvas: HTMLCanvasElement) => {
      const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height);
      return Math.max(...data.filter((_, k) => k % 4 === 0));
    });
  expect(ink).toBeGreaterThan(150);
  expect(await violations(page, '[aria-labelledby=problem-heading]')).toEqual([]);
  await page.getByRole('combobox', { name: 'Data', exact: true }).selectOption('circles');
  await expect(page.getByRole('img', { name: /^384 training points: / })).toBeVisible();
});
