import { describe, expect, it } from 'vitest';
import { batchAdvice, exactSpeed, guaranteedSpeed, measuredBatches, regimeOf } from '../../src/theory/batch-curve';
import { spectralRadius } from '../../src/theory/spectral-radius';
import { optimalHyper } from '../../src/theory/optimal';
import { streamConstants, type SpectralConstants } from '../../src/theory/spectral';
import { streamProblem } from '../support/problems';

const apart: SpectralConstants = { L: 1, mu: 1e-6, L1: 1e4, kappaTilde: 1e8 };

/** Slope of ln s over ln m, least squares over a decade and a half around the middle. */
function slopeAround(m: number): number {
  const points = Array.from({ length: 21 }, (_, k) => m * 10 ** ((k - 10) / 14));
  const x = points.map(Math.log);
  const y = points.map((at) => Math.log(guaranteedSpeed('mass', apart, at)));
  const cx = x.reduce((a, b) => a + b) / x.length;
  const cy = y.reduce((a, b) => a + b) / y.length;
  return x.reduce((s, v, k) => s + (v - cx) * (y[k]! - cy), 0) / x.reduce((s, v) => s + (v - cx) ** 2, 0);
}

describe('speed against batch size', () => {
  it('has the slopes 1, ½ and 0 in the three regimes', () => {
    expect(Math.abs(slopeAround(1e2) - 1)).toBeLessThan(0.1);
    expect(Math.abs(slopeAround(1e6) - 0.5)).toBeLessThan(0.05);
    expect(Math.abs(slopeAround(1e10))).toBeLessThan(0.1);
    expect([1e2, 1e6, 1e10].map((m) => regimeOf(apart, m))).toEqual(['linear', 'diminishing', 'saturation']);
  });

  it('knows the exact rate of streams', () => {
    const objective = streamProblem('gaussian', 5);
    if (!('scales' in objective.rows)) throw new Error('not a stream');
    const constants = streamConstants(objective.rows);
    for (const optimizer of ['sgd', 'mass'] as const) {
      const radius = spectralRadius(objective, optimizer, optimalHyper(optimizer, constants, 4)!, 4)!;
      expect(exactSpeed(objective, optimizer, constants, 4)).toBeCloseTo(-Math.log(radius), 12);
    }
  });

  it('measures at few batch sizes, from 1 to well into saturation', () => {
    for (const kappaTilde of [1, 6, 45, 3000, 1e9]) {
      const batches = measuredBatches({ ...apart, L1: 45, kappaTilde });
      expect(batches[0]).toBe(1);
      expect(batches.length).toBeLessThanOrEqual(14);
    }
    expect(measuredBatches({ ...apart, L1: 6, kappaTilde: 6 }).at(-1)).toBe(128);
  });

  it('says what it means in a sentence', () => {
    expect(batchAdvice({ ...apart, L1: 45, kappaTilde: 3012 })).toMatch(
      /beyond 45 buy nothing per sample.*beyond 3,000 it saves nothing/,
    );
    expect(batchAdvice({ ...apart, L1: 6, kappaTilde: 6 })).toMatch(/far beyond 6 buy nothing/);
  });
});
