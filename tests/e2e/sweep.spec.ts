/** Sweeps on the built page: from the axes to a run in the race, by mouse and by keyboard. */
import type { Locator, Page } from '@playwright/test';
import { readFile } from 'node:fs/promises';
import { expect, test } from './fixtures';
import { LONG_TASK, tasksDuring } from './main-thread';
import { card, flip, opened, violations } from './page-support';

const view = (page: Page): Locator => page.getByRole('region', { name: 'Sweep', exact: true });
const transport = (page: Page): Locator => view(page).getByRole('group', { name: 'Sweep transport' });
const sweepState = (page: Page): Locator => transport(page).getByRole('status');
const map = (page: Page, name: string): Locator =>
  view(page).getByRole('application', { name: new RegExp(`^${name}\\.`) });

/** SGD and MaSS over η and m, 4 × 4 cells of two seeds. */
const small =
  '#v=1&race=sgd,mass&runs.1.hyper.eta=0.1&runs.1.hyper.alpha=0.05&runs.1.hyper.kappaTilde=6&steps=400&seeds=2' +
  '&sweep.x.parameter=batch&sweep.x.from=1&sweep.x.to=8&sweep.x.count=4' +
  '&sweep.y.parameter=eta&sweep.y.from=0.02&sweep.y.to=4&sweep.y.count=4' +
  '&sweep.others=fixed&sweep.tolerance=0.01&sweep.stopAtTolerance=true&end';

test('a sweep fills its maps without holding the page up; they leave as files, and cells open in the race', async ({
  page,
}) => {
  await opened(page, `?view=sweep${small}`);
  await expect(view(page).getByText('2 maps × 4 × 4 cells × 2 seeds = 64 lanes')).toBeVisible();
  const tasks = await tasksDuring(page, async () => {
    await transport(page).getByRole('button', { name: 'Start' }).click();
    await expect(sweepState(page)).toHaveText('Finished', { timeout: 90_000 });
  });
  expect(tasks.length).toBeGreaterThan(10);
  expect(
    tasks.filter((ms) => ms > LONG_TASK),
    'tasks of the main thread over 50 ms',
  ).toEqual([]);
  await expect(transport(page)).toContainText('32 of 32 cells');
  await expect(view(page).getByText(/^(SGD|MaSS)\b.* in \d[\d,]* steps/)).toBeVisible();
  // ρ = 1 crosses both maps.
  await expect(view(page).locator('[data-boundary]')).toHaveCount(2);

  await flip(view(page).getByRole('switch', { name: 'Table' }));
  const table = view(page).getByRole('region', { name: 'Table of SGD' });
  await expect(table.getByRole('row')).toHaveCount(5);
  await expect(table.getByRole('cell', { name: /^diverged at \d+/ }).first()).toBeVisible();
  await expect(table.getByRole('cell', { name: 'pending' })).toHaveCount(0);
  await flip(view(page).getByRole('switch', { name: 'Table' }));

  await test.step('the maps leave as a picture, the cells as numbers', async () => {
    const files: Record<string, Buffer> = {};
    for (const entry of ['Maps (SVG)', 'Maps (PNG, 2×)', 'Cells (CSV)', 'Cells (JSON)']) {
      await page.getByRole('button', { name: 'Export sweep' }).click();
      const downloading = page.waitForEvent('download');
      await page.getByRole('menuitem', { name: entry, exact: true }).click();
      const download = await downloading;
      expect(download.suggestedFilename()).toMatch(/^sweep-component-decoupled-sgd-mass-(maps|cells)\.\w+$/);
      files[entry] = await readFile(await download.path());
    }
    expect(files['Maps (SVG)']!.toString()).toContain('</svg>');
    expect(files['Maps (PNG, 2×)']!.subarray(1, 4).toString()).toBe('PNG');
    expect(files['Cells (CSV)']!.toString().trim().split('\r\n')).toHaveLength(33);
    expect(JSON.parse(files['Cells (JSON)']!.toString())).toMatchObject({ version: 1, maps: [{}, {}] });
  });

  const box = (await map(page, 'MaSS').boundingBox())!;
  // Batch 2, the second step size.
  const cell = { x: box.width * 0.375, y: box.height * 0.625 };
  await map(page, 'MaSS').hover({ position: cell });
  await expect(view(page).getByText('MaSS η = 0.117, m = 2')).toBeVisible();
  await map(page, 'MaSS').click({ position: cell });
  await expect(page.getByRole('figure', { name: 'Race of the optimizers' })).toBeVisible();
  const opened2 = card(page, 'MaSS η 0.117 batch 2');
  await expect(opened2).toContainText('completed');
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(opened2).toHaveCount(0);
});

test.describe('on a touch screen', () => {
  test.use({ hasTouch: true });

  test('a finger marks a region once it is asked to, and it is swept more finely', async ({ page }) => {
    await opened(page, `?view=sweep${small}`);
    const select = view(page).getByRole('button', { name: 'Select a region' });
    await select.tap();
    await expect(select).toHaveAttribute('aria-pressed', 'true');
    await map(page, 'SGD').scrollIntoViewIfNeeded();
    const box = (await map(page, 'SGD').boundingBox())!;
    const touch = await page.context().newCDPSession(page);
    // From the second cell to the third, both ways.
    const at = (share: number) => ({ x: box.x + box.width * share, y: box.y + box.height * share });
    await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at(0.375)] });
    for (const share of [0.45, 0.55, 0.625])
      await touch.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: [at(share)] });
    await expect(view(page).getByText('Let go to refine this region')).toBeVisible();
    await touch.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] });
    await expect(view(page).getByRole('textbox', { name: 'Across: from' })).toHaveValue('2');
    await expect(view(page).getByRole('textbox', { name: 'Across: to' })).toHaveValue('4');
    await expect(select).toHaveAttribute('aria-pressed', 'false');
    await expect(transport(page)).toContainText('cells');
  });
});

test('keyboard: cells are read out, a region is refined, undo goes back to the wider picture', async ({ page }) => {
  await opened(page, `?view=sweep${small}`);
  await transport(page).getByRole('button', { name: 'Start' }).click();
  await expect(sweepState(page)).toHaveText('Finished', { timeout: 90_000 });
  await view(page).getByRole('switch', { name: 'Table' }).focus();
  await page.keyboard.press('Tab');
  await expect(map(page, 'SGD')).toBeFocused();
  for (const key of ['Home', 'ArrowDown', 'ArrowDown', 'ArrowDown', 'ArrowRight']) await page.keyboard.press(key);
  await expect(view(page).getByText(/^SGD, η = 0\.02, m = 2: .*\.$/)).toHaveCount(1);
  await page.keyboard.press('Shift+ArrowRight');
  await page.keyboard.press('Shift+ArrowUp');
  await expect(view(page).getByText('m 2 – 4, η 0.02 – 0.117 marked.')).toHaveCount(1);
  await page.keyboard.press('r');
  await expect(view(page).getByRole('textbox', { name: 'Across: from' })).toHaveValue('2');
  await expect(view(page).getByRole('textbox', { name: 'Across: to' })).toHaveValue('4');
  await expect(sweepState(page)).toHaveText('Finished', { timeout: 90_000 });
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(view(page).getByRole('textbox', { name: 'Across: to' })).toHaveValue('8');
  await expect(sweepState(page)).toHaveText('Finished');
  await map(page, 'MaSS').focus();
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('figure', { name: 'Race of the optimizers' })).toBeVisible();
});

test('a sweep is paused, stopped, survives a reload as a link, and what is typed is checked', async ({ page }) => {
  await opened(
    page,
    `?view=sweep${small.replace('steps=400', 'steps=4000000').replace('stopAtTolerance=true', 'stopAtTolerance=false')}`,
  );
  const from = view(page).getByRole('textbox', { name: 'Upwards: from' });
  await from.fill('-3');
  await from.press('Enter');
  await expect(view(page).getByText('The first value must be above 0.')).toBeVisible();
  await from.press('Escape');
  await expect(from).toHaveValue('0.02');
  await transport(page).getByRole('button', { name: 'Start' }).click();
  await expect(transport(page)).toContainText(/of at most \d+ MiB/, { timeout: 60_000 });
  await transport(page).getByRole('button', { name: 'Pause' }).click();
  await expect(sweepState(page)).toHaveText('Paused');
  expect(await violations(page, 'section[aria-labelledby=sweep-heading]')).toEqual([]);
  await transport(page).getByRole('button', { name: 'Resume' }).click();
  await expect(sweepState(page)).toHaveText('Running');
  await transport(page).getByRole('button', { name: 'Stop' }).click();
  await expect(transport(page).getByRole('button', { name: /^(Start|Continue)$/ })).toBeEnabled();
  await page.reload();
  await expect(view(page).getByRole('textbox', { name: 'Across: cells' })).toHaveValue('4');
  await expect(view(page).getByRole('textbox', { name: 'Upwards: to' })).toHaveValue('4');
});
