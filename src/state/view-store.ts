/** What is looked at, and how: nothing here changes what is computed, and nothing here is undone. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '../experiment/config';
import type { XAxisUnit } from '../experiment/curves';

/** The page's views, in the order of their tabs. */
export const places = ['race', 'sweep', 'batch', 'gallery'] as const;
export type Place = (typeof places)[number];

export interface Zoom {
  /** Ends in units of the x axis. */
  readonly x: readonly [number, number];
  /** Ends in units of the loss; absent: fits what is visible. */
  readonly y?: readonly [number, number];
}

export interface ViewState {
  /** Which view of the page is open. */
  readonly place: Place;
  readonly xAxis: XAxisUnit;
  /** Whether the x axis is logarithmic. */
  readonly logX: boolean;
  /** Width of the smoothing window as a share of the points; 0 is none. */
  readonly smoothing: number;
  /** Whether the 10–90 % bands are drawn. */
  readonly bands: boolean;
  /** Whether the exact expectations are drawn. */
  readonly theory: boolean;
  /** Whether the guaranteed slopes are drawn. */
  readonly guarantee: boolean;
  /** Ids of runs whose curves are hidden; they still run. */
  readonly hidden: ReadonlySet<number>;
  readonly zoom: Zoom | undefined;
  /** Id of the run whose equations are shown. */
  readonly selected: number | undefined;
  readonly set: (
    patch: Partial<
      Pick<
        ViewState,
        'place' | 'xAxis' | 'logX' | 'smoothing' | 'bands' | 'theory' | 'guarantee' | 'hidden' | 'zoom' | 'selected'
      >
    >,
  ) => void;
  readonly toggleHidden: (id: number) => void;
  readonly showAll: () => void;
  /** Hides every run of `ids` but one; shows all again where it was already alone. */
  readonly solo: (id: number, ids: readonly number[]) => void;
}

export function createViewStore(): StoreApi<ViewState> {
  return createStore<ViewState>()((set, get) => ({
    place: 'race',
    xAxis: 'steps',
    logX: false,
    smoothing: 0,
    bands: true,
    theory: true,
    guarantee: false,
    hidden: new Set(),
    zoom: undefined,
    selected: undefined,
    set: (patch) => {
      // A zoom is in units of its axis: it means nothing on another one.
      set('xAxis' in patch && patch.xAxis !== get().xAxis ? { zoom: undefined, ...patch } : patch);
    },
    toggleHidden: (id) => {
      const hidden = new Set(get().hidden);
      if (!hidden.delete(id)) hidden.add(id);
      set({ hidden });
    },
    showAll: () => {
      set({ hidden: new Set() });
    },
    solo: (id, ids) => {
      const others = ids.filter((other) => other !== id);
      const alone = !get().hidden.has(id) && others.every((other) => get().hidden.has(other));
      set({ hidden: alone ? new Set() : new Set(others) });
    },
  }));
}

export const viewStore = createViewStore();

export function useView<T>(selector: (state: ViewState) => T): T {
  return useStore(viewStore, selector);
}

/** Index of the run whose equations are shown: the selected one, else the first MaSS, else the first. */
export function selectedIndex(
  runs: readonly RunConfig[],
  ids: readonly number[],
  selected: number | undefined,
): number {
  const chosen = selected === undefined ? -1 : ids.indexOf(selected);
  if (chosen >= 0) return chosen;
  return Math.max(
    0,
    runs.findIndex((run) => run.optimizer === 'mass'),
  );
}
