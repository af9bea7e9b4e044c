/** Handles on the page that its specs share. */
import type { Locator, Page } from '@playwright/test';
import axe from 'axe-core';
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

/** Flips a switch by its track, which covers it: a click that is forced on what is covered misses it while the page moves. */
export const flip = (control: Locator): Promise<void> => control.locator('xpath=following-sibling::*[1]').click();

export async function opened(page: Page, address = ''): Promise<void> {
  await page.goto(address);
  await expect(page.getByRole('button', { name: /^Engine:/ })).toBeVisible();
}

/** Waits until nothing sticks out of the window sideways. */
export async function fitsSideways(page: Page): Promise<void> {
  await expect
    .poll(() => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth))
    .toBeLessThanOrEqual(0);
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
  // A move counts with the next frame: none must come after the hand has let go.
  await drawn(page);
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

/** Resolves when the page has drawn what it knew, and has taken in what waited for a frame. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(resolve));
      }),
  );
}

type Impacts = readonly axe.ImpactValue[];
/** Violations that keep somebody from using the page; the others that axe knows are advice. */
const GRAVE: Impacts = ['serious', 'critical'];
export const EVERY: Impacts = ['minor', 'moderate', 'serious', 'critical', null];

/**
 * Violations that axe finds, with what they are about; `within` is a selector. Colours that are just changing are not
 * looked at: transitions end first.
 */
export async function violations(page: Page, within = 'html', impacts = GRAVE): Promise<string[]> {
  await drawn(page);
  // In the page itself: the driver that comes for Playwright takes three times as long.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe.source);
  const found = await page.evaluate(async (selector) => {
    const transitions = document.getAnimations().filter((animation) => animation instanceof CSSTransition);
    await Promise.allSettled(transitions.map(({ finished }) => finished));
    const results = await (window as unknown as { axe: typeof axe }).axe.run(selector, { resultTypes: ['violations'] });
    return results.violations.map(({ id, impact, nodes }) => ({
      impact: impact ?? null,
      text: `${id}: ${nodes.map((node) => node.html).join(' | ')}`,
    }));
  }, within);
  return found.filter(({ impact }) => impacts.includes(impact)).map(({ text }) => text);
}

/** The {@link violations} in light and then in dark colours, which the system asks for. */
export async function violationsInBothSchemes(page: Page, within?: string, impacts?: Impacts): Promise<string[]> {
  const found: string[] = [];
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', colorScheme);
    found.push(...(await violations(page, within, impacts)).map((text) => `${colorScheme}: ${text}`));
  }
  return found;
}
