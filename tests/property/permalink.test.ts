import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ConfigError, parseExperiment } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import { configFromHash, permalinkHash } from '../../src/experiment/permalink';
import { experimentConfig } from './arbitraries';

/** The configuration or the error; anything else is thrown on. */
function outcome(hash: string): unknown {
  try {
    return configFromHash(hash);
  } catch (error) {
    if (error instanceof ConfigError && error.message.length > 0) return error;
    throw error;
  }
}

describe('permalinks of random experiments', () => {
  it('are valid to begin with', () => {
    fc.assert(
      fc.property(experimentConfig, (config) => {
        expect(parseExperiment(config)).toEqual(config);
      }),
    );
  });

  it('come back exactly, are stable and URL-safe', () => {
    fc.assert(
      fc.property(experimentConfig, (config) => {
        const hash = permalinkHash(config);
        const back = configFromHash(hash);
        expect(back).toEqual(config);
        expect(permalinkHash(back)).toBe(hash);
        expect(hash).toMatch(/^#[\w\-.!~*'()=&,%]+$/);
        // A browser must not change it.
        expect(new URL(`https://example.org/play/${hash}`).hash).toBe(hash);
      }),
      { numRuns: 300 },
    );
  });

  it('are never silently wrong when cut off', () => {
    fc.assert(
      fc.property(experimentConfig, fc.double({ min: 0, max: 1, noNaN: true }), (config, share) => {
        const hash = permalinkHash(config);
        const cut = hash.slice(0, 1 + Math.floor(share * (hash.length - 1)));
        if (cut === hash || cut === '#') return;
        expect(outcome(cut)).toBeInstanceOf(ConfigError);
      }),
    );
  });

  it('give a configuration or a ConfigError whatever is done to them', () => {
    const valid = new Set(['object']);
    fc.assert(
      fc.property(
        experimentConfig,
        fc.array(fc.tuple(fc.nat(), fc.constantFrom(...Array.from("&=~.,%'()-0e:_\u0000é"), 'runs.', '__proto__')), {
          maxLength: 4,
        }),
        (config, edits) => {
          let hash = permalinkHash(config);
          for (const [at, text] of edits) {
            const place = at % (hash.length + 1);
            hash = hash.slice(0, place) + text + hash.slice(place + (at % 3));
          }
          expect(valid).toContain(typeof outcome(hash));
          expect(Object.getPrototypeOf({})).toBe(Object.prototype);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('hold nothing for the default', () => {
    expect(permalinkHash(defaultExperiment)).toBe('');
    expect(configFromHash('')).toEqual(defaultExperiment);
    expect(configFromHash('#')).toEqual(defaultExperiment);
  });
});
