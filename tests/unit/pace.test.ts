/** How long submissions of work are. */
import { describe, expect, it } from 'vitest';
import { sliceFor } from '../../src/engine/pace';

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
