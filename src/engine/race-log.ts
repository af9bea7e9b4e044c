/** The curves of a session as its events tell them. It keeps what the events hold: a copy of that goes to the page. */
import type { LaneOutcome } from '../experiment/result';
import { SIDE_METRICS } from '../problems/metrics';
import type { SessionEvent } from './events';
import type { SavedCurve } from './saved-race';

type Points = Extract<SessionEvent, { type: 'points' }>;

interface Entry {
  readonly lanes: number;
  readonly points: Pick<Points, 'step' | 'seconds' | 'loss' | 'side'>[];
  outcomes: readonly LaneOutcome[];
  finished: boolean;
}

export class RaceLog {
  readonly #entries = new Map<string, Entry>();

  take(event: SessionEvent): void {
    switch (event.type) {
      case 'restarted':
        this.#entries.clear();
        break;
      case 'run-started': {
        const outcomes = Array.from({ length: event.lanes }, () => ({ kind: 'running', step: 0 }) as const);
        this.#entries.set(event.run, { lanes: event.lanes, points: [], outcomes, finished: false });
        break;
      }
      case 'points': {
        const entry = this.#entries.get(event.run);
        if (!entry) break;
        const { step, seconds, loss, side = {}, outcomes } = event;
        entry.points.push({ step, seconds, loss, side });
        entry.outcomes = outcomes;
        break;
      }
      case 'run-finished': {
        const entry = this.#entries.get(event.run);
        if (entry) entry.finished = true;
        break;
      }
    }
  }

  /** Nobody wants other runs than these any more. */
  retain(keys: ReadonlySet<string>): void {
    for (const key of this.#entries.keys()) if (!keys.has(key)) this.#entries.delete(key);
  }

  /** The curve of a run so far; undefined where it was not started. */
  curve(key: string): SavedCurve | undefined {
    const entry = this.#entries.get(key);
    if (!entry) return undefined;
    const { lanes, points, outcomes, finished } = entry;
    const side = SIDE_METRICS.flatMap((metric) => {
      const parts = points.flatMap((point) => point.side?.[metric] ?? []);
      return parts.length > 0 ? [[metric, joined(parts)] as const] : [];
    });
    return {
      key,
      lanes,
      step: points.flatMap(({ step }) => step),
      seconds: points.flatMap((point) => point.seconds),
      loss: joined(points.map(({ loss }) => loss)),
      side: Object.fromEntries(side),
      outcomes: [...outcomes],
      finished,
    };
  }
}

/** The events that tell a curve anew; their arrays are fresh. */
export function eventsOf({ key, step, seconds, loss, side, outcomes, finished }: SavedCurve): SessionEvent[] {
  const copies = Object.entries(side).map(([metric, numbers]) => [metric, Float64Array.from(numbers)] as const);
  const points: SessionEvent = {
    ...{ type: 'points', run: key, step, seconds, outcomes },
    loss: Float64Array.from(loss),
    ...(copies.length > 0 ? { side: Object.fromEntries(copies) } : {}),
  };
  return [...(step.length > 0 ? [points] : []), ...(finished ? [{ type: 'run-finished', run: key } as const] : [])];
}

function joined(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
