/** From an input to the curve that it asked for. */
import { describe, expect, it } from 'vitest';
import { createLatency } from '../../src/state/latency';

function watch() {
  const measured: [start: number, key: string][] = [];
  let now = 0;
  const latency = createLatency(
    (start, key) => measured.push([start, key]),
    () => now,
  );
  return { measured, latency, at: (time: number) => (now = time) };
}

describe('latency', () => {
  it('is measured once for each run that an input changed', () => {
    const { measured, latency, at } = watch();
    at(5);
    latency.during(() => {
      at(7);
      latency.changed(['a', 'b'], new Set(['a', 'b', 'c']));
    });
    at(20);
    for (const key of ['a', 'c', 'a', 'b']) latency.painted(key);
    expect(measured).toEqual([
      [5, 'a'],
      [5, 'b'],
    ]);
  });

  it('forgets runs that another change took away, and those that no input changed', () => {
    const { measured, latency, at } = watch();
    latency.during(() => {
      latency.changed(['a', 'b'], new Set(['a', 'b']));
    });
    at(9);
    latency.during(() => {
      latency.changed(['c'], new Set(['b', 'c']));
    });
    latency.changed(['b', 'd'], new Set(['b', 'c', 'd']));
    for (const key of ['a', 'b', 'c', 'd']) latency.painted(key);
    expect(measured).toEqual([[9, 'c']]);
  });

  it('ends with the handler, also where that throws, and hands on what it returns', () => {
    const { measured, latency } = watch();
    expect(() =>
      latency.during(() => {
        throw new Error('refused');
      }),
    ).toThrow('refused');
    latency.changed(['a'], new Set(['a']));
    latency.painted('a');
    expect(measured).toEqual([]);
    expect(latency.during(() => 3)).toBe(3);
  });
});
