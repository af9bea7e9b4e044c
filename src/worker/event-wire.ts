/**
 * Events on their way from the worker to the page. They go over the worker's own channel, beside Comlink's messages: Comlink
 * would have each answered, and what goes over further ports is copied once more. Numbers of all events of a message lie in
 * one array, and outcomes that lanes share stand there once: thousands of small objects would cost more than the lanes.
 */
import * as Comlink from 'comlink';
import type { LaneOutcome } from '../experiment/result';
import { SIDE_METRICS } from '../problems/metrics';
import type { SessionEvent } from './protocol';

export type EventListener = (events: readonly SessionEvent[]) => void;

type Points = Extract<SessionEvent, { type: 'points' }>;

/** Points whose numbers lie elsewhere: how many there are. */
interface PackedPoints extends Omit<Points, 'type' | 'loss' | 'side' | 'outcomes'> {
  readonly type: 'packed';
  readonly count: number;
  /** What lies behind the losses, as many numbers each. */
  readonly side: readonly (typeof SIDE_METRICS)[number][];
  readonly outcomes: readonly { readonly outcome: LaneOutcome; readonly lanes: number }[];
}

export interface EventMessage {
  readonly kind: 'events';
  readonly events: readonly (Exclude<SessionEvent, Points> | PackedPoints)[];
  /** Of all events with points, in their order. */
  readonly numbers: Float64Array<ArrayBuffer>;
}

/** A copy of the numbers: the events' own ones stay where they are. */
export function packed(events: readonly SessionEvent[]): EventMessage {
  const parts: Float64Array[] = [];
  const message = events.map((event) => {
    if (event.type !== 'points') return event;
    const { loss, side = {}, outcomes, ...rest } = event;
    const metrics = SIDE_METRICS.filter((metric) => side[metric]);
    parts.push(loss, ...metrics.map((metric) => side[metric]!));
    return { ...rest, type: 'packed' as const, count: loss.length, side: metrics, outcomes: grouped(outcomes) };
  });
  const numbers = new Float64Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    numbers.set(part, at);
    at += part.length;
  }
  return { kind: 'events', events: message, numbers };
}

/** The events again; their numbers are views into those of the message. */
export function unpacked({ events, numbers }: EventMessage): SessionEvent[] {
  let at = 0;
  const next = (count: number) => numbers.subarray(at, (at += count));
  return events.map((event): SessionEvent => {
    if (event.type !== 'packed') return event;
    const { count, side, outcomes, ...rest } = event;
    const loss = next(count);
    const others = side.map((metric) => [metric, next(count)] as const);
    return {
      ...{
        ...rest,
        type: 'points',
        loss,
        outcomes: outcomes.flatMap(({ outcome, lanes }) => repeated(outcome, lanes)),
      },
      ...(others.length > 0 ? { side: Object.fromEntries(others) } : {}),
    };
  });
}

/** Neighbours with the same outcome together. */
function grouped(outcomes: readonly LaneOutcome[]): { outcome: LaneOutcome; lanes: number }[] {
  const groups: { outcome: LaneOutcome; lanes: number }[] = [];
  for (const outcome of outcomes) {
    const last = groups.at(-1);
    if (last?.outcome === outcome) last.lanes++;
    else groups.push({ outcome, lanes: 1 });
  }
  return groups;
}

const repeated = (outcome: LaneOutcome, lanes: number): LaneOutcome[] => Array.from({ length: lanes }, () => outcome);

const onWire = Symbol('on the wire');
type OnWire = EventListener & { readonly [onWire]: true };

/** Where a worker's messages come in. */
type Source = Pick<Worker, 'addEventListener'>;
/** Where they leave it. */
interface Sink {
  postMessage(message: EventMessage, transfer: Transferable[]): void;
}

/**
 * A listener to hand to the worker behind `source`: what it is told there arrives here. Once {@link registerEventWire} was
 * called on both sides.
 */
export function overWire(source: Source, listener: EventListener): EventListener {
  source.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isEventMessage(data)) listener(unpacked(data));
  });
  return Object.assign(() => undefined, { [onWire]: true as const });
}

const isEventMessage = (data: unknown): data is EventMessage =>
  typeof data === 'object' && data !== null && 'kind' in data && data.kind === 'events';

/** Teaches Comlink, in this thread, how listeners of {@link overWire} travel. `sink`: the worker's scope, in the worker. */
export function registerEventWire(sink?: Sink): void {
  const handler: Comlink.TransferHandler<OnWire, null> = {
    canHandle: (value): value is OnWire => typeof value === 'function' && onWire in value,
    serialize: () => [null, []],
    deserialize: () => {
      const post = (events: readonly SessionEvent[]) => {
        const message = packed(events);
        sink?.postMessage(message, [message.numbers.buffer]);
      };
      return Object.assign(post, { [onWire]: true as const });
    },
  };
  Comlink.transferHandlers.set('events', handler);
}
