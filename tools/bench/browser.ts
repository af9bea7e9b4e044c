/** The benchmark in a headless browser. */
import type { BenchRequest } from '../../bench/page/api';
import type { Report } from '../../bench/report';
import { Failure, oneLine } from '../experiment/failure';
import { launch } from '../experiment/run-in-browser';
import { serveBench } from './server';

const START_LIMIT = 60_000;
const CLOSE_LIMIT = 5_000;

/** @throws Failure where there is no browser, or nothing can be measured in it */
export async function benchInBrowser(request: BenchRequest, onProgress: (line: string) => void): Promise<Report> {
  const server = await serveBench();
  try {
    const browser = await launch();
    try {
      const page = await browser.newPage();
      const broken = new Promise<never>((_, reject) => {
        page.on('crash', () => {
          reject(new Failure('the browser page crashed (out of memory?)'));
        });
        page.on('pageerror', (error) => {
          onProgress(`page: ${oneLine(error)}`);
        });
        browser.on('disconnected', () => {
          reject(new Failure('the browser ended before the benchmark did'));
        });
      });
      broken.catch(() => undefined);
      await page.exposeFunction('benchProgress', onProgress);
      await Promise.race([broken, page.goto(server.url, { timeout: START_LIMIT })]);
      await Promise.race([broken, page.waitForFunction(() => window.bench !== undefined, { timeout: START_LIMIT })]);
      return await Promise.race([broken, page.evaluate((wanted) => window.bench!.run(wanted), request)]);
    } catch (error) {
      throw error instanceof Failure ? error : new Failure(oneLine(error).replace(/^page\.evaluate: (Error: )?/, ''));
    } finally {
      // Closing can hang; the end of this process ends the browser as well.
      await Promise.race([browser.close(), new Promise((done) => setTimeout(done, CLOSE_LIMIT).unref())]);
    }
  } finally {
    server.close();
  }
}
