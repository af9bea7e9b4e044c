import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cohortLimits, cutCohorts, sweepSteps } from '../../src/engine/sweep/cohorts';
import { levels, sweepPlan } from '../../src/engine/sweep/plan';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { evaluationSteps } from '../../src/experiment/schedule';
import { axisValues, cellRun } from '../../src/experiment/sweep';
import { runKey } from '../../src/experiment/config';
import { streamConstants } from '../../src/theory/spectral';
import { storedProblem, streamProblem } from '../support/problems';
import { experiment, mass, nesterov, sgd } from '../support/experiments';
import { swept } from '../support/sweeps';

const x = { parameter: 'eta', from: 0.001, to: 1, count: 64 };
const y = { parameter: 'gamma', from: 0, to: 0.9, count: 33 };
const runs = [sgd(), mass(), nesterov()];

describe('the plan of a sweep', () => {
  it('has the run of every place, and each distinct run once', () => {
    const config = swept(
      { runs: [...runs, { ...nesterov(), label: 'again' }, { ...mass(), enabled: false }] },
      { x, y },
    );
    const plan = sweepPlan(config, undefined);
    expect(plan.runs.map((run) => run.optimizer)).toEqual(['sgd', 'mass', 'nesterov', 'nesterov']);
    expect([plan.x.length, plan.y.length]).toEqual([64, 33]);
    expect(plan.total).toBe(4 * 64 * 33);
    plan.keys.forEach((keys, map) => {
      for (const [i, j] of [
        [0, 0],
        [63, 32],
        [5, 7],
      ] as const)
        expect(keys[j * 64 + i]).toBe(
          runKey(cellRun(plan.runs[map]!, config.sweep, { x: plan.x[i]!, y: plan.y[j]! }, undefined)),
        );
    });
    // γ is nothing to SGD and MaSS; the second Nesterov is the first.
    expect(plan.cells).toHaveLength(64 + 64 + 64 * 33);
    expect(plan.cells.reduce((sum, cell) => sum + cell.places, 0)).toBe(plan.total);
    const keys = new Set(plan.keys.flat());
    expect(new Set(plan.cells.map(({ key }) => key))).toEqual(keys);
    for (const { key, run } of plan.cells) expect(runKey(run)).toBe(key);
  });

  it('comes coarse grid first, of all maps', () => {
    const batch = { parameter: 'batch', from: 1, to: 4096, count: 16 };
    const { cells, keys } = sweepPlan(swept({ runs }, { x, y: batch }), undefined);
    const levelOf = new Map(cells.map(({ key, level }) => [key, level]));
    expect(cells.map(({ level }) => level)).toEqual(cells.map(({ level }) => level).sort((a, b) => a - b));
    for (const map of keys)
      for (let j = 0; j < 16; j++)
        for (let i = 0; i < 64; i++) {
          const level = levelOf.get(map[j * 64 + i]!)!;
          const stride = 8 / 2 ** level;
          expect(i % stride === 0 && j % stride === 0).toBe(true);
          if (level > 0) expect(i % (2 * stride) !== 0 || j % (2 * stride) !== 0).toBe(true);
        }
    // Lanes of one batch stand together.
    const coarse = cells.filter(({ level }) => level === 0);
    expect(coarse).toHaveLength(3 * 8 * 2);
    expect(coarse.map(({ run }) => run.batch)).toEqual(coarse.map(({ run }) => run.batch).sort((a, b) => a - b));
  });

  it('has grids of few places, too', () => {
    expect(levels(1)).toEqual([0]);
    expect(levels(2)).toEqual([0, 0]);
    expect(levels(3)).toEqual([0, 1, 0]);
    expect(levels(6)).toEqual([0, 2, 1, 2, 0, 2]);
    expect(levels(17)[8]).toBe(0);
  });

  it('takes the optimal values of each batch size where it is told to', () => {
    const { rows } = streamProblem('component-decoupled', 2);
    if (!('scales' in rows)) throw new Error('no stream');
    const constants = { ...streamConstants(rows), L1IsBound: false };
    const config = swept({ runs }, { y: { parameter: 'batch', from: 1, to: 8, count: 4 }, others: 'optimal' });
    const of = (batch: number) =>
      sweepPlan(config, constants).cells.filter(({ run }) => run.optimizer === 'mass' && run.batch === batch);
    expect(of(1)[0]!.run.hyper['kappaTilde']).toBeCloseTo(6, 12);
    expect(of(8)[0]!.run.hyper['kappaTilde']).toBeCloseTo(1 + 5 / 8, 12);
    // The axes go before them, and runs without optimal values keep their own.
    expect(new Set(of(1).map(({ run }) => run.hyper['eta']))).toEqual(new Set(axisValues(config.sweep.x)));
    const momentum = sweepPlan(config, constants).cells.filter(({ run }) => run.optimizer === 'nesterov');
    expect(new Set(momentum.map(({ run }) => run.hyper['gamma']))).toEqual(new Set([0.5]));
  });
});

describe('the cohorts of a sweep', () => {
  const objective = streamProblem('component-decoupled', 2);
  const { cells } = sweepPlan(swept({ runs }, { x, y }), undefined);

  it('hold all cells in order, of one level each, within both limits', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 9 }),
        fc.integer({ min: 1, max: 600 }),
        fc.integer({ min: 1, max: 5000 }),
        (seeds, lanes, work) => {
          const cohorts = cutCohorts(cells, objective, seeds, { lanes, work });
          expect(cohorts.flat()).toEqual(cells);
          for (const cohort of cohorts) {
            expect(new Set(cohort.map(({ level }) => level)).size).toBe(1);
            if (cohort.length === 1) continue;
            expect(cohort.length * seeds).toBeLessThanOrEqual(lanes);
            const steps = cohort.map(({ run }) => seeds * (4 * run.batch + 8));
            expect(steps.reduce((sum, step) => sum + step, 0)).toBeLessThanOrEqual(work);
          }
        },
      ),
      { numRuns: 30 },
    );
  });

  it('fit into the budget thrice, or into the least multiple that has room for a cell', () => {
    const backend = new CpuBackend();
    const lane = Math.floor(1e6 / backend.capacity(objective, 1, 1e6));
    expect(cohortLimits(backend, objective, cells, 4)).toMatchObject({ lanes: 256, budget: 256 * 2 ** 20 });
    expect(cohortLimits(backend, objective, cells, 4, 30 * lane)).toMatchObject({ lanes: 10, budget: 30 * lane });
    expect(cohortLimits(backend, objective, cells, 40, 30 * lane)).toMatchObject({ budget: 120 * lane });
    expect(cohortLimits(backend, objective, cells, 1000, lane)).toBeUndefined();
  });
});

describe('the recording steps of a sweep', () => {
  const stream = streamProblem('gaussian', 3);

  it('are those of the race for few lanes, and some of them for many', () => {
    const config = experiment({ steps: 5000, evalEvery: 'auto' });
    const race = evaluationSteps(5000, 'auto');
    expect(sweepSteps(config, stream, 4096)).toEqual(race);
    const many = sweepSteps(config, stream, 4097);
    expect(many.length).toBeLessThanOrEqual(62);
    expect(many.filter((step) => !race.includes(step))).toEqual([]);
    expect(sweepSteps(config, storedProblem(2000, 1100), 10)).toEqual(evaluationSteps(5000, 'auto', 24));
  });

  it('never are too many, however often the race records', () => {
    const config = experiment({ steps: 1000, evalEvery: 1 });
    expect(sweepSteps(config, stream, 10)).toEqual(evaluationSteps(1000, 5));
    expect(sweepSteps(config, stream, 10_000)).toEqual(evaluationSteps(1000, 17));
    expect(sweepSteps({ ...config, evalEvery: 300 }, stream, 10_000)).toEqual([0, 300, 600, 900, 1000]);
  });
});
