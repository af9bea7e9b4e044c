/** Remembers across visits that the tour was offered; where the browser keeps nothing, the offer comes back. */
const KEY = 'optimizer-playground.tour-offered';

export const tourMemory = {
  read: (): boolean => {
    try {
      return window.localStorage.getItem(KEY) !== null;
    } catch {
      return false;
    }
  },
  write: (): void => {
    try {
      window.localStorage.setItem(KEY, '1');
    } catch {
      // Storage may be switched off: then there is nothing to remember with.
    }
  },
};
