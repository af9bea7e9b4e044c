import { describe, expect, it } from 'vitest';
import { wideCards } from '../../src/ui/gallery/columns';

/** Cards in two columns: w has something found, n nothing; capitals take the whole width. */
const laid = (cards: string) => {
  const wide = wideCards(Array.from(cards, (card) => card === 'w'));
  return Array.from(cards, (card, k) => (wide[k] ? card.toUpperCase() : card)).join('');
};

describe('the cards of claims', () => {
  it.each([
    ['', ''],
    ['n', 'N'],
    ['nn', 'nn'],
    ['nnn', 'nnN'],
    ['w', 'W'],
    ['wn', 'WN'],
    ['nw', 'NW'],
    ['nnwn', 'nnWN'],
    ['nnnwnn', 'nnNWnn'],
    ['wnwnnw', 'WNWnnW'],
  ])('%s lie as %s', (cards, expected) => {
    expect(laid(cards)).toBe(expected);
  });

  it('leave no hole, whatever has been run', () => {
    for (let bits = 0; bits < 2 ** 8; bits++) {
      const found = Array.from({ length: 8 }, (_, k) => ((bits >> k) & 1) === 1);
      let column = 0;
      wideCards(found).forEach((wide, k) => {
        if (found[k]) expect(wide).toBe(true);
        if (wide) expect(column).toBe(0);
        else column = 1 - column;
      });
      expect(column).toBe(0);
    }
  });
});
