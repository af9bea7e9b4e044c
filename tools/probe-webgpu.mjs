/** Says whether the browser in CHROME_PATH (or the one found) gives a WebGPU adapter; exits 1 where it does not. */
import { createServer } from 'node:http';
import { chromium } from 'playwright';
import { browserArguments } from './browser-arguments.mjs';
import { findBrowser, NO_BROWSER } from './browser.mjs';
import { fail } from './dependencies.mjs';

/** Seconds for the start of the browser, and for its answer. */
const LIMIT = 60;

const browser = (await findBrowser()) ?? fail(NO_BROWSER);

// WebGPU is there only in a secure context, which about:blank is not; a page from localhost is.
const server = createServer((_, response) => response.end('<!doctype html><title>WebGPU?</title>'));
await new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve(undefined)));
const address = server.address();
if (!address || typeof address === 'string') fail('No port could be opened on 127.0.0.1.');

const late = setTimeout(() => fail(`${browser.path} did not answer within ${2 * LIMIT} s.`), 2 * LIMIT * 1000);
try {
  const launched = await chromium.launch({
    executablePath: browser.path,
    args: browserArguments,
    timeout: LIMIT * 1000,
  });
  const page = await launched.newPage();
  await page.goto(`http://127.0.0.1:${address.port}/`);
  const answer = await page.evaluate(async () => {
    if (!('gpu' in navigator)) return 'has no WebGPU';
    const adapter = await navigator.gpu.requestAdapter();
    return adapter ? { vendor: adapter.info.vendor, architecture: adapter.info.architecture } : 'offers no adapter';
  });
  const name = `${browser.path} ${launched.version()}`;
  if (typeof answer === 'string')
    fail(`WebGPU is not available: ${name} ${answer} (switches: ${browserArguments.join(' ')}).`);
  console.log(`WebGPU adapter of ${name}: ${answer.vendor || 'unknown'} ${answer.architecture}`.trimEnd());
} catch (error) {
  fail(`WebGPU is not available: ${error instanceof Error ? error.message : String(error)}`);
}
clearTimeout(late);
// Closing can hang; leaving ends the browser as well.
process.exit(0);
