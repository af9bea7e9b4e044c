/** Whatever lies in the database: what is read back is a race or nothing, and never an error. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { raceKey } from '../../src/engine/race-key';
import { RaceKeeper } from '../../src/worker/race-keeper';
import { experiment } from '../support/experiments';
import { sharedRaces } from '../unit/race-fakes';

it('takes anything for no race', async () => {
  const anything = fc.anything({ withTypedArray: true, withDate: true, withMap: true });
  await fc.assert(
    fc.asyncProperty(anything, anything, async (head, body) => {
      const told: string[] = [];
      const races = sharedRaces();
      races.kept.set(raceKey(experiment()), { head, body });
      const keeper = new RaceKeeper({
        ...{ store: races.store, locks: races.page().locks },
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
