/**
 * Keeps the open view in the address bar as `?view=`, beside the experiment in the hash. Views are steps of the browser's
 * history, experiments are not: going back to another view keeps the experiment, which has its own undo.
 */
import type { StoreApi } from 'zustand/vanilla';
import { permalinkHash } from '../experiment/permalink';
import type { ExperimentStore } from '../state/experiment-store';
import { places, type Place, type ViewState } from '../state/view-store';

/** The view of a query string; the race where it names none. */
export function placeOf(search: string): Place {
  const named = new URLSearchParams(search).get('view');
  return places.find((place) => place === named) ?? 'race';
}

/** The query string of a view: other parameters stay, and the race needs none. */
export function searchOf(place: Place, search: string): string {
  const parameters = new URLSearchParams(search);
  if (place === 'race') parameters.delete('view');
  else parameters.set('view', place);
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** Reads the address once, then follows both sides. */
export function syncPlace(view: StoreApi<ViewState>, experiment: ExperimentStore): void {
  const address = (search: string) =>
    `${window.location.pathname}${search}${permalinkHash(experiment.getState().config)}`;
  view.getState().set({ place: placeOf(window.location.search) });
  view.subscribe(({ place }) => {
    const { search } = window.location;
    if (placeOf(search) !== place) window.history.pushState(null, '', address(searchOf(place, search)));
  });
  window.addEventListener('popstate', () => {
    const { search } = window.location;
    const place = placeOf(search);
    // A step within one view is another link's experiment, which is taken over.
    if (place === view.getState().place) return;
    window.history.replaceState(null, '', address(search));
    view.getState().set({ place });
  });
}
