/** The chart under a user's hands: reading values, switching curves, zooming, and the same by keyboard. */
import type { Page } from '@playwright/test';
import { finished, shortRace } from './export-support';
import { expect, test } from './fixtures';
import { EVERY, violationsInBothSchemes } from './page-support';

const plotOf = (page: Page) => page.getByRole('group', { name: /^Loss curves/ });
const lines = (page: Page) => plotOf(page).locator('path[data-run]');

async function boxOf(page: Page) {
  await plotOf(page).scrollIntoViewIfNeeded();
  const box = await plotOf(page).boundingBox();
  if (!box) throw new Error('the plot is not visible');
  return box;
}

/** The numbers under the x axis. */
const ticks = async (page: Page) =>
  (await plotOf(page).locator('.recharts-xAxis-tick-labels text, .recharts-xAxis text').allTextContents()).map((text) =>
    Number(text.replace(',', '')),
  );

const reset = (page: Page) => page.getByRole('button', { name: 'Reset zoom' });

test('the pointer and the arrow keys read all curves, the greatest loss first', async ({ page }) => {
  await page.goto(shortRace);
  await finished(page);
  const box = await boxOf(page);
  await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2);
  const readout = plotOf(page).getByRole('table');
  await expect(readout).toContainText(/Step \d/);
  await expect(readout.getByRole('rowheader')).toHaveCount(5);
  const cells = await readout.getByRole('rowheader').allTextContents();
  expect(cells[0]).toBe('Nesterov');
  expect([...cells].sort()).toEqual(['Adam', 'Heavy ball', 'MaSS', 'Nesterov', 'SGD']);
  await expect(readout).toContainText('diverged');
  await page.mouse.move(box.x + box.width + 40, box.y + box.height / 2);
  await expect(readout).toBeHidden();

  // The same by keyboard, aloud; plus zooms in.
  await plotOf(page).focus();
  for (let k = 0; k < 5; k++) await page.keyboard.press('Shift+ArrowRight');
  await expect(plotOf(page).locator('[aria-live]')).toHaveText(/^Step \d+: .*MaSS \d/);
  await page.keyboard.press('+');
  await expect(reset(page)).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(reset(page)).toBeHidden();
});

test('a drag zooms; Escape, a double-click and the button show all again', async ({ page }) => {
  await page.goto(shortRace);
  await finished(page);
  const whole = await ticks(page);
  expect(whole.at(-1)).toBe(400);
  const zoom = async () => {
    const box = await boxOf(page);
    await page.mouse.move(box.x + box.width * 0.3, box.y + box.height / 2);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, box.y + box.height / 2 + 4, { steps: 3 });
    await page.mouse.up();
    await expect(reset(page)).toBeVisible();
    await expect.poll(async () => (await ticks(page))[0]).toBeGreaterThan(50);
    await expect.poll(async () => (await ticks(page)).at(-1)).toBeLessThan(300);
  };
  await zoom();
  await page.keyboard.press('Escape');
  await expect(reset(page)).toBeHidden();
  await zoom();
  const box = await boxOf(page);
  await page.mouse.dblclick(box.x + box.width * 0.6, box.y + box.height / 2);
  await expect(reset(page)).toBeHidden();
  await zoom();
  await reset(page).click();
  await expect(reset(page)).toBeHidden();
  await expect.poll(() => ticks(page)).toEqual(whole);
});

test('curves are switched and smoothed; the x axis counts steps, samples or seconds', async ({ page }) => {
  await page.goto(shortRace);
  await finished(page);
  await test.step('the legend switches curves', async () => {
    await expect(lines(page)).toHaveCount(5);
    const legend = page.getByRole('list', { name: 'Curves' });
    const entry = legend.getByRole('button', { name: /^Nesterov/ });
    await entry.click();
    await expect(entry).toHaveAttribute('aria-pressed', 'false');
    await expect(lines(page)).toHaveCount(4);
    await legend.getByRole('button', { name: /^MaSS/ }).dblclick();
    await expect(lines(page)).toHaveCount(1);
    await legend.getByRole('button', { name: /^MaSS/ }).click({ modifiers: ['Shift'] });
    await expect(lines(page)).toHaveCount(5);
  });

  await test.step('the axis is linear or logarithmic; a stream has no epochs', async () => {
    const axis = page.getByRole('radiogroup', { name: 'Horizontal axis' });
    await expect(axis.getByRole('radio', { name: 'Epochs' })).toBeDisabled();
    for (const [name, title] of [
      ['Samples', 'Samples seen'],
      ['Seconds', 'Computing time (s)'],
      ['Steps', 'Steps'],
    ] as const) {
      await axis.getByText(name, { exact: true }).click();
      await expect(plotOf(page).getByText(title, { exact: true })).toBeAttached();
      await expect(lines(page)).toHaveCount(5);
    }
    await page.getByRole('switch', { name: 'Log x' }).click();
    await expect(plotOf(page).getByText('Steps, log scale without 0')).toBeAttached();
    await expect.poll(() => ticks(page)).toEqual([1, 10, 100]);
    for (const path of await lines(page).evaluateAll((all) => all.map((line) => line.getAttribute('d'))))
      expect(path).not.toMatch(/NaN|Infinity/);
  });

  await test.step('smoothing says what it does', async () => {
    const jagged = (await lines(page).nth(3).getAttribute('d'))!;
    await page.getByRole('combobox', { name: 'Smoothing' }).selectOption({ index: 2 });
    await expect(plotOf(page).getByText(/^Loss, geometric mean over \d+ points$/)).toBeAttached();
    await expect(lines(page).nth(3)).not.toHaveAttribute('d', jagged);
  });
});

test('axe finds nothing at all in the chart and its table', async ({ page }) => {
  // Few points: it looks at every cell of the table.
  await page.goto(shortRace.replace('&end', '&evalEvery=50&end'));
  await finished(page);
  const check = () => violationsInBothSchemes(page, 'figure[aria-label="Race of the optimizers"]', EVERY);
  expect(await check()).toEqual([]);
  await page.getByRole('switch', { name: 'Table' }).click();
  await expect(page.getByRole('region', { name: 'Table of losses' })).toBeVisible();
  expect(await check()).toEqual([]);
});
