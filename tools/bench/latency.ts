/** How long the playground takes from a slider's event to the new curve on screen, by the page's own marks. */
import type { Page } from 'playwright';
import { median } from '../../bench/statistics';
import type { Report } from '../../bench/report';
import { DRAG_MEASURE } from '../../src/state/latency';

const SLIDER = 'MaSS: step size';
const EVENTS = 15;
const LIMIT = 60_000;

/** Moves a slider of the default experiment to and fro, one key at a time. */
export async function measureLatency(page: Page, url: string): Promise<NonNullable<Report['latency']>> {
  await page.goto(url, { timeout: LIMIT });
  const thumb = page.getByRole('slider', { name: SLIDER, exact: true });
  await thumb.focus({ timeout: LIMIT });
  // Until all runs have finished the first time.
  await page.getByRole('group', { name: 'Transport' }).getByText('Finished').waitFor({ timeout: LIMIT });
  for (let k = 0; k < EVENTS; k++) {
    await page.keyboard.press(k % 2 === 0 ? 'ArrowLeft' : 'ArrowRight');
    await page.waitForFunction(
      ([name, count]) => performance.getEntriesByName(name).length >= count,
      [DRAG_MEASURE, k + 1] as const,
      { timeout: LIMIT },
    );
  }
  const durations = await page.evaluate(
    (name) => performance.getEntriesByName(name).map(({ duration }) => duration),
    DRAG_MEASURE,
  );
  return {
    median: median(durations),
    min: Math.min(...durations),
    max: Math.max(...durations),
    events: durations.length,
  };
}
