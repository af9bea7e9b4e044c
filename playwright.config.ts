import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { defineConfig } from '@playwright/test';
import { browserArguments } from './tools/browser-arguments.mjs';
import { findBrowser } from './tools/browser.mjs';

/** The folder of the built page; another one lets tests run beside a build. */
const dist = process.env['E2E_DIST'] ?? 'dist';
if (!existsSync(join(dist, 'index.html')))
  throw new Error(`There is no built page in ${dist} to test: run "npm run build" first.`);

const browser = await findBrowser();

// Workers load this file too and inherit the environment, so that all agree on one free port.
const port = (process.env['E2E_PORT'] ??= String(await freePort()));
/** The built page under a sub-path: nothing in it may count on being at the root. */
const base = '/some/sub-path/';
const url = `http://127.0.0.1:${port}${base}`;

export default defineConfig({
  testDir: 'tests/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'test-results',
  // One browser fills two cores: it computes in software on all of them. Two at a time took longer, and their times said little.
  workers: 1,
  forbidOnly: Boolean(process.env['CI']),
  reporter: [['list']],
  // A test takes seconds; these limits are for machines that do much else besides.
  timeout: 300_000,
  // A little less than `npm test` allows, so that what failed is still reported.
  globalTimeout: 18 * 60_000,
  expect: { timeout: 60_000 },
  use: {
    baseURL: url,
    browserName: 'chromium',
    headless: true,
    viewport: { width: 1280, height: 900 },
    actionTimeout: 45_000,
    navigationTimeout: 60_000,
    // What failed leaves a picture and what was done. To record every step took a third of the time: `--trace on` where it is needed.
    screenshot: 'only-on-failure',
    trace: { mode: 'retain-on-failure', screenshots: false, snapshots: false },
    launchOptions: {
      args: browserArguments,
      timeout: 60_000,
      ...(browser ? { executablePath: browser.path } : {}),
    },
  },
  webServer: {
    command: `npx vite preview --outDir ${dist} --host 127.0.0.1 --port ${port} --strictPort --base ${base}`,
    url,
    timeout: 60_000,
    reuseExistingServer: false,
    gracefulShutdown: { signal: 'SIGTERM', timeout: 3_000 },
  },
});

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => {
        if (address && typeof address === 'object') resolve(address.port);
        else reject(new Error('no free port on 127.0.0.1'));
      });
    });
  });
}
