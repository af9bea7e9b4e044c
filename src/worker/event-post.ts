/** Events on their way to the page. */
import type { SessionEvent } from './protocol';

/** The typed arrays of an event: nobody here reads them again. */
function cargo(event: SessionEvent): Transferable[] {
  if (event.type === 'points') return [event.loss, ...Object.values(event.side ?? {})].map(({ buffer }) => buffer);
  return event.type === 'theory' ? [event.expectedLoss.buffer] : [];
}

/**
 * Takes events one by one and hands on those of one turn together, in order: a slice tells something of every run, and a
 * message for each would cost more than the slice.
 */
export function gathered(
  send: (events: readonly SessionEvent[], transfer: Transferable[]) => void,
): (event: SessionEvent) => void {
  let waiting: SessionEvent[] = [];
  return (event) => {
    if (waiting.push(event) > 1) return;
    queueMicrotask(() => {
      const events = waiting;
      waiting = [];
      send(events, events.flatMap(cargo));
    });
  };
}
