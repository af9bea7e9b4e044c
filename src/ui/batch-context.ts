import { createContext, useContext } from 'react';
import type { BatchStudy } from '../state/batch-store';

export const BatchContext = createContext<BatchStudy | undefined>(undefined);

/** The page's study of batch sizes; throws outside of the page. */
export function useBatchStudy(): BatchStudy {
  const study = useContext(BatchContext);
  if (!study) throw new Error('no study of batch sizes around this component');
  return study;
}
