/** Events on their way between threads. */
import * as Comlink from 'comlink';
import { describe, expect, it } from 'vitest';
import type { LaneOutcome } from '../../src/experiment/result';
import { overWire, packed, registerEventWire, unpacked } from '../../src/worker/event-wire';
import type { SessionEvent } from '../../src/worker/protocol';

const running: LaneOutcome = { kind: 'running', step: 4 };
const diverged: LaneOutcome = { kind: 'diverged', step: 4, lastFiniteLoss: 3 };

const events = (): SessionEvent[] => {
  // Two runs whose numbers lie in one array, as a group of lanes tells them.
  const all = Float64Array.of(1, 2, 3, 4, 5, Number.NaN);
  const accuracy = Float64Array.of(0.25, 0.5);
  return [
    { type: 'run-started', run: 'a', lanes: 4 },
    {
      type: 'points',
      run: 'a',
      step: [4],
      seconds: [1],
      loss: all.subarray(0, 4),
      outcomes: [running, running, running, diverged],
    },
    {
      type: 'points',
      run: 'b',
      step: [4],
      seconds: [1],
      loss: all.subarray(4),
      side: { accuracy },
      outcomes: [running, diverged],
    },
    { type: 'run-finished', run: 'b' },
  ];
};

describe('the wire of events', () => {
  it('brings over what was told, in order', () => {
    expect(unpacked(structuredClone(packed(events())))).toEqual(events());
  });

  it('sends numbers once, and outcomes that lanes share once', () => {
    const { numbers, events: sent } = packed(events());
    expect([...numbers]).toEqual([1, 2, 3, 4, 5, Number.NaN, 0.25, 0.5]);
    const first = sent[1]!;
    expect(first.type === 'packed' && first.outcomes.map(({ lanes }) => lanes)).toEqual([3, 1]);
  });

  it('leaves the numbers with whoever told them, and other messages alone', async () => {
    const { port1, port2 } = new MessageChannel();
    let hear: (heard: readonly SessionEvent[]) => void = () => undefined;
    const heard = new Promise<readonly SessionEvent[]>((resolve) => (hear = resolve));
    const listener = overWire(port1, (told) => {
      hear(told);
    });
    port1.start();
    registerEventWire(port2);
    const handler = Comlink.transferHandlers.get('events')!;
    const [value] = handler.serialize(listener);
    const told = events();
    port2.postMessage({ id: 'an answer of Comlink' });
    (handler.deserialize(structuredClone(value)) as (told: readonly SessionEvent[]) => void)(told);
    expect(told).toEqual(events());
    expect(await heard).toEqual(events());
    // A port that stays open would keep this process alive.
    port1.close();
  });

  it('is for marked listeners alone', () => {
    registerEventWire();
    const handler = Comlink.transferHandlers.get('events')!;
    expect(handler.canHandle(overWire(new MessageChannel().port1, () => undefined))).toBe(true);
    expect(handler.canHandle(() => undefined)).toBe(false);
    expect(handler.canHandle({})).toBe(false);
  });
});
