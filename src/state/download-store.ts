/**
 * Data sets that can be downloaded: which of their files this browser has, what is on its way, and what went wrong. An
 * experiment that names files which are in the cache gets them without asking.
 */
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { FileCache } from '../data/download/cache';
import { orderOf, parseCatalogue, type RemoteSet } from '../data/download/catalogue';
import { collect, type CollectProgress } from '../data/download/collect';
import type { Network } from '../data/download/download';
import type { Controller } from './controller';
import { missingFiles } from './datasets';
import type { ExperimentStore } from './experiment-store';
import type { Session } from './session-store';

export type DownloadPhase =
  | { readonly kind: 'idle' }
  | CollectProgress
  /** Files go from the cache to the engine. */
  | { readonly kind: 'loading' }
  /** `wanted` is what to ask for again. */
  | { readonly kind: 'failed'; readonly message: string; readonly wanted: readonly string[] };

export interface DownloadableSet {
  readonly set: RemoteSet;
  readonly phase: DownloadPhase;
  /** Names of files that are in the cache. */
  readonly kept: ReadonlySet<string>;
}

export interface DownloadState {
  /** The list of data sets itself comes over the network. */
  readonly list: 'unread' | 'reading' | 'read' | 'failed';
  readonly sets: readonly DownloadableSet[];
  /** Whether the cache outlives the page. */
  readonly lasts: boolean;
}

export interface Downloads {
  readonly store: StoreApi<DownloadState>;
  /** Reads the list of data sets, unless it is there; an experiment without its data does this by itself. */
  readonly open: () => Promise<void>;
  /**
   * Gets files of a data set, over the network where they are not in the cache, and makes the experiment use them, unless
   * its problem was changed meanwhile.
   */
  readonly get: (id: string, names: readonly string[]) => Promise<void>;
  /** Ends a download; files that are complete stay. */
  readonly stop: (id: string) => void;
  /** Removes a data set's files from the cache; the engine keeps what it has. */
  readonly remove: (id: string) => Promise<void>;
  readonly dispose: () => void;
}

export interface DownloadParts {
  /** The list of data sets, parsed from JSON. */
  readonly readList: () => Promise<unknown>;
  readonly cache: FileCache;
  readonly network: Network;
  readonly experiment: ExperimentStore;
  readonly session: Pick<Session, 'store' | 'datasets'>;
  readonly addFiles: Controller['addFiles'];
}

const idle: DownloadPhase = { kind: 'idle' };

export function createDownloads(parts: DownloadParts): Downloads {
  const { readList, cache, network, experiment, session, addFiles } = parts;
  const store = createStore<DownloadState>()(() => ({ list: 'unread', sets: [], lasts: true }));
  const running = new Map<string, AbortController>();
  let opening: Promise<void> | undefined;
  /** Names of the files that the experiment was last given from the cache: one that can't be parsed is not tried for ever. */
  let given: string | undefined;

  const find = (id: string) => store.getState().sets.find(({ set }) => set.id === id);
  const change = (id: string, next: Partial<DownloadableSet>) => {
    store.setState(({ sets }) => ({ sets: sets.map((one) => (one.set.id === id ? { ...one, ...next } : one)) }));
  };
  const keep = (id: string, name: string) => {
    change(id, { kept: new Set([...(find(id)?.kept ?? []), name]) });
  };

  const missing = () => missingFiles(experiment.getState().config, session.datasets());

  /** Hands files of the cache to the engine, as if they had been dropped on the page. */
  const load = async (set: RemoteSet, names: readonly string[]) => {
    given = names.join('\n');
    change(set.id, { phase: { kind: 'loading' } });
    try {
      const files: File[] = [];
      for (const name of names) {
        const blob = await cache.read(set.files.find((file) => file.name === name)!);
        if (!blob) throw new Error(`${name} is not in this browser's storage any more.`);
        files.push(new File([blob], name));
      }
      await addFiles(files);
      change(set.id, { phase: idle });
    } catch (error) {
      change(set.id, {
        phase: { kind: 'failed', message: messageOf(error), wanted: names },
        kept: await inventory(set),
      });
    }
  };

  /** Gives the experiment what it misses, where the cache has it. */
  const follow = () => {
    const names = missing();
    if (names.length === 0) {
      given = undefined;
      return;
    }
    if (store.getState().list === 'unread') {
      void open();
      return;
    }
    const order = orderOf(
      store.getState().sets.map(({ set }) => set),
      names,
    );
    const one = order && find(order.set.id);
    if (!one || running.has(one.set.id) || one.phase.kind === 'loading') return;
    if (given !== names.join('\n') && names.every((name) => one.kept.has(name))) void load(one.set, names);
  };

  const inventory = async (set: RemoteSet): Promise<ReadonlySet<string>> => {
    const kept = new Set<string>();
    for (const file of set.files) if (await cache.has(file)) kept.add(file.name);
    return kept;
  };

  const read = async () => {
    store.setState({ list: 'reading' });
    try {
      const sets: DownloadableSet[] = [];
      for (const set of parseCatalogue(await readList())) sets.push({ set, phase: idle, kept: await inventory(set) });
      store.setState({ sets, list: 'read', lasts: await cache.lasts() });
      follow();
    } catch {
      // Files can still be dropped; the list says that it could not be read.
      store.setState({ list: 'failed' });
      opening = undefined;
    }
  };

  const open = () => (opening ??= read());

  const disposers = [
    experiment.subscribe((state, previous) => {
      if (state.config.problem !== previous.config.problem) follow();
    }),
    session.store.subscribe((state, previous) => {
      if (state.datasets !== previous.datasets) follow();
    }),
  ];
  follow();

  return {
    store,
    open,
    get: async (id, names) => {
      const one = find(id);
      const order = one && orderOf([one.set], names);
      if (!order || running.has(id) || one.phase.kind === 'loading') return;
      const { problem } = experiment.getState().config;
      const controller = new AbortController();
      running.set(id, controller);
      let shown: string | undefined;
      try {
        await collect(order.files, cache, network, {
          signal: controller.signal,
          onProgress: (phase) => {
            // The views show whole percents: more is not worth a repaint.
            const next = phase.kind === 'checking' ? 'checking' : String(percentOf(phase));
            if (next === shown) return;
            shown = next;
            change(id, { phase });
          },
          onKept: ({ name }) => {
            keep(id, name);
          },
        });
      } catch (error) {
        const stopped = controller.signal.aborted;
        change(id, { phase: stopped ? idle : { kind: 'failed', message: messageOf(error), wanted: names } });
        return;
      } finally {
        running.delete(id);
      }
      if (experiment.getState().config.problem === problem) await load(order.set, names);
      else {
        change(id, { phase: idle });
        follow();
      }
    },
    stop: (id) => {
      running.get(id)?.abort();
    },
    remove: async (id) => {
      const one = find(id);
      if (!one || running.has(id)) return;
      for (const file of one.set.files) await cache.remove(file);
      change(id, { phase: idle, kept: await inventory(one.set) });
    },
    dispose: () => {
      for (const controller of running.values()) controller.abort();
      for (const dispose of disposers) dispose();
    },
  };
}

/** 0 … 100, rounded down: 100 is said when all is there. */
export function percentOf({ received, total }: { readonly received: number; readonly total: number }): number {
  return total === 0 ? 100 : Math.floor((100 * received) / total);
}

/** Files of a part, or of an order, that are not in the cache yet. */
export function toDownload({ set, kept }: DownloadableSet, names: readonly string[]): RemoteSet['files'] {
  return set.files.filter(({ name }) => names.includes(name) && !kept.has(name));
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
