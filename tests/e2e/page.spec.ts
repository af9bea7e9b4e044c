/** The page under mouse and keyboard: sliders, number boxes, cards, transport. */
import { expect, test } from './fixtures';
import { DRAG_MEASURE } from '../../src/state/latency';
import { card, drag, flip, longRace, numberBox, opened, progress, slider, state } from './page-support';

test('shows the default race, its cards and the equations of MaSS', async ({ page }) => {
  await opened(page);
  await expect(state(page)).toHaveText('Finished');
  for (const name of ['SGD', 'Heavy ball', 'Nesterov', 'MaSS', 'Adam']) await expect(card(page, name)).toBeVisible();
  await expect(card(page, 'MaSS')).toContainText('completed');
  await expect(card(page, 'Nesterov')).toContainText(/expectation diverges, ρ = 1\.\d+/);
  await expect(page.getByRole('heading', { name: 'MaSS' })).toBeVisible();
  await page.getByRole('button', { name: 'Show the equations of Adam' }).click();
  await expect(page.getByRole('group', { name: 'Update equations of Adam' })).toContainText('0.999');
});

test('a dragged slider restarts its run alone, the curve follows, and undo takes back the whole drag', async ({
  page,
}) => {
  await opened(page);
  await expect(state(page)).toHaveText('Finished');
  const box = numberBox(page, 'MaSS: step size');
  const before = await box.inputValue();
  const started = await page.evaluate(() => performance.now());
  await drag(page, slider(page, 'MaSS: step size'), -30);
  await expect(box).not.toHaveValue(before);
  await expect(state(page)).toHaveText('Finished');
  await expect(card(page, 'MaSS')).toContainText('completed');

  const curves = () =>
    page.evaluate(
      ([since, name]) =>
        performance
          .getEntriesByName(name)
          .filter((measure) => measure.startTime > since)
          .map((measure) => String((measure as PerformanceMeasure).detail)),
      [started, DRAG_MEASURE] as const,
    );
  // A curve is measured once it is on screen.
  await expect.poll(async () => (await curves()).length).toBeGreaterThan(0);
  expect((await curves()).every((key) => key.startsWith('mass '))).toBe(true);

  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(box).toHaveValue(before);
  await expect(page.getByRole('button', { name: 'Undo' })).toBeDisabled();
  await page.getByRole('button', { name: 'Redo' }).click();
  await expect(box).not.toHaveValue(before);
});

test('sliders move with the arrow keys and say their value; some set every run, buttons the optimal values', async ({
  page,
}) => {
  await opened(page, '#v=1&steps=200&seeds=1&end');
  const thumb = slider(page, 'Nesterov: momentum');
  const momentum = numberBox(page, 'Nesterov: momentum');
  await thumb.focus();
  await page.keyboard.press('ArrowRight');
  await expect(momentum).not.toHaveValue('0.9');
  const text = await momentum.inputValue();
  expect(Number(text)).toBeGreaterThan(0.9);
  await expect(thumb).toHaveAttribute('aria-valuetext', text);
  await page.getByRole('button', { name: 'Reset Nesterov: momentum to 0.9' }).click();
  await expect(momentum).toHaveValue('0.9');

  const alpha = numberBox(page, 'MaSS: acceleration');
  await alpha.fill('0.5');
  await alpha.press('Enter');
  await page.getByRole('button', { name: 'Set MaSS to the optimal values of the theory' }).click();
  // α* = 1/√(κκ̃) with κ = 3072 and κ̃ = 6.
  await expect(alpha).toHaveValue('0.007366');

  await slider(page, 'All runs: batch').focus();
  for (let k = 0; k < 3; k++) await page.keyboard.press('ArrowRight');
  for (const name of ['SGD', 'MaSS', 'Adam']) await expect(numberBox(page, `${name}: batch`)).toHaveValue('8');
});

test('a number box takes values beyond the slider and refuses nonsense without harm', async ({ page }) => {
  await opened(page);
  const box = numberBox(page, 'SGD: step size');
  await box.fill('nonsense');
  await box.press('Enter');
  await expect(page.getByRole('alert')).toHaveText('This is not a number.');
  await expect(box).toHaveAttribute('aria-invalid', 'true');
  await box.press('Escape');
  await expect(box).toHaveValue('0.1667');
  await expect(page.getByRole('alert')).toHaveCount(0);

  await box.fill('-1');
  await box.blur();
  await expect(page.getByRole('alert')).toHaveText('Step size must be above 0.');
  expect(new URL(page.url()).hash).toBe('');

  await box.fill('25');
  await box.press('Enter');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await expect(box).toHaveValue('25');
  await expect(card(page, 'SGD')).toContainText('all lanes diverged');
  await box.fill('1/8');
  await box.press('Enter');
  await expect(box).toHaveValue('0.125');
  await expect(state(page)).toHaveText('Finished');
  await expect(card(page, 'SGD')).toContainText('completed');
});

test('runs can be duplicated, named, switched off, changed, added and removed', async ({ page }) => {
  await opened(page, '#v=1&steps=200&seeds=1&end');
  await page.getByRole('button', { name: 'Duplicate SGD' }).click();
  await expect(card(page, 'SGD (2)')).toBeVisible();
  const box = numberBox(page, 'SGD (2): step size');
  await box.fill('0.05');
  await box.press('Enter');
  await expect(card(page, 'SGD η 0.05')).toBeVisible();
  await expect(card(page, 'SGD η 0.1667')).toBeVisible();

  const label = page.getByRole('textbox', { name: 'SGD η 0.05: label' });
  await label.fill('slow');
  await label.press('Enter');
  await expect(card(page, 'slow')).toBeVisible();

  await flip(page.getByRole('switch', { name: 'slow: run' }));
  await expect(card(page, 'slow')).toContainText('switched off');
  await expect(slider(page, 'slow: step size')).toHaveCount(0);
  await flip(page.getByRole('switch', { name: 'slow: run' }));
  await expect(slider(page, 'slow: step size')).toHaveCount(1);
  await expect(state(page)).toHaveText('Finished');
  await expect(card(page, 'slow')).toContainText('completed');

  await page.getByRole('combobox', { name: 'slow: optimizer' }).selectOption('Nesterov');
  await expect(numberBox(page, 'slow: step size')).toHaveValue('0.05');
  await expect(slider(page, 'slow: momentum')).toBeVisible();

  await page.getByRole('button', { name: 'Remove slow' }).click();
  await expect(card(page, 'slow')).toHaveCount(0);

  await page.getByRole('button', { name: 'Add a run' }).click();
  await page.getByRole('menuitem', { name: /^MaSS/ }).click();
  await expect(page.getByRole('button', { name: /^Remove MaSS/ })).toHaveCount(2);

  for (const name of ['SGD', 'Heavy ball', 'Nesterov', 'Adam'])
    await page.getByRole('button', { name: `Remove ${name}`, exact: true }).click();
  await page
    .getByRole('button', { name: /^Remove MaSS/ })
    .first()
    .click();
  await expect(page.getByRole('button', { name: 'Remove MaSS' })).toBeDisabled();
});

test('every run switched off leaves a calm page', async ({ page }) => {
  await opened(page, '#v=1&steps=200&seeds=1&end');
  for (const name of ['SGD', 'Heavy ball', 'Nesterov', 'MaSS', 'Adam'])
    await flip(page.getByRole('switch', { name: `${name}: run` }));
  await expect(state(page)).toHaveText('No run is switched on');
  await expect(page.getByRole('button', { name: 'Run again' })).toBeDisabled();
  await flip(page.getByRole('switch', { name: 'MaSS: run' }));
  await expect(state(page)).toHaveText('Finished');
  await expect(card(page, 'MaSS')).toContainText('completed');
});

test('space, full stop, r and Ctrl Z work wherever no control has the focus', async ({ page }) => {
  await opened(page, longRace);
  await expect(state(page)).toHaveText('Running');
  await page.locator('body').press(' ');
  await expect(state(page)).toHaveText('Paused');
  const shown = card(page, 'SGD').getByText(/^step \d/);
  const before = await shown.textContent();
  await page.locator('body').press('.');
  await expect(shown).not.toHaveText(before!);
  await page.locator('body').press(' ');
  await expect(state(page)).toHaveText('Running');
  await page.locator('body').press(' ');
  await expect(state(page)).toHaveText('Paused');
  await page.locator('body').press('r');
  await expect(progress(page)).toHaveAttribute('aria-valuenow', '0');

  await page.getByRole('button', { name: 'Duplicate Adam' }).click();
  await expect(card(page, 'Adam (2)')).toBeVisible();
  // On a button the space bar presses the button.
  await page.getByRole('button', { name: 'Duplicate Adam', exact: true }).press(' ');
  await expect(card(page, 'Adam (3)')).toBeVisible();
  await page.locator('body').press('Control+z');
  await page.locator('body').press('Control+z');
  await expect(card(page, 'Adam (2)')).toHaveCount(0);
  await page.locator('body').press('Control+Shift+z');
  await expect(card(page, 'Adam (2)')).toBeVisible();
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByText('Run or pause')).toBeVisible();
});

test('a stopped race keeps its curves and runs again; a reload brings the same experiment back', async ({ page }) => {
  await opened(page, longRace);
  await expect(state(page)).toHaveText('Running');
  await expect(card(page, 'SGD').getByText(/^step \d/)).toBeVisible();
  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(state(page)).toHaveText('Stopped');
  await expect(card(page, 'SGD').getByText(/^step \d/)).toBeVisible();
  await page.getByRole('button', { name: 'Run again' }).click();
  await expect(state(page)).toHaveText('Running');

  const box = numberBox(page, 'SGD: step size');
  await box.fill('0.03125');
  await box.press('Enter');
  await page.reload();
  await expect(numberBox(page, 'SGD: step size')).toHaveValue('0.03125');
  await expect(numberBox(page, 'All runs: steps')).toHaveValue('50,000,000');
  // Where it had computed for five seconds, it was kept.
  const running = state(page).filter({ hasText: 'Running' });
  await expect(running.or(page.getByRole('button', { name: /^Go on from step/ }))).toBeVisible();
});
