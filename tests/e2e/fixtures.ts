/** What every end-to-end test shares: a test fails when a page says anything that a user's console should not hold. */
import { test as base, expect, type BrowserContext, type ConsoleMessage, type Page } from '@playwright/test';

interface Options {
  /** Console messages and page errors that a test expects: `test.use({ allowedMessages: [[/device was lost/i], { scope: 'test' }] })`. */
  allowedMessages: readonly RegExp[];
}

interface Fixtures {
  /** Watches a further context, made with `browser.newContext()`, as the test's own `context` is watched anyway. */
  watch: (context: BrowserContext) => void;
}

export const test = base.extend<Options & Fixtures>({
  allowedMessages: [[], { option: true }],
  watch: [
    async ({ context, allowedMessages }, use) => {
      const unexpected: string[] = [];
      const note = (message: string): void => {
        if (!allowedMessages.some((allowed) => allowed.test(message))) unexpected.push(message);
      };
      const watch = (watched: BrowserContext): void => {
        watched.on('console', (message: ConsoleMessage) => {
          if (message.type() !== 'error' && message.type() !== 'warning') return;
          const { url, lineNumber } = message.location();
          note(`console ${message.type()}: ${message.text()} (${url}:${lineNumber})`);
        });
        watched.on('weberror', (event) => {
          note(`page error: ${event.error().stack ?? event.error().message}`);
        });
        const onPage = (page: Page): void => {
          page.on('crash', () => {
            note('the page crashed');
          });
        };
        watched.on('page', onPage);
        watched.pages().forEach(onPage);
      };
      watch(context);
      await use(watch);
      expect(unexpected, 'messages in the console').toEqual([]);
    },
    { auto: true },
  ],
});

export { expect };
