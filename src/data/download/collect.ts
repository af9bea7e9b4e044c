/** Files of a data set from the cache, and over the network what is not there. */
import type { FileCache } from './cache';
import { bytesOf, type RemoteFile } from './catalogue';
import { downloadFile, type Network } from './download';

export type CollectProgress =
  /** Bytes of all files that are downloaded now, together. */
  { readonly kind: 'downloading'; readonly received: number; readonly total: number } | { readonly kind: 'checking' };

export interface CollectOptions {
  readonly signal: AbortSignal;
  readonly onProgress: (progress: CollectProgress) => void;
  readonly onKept: (file: RemoteFile) => void;
}

/**
 * Downloads the files that the cache has not, one after the other, into the cache: what is there stays after an abort or a
 * failure, and is not asked for again. Throws as `downloadFile` and the cache's `write` do.
 */
export async function collect(
  files: readonly RemoteFile[],
  cache: FileCache,
  network: Network,
  { signal, onProgress, onKept }: CollectOptions,
): Promise<void> {
  const wanted: RemoteFile[] = [];
  for (const file of files) if (!(await cache.has(file))) wanted.push(file);
  const total = bytesOf(wanted);
  if (total > 0) await cache.checkRoom(total);
  let before = 0;
  for (const file of wanted) {
    const bytes = await downloadFile(file, network, {
      signal,
      onReceived: (received) => {
        onProgress({ kind: 'downloading', received: before + received, total });
      },
      onChecking: () => {
        onProgress({ kind: 'checking' });
      },
    });
    await cache.write(file, bytes);
    onKept(file);
    before += file.bytes;
  }
}
