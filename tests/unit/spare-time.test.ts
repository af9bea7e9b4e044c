/** The share of the machine that theory takes beside a race. */
import { describe, expect, it } from 'vitest';
import { SpareTime } from '../../src/engine/spare-time';
import { inSlices, type Work } from '../../src/theory/slices';

/** Works `slice` milliseconds at a time for `total`, resting as told; returns how long that took. */
function work(spare: SpareTime, clock: { at: number }, total: number, slice = 5): number {
  const start = clock.at;
  for (let done = 0; done < total; done += slice) {
    clock.at += slice;
    clock.at += spare.rest(slice);
  }
  return clock.at - start;
}

const made = (busy: () => boolean, share: number) => {
  const clock = { at: 1000 };
  return { clock, spare: new SpareTime(busy, () => clock.at, share) };
};

describe('spare time', () => {
  it('is a share of the time while there is something more urgent, and all of it otherwise', () => {
    let busy = true;
    const { clock, spare } = made(() => busy, 1 / 16);
    const taken = work(spare, clock, 1000);
    expect(taken / 1000).toBeGreaterThan(15);
    expect(taken / 1000).toBeLessThan(16.5);
    busy = false;
    expect(work(spare, clock, 1000)).toBe(1000);
  });

  it('lets short work through at once, again after a while', () => {
    const { clock, spare } = made(() => true, 1 / 16);
    expect(work(spare, clock, 40)).toBe(40);
    expect(work(spare, clock, 40)).toBeGreaterThan(500);
    clock.at += 1000;
    expect(work(spare, clock, 40)).toBe(40);
  });

  it('makes up for pieces of work that are longer than wanted', () => {
    const { clock, spare } = made(() => true, 1 / 16);
    expect(work(spare, clock, 1000, 100) / 1000).toBeGreaterThan(15);
  });

  it('is never more than all of a thread', () => {
    const { clock, spare } = made(() => true, 8);
    expect(work(spare, clock, 1000)).toBe(1000);
  });
});

describe('work in slices', () => {
  it('tells how long it worked, and rests at its end as well', async () => {
    const told: number[] = [];
    function* short(): Work<string> {
      const end = performance.now() + 3;
      while (performance.now() < end) yield 0.5;
      return 'done';
    }
    const rest = (worked: number) => {
      told.push(worked);
      return 20;
    };
    const start = performance.now();
    expect(await inSlices(short(), { slice: 1000, rest })).toBe('done');
    expect(told).toHaveLength(1);
    expect(told[0]).toBeGreaterThanOrEqual(3);
    expect(performance.now() - start).toBeGreaterThan(20);
  });
});
