/** How long submissions of work are. */
import { describe, expect, it } from 'vitest';
import { RateMeter, sliceFor } from '../../src/engine/pace';

describe('the computing time of a submission', () => {
  it('is short at first, doubles while a group computes, and stays there', () => {
    expect(sliceFor(12, 0)).toBe(12);
    expect(sliceFor(12, 0.125)).toBe(18);
    expect(sliceFor(12, 10)).toBe(24);
  });

  it('grows to no more than what a user does not notice, and is never shorter than asked for', () => {
    expect(sliceFor(20, 10)).toBe(25);
    for (const seconds of [0, 1, 100]) expect(sliceFor(50, seconds)).toBe(50);
  });
});

describe('the rate', () => {
  it('is that of the last second and a half', () => {
    const meter = new RateMeter();
    for (let k = 0; k <= 20; k++) meter.add(k < 10 ? 1 : 100, 500 * k);
    expect(meter.rate).toBe(200);
  });

  it('is told where reports are further apart than that', () => {
    const meter = new RateMeter();
    meter.add(10, 0);
    expect(meter.rate).toBe(0);
    meter.add(40, 4000);
    expect(meter.rate).toBe(10);
    meter.add(80, 8000);
    expect(meter.rate).toBe(20);
  });
});
