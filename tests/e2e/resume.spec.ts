/** A race survives a reload of the page. */
import type { Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { opened, progress, state, transport, violations } from './page-support';

/** Seconds that a race is to take: it is kept after five of them, and there must be something left to do. */
const SECONDS = 20;
const UNIT = { '': 1, K: 1e3, M: 1e6, B: 1e9 } as const;

test('goes on after a reload from where it was kept, and finishes', async ({ page }) => {
  test.setTimeout(180_000);
  await opened(page, '#v=1&steps=50000000&end');
  const pace = transport(page).getByText(/steps\/s$/);
  await expect(pace).toBeVisible();
  // The meter looks back over a second.
  await page.waitForTimeout(2000);
  const [, value, unit] = /^([\d.]+)([KMB]?) /.exec(await pace.innerText())!;
  const [lanes] = /\d+/.exec(
    await transport(page)
      .getByText(/\d lanes$/)
      .innerText(),
  )!;
  const steps = Math.ceil((SECONDS * Number(value) * UNIT[unit as keyof typeof UNIT]) / Number(lanes));

  await page.goto(`#v=1&steps=${steps}&end`);
  await expect(state(page)).toHaveText('Running');
  // Past a quarter of its time it has been kept, whatever the pace has become.
  await expect(async () => {
    expect(await kept(page)).toBeGreaterThan(0);
  }).toPass({ timeout: 60_000 });
  await page.reload();

  const goOn = page.getByRole('button', { name: /^Go on from step [\d,]+ of [\d,]+$/ });
  await expect(goOn).toBeVisible();
  await expect(state(page)).toHaveText('Stopped');
  expect(await violations(page, '[aria-label="Interrupted race"]')).toEqual([]);
  const [from] = /[\d,]+/.exec(await goOn.innerText())!;
  const share = (100 * Number(from.replaceAll(',', ''))) / steps;
  expect(share).toBeGreaterThan(0);

  const seen = await page.evaluateHandle(() => {
    const numbers: number[] = [];
    const group = document.querySelector('[role="group"][aria-label="Transport"]')!;
    new MutationObserver(() => {
      if (group.querySelector('[role="status"]')!.textContent === 'Running')
        numbers.push(Number(group.querySelector('[role="progressbar"]')!.getAttribute('aria-valuenow')));
    }).observe(group, { subtree: true, attributes: true, childList: true, characterData: true });
    return numbers;
  });
  await goOn.click();
  await expect(goOn).toBeHidden();
  await expect(state(page)).toHaveText('Finished', { timeout: 90_000 });
  // No step before the checkpoint was taken again.
  const shares = await seen.jsonValue();
  expect(shares.length).toBeGreaterThan(0);
  expect(Math.min(...shares)).toBeGreaterThanOrEqual(Math.floor(share));
  await expect(progress(page)).toHaveAttribute('aria-valuenow', '100');

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
          const head = request.result.transaction('race').objectStore('race').get('head');
          head.onsuccess = () => {
            request.result.close();
            resolve((head.result as { step: number } | undefined)?.step ?? 0);
          };
        };
      }),
  );
}
