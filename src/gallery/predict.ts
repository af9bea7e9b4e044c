/** What exact theory predicts for the runs of a document on a stream, or on a kernel of few rows. */
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import { prepareLinear, type ProblemConfig } from '../problems/registry';
import type { LeastSquares } from '../problems/types';
import { expectedLoss } from '../theory/expected-dynamics';
import { exactForm } from '../theory/kernel-rows';
import { linearForm } from '../theory/linear-form';
import { atOnce, inSlices } from '../theory/slices';
import { spectralRadius } from '../theory/spectral-radius';
import { streamConstants, type SpectralConstants } from '../theory/spectral';
import { storedExpectation, storedRadiusExcess } from '../theory/stored-dynamics';
import { storedMoments, type StoredMoments } from '../theory/stored-moments';
import type { Window } from './measure';
import { slopeOf } from './statistics';

/** float32 follows a loss about this far down from its start: of weights, the digits of a residual cancel. */
const FLOOR = { error: 1e-26, weights: 1e-9 } as const;

/** Spectral constants of a stream; throws where rows are stored. */
export function constantsOf(objective: LeastSquares): SpectralConstants {
  if (!('scales' in objective.rows)) throw new Error('only streams have constants in closed form');
  return streamConstants(objective.rows);
}

/** Prepares a synthetic problem. */
export const objectiveOf = (problem: ProblemConfig, seed = 1): Promise<LeastSquares> =>
  prepareLinear(problem, {
    seed,
    table: () => Promise.reject(new Error('the gallery has no data set')),
  });

export class Prediction {
  private constructor(
    readonly objective: LeastSquares,
    readonly config: ExperimentConfig,
    /** Of stored rows, or those that stand for a kernel's. */
    readonly moments: StoredMoments | undefined,
  ) {}

  static async of(config: ExperimentConfig): Promise<Prediction> {
    const objective = defined(await exactForm(await objectiveOf(config.problem, config.seed)));
    const { rows } = objective;
    const moments = rows.kind === 'stored' ? await inSlices(storedMoments(objective, rows)) : undefined;
    return new Prediction(objective, config, moments);
  }

  /** Exact spectral radius ρ of the run's expected dynamics. */
  radius(run: RunConfig): number {
    if (this.moments) {
      const form = defined(linearForm(run.optimizer, run.hyper));
      return 1 + atOnce(storedRadiusExcess(this.moments, form, run.batch));
    }
    return defined(spectralRadius(this.objective, run.optimizer, run.hyper, run.batch));
  }

  /** Exact E f(w_t) at ascending steps. */
  losses(run: RunConfig, steps: readonly number[]): Float64Array {
    if (this.moments) {
      const dynamics = defined(storedExpectation(this.moments, run.optimizer, run.hyper, run.batch));
      return Float64Array.from(steps, (step) => {
        atOnce(dynamics.advance(step - dynamics.step));
        return dynamics.loss();
      });
    }
    return defined(expectedLoss(this.objective, run.optimizer, run.hyper, run.batch, steps));
  }

  /**
   * Where to read off a run's rate: from the share `from` of its steps on, after the start, to the end or to where the
   * expected loss comes near float32's smallest numbers. Chosen by theory alone, so that what was measured cannot choose.
   */
  window(run: RunConfig, from: number): Window {
    const steps = this.config.steps;
    const grid = Array.from({ length: 401 }, (_, k) => Math.round((k * steps) / 400));
    const losses = this.losses(run, grid);
    const below = losses.findIndex((loss) => loss < FLOOR[this.objective.coordinates] * losses[0]!);
    const to = below < 0 ? steps : grid[Math.max(1, below - 1)]!;
    return { from: Math.round(from * to), to };
  }

  /**
   * The steps in which the run loses the powers `from` to `to` of e at its exact rate ρ: the same part of its way for every
   * run, so that what fades in the same proportion leaves ratios of speeds alone.
   */
  folds(run: RunConfig, from: number, to: number): Window {
    const perFold = -1 / Math.log(this.radius(run));
    return { from: Math.round(from * perFold), to: Math.min(this.config.steps, Math.round(to * perFold)) };
  }

  /** −d ln E f/dt over the recorded steps of a window: what {@link window} of a lane's loss is held against. */
  speed(run: RunConfig, recorded: readonly number[], window: Window): number {
    const steps = recorded.filter((t) => t >= window.from && t <= window.to);
    return -slopeOf(steps, [...this.losses(run, steps)].map(Math.log));
  }
}

function defined<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('exact theory does not know this run');
  return value;
}
