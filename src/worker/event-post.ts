/** Events of one turn together. */
import type { SessionEvent } from './protocol';

/**
 * Takes events one by one and hands on those of one turn together, in order: a slice tells something of every run, and a
 * message for each would cost more than the slice.
 */
export function gathered(send: (events: readonly SessionEvent[]) => void): (event: SessionEvent) => void {
  let waiting: SessionEvent[] = [];
  return (event) => {
    if (waiting.push(event) > 1) return;
    queueMicrotask(() => {
      const events = waiting;
      waiting = [];
      send(events);
    });
  };
}
