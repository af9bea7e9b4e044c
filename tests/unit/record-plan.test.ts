/** What a recording reads in the rows' stead gives the rows' loss. */
import { describe, expect, it } from 'vitest';
import { partsOf, planRecording } from '../../src/engine/gpu/record-plan';
import { LeastSquaresReference } from '../../src/problems/least-squares';
import type { LeastSquares } from '../../src/problems/types';
import { sequence, storedProblem, streamProblem } from '../support/problems';

/** The loss as a recording works it out, in float64. */
function recordedLoss(objective: LeastSquares, w: Float64Array): number {
  const { rows, features, targets, rest, count } = planRecording(objective)!;
  const d = objective.dimension;
  let sum = rest;
  for (let i = 0; i < rows; i++) {
    let product = 0;
    for (let j = 0; j < d; j++) product += features[i * d + j]! * w[j]!;
    sum += (product - targets[i]!) ** 2;
  }
  return sum / (2 * count);
}

const random = (d: number, seed = 9) => {
  const next = sequence(seed);
  return Float64Array.from({ length: d }, next);
};
const exact = (objective: LeastSquares, w: Float64Array) =>
  new LeastSquaresReference(objective, { seed: 1, mode: 'replacement' }).loss(w);

describe('planRecording', () => {
  it.each([
    [40, 3],
    [130, 64],
    [1000, 17],
    [20, 13],
  ])('%i rows, d = %i: the loss of any point', (count, d) => {
    const objective = storedProblem(count, d);
    expect(planRecording(objective)!.triangular).toBe(count >= 2 * d + 2);
    for (const seed of [1, 2, 3]) {
      const w = random(d, seed);
      expect(recordedLoss(objective, w) / exact(objective, w) - 1).toBeCloseTo(0, 6);
    }
  });

  it('reads as many rows as there are coordinates, zero before their own', () => {
    const plan = planRecording(storedProblem(500, 9))!;
    expect(plan).toMatchObject({ rows: 9, parts: 1, triangular: true, count: 500 });
    for (let i = 0; i < 9; i++) for (let j = 0; j < i; j++) expect(plan.features[i * 9 + j]).toBe(0);
  });

  it('takes collinear columns', () => {
    const problem = storedProblem(50, 4);
    if (problem.rows.kind !== 'stored') throw new Error('rows');
    for (let i = 0; i < 50; i++) problem.rows.features[4 * i + 3] = 2 * problem.rows.features[4 * i]!;
    const w = random(4);
    expect(recordedLoss(problem, w) / exact(problem, w) - 1).toBeCloseTo(0, 6);
  });

  it('reads the rows themselves where a factor is too large, too long to work out, or beyond float32', () => {
    expect(planRecording(storedProblem(10, 8))).toMatchObject({ rows: 10, triangular: false, rest: 0 });
    expect(planRecording(storedProblem(2000, 200))).toMatchObject({ rows: 2000, parts: 64, triangular: false });
    const huge = storedProblem(50, 4);
    if (huge.rows.kind === 'stored') huge.rows.targets.fill(3e38);
    expect(planRecording(huge)).toMatchObject({ rows: 50, triangular: false });
  });

  it('has nothing to read for streams', () => {
    expect(planRecording(streamProblem('gaussian', 3))).toBeUndefined();
  });

  it('cuts many rows into parts', () => {
    expect([1, 4, 5, 256, 100_000].map(partsOf)).toEqual([1, 1, 2, 64, 64]);
  });
});
