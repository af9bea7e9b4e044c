/** Kernel regression in the page. */
import { expect, test } from './fixtures';
import { card, dropFile, numberBox, opened, state, violations } from './page-support';

test('a kernel is chosen and changed, and a dropped file keeps it', async ({ page }) => {
  await opened(page);
  await expect(state(page)).toHaveText('Finished');
  await page.getByRole('combobox', { name: 'Problem' }).selectOption('kernel-regression');
  const constants = page.getByLabel('Constants of the problem');
  await expect(constants.locator('div', { hasText: 'smoothness at batch 1' }).locator('dd')).toHaveText('1');
  await expect(constants.locator('div', { hasText: 'statistical condition number' }).locator('dd')).toHaveText('24');
  await expect(state(page)).toHaveText('Finished');
  await expect(card(page, 'MaSS')).toContainText('completed');
  // At batch 1 the step size that fits is 1/L₁.
  await expect(numberBox(page, 'SGD: step size')).toHaveValue('1');

  const bandwidth = numberBox(page, 'bandwidth');
  await bandwidth.fill('0.3');
  await bandwidth.press('Enter');
  await expect(page).toHaveURL(/0\.3/);
  await page.getByRole('radiogroup', { name: 'Kernel' }).getByText('Polynomial').click();
  await expect(numberBox(page, 'degree')).toHaveValue('3');
  await expect(state(page)).toHaveText('Finished');
  expect(await violations(page, 'section[aria-labelledby="problem-heading"]')).toEqual([]);

  const rows = Array.from({ length: 30 }, (_, k) => `${k % 7},${(k * k) % 11},${k % 3}`);
  await dropFile(page.locator('main'), 'mine.csv', ['a,b,target', ...rows].join('\n'));
  await expect(page.getByRole('combobox', { name: 'Problem' })).toHaveValue('kernel-regression');
  await expect(page.getByRole('button', { name: /mine\.csv/ })).toHaveAttribute('aria-pressed', 'true');
  await expect(page.getByRole('combobox', { name: 'Data', exact: true })).toHaveValue('files');
  await expect(page.getByRole('switch', { name: 'intercept' })).toHaveCount(0);
  await expect(state(page)).toHaveText('Finished');
});
