import { createContext, useContext } from 'react';
import type { SweepStudy } from '../../state/sweep-store';

export const SweepContext = createContext<SweepStudy | undefined>(undefined);

/** The page's sweep; throws outside of the page. */
export function useSweepStudy(): SweepStudy {
  const study = useContext(SweepContext);
  if (!study) throw new Error('no sweep around this component');
  return study;
}
