/** What is looked at, and how: nothing here changes what is computed, and nothing here is undone. */
import { useStore } from 'zustand';
import { createStore, type StoreApi } from 'zustand/vanilla';
import type { RunConfig } from '../experiment/config';
import { defaultView, type ChartView } from '../export/figure/view';

/** The page's views, in the order of their tabs. */
export const places = ['race', 'sweep', 'batch', 'gallery'] as const;
export type Place = (typeof places)[number];

export interface ViewState extends ChartView {
  /** Which view of the page is open. */
  readonly place: Place;
  /** Id of the run whose equations are shown. */
  readonly selected: number | undefined;
  readonly set: (patch: Partial<ChartView & Pick<ViewState, 'place' | 'selected'>>) => void;
  readonly toggleHidden: (id: number) => void;
  readonly showAll: () => void;
  /** Hides every run of `ids` but one; shows all again where it was already alone. */
  readonly solo: (id: number, ids: readonly number[]) => void;
}

export function createViewStore(): StoreApi<ViewState> {
  return createStore<ViewState>()((set, get) => ({
    place: 'race',
    ...defaultView,
    selected: undefined,
    set: (patch) => {
      // A zoom is in units of its axes: it means nothing on another one.
      const { xAxis, metric, zoom } = get();
      if ('xAxis' in patch && patch.xAxis !== xAxis) set({ zoom: undefined, ...patch });
      else if ('metric' in patch && patch.metric !== metric) set({ zoom: zoom && { x: zoom.x }, ...patch });
      else set(patch);
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
