/**
 * The page's engine. Whoever imports it first starts its worker, which loads and sets itself up while the page does: the page
 * imports it before anything else.
 */
import { createEngineClient } from './client';

let crashed: (message: string) => void = () => undefined;

export const { service } = createEngineClient((message) => {
  crashed(message);
});

/** Calls back with the message when the worker cannot be loaded or throws outside of a call. */
export function onCrash(callback: (message: string) => void): void {
  crashed = callback;
}
