import { createContext, useContext } from 'react';
import type { Tour } from '../state/tour-store';

export const TourContext = createContext<Tour | undefined>(undefined);

/** The page's guided tour; throws outside of the page. */
export function useTour(): Tour {
  const tour = useContext(TourContext);
  if (!tour) throw new Error('no tour around this component');
  return tour;
}
