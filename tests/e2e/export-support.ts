/** Taking files out of the page. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { runnerImport } from 'vite';
import type * as importModule from '../../src/export/import';
import type { Page } from '@playwright/test';
import { expect } from './fixtures';

/** Five short races on a stream, one of which diverges. */
export const shortRace = '#v=1&runs.2.hyper.gamma=0.99&runs.2.hyper.eta=1&seeds=3&steps=400&end';

/** Waits for the end of the race, and for the sentences under the chart, which follow a little later. */
export async function finished(page: Page): Promise<void> {
  await expect(page.getByText('Finished', { exact: true })).toBeVisible({ timeout: 120_000 });
  const list = page.getByRole('list', { name: 'Summary of the curves' });
  await expect(list.getByRole('listitem').first()).toBeVisible();
  await expect(list).toHaveAttribute('aria-busy', 'false');
}

/** Chooses an entry of the export menu and returns the file. */
export async function exported(page: Page, entry: string): Promise<{ name: string; bytes: Buffer; path: string }> {
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  const downloading = page.waitForEvent('download');
  await page.getByRole('menuitem', { name: entry, exact: true }).click();
  const download = await downloading;
  const path = await download.path();
  return { name: download.suggestedFilename(), bytes: await readFile(path), path };
}

/** The page's own reader of documents, which checks them against the schema. */
export async function documentReader(): Promise<typeof importModule> {
  const { module } = await runnerImport<typeof importModule>(resolve('src/export/import.ts'), {
    configFile: false,
    logLevel: 'error',
  });
  return module;
}

export async function openFile(page: Page, name: string, text: string): Promise<void> {
  await page.getByLabel('Files', { exact: true }).setInputFiles({
    name,
    mimeType: 'application/json',
    buffer: Buffer.from(text),
  });
}

/** The sentences under the chart. */
export function summary(page: Page): Promise<string[]> {
  return page.getByRole('list', { name: 'Summary of the curves' }).getByRole('listitem').allTextContents();
}
