import { describe, expect, it } from 'vitest';
import { linearPoints, pointsOf } from '../../src/engine/points';
import { recordingWork } from '../../src/engine/work';
import { defaultExperiment } from '../../src/experiment/default';
import { autoPoints, evaluationSteps } from '../../src/experiment/schedule';
import { multiplyAdds } from '../../src/models/cost';
import { defaultNetwork, prepareNetwork } from '../../src/problems/network';
import { storedProblem, streamProblem } from '../support/problems';

describe('evaluationSteps', () => {
  it.each([1, 2, 3, 10, 159, 160, 161, 3000, 1e6, 1e8])('auto, %i steps: ascending from 0 to the end', (steps) => {
    for (const points of [2, 3, 60, 160]) {
      const schedule = evaluationSteps(steps, 'auto', points);
      expect(schedule[0]).toBe(0);
      expect(schedule.at(-1)).toBe(steps);
      expect(schedule.every(Number.isInteger)).toBe(true);
      for (let k = 1; k < schedule.length; k++) expect(schedule[k]!).toBeGreaterThan(schedule[k - 1]!);
      expect(schedule.length).toBeLessThanOrEqual(points + 2);
    }
  });

  it('auto is dense at the start, and leaves no wide gap on a linear axis', () => {
    const schedule = evaluationSteps(1e6, 'auto', 200);
    expect(schedule.slice(0, 5)).toEqual([0, 1, 2, 3, 4]);
    const gaps = schedule.slice(1).map((t, k) => t - schedule[k]!);
    expect(Math.max(...gaps)).toBeLessThanOrEqual(1e4);
    const early = schedule.filter((t) => t > 30 && t < 1e4);
    for (const [k, t] of early.slice(1).entries()) expect(t / early[k]!).toBeLessThan(1.05 * 1e6 ** (1 / 100));
    expect(schedule.length).toBeGreaterThan(170);
  });

  it.each([
    [10, 3, [0, 3, 6, 9, 10]],
    [10, 5, [0, 5, 10]],
    [10, 10, [0, 10]],
    [10, 25, [0, 10]],
    [3, 1, [0, 1, 2, 3]],
    [1, 1, [0, 1]],
  ])('%i steps, every %i', (steps, every, expected) => {
    expect(evaluationSteps(steps, every)).toEqual(expected);
  });

  it('auto has fewer points where they would take more than a tenth of the run', () => {
    expect(autoPoints(3000, 0)).toBe(240);
    expect(autoPoints(3000, 1)).toBe(240);
    expect(autoPoints(3000, 3)).toBe(100);
    expect(autoPoints(3000, 100)).toBe(24);
  });

  // A small stand-in with the numbers that count: nobody reads the rows.
  const stored = (count: number, dimension: number) => {
    const problem = storedProblem(4, 2);
    if (problem.rows.kind !== 'stored') throw new Error('rows');
    return { ...problem, dimension, rows: { ...problem.rows, count } };
  };
  it.each([
    [3000, 400, 8, 105],
    [3000, 1024, 64, 24],
    [20_000, 1024, 64, 164],
    [100_000, 1024, 64, 240],
    // Too much work to factor: a recording reads all rows.
    [20_000, 8000, 100, 24],
    [1_000_000, 8000, 100, 74],
    [3000, 8000, 784, 24],
    // More coordinates than rows.
    [20_000, 100, 200, 63],
  ])('%i steps on %i rows of %i features: %i points', (steps, count, dimension, points) => {
    expect(linearPoints(steps, stored(count, dimension))).toBe(points);
  });

  it('auto has many points on streams, whose losses take no rows', () => {
    expect(linearPoints(1000, streamProblem('gaussian', 1024))).toBe(240);
  });
});

it("a network's recordings take a tenth of its steps' arithmetic, where the least points allow", async () => {
  const objective = await prepareNetwork(defaultNetwork, {
    seed: 1,
    table: () => Promise.reject(new Error('points are made up')),
  });
  const share = (steps: number, batch: number): { points: number; share: number } => {
    const runs = [{ optimizer: 'sgd' as const, batch, hyper: { eta: 0.1 } }];
    const points = pointsOf({ ...defaultExperiment, runs, steps }, objective);
    const stepping = steps * 3 * batch * multiplyAdds(objective.network);
    return { points, share: (points * recordingWork(objective)) / stepping };
  };
  const usual = share(10_000, 32);
  expect(usual.points).toBeGreaterThan(24);
  expect(usual.share).toBeLessThanOrEqual(0.1);
  expect(usual.share).toBeGreaterThan(0.05);
  expect(share(100, 1).points).toBe(24);
  expect(share(1e6, 64).points).toBe(120);
});
