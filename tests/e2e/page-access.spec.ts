/** The page for every eye, hand and screen. */
import { expect, test } from './fixtures';
import { drawn, fitsSideways, flip, opened, slider, state, violationsInBothSchemes } from './page-support';

test('axe finds nothing serious in the race, its menus and its messages', async ({ page }) => {
  await opened(page);
  await expect(state(page)).toHaveText('Finished');
  await page.getByRole('button', { name: 'More settings' }).click();
  await expect(page.getByRole('textbox', { name: 'Root seed' })).toBeVisible();
  await page.getByRole('button', { name: 'Add a run' }).click();
  await expect(page.getByRole('menuitem', { name: /^Adam/ })).toBeVisible();
  expect(await violationsInBothSchemes(page)).toEqual([]);
  await page.keyboard.press('Escape');

  await flip(page.getByRole('switch', { name: 'Adam: run' }));
  await page.getByRole('textbox', { name: 'SGD: step size, number' }).fill('x');
  await page.getByRole('textbox', { name: 'SGD: step size, number' }).press('Enter');
  await expect(page.getByRole('alert')).toHaveText('This is not a number.');
  await page.getByRole('button', { name: 'Keyboard shortcuts' }).click();
  await expect(page.getByText('Run or pause')).toBeVisible();
  expect(await violationsInBothSchemes(page)).toEqual([]);
});

test('axe finds nothing serious where data is missing, and where it is there', async ({ page }) => {
  await opened(page, '#v=1&steps=200&end');
  await page.getByRole('combobox', { name: 'Problem' }).selectOption('linear-regression');
  await expect(page.getByRole('heading', { name: 'Race on your own data' })).toBeVisible();
  expect(await violationsInBothSchemes(page)).toEqual([]);
  await page.getByRole('button', { name: 'Use the sample' }).first().click();
  await expect(page.getByRole('combobox', { name: 'Target column' })).toBeVisible();
  await expect(state(page)).toHaveText('Finished');
  expect(await violationsInBothSchemes(page)).toEqual([]);
});

test('axe finds nothing serious in a sweep', async ({ page }) => {
  await opened(
    page,
    '?view=sweep#v=1&race=sgd,mass&steps=100&seeds=2' +
      '&sweep.x.parameter=batch&sweep.x.from=1&sweep.x.to=4&sweep.x.count=3' +
      '&sweep.y.parameter=eta&sweep.y.from=0.02&sweep.y.to=4&sweep.y.count=3' +
      '&sweep.others=fixed&sweep.tolerance=0.5&sweep.stopAtTolerance=true&end',
  );
  const sweep = page.getByRole('region', { name: 'Sweep', exact: true });
  const check = () => violationsInBothSchemes(page, '[aria-labelledby=sweep-heading]');
  expect(await check()).toEqual([]);
  await sweep.getByRole('button', { name: 'Start' }).click();
  await expect(sweep.getByRole('status')).toHaveText('Finished');
  await sweep.getByRole('application').first().hover();
  expect(await check()).toEqual([]);
  await flip(sweep.getByRole('switch', { name: 'Table' }));
  await expect(sweep.getByRole('region', { name: 'Table of SGD' })).toBeVisible();
  expect(await check()).toEqual([]);
});

test('the scheme follows the system until it is chosen', async ({ page }) => {
  await page.emulateMedia({ colorScheme: 'light' });
  await opened(page);
  const html = page.locator('html');
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'dark');
  await page.getByRole('button', { name: 'Switch to light colours' }).click();
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'light');
  await page.reload();
  await expect(html).toHaveAttribute('data-mantine-color-scheme', 'light');
});

test('fits screens from a phone to a wall without scrolling sideways', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await opened(page, '#v=1&steps=200&end');
  await expect(state(page)).toHaveText('Finished');
  for (const [width, height] of [
    [360, 740],
    [768, 1024],
    [1024, 768],
    [1440, 900],
    [3840, 2160],
  ] as const)
    await test.step(`${width} × ${height}`, async () => {
      await page.setViewportSize({ width, height });
      await page.evaluate(() => {
        window.scrollTo(0, 0);
      });
      await drawn(page);
      await fitsSideways(page);
      await expect(page.getByRole('button', { name: 'Run again' })).toBeInViewport();
      await expect(page.getByRole('figure', { name: 'Race of the optimizers' })).toBeInViewport();
      const thumb = slider(page, 'Adam: step size');
      await thumb.scrollIntoViewIfNeeded();
      await expect(thumb).toBeInViewport();
    });
});

test('fits a phone in all views with text half as large again', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await opened(page, '#v=1&steps=200&seeds=2&end');
  await expect(state(page)).toHaveText('Finished');
  await page.addStyleTag({ content: 'html { font-size: 24px !important; }' });
  for (const name of ['Race', 'Sweep', 'Batch size', 'Gallery'])
    await test.step(name, async () => {
      await page.getByRole('navigation').getByRole('link', { name, exact: true }).click();
      await drawn(page);
      await fitsSideways(page);
    });
});

test('everything can be reached with the Tab key, and the focus can be seen', async ({ page }) => {
  await opened(page, '#v=1&race=sgd&steps=200&end');
  await expect(state(page)).toHaveText('Finished');
  const reached = new Set<string>();
  for (let k = 0; k < 80; k++) {
    await page.keyboard.press('Tab');
    const { name, visible } = await page.evaluate(() => {
      const element = document.activeElement!;
      // The ring of a switch or radio button is drawn by what stands beside the hidden input.
      const ringed = [element, element.nextElementSibling, element.parentElement].some((candidate) => {
        if (!candidate) return false;
        const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(candidate);
        return (outlineStyle !== 'none' && outlineWidth !== '0px') || boxShadow !== 'none';
      });
      return {
        name: element.getAttribute('aria-label') ?? element.textContent.trim(),
        visible: ringed || element === document.body,
      };
    });
    expect(visible, `focus on "${name}"`).toBe(true);
    reached.add(name);
  }
  for (const name of [
    'Open a file',
    'Run again',
    'Reset',
    'Problem',
    'List of variances',
    'All runs: batch',
    'SGD: step size',
    'SGD: step size, number',
    'SGD: run',
    'Add a run',
  ])
    expect([...reached]).toContain(name);
});
