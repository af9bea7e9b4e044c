/** The views under the race: batch sizes and the descent. */
import { expect, test } from './fixtures';
import { opened, state, violations } from './page-support';

for (const colorScheme of ['light', 'dark'] as const)
  test.describe(`in ${colorScheme} colours`, () => {
    test.use({ colorScheme });

    test('batch sizes are measured beside the theory, which says what they buy', async ({ page }) => {
      await opened(page, '?view=batch');
      const view = page.getByRole('region', { name: 'Batch size', exact: true });
      await expect(view.getByText(/^On this problem batches/)).toBeVisible();
      await view.getByRole('button', { name: 'Measure' }).click();
      await view.getByText('Measured speeds as a table').click();
      const rows = view.getByRole('region', { name: 'Table of measured speeds' }).getByRole('row');
      await expect.poll(() => rows.count(), { timeout: 60_000 }).toBeGreaterThan(8);
      await expect(view.getByRole('button', { name: 'Measure' })).toBeVisible({ timeout: 60_000 });
      expect(await violations(page, 'section[aria-labelledby=batch-heading]')).toEqual([]);
    });

    test('the descent follows its step slider', async ({ page }) => {
      await opened(page);
      await expect(state(page)).toHaveText('Finished');
      const view = page.getByRole('region', { name: 'Descent', exact: true });
      await view.scrollIntoViewIfNeeded();
      const cells = view.getByRole('row').filter({ hasText: 'SGD' }).getByRole('cell');
      await expect(cells.first()).toBeVisible();
      const late = await cells.allTextContents();
      const slider = view.getByRole('slider');
      await slider.focus();
      await page.keyboard.press('Home');
      await expect(view.getByText('step 0', { exact: true })).toBeVisible();
      await expect.poll(() => cells.allTextContents()).not.toEqual(late);
      // Everyone starts at the same place.
      expect(await view.getByRole('row').filter({ hasText: 'MaSS' }).getByRole('cell').allTextContents()).toEqual(
        await cells.allTextContents(),
      );
      expect(await violations(page, 'section[aria-labelledby=descent-heading]')).toEqual([]);
    });
  });
