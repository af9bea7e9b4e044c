/** Kernel regression in the page. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { card, dropFile, numberBox, opened, state, violations } from './page-support';

/** Programs of another problem are compiled first, which takes long where many share the processors. */
const finished = (page: Page) => expect(state(page)).toHaveText('Finished', { timeout: 120_000 });

test('a kernel is chosen and changed, and a dropped file keeps it', async ({ page }) => {
  await opened(page);
  await finished(page);
  await page.getByRole('combobox', { name: 'Problem' }).selectOption('kernel-regression');
  const constants = page.getByLabel('Constants of the problem');
  await expect(constants.locator('div', { hasText: 'smoothness at batch 1' }).locator('dd')).toHaveText('1');
  await expect(constants.locator('div', { hasText: 'statistical condition number' }).locator('dd')).toHaveText('24');
  await finished(page);
  await expect(card(page, 'MaSS')).toContainText('completed');
  await expect(numberBox(page, 'MaSS: statistical condition number')).toHaveValue('24');
  // At batch 1 the step size that fits is 1/L₁.
  await expect(numberBox(page, 'SGD: step size')).toHaveValue('1');

  const bandwidth = numberBox(page, 'bandwidth');
  await bandwidth.fill('0.3');
  await bandwidth.press('Enter');
  await expect(page).toHaveURL(/0\.3/);
  await page.getByRole('combobox', { name: 'Kernel', exact: true }).selectOption('polynomial');
  await expect(numberBox(page, 'degree')).toHaveValue('3');
  await finished(page);
  expect(await violations(page, 'section[aria-labelledby="problem-heading"]')).toEqual([]);

  const rows = Array.from({ length: 30 }, (_, k) => `${k % 7},${(k * k) % 11},${k % 3}`);
  await dropFile(page.locator('main'), 'mine.csv', ['a,b,target', ...rows].join('\n'));
  await expect(page.getByRole('combobox', { name: 'Problem' })).toHaveValue('kernel-regression');
  await expect(page.getByRole('button', { name: /mine\.csv/ })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('combobox', { name: 'Data', exact: true })).toHaveValue('files');
  await expect(page.getByRole('switch', { name: 'intercept' })).toHaveCount(0);
  await finished(page);
});
