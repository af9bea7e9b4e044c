import { useSyncExternalStore } from 'react';

/** Pixels of the root font that drawings state their lengths for. */
const USUAL = 16;

/** Read once a change: charts ask in every frame, and computed styles are dear while the page changes. */
let scale: number | undefined;
const listeners = new Set<() => void>();
let observer: ResizeObserver | undefined;

/**
 * How much larger text is than usual. Drawings lay out in pixels but write in rem, so that they grow with the page on
 * large screens and with the reader's own font size: their margins have to grow by this factor too.
 */
export function useTextScale(): number {
  return useSyncExternalStore(subscribe, () => (scale ??= read()));
}

const read = (): number => parseFloat(getComputedStyle(document.documentElement).fontSize) / USUAL || 1;

/** A change of the root font changes the page's height, or comes with the window's width. */
function subscribe(changed: () => void): () => void {
  listeners.add(changed);
  observer ??= new ResizeObserver(() => {
    const now = read();
    if (now === scale) return;
    scale = now;
    for (const listener of listeners) listener();
  });
  if (listeners.size === 1) observer.observe(document.documentElement);
  return () => {
    listeners.delete(changed);
    if (listeners.size === 0) observer?.disconnect();
  };
}
