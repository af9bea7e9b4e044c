/** A network in the race: loss and accuracy on training and test rows, in the chart, its words and its files. */
import type { Page } from '@playwright/test';
import Papa from 'papaparse';
import { documentReader, exported, finished, openFile, summary } from './export-support';
import { expect, test } from './fixtures';
import { card, opened, violations } from './page-support';

const network =
  '#v=1&problem=network&race=sgd,mass&problem.data.rows=96&runs.0.batch=8&runs.1.batch=8&runs.0.hyper.eta=0.2&seeds=2&steps=60&end';

const axis = (page: Page) => page.getByRole('radiogroup', { name: 'Vertical axis' });
const plot = (page: Page) => page.getByRole('group', { name: /^Test accuracy curves/ });
const percent = (text: string) => Number(/(\d[\d.]*) %/.exec(text)![1]);

test('a network shows train and test loss and accuracy, and says where theory has nothing to say', async ({ page }) => {
  await opened(page, network);
  await finished(page);
  await expect(page.getByRole('group', { name: /^Train loss curves/ })).toBeVisible();
  await axis(page).getByText('Test accuracy', { exact: true }).click();
  await expect(plot(page).locator('path[data-run]')).toHaveCount(2);
  await expect(plot(page)).toContainText('100 %');
  await expect(page).toHaveURL(/[?&]metric=testAccuracy\b/);

  // The sentence, the card, the JSON, the CSV and the picture tell the same number.
  await finished(page);
  const said = await summary(page);
  expect(said.filter((line) => line.includes('test accuracy'))).toHaveLength(2);
  const last = percent(said.find((line) => line.startsWith('MaSS'))!);
  await expect(card(page, 'MaSS')).toContainText(`test accuracy ${last}`);
  const { parseDocument } = await documentReader();
  const file = await exported(page, 'Result (JSON)');
  const document = parseDocument(file.bytes.toString('utf8'));
  if (document.kind !== 'result') throw new Error('a result was expected');
  const lanes = document.result.runs[1]!.lanes.map(({ testAccuracy }) => testAccuracy!.at(-1)!);
  expect(lanes).toHaveLength(2);
  expect(100 * ((lanes[0]! + lanes[1]!) / 2)).toBeCloseTo(last, 1);
  const csv = (await exported(page, 'Curves (CSV)')).bytes.toString('utf8');
  const rows = Papa.parse<Record<string, string>>(csv, { header: true, skipEmptyLines: true }).data;
  expect(100 * Number(rows.at(-1)!['median test accuracy'])).toBeCloseTo(last, 1);
  const svg = (await exported(page, 'Chart (SVG)')).bytes.toString('utf8');
  expect(svg).toContain('Test accuracy by steps');

  expect(await violations(page)).toEqual([]);
  await expect(page.getByRole('region', { name: 'Descent' })).toContainText('Nothing to draw for a network');
  await expect(card(page, 'MaSS')).toContainText('no exact theory');

  // An opened result has the same numbers.
  await openFile(page, file.name, file.bytes.toString('utf8'));
  await expect(plot(page).locator('path[data-run]')).toHaveCount(2);
  await expect(page.getByRole('region', { name: 'Descent' })).toContainText('The opened file');
  await expect.poll(() => summary(page)).toEqual(said);

  await page.getByRole('link', { name: 'Batch size' }).click();
  await expect(page.getByRole('region', { name: 'Batch size' })).toContainText('axis of a sweep');
});
