/** A store of races in memory, and the pages that share it. */
import type { RaceLocks } from '../../src/worker/race-locks';
import type { RaceStore } from '../../src/worker/race-store';

export interface SharedRaces {
  readonly kept: Map<string, { readonly head: unknown; readonly body: unknown }>;
  readonly store: RaceStore;
  /** How often something was written. */
  readonly writes: number;
  /** Another page; closed, it lets go of what it holds. */
  page(): { readonly locks: RaceLocks; readonly close: () => void };
}

export function sharedRaces(): SharedRaces {
  const kept: SharedRaces['kept'] = new Map();
  const holders = new Map<string, symbol>();
  let writes = 0;
  return {
    kept,
    get writes() {
      return writes;
    },
    store: {
      heads: () => Promise.resolve(new Map([...kept].map(([key, { head }]) => [key, head]))),
      body: (key) => Promise.resolve(kept.get(key)?.body),
      write: (key, head, body) => {
        writes++;
        kept.set(key, structuredClone({ head, body }));
        return Promise.resolve();
      },
      remove: (key) => {
        kept.delete(key);
        return Promise.resolve();
      },
    },
    page: () => {
      const own = Symbol('page');
      const release = (key: string) => {
        if (holders.get(key) === own) holders.delete(key);
      };
      return {
        locks: {
          // Like those of browsers: not even the holder gets one twice.
          take: (key) => {
            if (holders.has(key)) return Promise.resolve(undefined);
            holders.set(key, own);
            return Promise.resolve(() => {
              release(key);
            });
          },
        },
        close: () => {
          for (const key of [...holders.keys()]) release(key);
        },
      };
    },
  };
}
