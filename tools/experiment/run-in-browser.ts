/** Runs one experiment in a headless browser. */
import type { FileHandle } from 'node:fs/promises';
import { chromium, type Browser } from 'playwright';
import type { HeadlessEvent, HeadlessOutcome } from '../../src/headless/api';
import { browserArguments } from '../browser-arguments.mjs';
import { findBrowser, NO_BROWSER } from '../browser.mjs';
import type { ExperimentDocument } from './document';
import { Failure, oneLine } from './failure';
import { serveHeadlessPage } from './server';

/** Longest start of the browser and of the page, milliseconds. */
const START_LIMIT = 60_000;
/** Longest wait for a browser to close, or for a run to end once it is told to, milliseconds. */
const CLOSE_LIMIT = 5_000;

export interface BrowserRunOptions {
  readonly engine: 'auto' | 'cpu';
  /** Receives the result as JSON; stays the caller's. */
  readonly result: FileHandle;
  readonly signal: AbortSignal;
  readonly onEvent: (event: HeadlessEvent) => void;
}

/**
 * Runs the document's experiment and writes its result.
 * @throws Failure where there is no browser, or it ends or fails before the run does
 */
export async function runInBrowser(
  document: ExperimentDocument,
  { engine, result, signal, onEvent }: BrowserRunOptions,
): Promise<HeadlessOutcome> {
  const server = await serveHeadlessPage(document.dataFiles, result);
  let browser: Browser | undefined;
  try {
    browser = await launch();
    if (signal.aborted) return { kind: 'aborted' };
    const page = await browser.newPage();
    const broken = new Promise<never>((_, reject) => {
      page.on('crash', () => {
        reject(new Failure('the browser page crashed (out of memory?)'));
      });
      page.on('pageerror', (error) => {
        reject(new Failure(`the engine failed: ${oneLine(error)}`));
      });
      browser?.on('disconnected', () => {
        reject(new Failure('the browser ended before the run did'));
      });
    });
    // It may be rejected while nobody waits for it, in `finally` below for one.
    broken.catch(() => undefined);

    await page.exposeFunction('headlessEvent', onEvent);
    await Promise.race([broken, page.goto(server.pageUrl, { timeout: START_LIMIT })]);
    const outcome = page.evaluate(
      (request) => window.headless?.run(request) ?? { kind: 'failed' as const, message: 'the page did not load' },
      { config: document.config, engine, dataUrls: server.dataUrls, resultUrl: server.resultUrl },
    );
    const aborted = new Promise<HeadlessOutcome>((resolve) => {
      const abort = (): void => {
        page.evaluate(() => window.headless?.abort()).catch(() => undefined);
        setTimeout(resolve, CLOSE_LIMIT, { kind: 'aborted' });
      };
      if (signal.aborted) abort();
      else signal.addEventListener('abort', abort, { once: true });
    });
    return await Promise.race([broken, aborted, outcome]);
  } finally {
    // Closing can hang; the end of this process ends the browser as well.
    await Promise.race([browser?.close(), new Promise((resolve) => setTimeout(resolve, CLOSE_LIMIT).unref())]);
    server.close();
  }
}

/** Starts a headless browser with WebGPU. @throws Failure where there is none or it does not start */
export async function launch(): Promise<Browser> {
  const found = await findBrowser();
  if (!found) throw new Failure(NO_BROWSER);
  try {
    return await chromium.launch({
      executablePath: found.path,
      args: browserArguments,
      timeout: START_LIMIT,
      handleSIGINT: false,
      handleSIGTERM: false,
    });
  } catch (error) {
    throw new Failure(`${found.path} does not start: ${firstLine(error)}`);
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]?.replace(/^\w+\.\w+: /, '') ?? '';
