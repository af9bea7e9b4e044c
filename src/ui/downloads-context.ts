import { createContext, useContext } from 'react';
import type { Downloads } from '../state/download-store';

export const DownloadsContext = createContext<Downloads | undefined>(undefined);

/** Data sets that can be downloaded; throws outside of the page. */
export function useDownloads(): Downloads {
  const downloads = useContext(DownloadsContext);
  if (!downloads) throw new Error('no downloads around this component');
  return downloads;
}
