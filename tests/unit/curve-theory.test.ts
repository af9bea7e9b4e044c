import { describe, expect, it } from 'vitest';
import { expectedAt, expectedStepReaching, learn, theoryOf, theoryResult } from '../../src/experiment/curve-theory';
import { parseWith } from '../../src/experiment/config';
import { theorySchema } from '../../src/experiment/result';

const expected = { step: [0, 10, 20], loss: Float64Array.of(1, 1e-2, 1e-4) };

describe('theory of a curve', () => {
  it('keeps what is known when more comes', () => {
    const first = learn({ spectralRadius: 0.5 }, { step: [], expectedLoss: new Float64Array(0), guaranteedRate: 0.9 });
    const second = learn(first, { step: [0, 1], expectedLoss: Float64Array.of(2, 1) });
    expect(second).toEqual({
      spectralRadius: 0.5,
      guaranteedRate: 0.9,
      expected: { step: [0, 1], loss: Float64Array.of(2, 1) },
    });
  });

  it('reads the expectation along straight lines of a log axis, and nothing outside', () => {
    expect(expectedAt(expected, 10)).toBe(1e-2);
    expect(expectedAt(expected, 5)).toBeCloseTo(0.1, 12);
    expect(expectedAt(expected, 21)).toBeUndefined();
    expect(expectedAt({ step: [0, 2], loss: Float64Array.of(1, Infinity) }, 1)).toBeUndefined();
  });

  it('predicts steps from the curve, beyond its end from the rate', () => {
    expect(expectedStepReaching({ expected }, 1e-3)).toBeCloseTo(15, 9);
    expect(expectedStepReaching({ expected }, 1e-6)).toBeUndefined();
    expect(expectedStepReaching({ expected, spectralRadius: 10 ** -0.2 }, 1e-6)).toBeCloseTo(30, 9);
    expect(expectedStepReaching({ spectralRadius: 0.1 }, 1e-6)).toBeCloseTo(6, 9);
    expect(expectedStepReaching({ spectralRadius: 1.1 }, 1e-6)).toBeUndefined();
  });

  it('goes into a document and comes back; documents with the rate alone are valid', () => {
    const theory = { spectralRadius: 1.2, expected: { step: [0, 1], loss: Float64Array.of(1, Infinity) } };
    const result = theoryResult(theory)!;
    expect(result.expectedLoss).toEqual([1, null]);
    expect(theoryOf(parseWith(theorySchema, JSON.parse(JSON.stringify(result))))).toEqual(theory);
    expect(theoryOf(parseWith(theorySchema, { spectralRadius: 0.5 }))).toEqual({ spectralRadius: 0.5 });
    expect(theoryResult({})).toBeUndefined();
    expect(() => parseWith(theorySchema, { step: [0, 1], expectedLoss: [1] })).toThrow(/expectedLoss/);
    expect(() => parseWith(theorySchema, { step: [1, 1], expectedLoss: [1, 1] })).toThrow(/step\[1\]/);
    expect(() => parseWith(theorySchema, { step: [0], expectedLoss: [-1] })).toThrow(/expectedLoss\[0\]/);
  });
});
