/**
 * Events on their way from the worker to the page. They travel in one direction over a port of their own: Comlink would
 * have every message answered. Numbers of all events of a message lie in one array, and outcomes that lanes share stand
 * there once: thousands of small objects would cost more than the lanes themselves.
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
  return { events: message, numbers };
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

const oneWay = Symbol('one way');
type OneWay = EventListener & { readonly [oneWay]: true };

/** A listener that Comlink hands to the worker as a port: once {@link registerEventWire} was called on both sides. */
export const overWire = (listener: EventListener): EventListener =>
  Object.assign(
    (events: readonly SessionEvent[]) => {
      listener(events);
    },
    { [oneWay]: true as const },
  );

/** Teaches Comlink, in this thread, how listeners of {@link overWire} travel. */
export function registerEventWire(): void {
  const handler: Comlink.TransferHandler<OneWay, MessagePort> = {
    canHandle: (value): value is OneWay => typeof value === 'function' && oneWay in value,
    serialize: (listener) => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = ({ data }: MessageEvent<EventMessage>) => {
        listener(unpacked(data));
      };
      return [port2, [port2]];
    },
    deserialize: (port) => {
      const post = (events: readonly SessionEvent[]) => {
        const message = packed(events);
        port.postMessage(message, [message.numbers.buffer]);
      };
      return Object.assign(post, { [oneWay]: true as const });
    },
  };
  Comlink.transferHandlers.set('events', handler);
}
