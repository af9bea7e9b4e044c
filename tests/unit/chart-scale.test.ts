import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCount, formatLoss, formatParameter, formatX, superscript } from '../../src/export/figure/format';
import { linearTicks, logAxis, logTicks, makeScale, type Tick } from '../../src/export/figure/scale';

const values = (ticks: readonly Tick[]) => ticks.map((tick) => tick.value);

describe('logAxis', () => {
  it('has whole decades with raised exponents over wide spans', () => {
    const { domain, ticks } = logAxis(3e-13, 0.5, 8);
    expect(domain).toEqual([1e-13, 1]);
    expect(ticks.map(({ label }) => label)).toEqual(
      [-12, -10, -8, -6, -4, -2, 0].map((exponent) => ({ base: '10', exponent })),
    );
  });

  it('has 1, 2, 5 over a decade and linear ticks over less', () => {
    expect(values(logAxis(0.06, 0.9, 8).ticks)).toEqual([0.05, 0.1, 0.2, 0.5, 1]);
    const narrow = logAxis(0.125, 0.131, 5);
    expect(narrow.domain).toEqual([0.124, 0.132]);
    expect(values(narrow.ticks)).toEqual([0.124, 0.126, 0.128, 0.13, 0.132]);
  });

  it('ends near its data where a whole decade would be a large part of it', () => {
    const training = logAxis(0.0125, 2.3, 8);
    expect(training.domain).toEqual([0.01, 3]);
    expect(values(training.ticks)).toEqual([0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2]);
    expect(logAxis(0.0009, 0.7, 8).domain).toEqual([0.0007, 1]);
    expect(values(logAxis(0.0009, 0.7, 8).ticks)).toEqual([0.001, 0.01, 0.1, 1]);
    fc.assert(
      fc.property(
        fc.double({ min: -20, max: 20, noNaN: true }),
        fc.double({ min: 0.5, max: 30, noNaN: true }),
        (least, span) => {
          const { domain } = logAxis(10 ** least, 10 ** (least + span), 8);
          const room = [least - Math.log10(domain[0]), Math.log10(domain[1]) - least - span];
          for (const spare of room) expect(spare).toBeLessThanOrEqual(Math.max(0.18, 0.09 * span));
        },
      ),
    );
  });

  it('has as many ticks as have room, evenly spread', () => {
    expect(values(logAxis(0.03, 2.3, 3).ticks)).toEqual([0.1, 1]);
    expect(values(logAxis(0.03, 2.3, 4).ticks)).toEqual([0.03, 0.1, 0.3, 1, 3]);
    expect(values(logAxis(0.03, 2.3, 8).ticks)).toEqual([0.05, 0.1, 0.2, 0.5, 1, 2]);
  });

  it('labels ticks that are close together apart', () => {
    for (const [low, high] of [
      [0.125, 0.1251],
      [1.25e-7, 1.2501e-7],
      [12_500, 12_510],
      [3, 3],
    ] as const) {
      const labels = logAxis(low, high, 6).ticks.map((tick) => tick.label);
      expect(labels.length).toBeGreaterThan(1);
      expect(new Set(labels).size).toBe(labels.length);
    }
  });

  it('holds a value just beyond a power of ten', () => {
    const { domain } = logAxis(1e-300, 1.000000002e241, 2);
    expect(domain[1]).toBeGreaterThan(1.000000002e241);
    expect(logAxis(1e-300, 1.0000000001e241, 2).domain[1]).toBe(1e241);
  });

  it('holds its data, stays positive and finite, and has ticks in the domain, whatever the data', () => {
    const positive = fc.double({ min: 1e-300, max: 1e300, noNaN: true });
    fc.assert(
      fc.property(positive, fc.oneof(positive, fc.constant(0)), fc.integer({ min: 2, max: 20 }), (a, other, count) => {
        // Often a span of nothing: a constant curve.
        const b = other === 0 ? a : other;
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const { domain, ticks } = logAxis(low, high, count);
        expect(domain[0]).toBeGreaterThan(0);
        expect(domain[0]).toBeLessThanOrEqual(low * (1 + 1e-9));
        expect(domain[1]).toBeGreaterThanOrEqual(high * (1 - 1e-9));
        expect(domain[1]).toBeLessThan(Infinity);
        expect(domain[0]).toBeLessThan(domain[1]);
        expect(ticks.length).toBeGreaterThanOrEqual(1);
        expect(ticks.length).toBeLessThanOrEqual(2 * count + 3);
        for (const { value } of ticks) {
          expect(value).toBeGreaterThanOrEqual(domain[0] * (1 - 1e-9));
          expect(value).toBeLessThanOrEqual(domain[1] * (1 + 1e-9));
        }
      }),
    );
  });
});

describe('ticks', () => {
  it('are tidy', () => {
    expect(values(linearTicks([0, 3000], 10))).toEqual([0, 500, 1000, 1500, 2000, 2500, 3000]);
    expect(values(linearTicks([0.1, 0.72], 5))).toEqual([0.2, 0.4, 0.6]);
    expect(values(logTicks([1, 3000], 8))).toEqual([1, 10, 100, 1000]);
    expect(values(logTicks([2, 40], 8))).toEqual([2, 5, 10, 20]);
  });

  it('have the same decimals at even steps', () => {
    expect(linearTicks([0, 1], 5).map(({ label }) => label)).toEqual(['0', '0.2', '0.4', '0.6', '0.8', '1.0']);
    expect(logAxis(0.0801, 0.0852, 4).ticks.map(({ label }) => label)).toEqual(['0.080', '0.082', '0.084', '0.086']);
    expect(linearTicks([2, 8], 3).map(({ label }) => label)).toEqual(['2', '4', '6', '8']);
  });

  it('are labelled as briefly as their numbers allow', () => {
    const power = (exponent: number) => ({ base: '10', exponent });
    expect(logTicks([1e-4, 1], 8).map(({ label }) => label)).toEqual([-4, -3, -2, -1, 0].map(power));
    expect(
      logTicks([1e-4, 100], 8)
        .map(({ label }) => label)
        .slice(-3),
    ).toEqual([power(0), '10', power(2)]);
    expect(logTicks([1e-3, 1], 8).map(({ label }) => label)).toEqual(['0.001', '0.01', '0.1', '1']);
    expect(logTicks([1e-4, 9e-4], 8).map(({ label }) => label)).toEqual([power(-4), '2×10⁻⁴', '5×10⁻⁴']);
    expect(linearTicks([0, 3e-4], 3).map(({ label }) => label)).toEqual(['0', power(-4), '2×10⁻⁴', '3×10⁻⁴']);
  });
});

describe('labels of large counts', () => {
  const labels = (ticks: readonly Tick[]) => ticks.map((tick) => tick.label);

  it('are all in thousands and millions, or none', () => {
    expect(labels(linearTicks([0, 200_000], 4))).toEqual(['0', '50K', '100K', '150K', '200K']);
    expect(labels(linearTicks([0, 12_000], 6))).toEqual(['0', '2,000', '4,000', '6,000', '8,000', '10,000', '12,000']);
    expect(labels(logTicks([1, 1e6], 8))).toEqual(['1', '10', '100', '1K', '10K', '100K', '1M']);
  });

  it('tell neighbours apart in a deep zoom', () => {
    const zoomed = labels(linearTicks([250_000, 250_010], 5));
    expect(new Set(zoomed).size).toBe(zoomed.length);
  });
});

describe('makeScale', () => {
  it('maps the ends of the domain to the ends of the range and back', () => {
    for (const log of [false, true]) {
      const scale = makeScale([2, 2000], [50, 450], log);
      expect(scale.toPixel(2)).toBeCloseTo(50);
      expect(scale.toPixel(2000)).toBeCloseTo(450);
      expect(scale.toValue(scale.toPixel(77))).toBeCloseTo(77);
    }
    expect(makeScale([1, 100], [0, 10], true).toPixel(10)).toBeCloseTo(5);
  });
});

describe('numbers as text', () => {
  it.each([
    [0.123456, '0.123'],
    [12.345, '12.3'],
    [1234.5, '1,235'],
    [0.00123, '1.23×10⁻³'],
    [5.06e-7, '5.06×10⁻⁷'],
    [2.5e12, '2.50×10¹²'],
    [0, '0'],
    [Number.POSITIVE_INFINITY, '∞'],
    [Number.NaN, '–'],
  ])('loss %d is %s', (value, expected) => {
    expect(formatLoss(value)).toBe(expected);
  });

  it('shortens counts, parameters and exponents', () => {
    expect([formatCount(3000), formatCount(250_000), formatCount(1_500_000)]).toEqual(['3,000', '250K', '1.5M']);
    expect([formatParameter(1 / 6), formatParameter(1e-8), formatParameter(0.9)]).toEqual(['0.1667', '1e-8', '0.9']);
    expect([formatX(0.25), formatX(3), formatX(12_000)]).toEqual(['0.25', '3', '12,000']);
    expect([superscript(-12), superscript(0)]).toEqual(['⁻¹²', '⁰']);
  });
});
