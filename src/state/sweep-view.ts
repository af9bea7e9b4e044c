/** How a sweep is looked at: nothing here is computed anew or undone. */
import { createStore } from 'zustand/vanilla';
import { useStore } from 'zustand';
import type { MetricId } from '../export/sweep/metrics';

export interface SweepViewState {
  readonly metric: MetricId;
  /** Whether the maps are shown as numbers. */
  readonly table: boolean;
  readonly set: (patch: Partial<Pick<SweepViewState, 'metric' | 'table'>>) => void;
}

const sweepViewStore = createStore<SweepViewState>()((set) => ({
  metric: 'steps',
  table: false,
  set,
}));

export function useSweepView<T>(selector: (state: SweepViewState) => T): T {
  return useStore(sweepViewStore, selector);
}
