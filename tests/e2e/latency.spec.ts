/**
 * Curves follow a drag closely, and the page never holds its main thread for long. Times on a loaded machine say little:
 * drags are measured against the page's own frames, tasks by the processor time they take.
 */
import type { Page } from '@playwright/test';
import { DRAG_MEASURE } from '../../src/state/latency';
import { expect, test } from './fixtures';
import { LONG_TASK, tasksDuring } from './main-thread';
import { drag, opened, slider, state } from './page-support';

const MOVES = 8;
/** In frames with a task after each, measured beside the drags: 24 are 400 ms at 60 frames a second. */
const MOST_FRAMES = 24;

const measures = (page: Page) =>
  page.evaluate(
    (name) =>
      performance.getEntriesByName(name).map((measure) => ({
        run: String((measure as PerformanceMeasure).detail),
        ms: measure.duration,
      })),
    DRAG_MEASURE,
  );

/** Milliseconds of one frame and a task after it. */
const frame = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const start = performance.now();
        requestAnimationFrame(() => {
          setTimeout(() => {
            resolve(performance.now() - start);
          });
        });
      }),
  );

const quantile = (values: readonly number[], q: number) =>
  [...values].sort((a, b) => a - b)[Math.floor((values.length - 1) * q)]!;

test('every move of a slider is measured until its curve is on screen, and that is soon', async ({ page }) => {
  await opened(page);
  await expect(state(page)).toHaveText('Finished');
  const thumb = slider(page, 'MaSS: step size');
  await thumb.scrollIntoViewIfNeeded();
  const box = (await thumb.boundingBox())!;
  const [x, y] = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(x, y);
  await page.mouse.down();
  const frames: number[] = [];
  for (let k = 1; k <= MOVES; k++) {
    const known = (await measures(page)).length;
    await page.mouse.move(x - 5 * k, y);
    await expect.poll(async () => (await measures(page)).length, { intervals: [20] }).toBeGreaterThan(known);
    frames.push(await frame(page));
  }
  await page.mouse.up();

  const taken = await measures(page);
  expect(taken.length).toBeGreaterThanOrEqual(MOVES);
  expect(new Set(taken.map(({ run }) => run)).size).toBe(taken.length);
  for (const { run, ms } of taken) {
    expect(run).toMatch(/^mass /);
    expect(ms).toBeGreaterThan(0);
    expect(Number.isFinite(ms)).toBe(true);
  }
  const unit = Math.max(1000 / 60, quantile(frames, 0.5));
  const times = taken.map(({ ms }) => ms);
  test.info().annotations.push({
    type: 'drag to curve',
    description: `median ${quantile(times, 0.5).toFixed(0)} ms, best ${Math.min(...times).toFixed(0)} ms; one frame takes ${unit.toFixed(0)} ms`,
  });
  // The quicker half: the machine may be busy with something else at any time.
  expect(quantile(times, 0.25)).toBeLessThan(MOST_FRAMES * unit);
});

test('a dragged slider leaves every other control alone', async ({ page }) => {
  await opened(page);
  await expect(state(page)).toHaveText('Finished');
  const controls = page.getByRole('complementary', { name: 'Experiment' });
  // What theory advises may come in after the race.
  await controls.evaluate(
    (aside) =>
      new Promise<void>((resolve) => {
        let quiet = setTimeout(resolve, 1000);
        new MutationObserver(() => {
          clearTimeout(quiet);
          quiet = setTimeout(resolve, 1000);
        }).observe(aside, { subtree: true, childList: true, attributes: true, characterData: true });
      }),
  );
  const touched = await controls.evaluateHandle((aside) => {
    const places = new Set<string>();
    new MutationObserver((records) => {
      for (const { target } of records) {
        const near = target instanceof Element ? target : target.parentElement;
        const part = near?.closest('[role="group"], section');
        places.add(part?.getAttribute('aria-label') ?? part?.querySelector('h2')?.textContent ?? 'elsewhere');
      }
    }).observe(aside, { subtree: true, childList: true, attributes: true, characterData: true });
    return places;
  });
  const known = (await measures(page)).length;
  await drag(page, slider(page, 'MaSS: step size'), -40);
  await expect.poll(async () => (await measures(page)).length).toBeGreaterThan(known);
  await expect(state(page)).toHaveText('Finished');
  expect(await touched.evaluate((places) => [...places])).toEqual(['MaSS']);
});

test('no task of the page takes long while ten runs of 64 seeds race', async ({ page }) => {
  const batches = [5, 6, 7, 8, 9].map((k) => `runs.${k}.batch=2`).join('&');
  const race = 'sgd,heavy-ball,nesterov,mass,adam,sgd,heavy-ball,nesterov,mass,adam';
  await opened(page, `#v=1&race=${race}&${batches}&seeds=64&steps=50000000&end`);
  await expect(state(page)).toHaveText('Running');
  await expect(page.getByRole('figure', { name: 'Race of the optimizers' })).not.toContainText('No points yet');
  // What is done once at the start is not what a race costs.
  await page.waitForTimeout(2000);
  const tasks = await tasksDuring(page, () => page.waitForTimeout(4000));
  await expect(state(page)).toHaveText('Running');
  test.info().annotations.push({
    type: 'longest task',
    description: `${Math.max(...tasks).toFixed(0)} ms of processor time`,
  });
  expect(tasks.length).toBeGreaterThan(50);
  expect(tasks.filter((ms) => ms > LONG_TASK)).toEqual([]);
});
