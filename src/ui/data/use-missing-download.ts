import { useStore } from 'zustand';
import { orderOf } from '../../data/download/catalogue';
import type { DownloadableSet } from '../../state/download-store';
import { useDownloads } from '../downloads-context';

/** The well-known data set that missing files are of, undefined where they are of none. */
export function useMissingDownload(missing: readonly string[]): DownloadableSet | undefined {
  const sets = useStore(useDownloads().store, (state) => state.sets);
  const order = orderOf(
    sets.map(({ set }) => set),
    missing,
  );
  return order && sets.find(({ set }) => set === order.set);
}
