import { createContext, useContext } from 'react';
import type { Controller } from '../state/controller';

export const ControllerContext = createContext<Controller | undefined>(undefined);

/** The page's controller; throws outside of the page. */
export function useController(): Controller {
  const controller = useContext(ControllerContext);
  if (!controller) throw new Error('no controller around this component');
  return controller;
}
