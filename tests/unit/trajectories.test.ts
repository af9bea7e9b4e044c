/** Paths of runs: the float64 engine's own lanes, seen along the eigen-directions of the problem. */
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../src/engine/backend';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { directionsOf, SHOWN_DIRECTIONS } from '../../src/engine/directions';
import {
  FIRST_STEPS,
  pathSteps,
  reachableSteps,
  TrajectoryDesk,
  type Trajectory,
  type TrajectoryProblem,
} from '../../src/engine/trajectories';
import { optimizerOf } from '../../src/optimizers/registry';
import { LeastSquaresReference } from '../../src/problems/least-squares';
import type { LeastSquares } from '../../src/problems/types';
import { symmetricEigen } from '../../src/theory/eigen';
import { atOnce } from '../../src/theory/slices';
import { mass, nesterov, sgd, stage, experiment } from '../support/experiments';
import { everyOptimizer, storedProblem, streamProblem } from '../support/problems';

const settings = { seed: 7, sampling: 'replacement', steps: 400, evalEvery: 50, divergenceFactor: 1e6 } as const;

function opened(objective: LeastSquares, changes: Partial<TrajectoryProblem> = {}): TrajectoryDesk {
  const desk = new TrajectoryDesk();
  desk.open({ ...settings, ...changes, objective });
  return desk;
}

type Path = Extract<Trajectory, { kind: 'path' }>;

function pathOf(trajectory: Trajectory | undefined): Path {
  if (trajectory?.kind !== 'path') throw new Error(`no path: ${JSON.stringify(trajectory)}`);
  return trajectory;
}

/** The weights w_t of the float64 engine's lane with seed 0. */
async function weights(objective: LeastSquares, lane: Lane, step: number) {
  const cohort = await new CpuBackend().cohort({
    objective,
    lanes: [lane],
    seed: settings.seed,
    sampling: 'replacement',
    lossLimit: Infinity,
  });
  await cohort.execute([{ from: 0, to: step, record: false }]);
  const { values } = await cohort.save();
  const { iterate } = optimizerOf(lane.run.optimizer);
  return values.slice(iterate * objective.dimension, (iterate + 1) * objective.dimension);
}

describe('eigenvalues of a symmetric matrix', () => {
  it('come with unit vectors that the matrix stretches by them', () => {
    const d = 12;
    const { rows } = storedProblem(9, d, 3);
    if (rows.kind !== 'stored') throw new Error('not stored');
    const matrix = new Float64Array(d * d);
    for (let i = 0; i < rows.count; i++)
      for (let j = 0; j < d; j++)
        for (let k = 0; k < d; k++) matrix[j * d + k]! += rows.features[i * d + j]! * rows.features[i * d + k]!;
    const { values, vectors } = atOnce(symmetricEigen(matrix, d));
    for (let a = 0; a < d; a++) {
      expect(values[a]).toBeLessThanOrEqual(values[a - 1] ?? Infinity);
      for (let j = 0; j < d; j++) {
        let product = 0;
        for (let k = 0; k < d; k++) product += matrix[j * d + k]! * vectors[a * d + k]!;
        expect(product).toBeCloseTo(values[a]! * vectors[a * d + j]!, 12);
      }
      for (let b = 0; b <= a; b++) {
        let inner = 0;
        for (let k = 0; k < d; k++) inner += vectors[a * d + k]! * vectors[b * d + k]!;
        expect(inner).toBeCloseTo(a === b ? 1 : 0, 12);
      }
    }
    // Nine rows: the other three directions have no curvature.
    expect(values[8]!).toBeGreaterThan(1e-6);
    for (const value of values.subarray(9)) expect(Math.abs(value)).toBeLessThan(1e-14);
  });
});

describe('paths', () => {
  it('are the lane with seed 0 of the float64 engine, for every optimizer', async () => {
    const objective = streamProblem('gaussian', 5);
    const desk = opened(objective);
    for (const lane of everyOptimizer(1, 3, 0.05)) {
      const path = pathOf(await desk.path(lane.run));
      expect(path.eigenvalues).toHaveLength(5);
      for (const step of [0, 1, 200, 400]) {
        const k = path.step.indexOf(step);
        // The spectrum 1, 1/2, 1/3, … descends: the directions are the coordinates as they stand.
        expect([...path.errors.subarray(k * 5, k * 5 + 5)]).toEqual([...(await weights(objective, lane, step))]);
      }
    }
  });

  it('have squares along the eigen-directions that sum to the excess loss', async () => {
    for (const objective of [streamProblem('component-decoupled', 4), storedProblem(40, 6), storedProblem(4, 6)]) {
      const path = pathOf(await opened(objective).path(mass(0.05)));
      const reference = new LeastSquaresReference(objective, { seed: 7, mode: 'replacement' });
      const d = path.eigenvalues.length;
      const lane = { run: mass(0.05), seed: 0 };
      const losses = await Promise.all(
        [0, 150, 400].map(async (t) => reference.loss(await weights(objective, lane, t))),
      );
      const sums = [0, 150, 400].map((t) => {
        const k = path.step.indexOf(t);
        const shares = Array.from(path.eigenvalues, (value, j) => (value * path.errors[k * d + j]! ** 2) / 2);
        const sum = shares.reduce((total, share) => total + share, 0);
        expect(sum / path.excess[k]!).toBeCloseTo(1, 10);
        return sum;
      });
      // The loss itself is higher by f(w*), the same at every step.
      expect(losses[0]! - losses[1]!).toBeCloseTo(sums[0]! - sums[1]!, 10);
      expect(losses[1]! - losses[2]!).toBeCloseTo(sums[1]! - sums[2]!, 10);
      expect(losses[2]! - sums[2]!).toBeGreaterThan(-1e-12);
    }
  });

  it('end where the run diverges', async () => {
    const path = pathOf(await opened(streamProblem('gaussian', 2)).path(nesterov(3, 0.9)));
    expect(path.diverged).toBe(path.step.at(-1));
    expect(path.diverged).toBeLessThan(400);
    expect(path.excess.at(-1)! / path.excess[0]!).toBeGreaterThan(1e6);
    expect(path.cut).toBeUndefined();
  });

  it('keep the first steps and at most so many points', () => {
    const problem = { ...settings, objective: streamProblem('gaussian', 2), steps: 50_000, evalEvery: 1 };
    const steps = pathSteps(problem, 50_000);
    expect(steps.slice(0, 201)).toEqual(Array.from({ length: 201 }, (_, t) => t));
    expect(steps.length).toBeLessThan(1200);
    expect(steps.at(-1)).toBe(50_000);
    expect(steps.every((t, k) => k === 0 || t > steps[k - 1]!)).toBe(true);
    expect(pathSteps(problem, 3)).toEqual([0, 1, 2, 3]);
  });

  it('keep the outermost of many directions', () => {
    const { total, ranks, eigenvalues } = atOnce(directionsOf(streamProblem('gaussian', 300)));
    expect(total).toBe(300);
    expect(ranks).toHaveLength(SHOWN_DIRECTIONS);
    expect([ranks[0], ranks.at(-1)]).toEqual([0, 299]);
    expect(eigenvalues.at(-1)).toBeCloseTo(1 / 300, 12);
    expect(new Set(ranks).size).toBe(SHOWN_DIRECTIONS);
  });

  it('are cut, or refused with a reason, where they cost too much', async () => {
    const objective = streamProblem('gaussian', 64);
    expect(reachableSteps(objective, sgd(), 1000)).toEqual({ steps: 1000 });
    const cut = reachableSteps(objective, sgd(0.1, 16), 100_000_000);
    expect(cut.reason).toBeUndefined();
    expect(cut.steps).toBeGreaterThan(FIRST_STEPS);
    expect(cut.steps).toBeLessThan(200_000);
    const refused = await opened(objective).path(sgd(0.1, 65_536));
    expect(refused).toMatchObject({ kind: 'none', reason: expect.stringContaining('too much work') as string });
    expect(await opened(storedProblem(2, 257)).path(sgd())).toMatchObject({
      kind: 'none',
      reason: expect.stringContaining('up to 256 features') as string,
    });
  });

  it('stop where another run or problem comes between', async () => {
    const objective = streamProblem('gaussian', 20);
    const desk = opened(objective, { steps: 100_000 });
    const first = desk.path(sgd(0.01, 8));
    const second = desk.path(sgd(0.02, 1));
    expect(await first).toBeUndefined();
    desk.open(undefined);
    expect(await second).toBeUndefined();
    expect(await desk.path(sgd())).toBeUndefined();
  });

  it('follow the session', async () => {
    const { session } = stage();
    expect(await session.trajectory(sgd())).toBeUndefined();
    await session.update(experiment());
    const path = pathOf(await session.trajectory(sgd()));
    expect(path.step.at(-1)).toBe(300);
    expect(Array.from(path.eigenvalues)).toEqual([1, 0.25]);
    await session.close();
    expect(await session.trajectory(sgd())).toBeUndefined();
  });
});
