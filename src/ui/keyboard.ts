import { useEffect } from 'react';
import type { Controller } from '../state/controller';
import { experimentStore } from '../state/experiment-store';
import { viewStore } from '../state/view-store';

/** Elements that use the keys themselves. */
const CONTROLS =
  'input, textarea, select, button, a[href], [contenteditable], [role="slider"], [role="menuitem"], [role="option"], [role="dialog"]';
/** Elements in which undo means the text. */
const TEXT = 'input:not([type="checkbox"], [type="radio"]), textarea, [contenteditable]';

/** Undo everywhere, and the keys of the race where it is shown; see the help popover for the list. */
export function useShortcuts(controller: Controller): void {
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const target = event.target instanceof Element ? event.target : undefined;
      if ((event.ctrlKey || event.metaKey) && !event.altKey) {
        if (target?.closest(TEXT)) return;
        const { undo, redo } = experimentStore.getState();
        const key = event.key.toLowerCase();
        if (key === 'z' && !event.shiftKey) undo();
        else if ((key === 'z' && event.shiftKey) || key === 'y') redo();
        else return;
        event.preventDefault();
        return;
      }
      if (event.altKey || target?.closest(CONTROLS) || viewStore.getState().place !== 'race') return;
      if (event.key === ' ') controller.togglePlay();
      else if (event.key === '.') controller.step();
      else if (event.key === 'r') controller.reset();
      else return;
      event.preventDefault();
    };
    window.addEventListener('keydown', onKeyDown);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
    };
  }, [controller]);
}
