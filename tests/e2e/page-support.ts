/** Handles on the page that its specs share. */
import AxeBuilder from '@axe-core/playwright';
import type { Locator, Page } from '@playwright/test';
import { expect } from './fixtures';

/** A race too long to finish in a test. */
export const longRace = '#v=1&steps=50000000&end';

export const transport = (page: Page): Locator => page.getByRole('group', { name: 'Transport' });
export const state = (page: Page): Locator => transport(page).getByRole('status');
export const progress = (page: Page): Locator => transport(page).getByRole('progressbar');
export const card = (page: Page, name: string): Locator => page.getByRole('group', { name, exact: true });
export const slider = (page: Page, name: string): Locator => page.getByRole('slider', { name, exact: true });
export const numberBox = (page: Page, name: string): Locator =>
  page.getByRole('textbox', { name: `${name}, number`, exact: true });

export async function opened(page: Page, address = ''): Promise<void> {
  await page.goto(address);
  await expect(page.getByRole('button', { name: /^Engine:/ })).toBeVisible();
}

/** Drags a slider's thumb sideways, in several moves as a hand does. */
export async function drag(page: Page, thumb: Locator, pixels: number): Promise<void> {
  await thumb.scrollIntoViewIfNeeded();
  const box = (await thumb.boundingBox())!;
  const x = box.x + box.width / 2;
  const y = box.y + box.height / 2;
  await page.mouse.move(x, y);
  await page.mouse.down();
  for (let k = 1; k <= 8; k++) {
    await page.mouse.move(x + (pixels * k) / 8, y);
    await page.waitForTimeout(30);
  }
  await page.mouse.up();
}

/** Drops a file on an element, as the browser does when a user lets go of it there. */
export async function dropFile(target: Locator, name: string, text: string): Promise<void> {
  const transfer = await target.page().evaluateHandle(
    ([fileName, content]) => {
      const data = new DataTransfer();
      data.items.add(new File([content], fileName));
      return data;
    },
    [name, text] as const,
  );
  for (const type of ['dragenter', 'dragover', 'drop'])
    await target.dispatchEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true });
}

/** Serious and critical violations that axe finds, with what they are about; `within` is a selector. */
export async function violations(page: Page, within = 'html'): Promise<string[]> {
  const { violations: found } = await new AxeBuilder({ page }).include(within).analyze();
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map((node) => node.html).join(' | ')}`);
}
