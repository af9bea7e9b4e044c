import { useEffect } from 'react';
import type { Place } from '../../state/view-store';

/** Views appear a moment after they were asked for: how often to look, ms. */
const LOOK_EVERY = 100;

/** Brings the first element that a selector finds in a view into sight, and rings it for as long as it is pointed at. */
export function usePointer(selector: string, place: Place): void {
  useEffect(() => {
    let pointed: Element | undefined;
    const look = () => {
      if (pointed?.isConnected) return;
      pointed = document.querySelector(`main[data-place="${place}"] ${selector}`) ?? undefined;
      pointed?.setAttribute('data-toured', '');
      pointed?.scrollIntoView({ block: 'start' });
    };
    look();
    const timer = setInterval(look, LOOK_EVERY);
    return () => {
      clearInterval(timer);
      pointed?.removeAttribute('data-toured');
    };
  }, [selector, place]);
}
