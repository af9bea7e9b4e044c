/** One headless browser for all experiments and pictures of a reproduction. */
import { open, readFile, rm, type FileHandle } from 'node:fs/promises';
import type { Browser, Page } from 'playwright';
import type { ExperimentConfig } from '../../src/experiment/config';
import type { SvgPicture } from '../../src/export/svg';
import type { HeadlessEvent, HeadlessOutcome } from '../../src/headless/api';
import { Failure, oneLine } from '../experiment/failure';
import { launch } from '../experiment/run-in-browser';
import { serveHeadlessPage, type HeadlessServer } from '../experiment/server';

const START_LIMIT = 60_000;
const CLOSE_LIMIT = 5_000;
/** Pictures have twice as many pixels as their SVG has units. */
const PNG_SCALE = 2;

export class HeadlessBrowser {
  readonly #broken: Promise<never>;
  #closing = false;

  private constructor(
    readonly server: HeadlessServer,
    readonly browser: Browser,
    readonly page: Page,
    readonly result: FileHandle,
    readonly scratch: string,
  ) {
    this.#broken = new Promise<never>((_, reject) => {
      page.on('crash', () => {
        reject(new Failure('the browser page crashed (out of memory?)'));
      });
      page.on('pageerror', (error) => {
        reject(new Failure(`the engine failed: ${oneLine(error)}`));
      });
      browser.on('disconnected', () => {
        reject(new Failure('the browser ended before the run did'));
      });
    });
    // Nobody waits for it between experiments.
    this.#broken.catch(() => undefined);
  }

  /**
   * @param dataFiles paths, in the order in which a document names them
   * @param scratch file for the results on their way here; removed in the end
   * @throws Failure where there is no browser or it does not start
   */
  static async start(
    dataFiles: readonly string[],
    scratch: string,
    onEvent: (event: HeadlessEvent) => void,
  ): Promise<HeadlessBrowser> {
    const result = await open(scratch, 'w');
    try {
      const [server, browser] = await Promise.all([serveHeadlessPage(dataFiles, result), launch()]);
      const page = await browser.newPage();
      const started = new HeadlessBrowser(server, browser, page, result, scratch);
      await page.exposeFunction('headlessEvent', onEvent);
      await Promise.race([started.#broken, page.goto(server.pageUrl, { timeout: START_LIMIT })]);
      return started;
    } catch (error) {
      await result.close();
      await rm(scratch, { force: true });
      throw error;
    }
  }

  /** Runs one experiment; the result is JSON. @throws Failure where it cannot run */
  async run(config: ExperimentConfig, engine: 'auto' | 'cpu'): Promise<{ json: string; outcome: HeadlessOutcome }> {
    const { page, server } = this;
    const outcome = await Promise.race([
      this.#broken,
      page.evaluate(
        (request) => window.headless?.run(request) ?? { kind: 'failed' as const, message: 'the page did not load' },
        { config, engine, dataUrls: server.dataUrls, resultUrl: server.resultUrl },
      ),
    ]);
    if (outcome.kind === 'failed') throw new Failure(outcome.message);
    return { json: await readFile(this.scratch, 'utf8'), outcome };
  }

  /** A picture as PNG. */
  async png({ svg, width, height }: SvgPicture): Promise<Buffer> {
    const page = await this.browser.newPage({ viewport: { width, height }, deviceScaleFactor: PNG_SCALE });
    try {
      await page.setContent(`<style>body{margin:0}svg{display:block}</style>${svg.replace(/^<\?xml[^>]*\?>/, '')}`);
      await page.evaluate(() => document.fonts.ready.then(() => undefined));
      return await page.screenshot({ clip: { x: 0, y: 0, width, height } });
    } finally {
      await page.close();
    }
  }

  async close(): Promise<void> {
    if (this.#closing) return;
    this.#closing = true;
    // Closing can hang; the end of this process ends the browser as well.
    await Promise.race([this.browser.close(), new Promise((done) => setTimeout(done, CLOSE_LIMIT).unref())]);
    this.server.close();
    await this.result.close();
    await rm(this.scratch, { force: true });
  }
}
