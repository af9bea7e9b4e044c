import { useSyncExternalStore } from 'react';

/** Pixels of the root font that drawings state their lengths for. */
const USUAL = 16;

/**
 * How much larger text is than usual. Drawings lay out in pixels but write in rem, so that they grow with the page on
 * large screens and with the reader's own font size: their margins have to grow by this factor too.
 */
export function useTextScale(): number {
  return useSyncExternalStore(subscribe, read);
}

const read = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL || 1;

/** A change of the root font changes the page's height, or comes with the window's width. */
function subscribe(changed: () => void): () => void {
  const observer = new ResizeObserver(changed);
  observer.observe(document.documentElement);
  return () => {
    observer.disconnect();
  };
}
