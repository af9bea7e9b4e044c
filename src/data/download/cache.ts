/** Downloaded files, kept by the browser from visit to visit. */
import { sizeText, type RemoteFile } from './catalogue';
import { DownloadError } from './errors';

const CACHE = 'optimizer-playground-data-sets';

export interface FileCache {
  /** Whether files outlive the page; false where the browser gives it no storage (some private windows). */
  lasts(): Promise<boolean>;
  has(file: RemoteFile): Promise<boolean>;
  read(file: RemoteFile): Promise<Blob | undefined>;
  /** Throws `DownloadError` where the browser says that this much does not fit; better known before a download. */
  checkRoom(bytes: number): Promise<void>;
  /** Throws `DownloadError` where there is no room. */
  write(file: RemoteFile, bytes: Uint8Array<ArrayBuffer>): Promise<void>;
  remove(file: RemoteFile): Promise<void>;
}

/** What the cache needs of the browser. */
export interface Storage {
  readonly caches: Pick<CacheStorage, 'open'> | undefined;
  readonly estimate: () => Promise<StorageEstimate>;
  /** The page's own address: keys lie below it and are never asked for over the network. */
  readonly base: string;
}

/**
 * A cache over the browser's Cache API. Keys hold the checksum: a file that the list of data sets describes anew is not
 * mistaken for the one from before. Without that API files are kept in memory.
 */
export function createFileCache({ caches, estimate, base }: Storage): FileCache {
  const memory = new Map<string, Blob>();
  let opened: Promise<Cache | undefined> | undefined;
  const cache = () => (opened ??= openCache(caches));
  const keyOf = (file: RemoteFile) =>
    new URL(`data-sets/${file.sha256 ?? file.sha1!}/${encodeURIComponent(file.name)}`, base).href;

  const read = async (file: RemoteFile): Promise<Blob | undefined> => {
    const store = await cache();
    const blob = store ? await (await store.match(keyOf(file)))?.blob() : memory.get(keyOf(file));
    return blob?.size === file.bytes ? blob : undefined;
  };

  return {
    lasts: async () => (await cache()) !== undefined,
    has: async (file) => {
      const store = await cache();
      if (!store) return memory.has(keyOf(file));
      // The body stays where it is: it may be large.
      return (await store.match(keyOf(file)))?.headers.get('content-length') === String(file.bytes);
    },
    read,
    checkRoom: async (bytes) => {
      if (!(await cache())) return;
      const { quota, usage } = await estimate().catch((): StorageEstimate => ({}));
      if (quota === undefined || usage === undefined) return;
      const room = Math.max(0, quota - usage);
      if (room < bytes) throw noRoom(bytes, room);
    },
    write: async (file, bytes) => {
      const store = await cache();
      if (!store) {
        memory.set(keyOf(file), new Blob([bytes]));
        return;
      }
      try {
        await store.put(keyOf(file), new Response(bytes, { headers: { 'content-length': String(bytes.length) } }));
      } catch (error) {
        if (error instanceof DOMException && error.name === 'QuotaExceededError') throw noRoom(file.bytes);
        throw error;
      }
    },
    remove: async (file) => {
      memory.delete(keyOf(file));
      await (await cache())?.delete(keyOf(file));
    },
  };
}

async function openCache(caches: Storage['caches']): Promise<Cache | undefined> {
  try {
    return await caches?.open(CACHE);
  } catch {
    // Some private windows have the API and refuse its use.
    return undefined;
  }
}

const noRoom = (bytes: number, room?: number) =>
  new DownloadError(
    `There is no room for ${sizeText(bytes)} in this browser's storage` +
      `${room === undefined ? '' : `: ${sizeText(room)} are left`}. Free some disk space, or remove other data sets.`,
    'space',
  );
