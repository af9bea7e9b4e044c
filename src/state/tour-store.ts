/** The guided tour: which stop is open, and whether this visitor has seen the offer. */
import { createStore, type StoreApi } from 'zustand/vanilla';
import { defaultExperiment } from '../experiment/default';
import type { ExperimentStore } from './experiment-store';
import type { Gallery } from './gallery-store';
import type { Place, ViewState } from './view-store';

/** Where a stop takes the page. */
export interface TourSetting {
  readonly place: Place;
  /** Id of a gallery document; absent: the experiment that the page begins with. */
  readonly document?: string;
}

export interface TourState {
  /** Index of the open stop; undefined outside of the tour. */
  readonly stop: number | undefined;
  readonly offered: boolean;
}

export interface Tour {
  readonly store: StoreApi<TourState>;
  readonly start: () => void;
  /** The next stop; after the last one the tour is over. */
  readonly next: () => void;
  readonly back: () => void;
  /** Ends the tour; experiment and view stay as the stop left them. */
  readonly leave: () => void;
  /** Puts the offer away for good. */
  readonly dismiss: () => void;
}

export interface TourParts {
  readonly stops: readonly TourSetting[];
  readonly gallery: Pick<Gallery, 'store' | 'load' | 'open'>;
  readonly experiment: ExperimentStore;
  readonly view: StoreApi<ViewState>;
  /** Whether the offer was put away, across visits. */
  readonly memory: { readonly read: () => boolean; readonly write: () => void };
}

/** All experiments of one tour are one step of the history: a single undo brings back what was there before. */
const GESTURE = { gesture: 'tour' } as const;

export function createTour({ stops, gallery, experiment, view, memory }: TourParts): Tour {
  const store = createStore<TourState>()(() => ({ stop: undefined, offered: !memory.read() }));

  const dismiss = () => {
    if (!store.getState().offered) return;
    store.setState({ offered: false });
    memory.write();
  };

  const leave = () => {
    store.setState({ stop: undefined });
    experiment.getState().endGesture();
  };

  const show = async (stop: number) => {
    const setting = stops[stop];
    if (!setting) {
      leave();
      return;
    }
    store.setState({ stop });
    view.getState().set({ place: setting.place });
    const config = setting.document === undefined ? defaultExperiment : await documentOf(setting.document);
    // Meanwhile the visitor may have gone on; and where the experiment could not be had, the gallery says why.
    if (config && store.getState().stop === stop) gallery.open(config, { ...GESTURE, place: setting.place });
  };

  const documentOf = async (id: string) => {
    await gallery.load();
    const documents = gallery.store.getState().documents?.flatMap((entry) => entry.documents);
    return documents?.find((document) => document.id === id)?.config;
  };

  const move = (by: number) => {
    const { stop } = store.getState();
    if (stop !== undefined && stop + by >= 0) void show(stop + by);
  };

  return {
    store,
    start: () => {
      dismiss();
      void show(0);
    },
    next: () => {
      move(1);
    },
    back: () => {
      move(-1);
    },
    leave,
    dismiss,
  };
}
