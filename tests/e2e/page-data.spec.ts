/** Problems and files: spectra, data sets, documents. */
import { expect, test } from './fixtures';
import { card, dropFile, flip, numberBox, opened, state } from './page-support';

const csv = (rows: number) =>
  [
    'a,b,target',
    ...Array.from({ length: rows }, (_, k) => `${k % 7},${(k * k) % 5},${2 * (k % 7) - ((k * k) % 5)}`),
  ].join('\n');

test('a spectrum can be typed, and a wrong entry is named', async ({ page }) => {
  await opened(page);
  const list = page.getByRole('textbox', { name: 'List of variances' });
  await list.fill('1 0.5 oops');
  await list.press('Enter');
  await expect(page.getByText('Entry 3, “oops”, is not a number.')).toBeVisible();
  await list.fill('1, -2');
  await list.blur();
  await expect(page.getByText('Entry 2 is -2: it must be above 0 and at most 1e12.')).toBeVisible();
  await list.press('Escape');
  await expect(list).toHaveValue('1  0.00195313');
  await list.fill('1, 1/2, 2^-6');
  await list.press('Enter');
  await expect(page.getByRole('img', { name: '3 variances, from 1 down to 0.0156' })).toBeVisible();
  await expect(state(page)).toHaveText('Finished');

  await page.getByText('Power law', { exact: true }).click();
  const dimension = numberBox(page, 'variances: dimension');
  await dimension.fill('1024');
  await dimension.press('Enter');
  await expect(page.getByRole('img', { name: /^1024 variances/ })).toBeVisible();
  await dimension.fill('1025');
  await dimension.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('Dimension must be a whole number, at least 1 and at most 1024.');
});

test('a CSV file dropped on the page becomes a regression with fitting step sizes', async ({ page }) => {
  await opened(page);
  await expect(state(page)).toHaveText('Finished');
  await dropFile(page.getByRole('heading', { name: 'Runs', exact: true }), 'mine.csv', csv(60));
  await expect(page.getByRole('combobox', { name: 'Problem' })).toHaveValue('linear-regression');
  await expect(page.getByRole('button', { name: /mine\.csv/ })).toContainText('60 rows × 3 columns');
  await expect(state(page)).toHaveText('Finished');
  await expect(card(page, 'SGD')).toContainText('completed');
  await expect(numberBox(page, 'SGD: step size')).not.toHaveValue('0.1667');
  await flip(page.getByRole('switch', { name: 'intercept' }));
  await expect(page.getByRole('definition').filter({ hasText: /^3$/ }).first()).toBeVisible();
  await page.getByRole('radiogroup', { name: 'Sampling of minibatches' }).getByText('Epochs').click();
  await expect(state(page)).toHaveText('Finished');
});

test('a broken file and a document that is none are explained, nothing is lost and the page goes on', async ({
  page,
}) => {
  await opened(page, '#v=1&steps=200&seeds=1&end');
  await expect(state(page)).toHaveText('Finished');
  await dropFile(page.locator('main'), 'broken.csv', 'a,b\n1,2\n3,what\n');
  await expect(page.getByRole('alert').filter({ hasText: 'broken.csv' })).toContainText('what');
  await expect(page.getByRole('combobox', { name: 'Problem' })).toHaveValue('component-decoupled');
  await dropFile(page.locator('main'), 'bad.json', '{"version": 1, "runs": 7}');
  await expect(page.getByRole('alert').filter({ hasText: 'bad.json' })).toContainText('runs');
  await expect(card(page, 'MaSS')).toContainText('completed');

  const box = numberBox(page, 'SGD: step size');
  await box.fill('0.1');
  await box.press('Enter');
  await expect(box).toHaveValue('0.1');
  await expect(state(page)).toHaveText('Finished');
  await expect(card(page, 'SGD')).toContainText('completed');

  // What reads well and can't be raced is told once, where the race would be; the next edit goes on.
  await page.getByRole('button', { name: 'Dismiss' }).first().click();
  await dropFile(page.locator('main'), 'flat.csv', 'a,b\n1,2\n1,3\n');
  const refusals = page.getByRole('alert').filter({ hasText: 'flat.csv' });
  await expect(refusals).toHaveText(/^This experiment cannot run\. flat\.csv: every feature is constant/);
  await expect(page.getByText('Nothing was computed.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(state(page)).toHaveText('Finished');
  await expect(refusals).toHaveCount(0);
});

test('the sample is there, and an experiment without its data asks for it', async ({ page }) => {
  await opened(page);
  await page.getByRole('combobox', { name: 'Problem' }).selectOption('linear-regression');
  await expect(page.getByRole('heading', { name: 'Race on your own data' })).toBeVisible();
  await expect(state(page)).toHaveText('Waiting for data');
  await page.getByRole('button', { name: 'Use the sample' }).first().click();
  await expect(state(page)).toHaveText('Finished');
  await expect(card(page, 'SGD')).toContainText('completed');
  await expect.poll(() => new URL(page.url()).hash).toContain('sample-houses.csv');

  await page.reload();
  await expect(page.getByRole('heading', { name: 'This experiment needs its data' })).toBeVisible();
  await expect(page.getByText('sample-houses.csv').first()).toBeVisible();
  await page.getByRole('button', { name: 'Use the sample' }).first().click();
  await expect(state(page)).toHaveText('Finished');
  await expect(card(page, 'SGD')).toContainText('completed');
});
