import { createContext, useContext } from 'react';
import type { EngineService } from '../worker/protocol';

export const ServiceContext = createContext<EngineService | undefined>(undefined);

/** The engine, for questions that change nothing; the controller gives the orders. Throws outside of the page. */
export function useService(): EngineService {
  const service = useContext(ServiceContext);
  if (!service) throw new Error('no engine around this component');
  return service;
}
