/** How a sweep is cut into cohorts of lanes, and when these record their losses. */
import type { ExperimentConfig } from '../../experiment/config';
import { evaluationSteps } from '../../experiment/schedule';
import type { Objective } from '../../problems/types';
import type { Backend } from '../backend';
import { pointsOf } from '../points';
import { workOf } from '../work';
import type { PlannedCell } from './plan';

/** Memory of the engine that a sweep takes at most, in bytes, unless its rows alone leave no room. */
export const SWEEP_BUDGET = 256 * 2 ** 20;
/** Cohorts that are there at once: the next one is made while the last lanes of another still run. */
export const COHORTS_AT_ONCE = 2;
/** Room is kept for that many cohorts, and for the smaller one to which the lanes of one of them may move. */
const SHARES = COHORTS_AT_ONCE + 1;
/** Bytes of a cohort whatever its lanes: parameters of its dispatches, and what rounding up its buffers takes. */
const FIXED = { webgpu: 2 ** 17, cpu: 0 } as const;
/** Lanes of a cohort that keep a device busy; more of them would only hold up the picture. */
const LANES = { webgpu: 8192, cpu: 256 } as const;
/** Multiply-adds of one step of a cohort: a step can't be interrupted. */
const STEP_WORK = 5e7;
/** Times its budget that a sweep may take where the problem's rows leave no room. */
const MOST = 64;
/** Lanes of a sweep up to which its curves get as many points as those of the race. */
const FEW_LANES = 4096;
/** Points of the curves of larger sweeps. */
const POINTS = 60;

/**
 * The steps at which a sweep of so many lanes records: some of the race's, so that losses can be compared. Up to
 * {@link FEW_LANES} lanes that is as many points as an `auto` race has, of more lanes about {@link POINTS}.
 */
export function sweepSteps(config: ExperimentConfig, objective: Objective, lanes: number): number[] {
  const { steps, evalEvery } = config;
  const race = pointsOf(config, objective);
  const points = lanes <= FEW_LANES ? race : Math.min(race, POINTS);
  if (evalEvery === 'auto') return evaluationSteps(steps, evalEvery, points);
  return evaluationSteps(steps, evalEvery * Math.max(1, Math.ceil(steps / evalEvery / points)));
}

export interface CohortLimits {
  /** Lanes of a cohort. */
  readonly lanes: number;
  /** Multiply-adds of one of its steps. */
  readonly work: number;
  /** Bytes that the sweep holds at most. */
  readonly budget: number;
}

/**
 * How large cohorts may be so that the sweep stays within its budget, or within the least multiple of it that has room for
 * a cell's lanes. Undefined where the device has none.
 */
export function cohortLimits(
  backend: Backend,
  objective: Objective,
  cells: readonly PlannedCell[],
  seeds: number,
  wanted = SWEEP_BUDGET,
): CohortLimits | undefined {
  const batch = cells.reduce((largest, { run }) => Math.max(largest, run.batch), 1);
  for (let budget = wanted; budget <= wanted * MOST; budget *= 2) {
    const room = budget - SHARES * FIXED[backend.kind];
    const lanes = Math.floor(backend.capacity(objective, batch, room) / SHARES);
    if (lanes >= seeds) return { lanes: Math.min(lanes, LANES[backend.kind]), work: STEP_WORK, budget };
  }
  return undefined;
}

/**
 * Cuts cells into cohorts, in order, each of at least one cell. A cohort holds cells of one level, so that the coarse
 * picture is not held up by finer cells.
 */
export function cutCohorts(
  cells: readonly PlannedCell[],
  objective: Objective,
  seeds: number,
  limits: Pick<CohortLimits, 'lanes' | 'work'>,
): PlannedCell[][] {
  const cohorts: PlannedCell[][] = [];
  let work = 0;
  for (const cell of cells) {
    const last = cohorts.at(-1);
    const own = seeds * workOf({ objective, lanes: [{ run: cell.run, seed: 0 }] }).step;
    const fits = last && (last.length + 1) * seeds <= limits.lanes && work + own <= limits.work;
    if (fits && last[0]!.level === cell.level) {
      last.push(cell);
      work += own;
    } else {
      cohorts.push([cell]);
      work = own;
    }
  }
  return cohorts;
}
