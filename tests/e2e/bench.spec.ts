/** `npm run bench -- --quick`, as a user runs it, and the benchmark's page in the built site: results, not times. */
import { execFile } from 'node:child_process';
import { mkdir, readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Report } from '../../bench/report';
import { environment } from './environment';
import { expect, test } from './fixtures';
import { fitsSideways, violations } from './page-support';

const execute = promisify(execFile);
const command = resolve('tools/bench.mjs');

async function bench(cwd: string, ...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  try {
    return {
      code: 0,
      ...(await execute(process.execPath, [command, ...args], { cwd, env: environment, timeout: 200_000 })),
    };
  } catch (error) {
    return error as { code: number; stdout: string; stderr: string };
  }
}

test('every contestant gives the right result', async () => {
  const folder = test.info().outputPath('work');
  await mkdir(folder, { recursive: true });
  const { code, stdout, stderr } = await bench(folder, '--quick', '--out', 'report.json');
  expect(stderr).not.toContain('error');
  expect(code).toBe(0);
  const report = JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')) as Report;
  expect(report.adapter.vendor).not.toBe('');
  expect(report.tasks.map(({ id }) => id)).toEqual(['A1', 'A256', 'A256own', 'AG256', 'AG4096', 'B', 'B8', 'C']);
  for (const { id, contestants } of report.tasks) {
    // Where they are installed, the other libraries take part.
    expect(contestants.map((one) => one.id).slice(0, 3), id).toEqual(['kernel', 'engine', 'javascript']);
    expect(contestants, id).toHaveLength(report.peers ? 7 : 3);
    for (const one of contestants) {
      const able = !/^[BC]/.test(id) || ['kernel', 'javascript', ...(id === 'B' ? ['engine'] : [])].includes(one.id);
      if (able || one.state !== 'unable') expect(one, id).toMatchObject({ state: 'measured' });
    }
  }
  expect(report.ceilings.map(({ id }) => id)).toEqual(['fma', 'bandwidth', 'dispatch']);
  for (const { id, values } of report.ceilings) expect(values[0], id).toBeGreaterThan(0);
  expect(stdout).toContain('Adapter: ');
  expect(stdout).toMatch(/\| ours, whole engine +\| right/);
});

test('one clear line tells what is wrong with the options', async () => {
  const { code, stderr } = await bench('.', '--only', 'A1', 'perpetual-motion');
  expect(code).toBe(1);
  expect(stderr).toMatch(/^error: there is no "perpetual-motion"; there are A1, .*kernel.*\n$/);
});

test('the page runs by hand in the built site', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('bench.html');
  for (const name of [/^A256:/, /^A256own/, /^AG256/, /^AG4096/, /^B8/, /^C/])
    await page.getByRole('checkbox', { name }).uncheck();
  await page.getByRole('checkbox', { name: /Only check/ }).check();
  await page.getByRole('button', { name: 'Run' }).click();
  await expect(page.getByRole('status')).toHaveText('Done.', { timeout: 120_000 });
  await expect(page.locator('#result')).toContainText(/ours, bare kernel +\| right/);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('link', { name: 'Download as JSON' }).click(),
  ]);
  const report = JSON.parse(await readFile(await download.path(), 'utf8')) as Report;
  expect(report).toMatchObject({ runtime: 'browser', quick: true });
  await fitsSideways(page);
  expect(await violations(page)).toEqual([]);
});
