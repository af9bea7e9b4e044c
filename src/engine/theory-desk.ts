/**
 * Works out what theory knows of the runs of a session, beside the race: one thing at a time, in slices of a few
 * milliseconds between which the loop that feeds the GPU goes on. What is no longer wanted stops at the next slice.
 */
import type { RunConfig } from '../experiment/config';
import type { Hyper } from '../optimizers/types';
import { optimizerOf } from '../optimizers/registry';
import type { LeastSquares } from '../problems/types';
import { BEST_SEARCH_DIMENSION, exactTheory, type ExactTheory } from '../theory/advice';
import type { BestHyper } from '../theory/best';
import { linearForm } from '../theory/linear-form';
import { guaranteeAt, guaranteedRate, optimalHyper } from '../theory/optimal';
import type { WorkOptions } from '../theory/slices';
import { isComplete, type KnownConstants, type SpectralConstants } from '../theory/spectral';
import { unstableBatches, unstableValues, type ScanOptions, type ValueRange } from '../theory/stability';
import { EXACT_DYNAMICS_DIMENSION, hasExactDynamics } from '../theory/stored-moments';
import type { SessionEvent } from './events';
import { SpareTime } from './spare-time';

/** Most multiply-adds that one run's exact curve, or the preparation of all of them, may take: some ten seconds. */
export const THEORY_WORK = 1e10;
/** Milliseconds of work between two breaths: less than a submission's computing time. */
const SLICE = 6;
/** Largest batch size that is looked at for stability: the end of the page's slider. */
const LARGEST_BATCH = 1024;
/** Stored rows of more features than this get a coarser look at stability. */
const FINE_SCAN = 24;

export interface TheoryProblem {
  /** Of a kernel its exact form, where it has one. */
  readonly objective: LeastSquares;
  readonly constants: KnownConstants;
  readonly sampling: 'replacement' | 'epochs';
}

/** What theory advises for a run, at its batch size. */
export interface RunAdvice {
  /** The paper's optimal hyper-parameters; absent where it has none. */
  readonly optimal?: { readonly hyper: Hyper; readonly guaranteedRate?: number; readonly spectralRadius?: number };
  /** The hyper-parameters of the least exact rate, found by search. */
  readonly best?: BestHyper;
  /** Why there is no `best` though the exact rate is known; a sentence. */
  readonly noBest?: string;
  /**
   * Where the expectation diverges, by key of the hyper-parameter that is changed alone (or `batch`); empty where no exact
   * theory applies.
   */
  readonly unstable: Readonly<Record<string, readonly ValueRange[]>>;
}

interface Job {
  readonly key: string;
  readonly run: RunConfig;
  readonly steps: readonly number[];
  readonly control: AbortController;
}

export class TheoryDesk {
  readonly #emit: (event: SessionEvent) => void;
  #problem: TheoryProblem | undefined;
  /** Ends with the problem. */
  #control = new AbortController();
  #exact: Promise<ExactTheory | undefined> | undefined;
  #best = new Map<string, Promise<BestHyper | undefined>>();
  #queue: Job[] = [];
  #current: Job | undefined;
  #work: Promise<void> = Promise.resolve();
  #advising: Promise<unknown> = Promise.resolve();
  readonly #spare: SpareTime;

  /** While `busy`, the theory of runs takes a small share of the machine: the lanes need the rest. */
  constructor(emit: (event: SessionEvent) => void, busy: () => boolean = () => false) {
    this.#emit = emit;
    this.#spare = new SpareTime(busy);
  }

  readonly #rest = (worked: number): number => this.#spare.rest(worked);

  /** Turns to a problem, or with undefined to none; all that was under way stops. */
  open(problem: TheoryProblem | undefined): void {
    this.#control.abort();
    this.#control = new AbortController();
    for (const job of this.#queue.splice(0)) job.control.abort();
    this.#current?.control.abort();
    this.#problem = problem;
    this.#exact = undefined;
    this.#best = new Map();
  }

  /** Works out the theory of a run that was started; `steps` are its recording steps. */
  add(key: string, run: RunConfig, steps: readonly number[]): void {
    this.#queue.push({ key, run, steps, control: new AbortController() });
    // The race goes first: its first submission is made before this.
    this.#work = this.#work.then(() => new Promise((resolve) => setTimeout(resolve))).then(() => this.#serve());
  }

  /** Stops what is under way for these runs. */
  drop(keys: readonly string[]): void {
    const gone = new Set(keys);
    this.#queue = this.#queue.filter((job) => !gone.has(job.key));
    if (this.#current && gone.has(this.#current.key)) this.#current.control.abort();
  }

  /** Resolves once nothing is left to work out. */
  async idle(): Promise<void> {
    let seen: Promise<void> | undefined;
    while (seen !== this.#work) {
      seen = this.#work;
      await seen;
    }
  }

  /**
   * Advice for a run, on the present problem; undefined where there is none, or another problem came between. Questions
   * are answered one after the other. `search` also looks for the truly best hyper-parameters.
   */
  advise(run: RunConfig, search: boolean): Promise<RunAdvice | undefined> {
    const answer = this.#advising.then(() => this.#answer(run, search));
    this.#advising = answer.catch(() => undefined);
    return answer;
  }

  async #answer(run: RunConfig, search: boolean): Promise<RunAdvice | undefined> {
    const problem = this.#problem;
    if (!problem) return undefined;
    const options = { signal: this.#control.signal, slice: SLICE };
    try {
      return await this.#advice(problem, run, search, options);
    } catch (error) {
      if (options.signal.aborted) return undefined;
      throw error;
    }
  }

  async #serve(): Promise<void> {
    for (;;) {
      const job = this.#queue.shift();
      if (!job) return;
      this.#current = job;
      try {
        await this.#study(job, this.#problem!);
      } catch (error) {
        // Theory beside the race must not end it.
        if (!job.control.signal.aborted) this.#tell(job, { reason: `Theory failed: ${messageOf(error)}` });
      } finally {
        this.#current = undefined;
      }
    }
  }

  async #study(job: Job, problem: TheoryProblem): Promise<void> {
    const { run, steps, control } = job;
    const { constants } = problem;
    const { optimizer, hyper, batch } = run;
    const guarantee =
      isComplete(constants) && isGuaranteed(problem) ? guaranteeAt(optimizer, hyper, constants, batch) : undefined;
    if (guarantee !== undefined) this.#tell(job, { guaranteedRate: guarantee });
    const none = whyNone(problem, run);
    if (none !== undefined) {
      this.#tell(job, { reason: none });
      return;
    }
    const options = { signal: control.signal, slice: SLICE, rest: this.#rest };
    const exact = await this.#exactOf(problem);
    control.signal.throwIfAborted();
    if (!exact) return;
    if (problem.objective.rows.kind === 'stored') {
      const spectralRadius = await exact.spectralRadius(run, options);
      if (spectralRadius !== undefined) this.#tell(job, { spectralRadius });
    }
    if (curveWork(problem.objective, steps) > THEORY_WORK) {
      this.#tell(job, { reason: 'The exact curve would take too long to work out for so many steps and dimensions.' });
      return;
    }
    const expectedLoss = await exact.expectedLoss(run, steps, options);
    if (expectedLoss) this.#tell(job, { step: [...steps], expectedLoss: Float64Array.from(expectedLoss) });
  }

  /** Prepared once for all runs of a problem. */
  #exactOf({ objective, sampling }: TheoryProblem): Promise<ExactTheory | undefined> {
    this.#exact ??= exactTheory(objective, sampling, {
      signal: this.#control.signal,
      slice: SLICE,
      rest: this.#rest,
    });
    return this.#exact;
  }

  async #advice(problem: TheoryProblem, run: RunConfig, search: boolean, options: WorkOptions): Promise<RunAdvice> {
    const { objective, constants } = problem;
    const { optimizer, batch } = run;
    const exact = whyNone(problem, run) === undefined ? await this.#exactOf(problem) : undefined;
    options.signal?.throwIfAborted();
    const known = isComplete(constants) ? constants : undefined;
    const hyper = known && optimalHyper(optimizer, known, batch);
    const guaranteed = known && isGuaranteed(problem) ? guaranteedRate(optimizer, known, batch) : undefined;
    const optimal = hyper && { hyper, ...(guaranteed === undefined ? {} : { guaranteedRate: guaranteed }) };
    const unstable = exact ? await unstableOf(exact, objective, run, options) : {};
    const radius =
      optimal && search && exact ? await exact.spectralRadius({ ...run, hyper: optimal.hyper }, options) : undefined;
    const best = search && exact && known ? await this.#bestOf(exact, known, run, options) : undefined;
    const noBest =
      search && exact && !best && sideOf(objective) > BEST_SEARCH_DIMENSION
        ? `The best values are searched for stored rows of up to ${BEST_SEARCH_DIMENSION} features or rows only.`
        : undefined;
    return {
      ...(optimal ? { optimal: { ...optimal, ...(radius === undefined ? {} : { spectralRadius: radius }) } } : {}),
      ...(best ? { best } : {}),
      ...(noBest === undefined ? {} : { noBest }),
      unstable,
    };
  }

  async #bestOf(
    exact: ExactTheory,
    constants: SpectralConstants,
    { optimizer, batch }: RunConfig,
    options: WorkOptions,
  ): Promise<BestHyper | undefined> {
    const key = `${optimizer} ${batch}`;
    let found = this.#best.get(key);
    if (!found) {
      found = exact.best(optimizer, batch, constants, options);
      this.#best.set(key, found);
      found.catch(() => this.#best.delete(key));
    }
    return found;
  }

  #tell(job: Job, known: Partial<Omit<Extract<SessionEvent, { type: 'theory' }>, 'type' | 'run'>>): void {
    this.#emit({ type: 'theory', run: job.key, step: [], expectedLoss: new Float64Array(0), ...known });
  }
}

/** The paper's guarantees are for independent minibatches: streams always draw them, shuffled epochs of stored rows do not. */
const isGuaranteed = ({ objective, sampling }: TheoryProblem): boolean =>
  'scales' in objective.rows || sampling === 'replacement';

/** Why no exact theory applies to a run, or undefined where one does. */
function whyNone({ objective, sampling }: TheoryProblem, { optimizer, hyper }: RunConfig): string | undefined {
  const { rows } = objective;
  if (!linearForm(optimizer, hyper))
    return `${optimizerOf(optimizer).label} is not linear in the gradient: no exact theory applies to it.`;
  if ('scales' in rows) return undefined;
  if (sampling === 'epochs') return 'Exact theory is for minibatches drawn with replacement, not for shuffled epochs.';
  if (rows.kind === 'kernel')
    return rows.recorded < rows.count
      ? `Exact theory of a kernel is for up to ${rows.recorded.toLocaleString('en-US')} rows: of more, losses are those of a sample.`
      : 'Exact theory of a kernel would take too long to work out for a matrix of such rank.';
  if (!hasExactDynamics(rows))
    return `Exact theory of stored rows is worked out for up to ${EXACT_DYNAMICS_DIMENSION} features or rows.`;
  return (rows.count * sideOf(objective) ** 4) / 24 > THEORY_WORK
    ? 'Exact theory would take too long to work out for so many rows and features.'
    : undefined;
}

/** The smaller one of rows and dimensions, where rows are stored. */
const sideOf = ({ rows, dimension }: LeastSquares): number =>
  rows.kind === 'stored' ? Math.min(rows.count, dimension) : dimension;

/** Multiply-adds of one exact curve, from above. */
export function curveWork(objective: LeastSquares, steps: readonly number[]): number {
  const { rows, dimension } = objective;
  const last = steps.at(-1) ?? 0;
  if (rows.kind === 'stored') return (last * sideOf(objective) ** 4) / 4;
  if (rows.kind === 'gaussian') return last * dimension * 15;
  // Powers by squaring, two products of 27 for each bit of the distance to the next step.
  return steps.length * dimension * 54 * Math.log2(2 + last);
}

async function unstableOf(
  exact: ExactTheory,
  objective: LeastSquares,
  run: RunConfig,
  options: WorkOptions,
): Promise<Record<string, ValueRange[]>> {
  const fine = objective.rows.kind !== 'stored' || sideOf(objective) <= FINE_SCAN;
  const scan: ScanOptions = fine ? {} : { places: 13, halvings: 7 };
  let rested = performance.now();
  const stable = async (changed: RunConfig): Promise<boolean> => {
    // Answers of streams come at once: this loop has to breathe by itself.
    if (performance.now() - rested > SLICE) {
      await new Promise((resolve) => setTimeout(resolve));
      options.signal?.throwIfAborted();
      rested = performance.now();
    }
    return (await exact.isStable(changed, options)) ?? true;
  };
  const unstable: Record<string, ValueRange[]> = {};
  for (const h of optimizerOf(run.optimizer).hyper)
    unstable[h.key] = await unstableValues(
      h,
      (value) => stable({ ...run, hyper: { ...run.hyper, [h.key]: value } }),
      scan,
    );
  unstable['batch'] = await unstableBatches(LARGEST_BATCH, (batch) => stable({ ...run, batch }), scan);
  return unstable;
}

const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
