/** Times of experiments that nobody has run: what a measured rate says, with no more digits than that is worth. */
import { expect, it } from 'vitest';
import { aboutText, rateText } from '../../src/ui/gallery/estimate';

it.each([
  [0.4, 'less than a second'],
  [14.4, 'about 14 s'],
  [2412, 'about 40 min'],
  [5399, 'about 90 min'],
  [20_000, 'about 5.6 h'],
  [3 * 86_400, 'about 3 days'],
  [4321 * 86_400, 'about 4.3K days'],
])('%d s are %s', (seconds, text) => {
  expect(aboutText(seconds)).toBe(text);
});

it('says at what rate, and how to measure it where it is not known', () => {
  expect(rateText(2.5e9)).toBe('Times at this machine’s measured rate, 2.5B multiply-adds/s.');
  expect(rateText(undefined)).toMatch(/^Run this claim/);
});
