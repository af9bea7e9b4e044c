/** A made-up data set, hosts that serve it, and a browser's storage, all in memory. */
import { createHash } from 'node:crypto';
import { createFileCache, type FileCache } from '../../src/data/download/cache';
import type { RemoteFile, RemoteSet } from '../../src/data/download/catalogue';
import type { Network } from '../../src/data/download/download';

export const content = (length: number, seed = 1): Uint8Array<ArrayBuffer> =>
  Uint8Array.from({ length }, (_, k) => (k * 31 + seed * 7) % 251);

export const fileOf = (name: string, bytes: Uint8Array, hosts: readonly string[] = ['one.test']): RemoteFile => ({
  name,
  bytes: bytes.length,
  sha256: createHash('sha256').update(bytes).digest('hex'),
  urls: hosts.map((host) => `https://${host}/${name}`),
});

export const images = content(1000, 1);
export const labels = content(100, 2);

export const set: RemoteSet = {
  id: 'tiny',
  name: 'Tiny',
  about: 'made up',
  source: 'nobody',
  page: 'https://tiny.test/',
  licence: 'none',
  parts: [{ name: 'Training', rows: 10, files: ['images.gz', 'labels.gz'] }],
  files: [fileOf('images.gz', images, ['one.test', 'two.test']), fileOf('labels.gz', labels)],
};

/** An answer in pieces of some bytes. */
export const inPieces = (bytes: Uint8Array<ArrayBuffer>, size = 250): Response => {
  let at = 0;
  return new Response(
    new ReadableStream<Uint8Array>({
      pull: (controller) => {
        if (at < bytes.length) controller.enqueue(bytes.slice(at, (at += size)));
        else controller.close();
      },
    }),
  );
};

export type Answer = (signal: AbortSignal) => Response | Promise<Response>;

/** Hosts by address; one that is not named can't be reached. `asked` lists the addresses in order. */
export class Hosts {
  readonly answers = new Map<string, Answer>();
  readonly asked: string[] = [];
  online = true;
  readonly network: Network = {
    fetch: async (url, { signal }) => {
      this.asked.push(url);
      const answer = this.answers.get(url);
      if (!answer) throw new TypeError('Failed to fetch');
      return answer(signal);
    },
    online: () => this.online,
    subtle: crypto.subtle,
    patience: 30_000,
  };

  serve(url: string, bytes: Uint8Array<ArrayBuffer>): void {
    this.answers.set(url, () => inPieces(bytes));
  }
}

/** The part of the Cache API that is used; `full` refuses what is put. */
export class FakeCaches {
  readonly entries = new Map<string, Response>();
  full = false;
  open(): Promise<Cache> {
    const store = {
      match: (key: string) => Promise.resolve(this.entries.get(key)?.clone()),
      put: (key: string, response: Response) => {
        if (this.full) return Promise.reject(new DOMException('full', 'QuotaExceededError'));
        this.entries.set(key, response);
        return Promise.resolve();
      },
      delete: (key: string) => Promise.resolve(this.entries.delete(key)),
    };
    return Promise.resolve(store as unknown as Cache);
  }
}

export const cacheOf = (caches: FakeCaches | undefined, estimate: StorageEstimate = {}): FileCache =>
  createFileCache({ caches, estimate: () => Promise.resolve(estimate), base: 'https://page.test/sub/' });
