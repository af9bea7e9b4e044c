/** Races that are kept for the time after their page, in the browser's IndexedDB, by the key of the race. */
import { createStore, delMany, get, getMany, keys, setMany, type UseStore } from 'idb-keyval';

/** Head and body of a race come and go together. What is read may be anything. */
export interface RaceStore {
  /** The heads of all races, by their keys. */
  readonly heads: () => Promise<ReadonlyMap<string, unknown>>;
  readonly body: (key: string) => Promise<unknown>;
  readonly write: (key: string, head: unknown, body: unknown) => Promise<void>;
  readonly remove: (key: string) => Promise<void>;
}

const headOf = (key: string) => ['head', key];
const bodyOf = (key: string) => ['body', key];

/** Undefined where the browser has no database (a private window may refuse it only when it is used). */
export function browserRaces(): RaceStore | undefined {
  if (typeof indexedDB === 'undefined') return undefined;
  let store: UseStore | undefined;
  const opened = () => (store ??= createStore('optimizer-playground-race', 'race'));
  return {
    heads: async () => {
      const all = await keys(opened());
      const known = all.flatMap((key) =>
        Array.isArray(key) && key[0] === 'head' && typeof key[1] === 'string' ? [key[1]] : [],
      );
      const heads = await getMany<unknown>(known.map(headOf), opened());
      return new Map(known.map((key, k) => [key, heads[k]]));
    },
    body: async (key) => get<unknown>(bodyOf(key), opened()),
    write: async (key, head, body) => {
      await setMany(
        [
          [headOf(key), head],
          [bodyOf(key), body],
        ],
        opened(),
      );
    },
    remove: async (key) => {
      await delMany([headOf(key), bodyOf(key)], opened());
    },
  };
}
