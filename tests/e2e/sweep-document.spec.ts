/** A sweep that left the page as JSON comes back into it. */
import { readFile } from 'node:fs/promises';
import { expect, test } from './fixtures';
import { dropFile, flip, opened } from './page-support';

const small =
  '#v=1&race=sgd,mass&runs.1.hyper.eta=0.1&runs.1.hyper.alpha=0.05&runs.1.hyper.kappaTilde=6&steps=200&seeds=2' +
  '&sweep.x.parameter=batch&sweep.x.from=1&sweep.x.to=4&sweep.x.count=3' +
  '&sweep.y.parameter=eta&sweep.y.from=0.02&sweep.y.to=4&sweep.y.count=2' +
  '&sweep.others=fixed&sweep.tolerance=0.01&sweep.stopAtTolerance=true&end';

test('a dropped sweep shows its axes and cells, and what is no sweep is refused', async ({ page }) => {
  const view = page.getByRole('region', { name: 'Sweep', exact: true });
  const table = view.getByRole('region', { name: 'Table of SGD' });
  const cells = async () => {
    await flip(view.getByRole('switch', { name: 'Table' }));
    await expect(table.getByRole('row')).toHaveCount(3);
    return table.getByRole('cell').allTextContents();
  };
  await opened(page, `?view=sweep${small}`);
  await view.getByRole('group', { name: 'Sweep transport' }).getByRole('button', { name: 'Start' }).click();
  await expect(view.getByRole('group', { name: 'Sweep transport' }).getByRole('status')).toHaveText('Finished', {
    timeout: 120_000,
  });
  await page.getByRole('button', { name: 'Export sweep' }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: 'Cells (JSON)', exact: true }).click();
  const text = await readFile(await (await downloading).path(), 'utf8');
  const exported = await cells();
  expect(exported.filter((cell) => cell !== '').length).toBeGreaterThan(5);

  await page.goto('about:blank');
  await opened(page);
  await dropFile(page.locator('main'), 'spoilt.json', text.replace('"cells"', '"sells"'));
  await expect(page.getByRole('alert').filter({ hasText: 'spoilt.json: maps[0]' })).toBeVisible();
  await dropFile(page.locator('main'), 'cells.json', text);
  await expect(view).toBeVisible();
  await expect(view.getByText('2 maps × 3 × 2 cells × 2 seeds = 24 lanes')).toBeVisible();
  expect(await cells()).toEqual(exported);
});
