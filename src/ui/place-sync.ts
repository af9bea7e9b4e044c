/**
 * Keeps the open view in the address bar as `?view=` and what the race's chart shows as `&metric=`, beside the experiment in
 * the hash. Views are steps of the browser's history, experiments and metrics are not: going back to another view keeps the
 * experiment, which has its own undo.
 */
import type { StoreApi } from 'zustand/vanilla';
import { permalinkHash } from '../experiment/permalink';
import { METRICS, type Metric } from '../problems/metrics';
import type { ExperimentStore } from '../state/experiment-store';
import { places, type Place, type ViewState } from '../state/view-store';

/** The view of a query string; the race where it names none. */
export function placeOf(search: string): Place {
  const named = new URLSearchParams(search).get('view');
  return places.find((place) => place === named) ?? 'race';
}

/** The metric of a query string; the loss where it names none. */
export function metricOf(search: string): Metric {
  const named = new URLSearchParams(search).get('metric');
  return METRICS.find((metric) => metric === named) ?? 'loss';
}

/** The query string of a view: other parameters stay, and the race needs none. */
export const searchOf = (place: Place, search: string): string => withParameter('view', place, 'race', search);

/** The query string with a metric: other parameters stay, and the loss needs none. */
export const searchWithMetric = (metric: Metric, search: string): string =>
  withParameter('metric', metric, 'loss', search);

function withParameter(name: string, value: string, usual: string, search: string): string {
  const parameters = new URLSearchParams(search);
  if (value === usual) parameters.delete(name);
  else parameters.set(name, value);
  const text = parameters.toString();
  return text === '' ? '' : `?${text}`;
}

/** Reads the address once, then follows both sides. */
export function syncPlace(view: StoreApi<ViewState>, experiment: ExperimentStore): void {
  const address = (search: string) =>
    `${window.location.pathname}${search}${permalinkHash(experiment.getState().config)}`;
  const { search: given } = window.location;
  view.getState().set({ place: placeOf(given), metric: metricOf(given) });
  view.subscribe(({ place, metric }) => {
    const { search } = window.location;
    const next = searchWithMetric(metric, searchOf(place, search));
    if (placeOf(search) !== place) window.history.pushState(null, '', address(next));
    else if (metricOf(search) !== metric) window.history.replaceState(null, '', address(next));
  });
  window.addEventListener('popstate', () => {
    const { search } = window.location;
    const place = placeOf(search);
    const { place: shown, metric, set } = view.getState();
    // A step within one view is another link's experiment, which is taken over.
    if (place === shown) return;
    window.history.replaceState(null, '', address(searchWithMetric(metric, search)));
    set({ place });
  });
}
