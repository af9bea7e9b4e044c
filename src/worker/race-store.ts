/** The one race that is kept for the time after the page, in the browser's IndexedDB. */
import { createStore, delMany, get, setMany, type UseStore } from 'idb-keyval';

/** Head and body come and go together. What is read may be anything. */
export interface RaceStore {
  readonly head: () => Promise<unknown>;
  readonly body: () => Promise<unknown>;
  readonly write: (head: unknown, body: unknown) => Promise<void>;
  readonly remove: () => Promise<void>;
}

/** Undefined where the browser has no database (a private window may refuse it only when it is used). */
export function browserRaces(): RaceStore | undefined {
  if (typeof indexedDB === 'undefined') return undefined;
  let store: UseStore | undefined;
  const opened = () => (store ??= createStore('optimizer-playground-race', 'race'));
  return {
    head: async () => get<unknown>('head', opened()),
    body: async () => get<unknown>('body', opened()),
    write: async (head, body) => {
      await setMany(
        [
          ['head', head],
          ['body', body],
        ],
        opened(),
      );
    },
    remove: async () => {
      await delMany(['head', 'body'], opened());
    },
  };
}
