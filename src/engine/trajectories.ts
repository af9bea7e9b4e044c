/**
 * Where the runs go: the path of one lane per run, in float64, along the eigen-directions of the problem. Computed beside
 * the race by the float64 backend, with the draws of the race's lanes of seed 0, a few milliseconds at a time.
 */
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import { evaluationSteps } from '../experiment/schedule';
import { optimizerOf } from '../optimizers/registry';
import { LeastSquaresReference } from '../problems/least-squares';
import type { LeastSquares } from '../problems/types';
import { inSlices } from '../theory/slices';
import { CpuBackend } from './cpu/cpu-backend';
import { directionsOf, whyNoDirections, type Directions } from './directions';
import { linearPoints } from './points';

/** All of the first steps are kept: there the optimizers part. */
export const FIRST_STEPS = 200;
/** Most points of a path after those. */
const MAX_POINTS = 800;
/** Milliseconds of work between two breaths: less than a submission's computing time. */
const SLICE = 6;
/** Nanoseconds that one path may take on a usual machine, and those that one step may: it cannot pause. */
const PATH_TIME = 2e9;
const STEP_TIME = 5e7;

/** The path of a run's lane with seed 0, or why there is none. */
export type Trajectory =
  | {
      readonly kind: 'path';
      /** Number of eigen-directions with a positive eigenvalue. */
      readonly total: number;
      /** Place of each kept direction among all, ascending: 0 is the largest eigenvalue. */
      readonly ranks: Int32Array<ArrayBuffer>;
      /** Eigenvalues of the kept directions, descending. */
      readonly eigenvalues: Float64Array<ArrayBuffer>;
      /** Ascending, from 0. */
      readonly step: readonly number[];
      /** Errors e_j = ⟨v_j, w − w*⟩, points × kept directions. */
      readonly errors: Float64Array<ArrayBuffer>;
      /** f(w) − f(w*) at each point. */
      readonly excess: Float64Array<ArrayBuffer>;
      /** Why the path ends before the run does, unless it diverged. */
      readonly cut?: string;
      /** The path's last step, where its loss is out of bounds. */
      readonly diverged?: number;
    }
  | { readonly kind: 'none'; readonly reason: string };

export interface TrajectoryProblem extends Pick<
  ExperimentConfig,
  'seed' | 'sampling' | 'steps' | 'evalEvery' | 'divergenceFactor'
> {
  readonly objective: LeastSquares;
}

export class TrajectoryDesk {
  #problem: TrajectoryProblem | undefined;
  /** Ends with the problem. */
  #control = new AbortController();
  #directions: Promise<Directions> | undefined;
  #following = new AbortController();

  /** Turns to a problem, or with undefined to none; what was under way stops. */
  open(problem: TrajectoryProblem | undefined): void {
    this.#control.abort();
    this.#control = new AbortController();
    this.#problem = problem;
    this.#directions = undefined;
  }

  /** The path of a run on the present problem; undefined where there is none or a later call or problem came between. */
  async path(run: RunConfig): Promise<Trajectory | undefined> {
    this.#following.abort();
    this.#following = new AbortController();
    const problem = this.#problem;
    if (!problem) return undefined;
    const signal = AbortSignal.any([this.#following.signal, this.#control.signal]);
    const limit = reachableSteps(problem.objective, run, problem.steps);
    const reason = whyNoDirections(problem.objective) ?? limit.reason;
    if (reason !== undefined) return { kind: 'none', reason };
    try {
      // Shared by all runs: a later call does not end it.
      this.#directions ??= inSlices(directionsOf(problem.objective), { signal: this.#control.signal, slice: SLICE });
      const directions = await this.#directions;
      signal.throwIfAborted();
      return await follow(problem, run, directions, limit.steps, signal);
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }
}

/** How many steps of a run can be followed in the time that a path may take; a reason where those are too few. */
export function reachableSteps(
  { rows, dimension: d }: LeastSquares,
  { batch }: RunConfig,
  steps: number,
): { readonly steps: number; readonly reason?: string } {
  const sample = { 'component-decoupled': 60, gaussian: 30 * d, stored: 30 + 3 * d, kernel: 30 + 2 * d }[rows.kind];
  const step = 300 + batch * sample + 6 * d;
  const reachable = Math.min(steps, Math.floor(PATH_TIME / step));
  return step > STEP_TIME || reachable < Math.min(steps, FIRST_STEPS)
    ? { steps: 0, reason: 'Batches of this size are too much work to be followed in float64 beside the race.' }
    : { steps: reachable };
}

/** The steps at which a path is kept: the recording steps of the race and all of the first ones. */
export function pathSteps({ objective, steps, evalEvery }: TrajectoryProblem, reachable: number): number[] {
  const recorded = evaluationSteps(steps, evalEvery, linearPoints(steps, objective));
  const first = Array.from({ length: Math.min(FIRST_STEPS, reachable) + 1 }, (_, t) => t);
  const later = recorded.filter((t) => t > FIRST_STEPS && t < reachable);
  const stride = Math.ceil(later.length / MAX_POINTS);
  const thinned = stride > 1 ? later.filter((_, k) => k % stride === 0) : later;
  return reachable > FIRST_STEPS ? [...first, ...thinned, reachable] : first;
}

async function follow(
  problem: TrajectoryProblem,
  run: RunConfig,
  directions: Directions,
  reachable: number,
  signal: AbortSignal,
): Promise<Trajectory> {
  const { objective, seed, sampling } = problem;
  const { dimension: d } = objective;
  const { total, ranks, eigenvalues, project } = directions;
  const steps = pathSteps(problem, reachable);
  const errors = new Float64Array(steps.length * ranks.length);
  const excess = new Float64Array(steps.length);
  // The race's limit is one of the loss, of which f(w*) is a part that no direction holds.
  const startLoss = new LeastSquaresReference(objective, { seed, mode: sampling }).loss(objective.start);
  const floor = Math.max(0, startLoss - project(objective.start, errors, 0));
  const limit = startLoss > 0 ? Math.min(startLoss * problem.divergenceFactor, 3e38) : 3e38;

  const lanes = [{ run, seed: 0 }];
  const cohort = await new CpuBackend(SLICE).cohort({ objective, lanes, seed, sampling, lossLimit: Infinity });
  const stop = () => {
    cohort.destroy();
  };
  signal.addEventListener('abort', stop);
  const { iterate } = optimizerOf(run.optimizer);
  let diverged: number | undefined;
  let points = 0;
  let rested = performance.now();
  try {
    for (const [k, step] of steps.entries()) {
      if (k > 0) await cohort.execute([{ from: steps[k - 1]!, to: step, record: false }]);
      const { values } = await cohort.save();
      excess[k] = project(values.subarray(iterate * d, (iterate + 1) * d), errors, k * ranks.length);
      points = k + 1;
      if (!(excess[k] + floor <= limit)) {
        diverged = step;
        break;
      }
      if (performance.now() - rested > SLICE) {
        await new Promise((resolve) => setTimeout(resolve));
        rested = performance.now();
      }
      signal.throwIfAborted();
    }
  } finally {
    signal.removeEventListener('abort', stop);
    cohort.destroy();
  }
  const last = steps[points - 1]!;
  return {
    kind: 'path',
    total,
    ranks,
    eigenvalues,
    step: steps.slice(0, points),
    errors: errors.slice(0, points * ranks.length),
    excess: excess.slice(0, points),
    ...(diverged === undefined ? {} : { diverged }),
    ...(diverged === undefined && last < problem.steps
      ? { cut: `Followed for the first ${last} of ${problem.steps} steps: more would take too long beside the race.` }
      : {}),
  };
}
