/** The page's downloads: what an experiment misses, what the cache has, what a click gets. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { defaultExperiment } from '../../src/experiment/default';
import { createDownloads, toDownload, type Downloads } from '../../src/state/download-store';
import { createExperimentStore, type ExperimentStore } from '../../src/state/experiment-store';
import { createSession, type Session } from '../../src/state/session-store';
import { cacheOf, FakeCaches, Hosts, images, labels, set } from './download-fakes';
import { settle } from './fake-engine';

const names = ['images.gz', 'labels.gz'];
const needing = (files: string[]) => ({
  ...defaultExperiment,
  problem: {
    kind: 'linear-regression' as const,
    dataset: { files },
    target: {},
    scaling: 'unit' as const,
    intercept: false,
  },
});

let hosts: Hosts;
let caches: FakeCaches;
let experiment: ExperimentStore;
let session: Session;
let downloads: Downloads | undefined;
let list: () => Promise<unknown>;
let lists: number;
/** Names of the files that were given to the engine, call by call. */
let given: string[][];

const start = (files?: string[]): Downloads => {
  experiment = createExperimentStore(files ? needing(files) : defaultExperiment);
  session = createSession((callback) => {
    callback();
  });
  downloads = createDownloads({
    readList: () => {
      lists++;
      return list();
    },
    cache: cacheOf(caches),
    network: hosts.network,
    experiment,
    session,
    addFiles: (added) => {
      given.push(added.map(({ name }) => name));
      session.addDataset({ files: added.map(({ name }) => name), rows: 10, columns: ['x', 'label'] });
      return Promise.resolve();
    },
  });
  return downloads;
};
const tiny = () => downloads!.store.getState().sets[0]!;
/** A visit before this one that downloaded all. */
const visitBefore = async () => {
  const before = start(names);
  await before.open();
  await before.get('tiny', names);
  before.dispose();
  given = [];
  hosts.asked.length = 0;
};

beforeEach(() => {
  hosts = new Hosts();
  hosts.serve(set.files[0]!.urls[0]!, images);
  hosts.serve(set.files[1]!.urls[0]!, labels);
  caches = new FakeCaches();
  list = () => Promise.resolve({ version: 1, sets: [set] });
  lists = 0;
  given = [];
});

afterEach(() => {
  downloads?.dispose();
  downloads = undefined;
});

describe('downloads', () => {
  it('ask for nothing before an experiment wants data, then only for the list', async () => {
    start();
    await settle();
    expect(lists).toBe(0);
    experiment.getState().edit(() => needing([]));
    await vi.waitFor(() => {
      expect(downloads!.store.getState().list).toBe('read');
    });
    expect(lists).toBe(1);
    expect(hosts.asked).toEqual([]);
    expect(toDownload(tiny(), names).map(({ name }) => name)).toEqual(names);
  });

  it('get files by a click, in whole percents, and give them to the experiment', async () => {
    const { store, open, get } = start([]);
    await open();
    const seen: string[] = [];
    store.subscribe(({ sets }) => {
      const { phase } = sets[0]!;
      seen.push(phase.kind === 'downloading' ? `${Math.floor((100 * phase.received) / phase.total)} %` : phase.kind);
    });
    await get('tiny', names);
    expect([...new Set(seen)]).toEqual(['0 %', '22 %', '45 %', '68 %', '90 %', 'checking', '100 %', 'loading', 'idle']);
    expect(given).toEqual([names]);
    expect([...tiny().kept]).toEqual(names);
  });

  it('load what is in the cache after a reload, without asking', async () => {
    await visitBefore();
    start(['data/labels.gz', 'data/images.gz']);
    await vi.waitFor(() => {
      expect(given).toEqual([['labels.gz', 'images.gz']]);
    });
    await settle();
    expect(hosts.asked).toEqual([]);
    expect(tiny().phase).toEqual({ kind: 'idle' });
  });

  it('load for an experiment that comes later, and leave files of others alone', async () => {
    await visitBefore();
    start(['mine.csv']);
    await downloads!.open();
    await settle();
    expect(given).toEqual([]);
    experiment.getState().load(needing(names));
    await vi.waitFor(() => {
      expect(given).toEqual([names]);
    });
  });

  it('do not try a file for ever that the engine can not read', async () => {
    await visitBefore();
    let tries = 0;
    experiment = createExperimentStore(needing(names));
    downloads = createDownloads({
      readList: list,
      cache: cacheOf(caches),
      network: hosts.network,
      experiment,
      session: createSession((callback) => {
        callback();
      }),
      addFiles: () => {
        tries++;
        return Promise.resolve();
      },
    });
    await downloads.open();
    await settle();
    experiment.getState().edit((config) => ({ ...config, problem: { ...needing(names).problem, intercept: true } }));
    await settle();
    expect(tries).toBe(1);
  });

  it('say what failed, and get the rest by trying again', async () => {
    hosts.answers.delete(set.files[1]!.urls[0]!);
    const { open, get } = start(names);
    await open();
    await get('tiny', names);
    expect(tiny().phase).toMatchObject({
      kind: 'failed',
      wanted: names,
      message: expect.stringContaining('labels.gz could not be downloaded: one.test could not be reached') as string,
    });
    expect([...tiny().kept]).toEqual(['images.gz']);
    expect(given).toEqual([]);
    hosts.serve(set.files[1]!.urls[0]!, labels);
    await get('tiny', names);
    expect(given).toEqual([names]);
    expect(hosts.asked.filter((url) => url.includes('images'))).toHaveLength(1);
  });

  it('stop by command, without a word of failure', async () => {
    hosts.answers.set(
      set.files[1]!.urls[0]!,
      (signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => {
            reject(new DOMException('aborted', 'AbortError'));
          });
        }),
    );
    const { open, get, stop } = start(names);
    await open();
    const done = get('tiny', names);
    await vi.waitFor(() => {
      expect(hosts.asked).toHaveLength(2);
    });
    stop('tiny');
    await done;
    expect(tiny().phase).toEqual({ kind: 'idle' });
    expect([...tiny().kept]).toEqual(['images.gz']);
    expect(given).toEqual([]);
  });

  it('keep to themselves where the problem was changed meanwhile', async () => {
    const { open, get } = start([]);
    await open();
    const done = get('tiny', names);
    experiment.getState().edit((config) => ({ ...config, problem: defaultExperiment.problem }));
    await done;
    expect(given).toEqual([]);
    expect([...tiny().kept]).toEqual(names);
    expect(tiny().phase).toEqual({ kind: 'idle' });
  });

  it('are removed from the cache, not from the engine', async () => {
    await visitBefore();
    const { open, remove } = start(names);
    await open();
    await vi.waitFor(() => {
      expect(tiny().phase).toEqual({ kind: 'idle' });
    });
    await remove('tiny');
    expect([...tiny().kept]).toEqual([]);
    expect(caches.entries.size).toBe(0);
    expect(session.datasets()).toHaveLength(1);
  });

  it('say where the list can not be read, and read it again when asked', async () => {
    list = () => Promise.reject(new TypeError('Failed to fetch'));
    const { open, store } = start([]);
    await open();
    expect(store.getState()).toMatchObject({ list: 'failed', sets: [] });
    list = () => Promise.resolve({ version: 1, sets: [set] });
    await open();
    expect(store.getState().list).toBe('read');
  });
});
