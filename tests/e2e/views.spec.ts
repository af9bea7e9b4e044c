/** The views under the race: batch sizes and the descent. */
import { expect, test } from './fixtures';
import { opened, state, violationsInBothSchemes } from './page-support';

test('batch sizes are measured beside the theory, which says what they buy', async ({ page }) => {
  await opened(page, '?view=batch');
  const view = page.getByRole('region', { name: 'Batch size', exact: true });
  await expect(view.getByText(/^On this problem batches/)).toBeVisible();
  await view.getByRole('button', { name: 'Measure' }).click();
  await view.getByText('Measured speeds as a table').click();
  const rows = view.getByRole('region', { name: 'Table of measured speeds' }).getByRole('row');
  await expect.poll(() => rows.count(), { timeout: 90_000 }).toBeGreaterThan(8);
  await expect(view.getByRole('button', { name: 'Measure' })).toBeVisible({ timeout: 90_000 });
  expect(await violationsInBothSchemes(page, 'section[aria-labelledby=batch-heading]')).toEqual([]);
});

test('the descent follows its step slider', async ({ page }) => {
  await opened(page);
  await expect(state(page)).toHaveText('Finished');
  const view = page.getByRole('region', { name: 'Descent', exact: true });
  await view.scrollIntoViewIfNeeded();
  const cellsOf = (name: string) => view.getByRole('row').filter({ hasText: name }).getByRole('cell');
  const cells = cellsOf('SGD');
  await expect(cells.first()).toBeVisible();
  const late = await cells.allTextContents();
  await view.getByRole('slider').focus();
  await page.keyboard.press('Home');
  await expect(view.getByText('step 0', { exact: true })).toBeVisible();
  await expect.poll(() => cells.allTextContents()).not.toEqual(late);
  // Everyone starts at the same place.
  const start = await cells.allTextContents();
  await expect.poll(() => cellsOf('MaSS').allTextContents()).toEqual(start);
  expect(await violationsInBothSchemes(page, 'section[aria-labelledby=descent-heading]')).toEqual([]);
});
