import { playwright } from '@vitest/browser-playwright';
import { defineConfig } from 'vitest/config';
import { browserArguments } from './tools/browser-arguments.mjs';
import { findBrowser } from './tools/browser.mjs';

// `npm test` has put the browser it found into CHROME_PATH; a plain `vitest` finds it here.
const browser = await findBrowser();

export default defineConfig({
  test: {
    // A browser that hangs when it is closed must not hold up the run.
    teardownTimeout: 10_000,
    projects: [
      {
        test: {
          name: 'unit',
          environment: 'node',
          include: ['tests/{unit,property}/**/*.test.{ts,tsx}'],
          // Files share what they import: loading it anew for each of them took as long as the tests. None replaces a module.
          pool: 'threads',
          isolate: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        // Found late, a dependency would reload the page in the middle of a test.
        optimizeDeps: { entries: ['tests/gpu/**/*.ts', 'src/{engine,worker}/**/*.ts'] },
        test: {
          name: 'gpu',
          include: ['tests/gpu/**/*.test.ts'],
          testTimeout: 120_000,
          // Opening a device waits for whatever else the machine does.
          hookTimeout: 60_000,
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { args: browserArguments, ...(browser ? { executablePath: browser.path } : {}) },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
    ],
  },
});
