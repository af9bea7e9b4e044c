/** Downloads: the list of data sets, hosts in turn, checksums, the cache. */
import { readFileSync } from 'node:fs';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { sizeText, orderOf, parseCatalogue, type RemoteFile } from '../../src/data/download/catalogue';
import { collect, type CollectProgress } from '../../src/data/download/collect';
import { downloadFile } from '../../src/data/download/download';
import { cacheOf, content, FakeCaches, fileOf, Hosts, images, inPieces, labels, set } from './download-fakes';

const [imageFile, labelFile] = set.files as [RemoteFile, RemoteFile];
const [first, second] = imageFile.urls as [string, string];

let hosts: Hosts;
let abort: AbortController;
let received: number[];
let checks: number;

beforeEach(() => {
  hosts = new Hosts();
  abort = new AbortController();
  received = [];
  checks = 0;
});

const download = (file = imageFile, network = hosts.network) =>
  downloadFile(file, network, {
    signal: abort.signal,
    onReceived: (bytes) => received.push(bytes),
    onChecking: () => checks++,
  });

describe('the list of data sets', () => {
  const text = readFileSync('public/data-sets.json', 'utf8');
  const list = parseCatalogue(JSON.parse(text));

  it('has the three sets, every part of files that are there, several hosts for each', () => {
    expect(list.map(({ name }) => name)).toEqual(['MNIST', 'Fashion-MNIST', 'CIFAR-10']);
    for (const file of list.flatMap(({ files }) => files)) {
      expect(file.urls.length, file.name).toBeGreaterThan(1);
      for (const url of file.urls) expect(url).toMatch(/^https:/);
    }
    for (const { files } of list.flatMap(({ parts }) => parts)) expect(orderOf(list, files)).toBeDefined();
  });

  it('finds the set that has all files of an experiment, in their order', () => {
    const names = ['train-labels-idx1-ubyte.gz', 'train-images-idx3-ubyte.gz'];
    const order = orderOf(list, names)!;
    expect(order.set.id).toBe('mnist');
    expect(order.files.map(({ name }) => name)).toEqual(names);
    expect(orderOf(list, [...names, 'mine.csv'])).toBeUndefined();
    expect(orderOf(list, ['train-images-idx3-ubyte.gz', 'data_batch_1.bin'])).toBeUndefined();
    expect(orderOf(list, [''])).toBeUndefined();
    expect(orderOf(list, [])).toBeUndefined();
  });

  it('says where it is broken', () => {
    const broken = (edit: (copy: { sets: { files: Record<string, unknown>[] }[] }) => void) => {
      const copy = JSON.parse(text) as { sets: { files: Record<string, unknown>[] }[] };
      edit(copy);
      return () => parseCatalogue(copy);
    };
    expect(broken((copy) => (copy.sets[0]!.files[1]!['bytes'] = -1))).toThrow('sets.0.files.1.bytes');
    expect(broken((copy) => delete copy.sets[0]!.files[0]!['sha256'])).toThrow('either sha256 or sha1');
    expect(broken((copy) => copy.sets[0]!.files.pop())).toThrow('mnist has no file t10k-labels-idx1-ubyte.gz');
    expect(broken((copy) => copy.sets[1]!.files.push(copy.sets[0]!.files[0]!))).toThrow('stands there twice');
    expect(() => parseCatalogue('oops')).toThrow('broken at its top');
  });

  it('gives sizes as hosts do', () => {
    expect([4542, 9912422, 11594722, 153650000].map(sizeText)).toEqual(['4.5 kB', '9.9 MB', '11.6 MB', '154 MB']);
  });
});

describe('a download', () => {
  it('tells its progress, checks, and gives the bytes', async () => {
    hosts.serve(first, images);
    expect(await download()).toEqual(images);
    expect(received).toEqual([0, 250, 500, 750, 1000]);
    expect(checks).toBe(1);
    expect(hosts.asked).toEqual([first]);
  });

  it('accepts SHA-1 where only that is published', async () => {
    hosts.serve(first, images);
    const { name, bytes, urls } = imageFile;
    const rest = { name, bytes, urls };
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', images));
    const sha1 = Array.from(digest, (byte) => byte.toString(16).padStart(2, '0')).join('');
    expect(await download({ ...rest, sha1 })).toEqual(images);
    await expect(download({ ...rest, sha1: '0'.repeat(40), urls: [first] })).rejects.toThrow('its SHA-1 checksum');
  });

  it.each<[string, (hosts: Hosts) => void]>([
    ['is not there', (h) => void h.answers.set(first, () => new Response('no', { status: 404 }))],
    ["can't be reached", () => undefined],
    [
      'sends other bytes',
      (h) => {
        h.serve(first, content(1000, 9));
      },
    ],
    [
      'sends too much',
      (h) => {
        h.serve(first, content(1300));
      },
    ],
    [
      'sends too little',
      (h) => {
        h.serve(first, images.slice(0, 600));
      },
    ],
    ['sends no body', (h) => void h.answers.set(first, () => new Response(null, { status: 200 }))],
  ])('goes to the next host where one %s', async (_, prepare) => {
    prepare(hosts);
    hosts.serve(second, images);
    expect(await download()).toEqual(images);
    expect(hosts.asked).toEqual([first, second]);
    expect(received.slice(-5)).toEqual([0, 250, 500, 750, 1000]);
  });

  it('says what each host did where none has it', async () => {
    hosts.answers.set(first, () => new Response('no', { status: 503 }));
    hosts.serve(second, content(1000, 9));
    await expect(download()).rejects.toMatchObject({
      failure: 'hosts',
      message:
        'images.gz could not be downloaded: one.test answered with an error (HTTP 503); ' +
        'two.test sent another file (its SHA-256 checksum differs).',
    });
  });

  it('says what may be behind it where no host can be reached', async () => {
    await expect(download()).rejects.toThrow(
      'images.gz could not be downloaded: one.test could not be reached; two.test could not be reached. ' +
        'Is this computer online? A firewall or a browser extension may block these hosts, too.',
    );
  });

  it('names a host once that was asked at two addresses', async () => {
    const file = { ...imageFile, urls: [first, `${first}?again`] };
    await expect(download(file)).rejects.toThrow('downloaded: one.test could not be reached. Is this');
  });

  it('gives up a host that falls silent', async () => {
    vi.useFakeTimers();
    try {
      hosts.answers.set(
        first,
        (signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => {
              reject(new DOMException('aborted', 'AbortError'));
            });
          }),
      );
      const done = expect(download({ ...imageFile, urls: [first] })).rejects.toThrow('one.test sent nothing for 30 s');
      await vi.advanceTimersByTimeAsync(30_001);
      await done;
    } finally {
      vi.useRealTimers();
    }
  });

  it('asks nobody where the browser is offline, or the page is not secure', async () => {
    hosts.online = false;
    await expect(download()).rejects.toMatchObject({
      failure: 'offline',
      message: "images.gz can't be downloaded: this browser is offline.",
    });
    hosts.online = true;
    await expect(download(imageFile, { ...hosts.network, subtle: undefined })).rejects.toMatchObject({
      failure: 'insecure',
    });
    expect(hosts.asked).toEqual([]);
  });

  it('ends with an abort, and asks no other host', async () => {
    hosts.answers.set(first, (signal) => {
      let sent = false;
      const body = new ReadableStream<Uint8Array>({
        pull: (controller) => {
          if (!sent) controller.enqueue(images.slice(0, 100));
          sent = true;
          signal.addEventListener('abort', () => {
            controller.error(signal.reason);
          });
        },
      });
      return new Response(body);
    });
    const done = download();
    await vi.waitFor(() => {
      expect(received).toEqual([0, 100]);
    });
    abort.abort();
    await expect(done).rejects.toBe(abort.signal.reason);
    expect(hosts.asked).toEqual([first]);
  });
});

describe('files in the cache', () => {
  const got: CollectProgress[] = [];
  const kept: string[] = [];
  const collectInto = (cache = cacheOf(new FakeCaches())) =>
    collect(set.files, cache, hosts.network, {
      signal: abort.signal,
      onProgress: (progress) => got.push(progress),
      onKept: ({ name }) => kept.push(name),
    });

  beforeEach(() => {
    got.length = 0;
    kept.length = 0;
    hosts.serve(first, images);
    hosts.serve(labelFile.urls[0]!, labels);
  });

  it('are asked for once, and together make the progress', async () => {
    const caches = new FakeCaches();
    await collectInto(cacheOf(caches));
    expect(kept).toEqual(['images.gz', 'labels.gz']);
    expect(got[0]).toEqual({ kind: 'downloading', received: 0, total: 1100 });
    expect(got.filter(({ kind }) => kind === 'checking')).toHaveLength(2);
    expect(got.at(-2)).toEqual({ kind: 'downloading', received: 1100, total: 1100 });
    expect([...caches.entries.keys()][0]).toBe(`https://page.test/sub/data-sets/${imageFile.sha256}/images.gz`);

    const after = cacheOf(caches);
    await collectInto(after);
    expect(hosts.asked).toHaveLength(2);
    const blob = await after.read(imageFile);
    expect(new Uint8Array(await blob!.arrayBuffer())).toEqual(images);
    await after.remove(imageFile);
    expect(await after.has(imageFile)).toBe(false);
    expect(await after.read(imageFile)).toBeUndefined();
  });

  it('that were complete before a failure stay, and only the rest is asked for again', async () => {
    hosts.answers.delete(labelFile.urls[0]!);
    const cache = cacheOf(new FakeCaches());
    await expect(collectInto(cache)).rejects.toThrow('labels.gz could not be downloaded');
    hosts.serve(labelFile.urls[0]!, labels);
    hosts.asked.length = 0;
    await collectInto(cache);
    expect(hosts.asked).toEqual(labelFile.urls);
    expect(got.at(-2)).toEqual({ kind: 'downloading', received: 100, total: 100 });
  });

  it('of another checksum are other files', async () => {
    const caches = new FakeCaches();
    await collectInto(cacheOf(caches));
    expect(await cacheOf(caches).has(fileOf('images.gz', content(1000, 5)))).toBe(false);
  });

  it('need room: known before, or told by the browser', async () => {
    await expect(collectInto(cacheOf(new FakeCaches(), { quota: 2_000_000, usage: 1_999_500 }))).rejects.toMatchObject({
      failure: 'space',
      message: /There is no room for 1\.1 kB .*: 500 B are left/,
    });
    expect(hosts.asked).toEqual([]);
    const caches = new FakeCaches();
    caches.full = true;
    await expect(collectInto(cacheOf(caches))).rejects.toThrow(/There is no room .* remove other data sets/);
    expect(kept).toEqual([]);
  });

  it('stay in memory where the browser gives no storage', async () => {
    const none = cacheOf(undefined);
    expect(await none.lasts()).toBe(false);
    await collectInto(none);
    expect(await none.has(labelFile)).toBe(true);
    expect(new Uint8Array(await (await none.read(labelFile))!.arrayBuffer())).toEqual(labels);
    expect(await cacheOf(new FakeCaches()).lasts()).toBe(true);
  });

  it('say how much came in pieces of any size', async () => {
    hosts.answers.set(first, () => inPieces(images, 1));
    await collectInto();
    expect(got.filter(({ kind }) => kind === 'downloading').length).toBeGreaterThan(1000);
  });
});
