/** Whatever lies in the database: what is read back is a race or nothing, and never an error. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { RaceKeeper } from '../../src/worker/race-keeper';
import { experiment } from '../support/experiments';

it('takes anything for no race', async () => {
  const anything = fc.anything({ withTypedArray: true, withDate: true, withMap: true });
  await fc.assert(
    fc.asyncProperty(anything, anything, async (head, body) => {
      const told: string[] = [];
      const keeper = new RaceKeeper({
        store: {
          head: () => Promise.resolve(head),
          body: () => Promise.resolve(body),
          write: () => Promise.resolve(),
          remove: () => Promise.resolve(),
        },
        saved: () => undefined,
        notify: (message) => told.push(message),
        now: () => 0,
      });
      expect(await keeper.offer(experiment(), 'cpu')).toBeUndefined();
      expect(await keeper.goOn(experiment(), () => Promise.resolve(true))).toBe(false);
      expect(told).toEqual([]);
    }),
    { numRuns: 100 },
  );
});
