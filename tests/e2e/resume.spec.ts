/** A race survives a reload of the page. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { card, longRace, opened, state, violations } from './page-support';

test('goes on after a reload from where it was kept, and is let go of when it is stopped', async ({ page }) => {
  await opened(page, longRace);
  // It is kept after five seconds of computing.
  await expect.poll(() => kept(page), { timeout: 120_000 }).toBeGreaterThan(0);
  await page.reload();

  const goOn = page.getByRole('button', { name: /^Go on from step [\d,]+ of 50,000,000$/ });
  await expect(goOn).toBeVisible();
  await expect(state(page)).toHaveText('Interrupted');
  expect(await violations(page, '[aria-label="Interrupted race"]')).toEqual([]);
  const from = Number(/[\d,]+/.exec(await goOn.innerText())![0].replaceAll(',', ''));
  expect(from).toBeGreaterThan(0);

  const seen = await card(page, 'SGD').evaluateHandle((shown) => {
    const steps: number[] = [];
    new MutationObserver(() => {
      const [, step] = /step ([\d,]+)/.exec(shown.textContent) ?? [];
      if (step) steps.push(Number(step.replaceAll(',', '')));
    }).observe(shown, { subtree: true, childList: true, characterData: true });
    return steps;
  });
  await goOn.click();
  await expect(goOn).toBeHidden();
  await expect(state(page)).toHaveText('Running');
  await expect.poll(async () => Math.max(...(await seen.jsonValue()))).toBeGreaterThan(from);
  // It did not start anew: what it shows first is the last point before the checkpoint.
  expect(Math.min(...(await seen.jsonValue()))).toBeGreaterThan(from / 2);

  await page.getByRole('button', { name: 'Stop' }).click();
  await expect(state(page)).toHaveText('Stopped');
  await expect.poll(() => kept(page)).toBe(0);
  await page.reload();
  await expect(state(page)).toHaveText('Running');
  await expect(goOn).toBeHidden();
});

/** The step at which the race is kept; 0 where none is. */
function kept(page: Page): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const request = indexedDB.open('optimizer-playground-race');
        // Not to be made here: the page makes it, with its store.
        request.onupgradeneeded = () => {
          request.transaction!.abort();
        };
        request.onerror = () => {
          resolve(0);
        };
        request.onsuccess = () => {
          // Keys are ['head', race] and ['body', race]; there is one race.
          const heads = IDBKeyRange.bound(['head'], ['head', []]);
          const head = request.result.transaction('race').objectStore('race').get(heads);
          head.onsuccess = () => {
            request.result.close();
            resolve((head.result as { step: number } | undefined)?.step ?? 0);
          };
        };
      }),
  );
}
