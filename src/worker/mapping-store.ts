/** Measured mappings, kept in the browser's IndexedDB: a reload need not measure again. */
import { createStore, get, set, type UseStore } from 'idb-keyval';
import type { MappingStore } from '../engine/gpu/tuning';

/** Undefined where the browser has no database (a private window may refuse it only when it is used). */
export function browserMappings(): MappingStore | undefined {
  if (typeof indexedDB === 'undefined') return undefined;
  let store: UseStore | undefined;
  const opened = () => (store ??= createStore('optimizer-playground', 'mappings'));
  return {
    get: async (key) => get<unknown>(key, opened()),
    set: async (key, value) => {
      await set(key, value, opened());
    },
  };
}
