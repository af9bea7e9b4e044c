/** What the engine and the page ask of theory. */
import type { OptimizerId } from '../optimizers/registry';
import type { Hyper } from '../optimizers/types';
import type { LeastSquares } from '../problems/types';
import { searchBestHyper, searchBestStored, type BestHyper } from './best';
import { expectation } from './expected-dynamics';
import { kernelConstants } from './kernel-rows';
import { linearForm } from './linear-form';
import { inSlices, part, type Work, type WorkOptions } from './slices';
import { isStable, spectralRadius } from './spectral-radius';
import { diagonalMoments, streamConstants, type KnownConstants, type SpectralConstants } from './spectral';
import { storedConstants, type StoredOptions } from './stored-constants';
import { storedExpectation, storedIsStable, storedRadiusExcess } from './stored-dynamics';
import { hasExactDynamics, storedMoments } from './stored-moments';

/** The part of a run that theory looks at. */
export interface TheoryRun {
  readonly optimizer: OptimizerId;
  /** Minibatch size m. */
  readonly batch: number;
  readonly hyper: Hyper;
}

export interface RunTheory {
  /** Exact spectral radius of the expected dynamics; absent where it isn't known at once (stored rows) or at all (Adam). */
  readonly spectralRadius?: number;
}

/**
 * Theory of one run that is cheap enough to ask for at every start (below 5 ms at d = 1,024): that of streams. Ask
 * {@link exactTheory} for stored rows.
 */
export function runTheory(objective: LeastSquares, run: TheoryRun): RunTheory {
  const radius = spectralRadius(objective, run.optimizer, run.hyper, run.batch);
  return radius === undefined ? {} : { spectralRadius: radius };
}

/** Coordinate-steps of a stream's expectation taken at once: below a millisecond or so. */
const STREAM_CHUNK = 50_000;

/** Exact expected dynamics of the runs of one problem, streamed or stored. Everything leaves the event loop free. */
export interface ExactTheory {
  /** Spectral radius of the expected dynamics: above 1 is divergence in mean square. Undefined for Adam. */
  spectralRadius(run: TheoryRun, options?: WorkOptions): Promise<number | undefined>;
  /** Whether ρ < 1: one point of a stability region, far cheaper than ρ. Undefined for Adam. */
  isStable(run: TheoryRun, options?: WorkOptions): Promise<boolean | undefined>;
  /**
   * E f(w) at the given steps (ascending, from 0), Infinity beyond double precision. Undefined for Adam, and for streams
   * whose target is not known.
   */
  expectedLoss(run: TheoryRun, steps: readonly number[], options?: WorkOptions): Promise<Float64Array | undefined>;
  /**
   * The hyper-parameters of least ρ, by search from the paper's formulas for the problem's exact `constants`. Undefined for
   * Adam, and for stored rows of more than {@link BEST_SEARCH_DIMENSION} of both rows and dimensions.
   */
  best(
    optimizer: OptimizerId,
    batch: number,
    constants: SpectralConstants,
    options?: WorkOptions,
  ): Promise<BestHyper | undefined>;
}

/** Largest min(rows, dimension) of stored rows for which the best hyper-parameters are searched: some seconds. */
export const BEST_SEARCH_DIMENSION = 16;

/**
 * Prepares the exact theory of a problem; undefined where there is none: stored rows in shuffled epochs, and more than 64
 * of both rows and dimensions; ask for the exact form of a kernel. Streams take no time. Stored rows take about count × d⁴/24 multiply-adds (a few seconds for
 * 8,000 rows of 64 features), once for all runs; then a step of a curve takes at most d⁴/4.
 */
export async function exactTheory(
  objective: LeastSquares,
  sampling: 'replacement' | 'epochs',
  options: WorkOptions = {},
): Promise<ExactTheory | undefined> {
  const { rows } = objective;
  if (rows.kind === 'kernel') return undefined;
  if (rows.kind !== 'stored')
    return {
      spectralRadius: ({ optimizer, hyper, batch }) =>
        Promise.resolve(spectralRadius(objective, optimizer, hyper, batch)),
      isStable: ({ optimizer, hyper, batch }) => {
        const form = linearForm(optimizer, hyper);
        return Promise.resolve(form && isStable(diagonalMoments(rows), form, batch));
      },
      expectedLoss: async ({ optimizer, hyper, batch }, steps, workOptions) => {
        const dynamics = expectation(objective, optimizer, hyper, batch);
        if (!dynamics) return undefined;
        // One by one a step costs O(d); uncoupled coordinates leap, whatever the distance.
        const chunk = rows.kind === 'gaussian' ? Math.max(1, Math.floor(STREAM_CHUNK / objective.dimension)) : Infinity;
        const advance = function* (count: number): Work<void> {
          for (let done = 0; done < count;) {
            const size = Math.min(chunk, count - done);
            dynamics.advance(size);
            done += size;
            yield done / count;
          }
        };
        return inSlices(curve(dynamics, advance, steps), workOptions);
      },
      best: (optimizer, batch, _, workOptions) => inSlices(searchBestHyper(objective, optimizer, batch), workOptions),
    };
  if (sampling !== 'replacement' || !hasExactDynamics(rows)) return undefined;
  const moments = await inSlices(storedMoments(objective, rows), options);
  return {
    spectralRadius: async ({ optimizer, hyper, batch }, workOptions) => {
      const form = linearForm(optimizer, hyper);
      return form && 1 + (await inSlices(storedRadiusExcess(moments, form, batch), workOptions));
    },
    isStable: async ({ optimizer, hyper, batch }, workOptions) => {
      const form = linearForm(optimizer, hyper);
      return form && inSlices(storedIsStable(moments, form, batch), workOptions);
    },
    expectedLoss: async ({ optimizer, hyper, batch }, steps, workOptions) => {
      const dynamics = storedExpectation(moments, optimizer, hyper, batch);
      return (
        dynamics &&
        inSlices(
          curve(dynamics, (count) => dynamics.advance(count), steps),
          workOptions,
        )
      );
    },
    best: async (optimizer, batch, constants, workOptions) =>
      Math.min(rows.count, objective.dimension) > BEST_SEARCH_DIMENSION
        ? undefined
        : inSlices(searchBestStored(moments, constants, optimizer, batch), workOptions),
  };
}

interface Dynamics {
  readonly step: number;
  loss(): number;
}

function* curve(
  dynamics: Dynamics,
  advance: (steps: number) => Work<void>,
  steps: readonly number[],
): Work<Float64Array> {
  const losses = new Float64Array(steps.length);
  const last = Math.max(1, steps.at(-1) ?? 1);
  for (const [k, step] of steps.entries()) {
    if (step < dynamics.step) throw new RangeError(`steps must ascend: ${step} follows ${dynamics.step}`);
    yield* part(advance(step - dynamics.step), dynamics.step / last, step / last);
    losses[k] = dynamics.loss();
  }
  return losses;
}

export interface ConstantsOptions extends WorkOptions {
  /** All four constants of stored rows, exactly, whatever it takes: seconds at 8,000 × 784, minutes at 100,000 × 1,024. */
  readonly exact?: boolean | undefined;
}

/**
 * Spectral constants of any objective: closed forms for streams; for stored rows worked out in slices that leave the event
 * loop free, exactly where that takes about a second or where it is asked for. Rejects with the signal's reason on abort.
 */
export function objectiveConstants(objective: LeastSquares, options: ConstantsOptions = {}): Promise<KnownConstants> {
  const { rows } = objective;
  const stored: StoredOptions = options;
  if (rows.kind === 'kernel') return kernelConstants(rows, stored);
  return rows.kind === 'stored'
    ? storedConstants(rows, stored)
    : Promise.resolve({ ...streamConstants(rows), L1IsBound: false });
}
