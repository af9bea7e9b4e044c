/** The benchmark in a headless browser: all contestants in one page, then the playground's sliders in another. */
import { stripVTControlCharacters } from 'node:util';
import type { Browser, Page } from 'playwright';
import type { BenchRequest } from '../../bench/page/api';
import type { Report } from '../../bench/report';
import { Failure, oneLine } from '../experiment/failure';
import { launch } from '../experiment/run-in-browser';
import { measureLatency } from './latency';
import { serveBench } from './server';

const START_LIMIT = 60_000;
const CLOSE_LIMIT = 5_000;

export interface BrowserBench {
  readonly request: BenchRequest;
  /** Whether the latency of the playground's sliders is measured too. */
  readonly latency: boolean;
  readonly onProgress: (line: string) => void;
  readonly onNote: (line: string) => void;
}

/** @throws Failure where there is no browser, or nothing can be measured in it */
export async function benchInBrowser({ request, latency, onProgress, onNote }: BrowserBench): Promise<Report> {
  const server = await serveBench(latency);
  try {
    const browser = await launch();
    try {
      const report = await inPage(browser, async (page) => {
        await page.exposeFunction('benchProgress', onProgress);
        await page.goto(server.benchUrl, { timeout: START_LIMIT });
        await page.waitForFunction(() => window.bench !== undefined, undefined, { timeout: START_LIMIT });
        return page.evaluate((wanted) => window.bench!.run(wanted), request);
      });
      if (!latency) return report;
      onProgress('latency: a slider of the playground');
      try {
        return { ...report, latency: await inPage(browser, (page) => measureLatency(page, server.siteUrl)) };
      } catch (error) {
        // Minutes of other measurements must not be lost for it.
        onNote(`The latency could not be measured: ${oneLine(error)}`);
        return report;
      }
    } finally {
      // Closing can hang; the end of this process ends the browser as well.
      await Promise.race([browser.close(), new Promise((done) => setTimeout(done, CLOSE_LIMIT).unref())]);
    }
  } finally {
    server.close();
  }
}

/** A page of its own for some work. @throws Failure where the work fails, or the page or the browser ends before it */
async function inPage<T>(browser: Browser, work: (page: Page) => Promise<T>): Promise<T> {
  const page = await browser.newPage();
  try {
    const broken = new Promise<never>((_, reject) => {
      page.on('crash', () => {
        reject(new Failure('the browser page crashed (out of memory?)'));
      });
      browser.on('disconnected', () => {
        reject(new Failure('the browser ended before the benchmark did'));
      });
    });
    return await Promise.race([broken, work(page)]);
  } catch (error) {
    if (error instanceof Failure) throw error;
    // Playwright adds what it called, in colours.
    const [reason = ''] = stripVTControlCharacters(oneLine(error)).split('Call log:');
    throw new Failure(reason.replace(/^page\.\w+: (Error: )?/, '').trim());
  } finally {
    await page.close().catch(() => undefined);
  }
}
