/** Views and their addresses, the paper's claims, and the guided tour. */
import { readFile } from 'node:fs/promises';
import { expect, test } from './fixtures';
import { fitsSideways, opened, state, violations, violationsInBothSchemes } from './page-support';

test('a view is in the address: it survives a reload, and going back keeps the experiment', async ({ page }) => {
  await opened(page, '#v=1&race=sgd&steps=200&end');
  const tabs = page.getByRole('navigation', { name: 'Views' });
  await tabs.getByRole('link', { name: 'Batch size' }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\?view=batch#v=1&race=sgd&steps=200&end$/);
  await page.reload();
  await expect(page.getByRole('heading', { name: 'Batch size' })).toBeVisible();
  await expect(tabs.getByRole('link', { name: 'Batch size' })).toHaveAttribute('aria-current', 'page');
  const steps = page.getByRole('textbox', { name: 'All runs: steps, number' });
  await steps.fill('300');
  await steps.press('Enter');
  await page.goBack();
  await expect(page.getByRole('figure', { name: 'Race of the optimizers' })).toBeVisible();
  await expect(page).toHaveURL(/\/#v=1&race=sgd&steps=300&end$/);
  await expect(steps).toHaveValue('300');
});

test('a claim runs beside the race, and tells whether it held', async ({ page }) => {
  await opened(page, '?view=gallery');
  await expect(state(page)).toBeHidden();
  const claim = page.getByRole('listitem').filter({ has: page.getByRole('heading', { name: /^Full batch/ }) });
  expect(await violationsInBothSchemes(page)).toEqual([]);
  await claim.getByRole('button', { name: /^Run the claim/ }).click();
  await expect(claim.locator('[data-standing=held]')).toHaveText('Held', { timeout: 90_000 });
  await expect(claim.getByText(/^At batch 4096/)).toBeVisible();
  await expect(claim.getByRole('figure')).toBeVisible();
  await claim.getByText(/^All \d+ checks held$/).click();
  const rows = claim.getByRole('region', { name: /^Checks of/ }).getByRole('row');
  await expect(rows).not.toHaveCount(1);
  expect(await violationsInBothSchemes(page)).toEqual([]);
});

test('the claim about batch sizes asks for data, then is tested on them', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await opened(page, '?view=gallery');
  const claim = page.locator('[data-claim=your-data]');
  await expect(claim.getByText(/^Load data to try this/)).toBeVisible();
  expect(await violations(page)).toEqual([]);
  const chosen = page.waitForEvent('filechooser');
  await claim.getByRole('button', { name: 'Choose files…' }).click();
  const houses = await readFile('public/samples/sample-houses.csv', 'utf8');
  await (
    await chosen
  ).setFiles({
    name: 'houses.csv',
    mimeType: 'text/csv',
    buffer: Buffer.from(houses.split('\n').slice(0, 31).join('\n')),
  });
  await claim.getByRole('button', { name: /^Run the claim/ }).click();
  await expect(claim.locator('[data-standing=held]')).toHaveText('Held', { timeout: 90_000 });
  await expect(claim.getByText(/^On the 30 rows of your data/)).toBeVisible();
  await expect(claim.getByRole('figure')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await fitsSideways(page);
});

test('an experiment of a claim opens in the race, is judged there, and the verdict goes with the first change', async ({
  page,
}) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await opened(page, '?view=gallery#v=1&race=sgd&steps=200&end');
  await page.getByRole('button', { name: /^Open “MaSS becomes Nesterov/ }).click();
  const verdict = page.getByRole('region', { name: 'Verdict on a claim of the paper' });
  await expect(verdict.locator('[data-standing=held]')).toHaveText('Held', { timeout: 90_000 });
  await fitsSideways(page);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(verdict).toBeHidden();
  await expect(page).toHaveURL(/\/#v=1&race=sgd&steps=200&end$/);
});

test('the tour is offered once, leads through the views with the keyboard, and Escape leaves it', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await opened(page);
  const offer = page.getByRole('complementary', { name: 'Guided tour' });
  await offer.getByRole('button', { name: 'Take the tour' }).click();
  const tour = page.getByRole('dialog', { name: 'Guided tour' });
  await expect(offer).toBeHidden();
  await expect(tour.getByRole('button', { name: 'Next' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(tour.getByRole('heading', { name: 'Nesterov diverges' })).toBeVisible();
  await expect(page.locator('[data-toured]')).toBeVisible();
  for (let k = 2; k < 7; k++) await page.keyboard.press('ArrowRight');
  await expect(tour.getByText('Stop 7 of 7')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'The paper’s claims' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('ArrowLeft');
  await expect(page.getByRole('heading', { name: 'Batch size' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(tour).toBeHidden();
  await expect(page.locator('[data-toured]')).toHaveCount(0);
  await expect(page.getByRole('button', { name: 'Guided tour' })).toBeFocused();
  await page.reload();
  await expect(page.getByRole('button', { name: /^Engine:/ })).toBeVisible();
  await expect(offer).toBeHidden();
});
