/**
 * Computes a sweep: its cells as lanes, cohort after cohort within a memory budget, on a backend of its own. Events tell
 * what cells came to; nothing of a cell is kept once that is told.
 */
import type { Table } from '../../data/table';
import { sweptRuns } from '../../experiment/sweep';
import { prepareProblem } from '../../problems/registry';
import type { Objective } from '../../problems/types';
import { objectiveConstants } from '../../theory/advice';
import { isComplete } from '../../theory/spectral';
import { Deferred } from '../deferred';
import type { EngineInfo, SessionEvent } from '../events';
import type { OpenBackend } from '../device-keeper';
import { GroupRunner } from '../group-runner';
import { startLoss } from '../loss-limit';
import { workOf } from '../work';
import { COHORTS_AT_ONCE, cohortLimits, cutCohorts, SWEEP_BUDGET, sweepSteps } from './cohorts';
import type { CellOutcome, SweepEvent, SweepState } from './events';
import { SweepMeter } from './meter';
import { CellCurve, type OutcomeRules } from './outcome';
import { sweepPlan, type PlannedCell, type SweepPlan, type SweptConfig } from './plan';
import { sweepRadii } from './radius';

export interface SweepOptions {
  /** Opens the arithmetic; the sweep closes it. */
  readonly open: OpenBackend;
  /** Finds parsed data sets by file names; throws `DataError`. */
  readonly table: (files: readonly string[]) => Promise<Table>;
  readonly listener: (event: SweepEvent) => void;
  /** Outcomes that are there already: their cells are not computed again. */
  readonly known?: readonly CellOutcome[];
  /** Called when the arithmetic is opened, and when another one takes over. */
  readonly onEngine?: (info: EngineInfo) => void;
  /** Computing time of one submission. */
  readonly sliceMilliseconds?: number;
  /** Computing time between checkpoints. */
  readonly checkpointSeconds?: number;
  /** Bytes that lanes and rows may take; {@link SWEEP_BUDGET} unless given. */
  readonly budget?: number;
}

interface Prepared {
  readonly objective: Objective;
  readonly plan: SweepPlan;
  readonly schedule: readonly number[];
  readonly lossLimit: number;
}

/** Milliseconds between two tellings of the progress. */
const PROGRESS_INTERVAL = 100;
/** Most outcomes in one event: whoever listens must not be held up. */
const OUTCOMES_AT_ONCE = 200;
/** Milliseconds of summing up between two breaths. */
const SUM_UP = 5;
/** Losses at or below this are rounding: of float32's range, or of residuals. */
const FLOOR = { error: 1e-35, weights: 1e-12 } as const;

export class Sweep {
  readonly #config: SweptConfig;
  readonly #options: SweepOptions;
  readonly #runner: GroupRunner;
  #state: SweepState = 'preparing';
  #paused = false;
  /** Pending while it is paused. */
  #resumption = new Deferred<void>();
  /** Rejected where it can't go on. */
  readonly #failure = new Deferred<never>();
  readonly #finished = new Deferred<void>();
  /** Ends all that is under way. */
  readonly #control = new AbortController();
  #plan: SweepPlan | undefined;
  #rules: OutcomeRules = { arrival: 0, floor: 0 };
  #budget: number;
  /** Cells that have no outcome yet, by key. */
  readonly #left = new Map<string, PlannedCell>();
  /** Losses of the cells that are computed at this moment. */
  readonly #curves = new Map<string, CellCurve>();
  /** Cells whose lanes have ended, but that are not told yet. */
  readonly #ended: string[] = [];
  readonly #meter = new SweepMeter();
  #lastProgress = -PROGRESS_INTERVAL;

  constructor(config: SweptConfig, options: SweepOptions) {
    this.#config = config;
    this.#options = options;
    this.#budget = options.budget ?? SWEEP_BUDGET;
    this.#runner = new GroupRunner({
      open: options.open,
      emit: (event) => {
        this.#take(event);
      },
      sliceMilliseconds: options.sliceMilliseconds ?? 12,
      checkpointSeconds: options.checkpointSeconds ?? 5,
      advanced: () => {
        if (performance.now() - this.#lastProgress >= PROGRESS_INTERVAL) this.#report();
      },
      stopped: () => {
        this.#report();
      },
      failed: (error) => {
        this.#failure.reject(error);
      },
    });
  }

  /**
   * Computes all cells. Rejects with the signal's reason on abort, else with a readable error; outcomes told until then
   * hold. Call once.
   */
  async run(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    const abort = () => {
      this.#failure.reject(signal.reason);
      // Its preparation may take long.
      this.#control.abort(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    const work = this.#work(this.#control.signal);
    work.catch((error: unknown) => {
      this.#failure.reject(error);
    });
    try {
      await Promise.race([work, this.#failure.promise]);
      this.#enter('finished');
    } catch (error) {
      // What is told below must not be mixed with what still comes in.
      this.#control.abort(error);
      this.#enter(signal.aborted ? 'stopped' : 'failed');
      throw error;
    } finally {
      signal.removeEventListener('abort', abort);
      this.#resumption.resolve();
      await this.#runner.clear();
      // Lanes that are being made must be there before the device goes.
      await work.catch(() => undefined);
      await this.#runner.close();
    }
  }

  /** Resolves once nothing is under way. */
  async pause(): Promise<void> {
    if (this.#paused) return;
    this.#paused = true;
    this.#resumption = new Deferred();
    await this.#runner.stop();
    if (this.#state === 'running') this.#enter('paused');
  }

  resume(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.#resumption.resolve();
    if (this.#state === 'paused') this.#enter('running');
    this.#go();
  }

  async #resumed(): Promise<void> {
    while (this.#paused && !this.#control.signal.aborted) await this.#resumption.promise;
  }

  #go(): void {
    if (!this.#paused && !this.#control.signal.aborted) this.#runner.start();
  }

  async #work(signal: AbortSignal): Promise<void> {
    const prepared = await this.#prepare(signal);
    const { objective, plan } = prepared;
    if (objective.family === 'network') {
      await this.#compute(prepared, signal);
      return;
    }
    const radii = sweepRadii(objective, plan, {
      sampling: this.#config.sampling,
      signal,
      resumed: () => this.#resumed(),
      onMap: (map, radius) => {
        this.#emit({ type: 'radius', map, radius });
      },
    });
    await Promise.all([this.#compute(prepared, signal), radii]);
  }

  async #prepare(signal: AbortSignal): Promise<Prepared> {
    this.#report();
    const { problem, seed, seeds, steps, sweep } = this.#config;
    if (sweptRuns(this.#config).length === 0) throw new Error('No run is switched on: there is nothing to sweep.');
    const objective = await prepareProblem(problem, { seed, table: this.#options.table, signal });
    const constants =
      objective.family === 'network'
        ? undefined
        : await objectiveConstants(objective, { signal, exact: sweep.others === 'optimal' });
    signal.throwIfAborted();
    if (sweep.others === 'optimal' && !(constants && isComplete(constants)))
      this.#emit({
        type: 'notice',
        level: 'warning',
        message: 'The optimal values are not known for this problem: the runs keep their own.',
      });
    const plan = sweepPlan(this.#config, constants);
    this.#plan = plan;
    const schedule = sweepSteps(this.#config, objective, plan.cells.length * seeds);
    for (const cell of plan.cells) {
      const { step, record } = workOf({ objective, lanes: [{ run: cell.run, seed: 0 }] });
      this.#meter.add(cell.key, seeds * (step * steps + record * schedule.length));
      this.#left.set(cell.key, cell);
    }
    for (const { key } of this.#options.known ?? []) {
      this.#meter.tell(key);
      this.#left.delete(key);
    }
    this.#meter.begin();
    const { first, limit } = startLoss(objective, this.#config);
    this.#rules = { arrival: first * sweep.tolerance, floor: FLOOR[objective.coordinates] };
    const { runs, x, y, keys } = plan;
    this.#emit({ type: 'plan', runs, x, y, keys, constants });
    return { objective, plan, schedule, lossLimit: limit };
  }

  async #compute({ objective, schedule, lossLimit }: Prepared, signal: AbortSignal): Promise<void> {
    const { seeds, seed, sampling, sweep } = this.#config;
    const cells = [...this.#left.values()];
    if (cells.length === 0) return;
    const { backend } = await this.#runner.open();
    signal.throwIfAborted();
    const limits = cohortLimits(backend, objective, cells, seeds, this.#budget);
    if (!limits) throw new Error('The device has no memory for the lanes of a single cell: take fewer seeds.');
    this.#budget = limits.budget;
    this.#enter(this.#paused ? 'paused' : 'running');
    for (const cohort of cutCohorts(cells, objective, seeds, limits)) {
      await this.#resumed();
      signal.throwIfAborted();
      await this.#runner.add(
        {
          objective,
          lanes: cohort.flatMap(({ run }) => Array.from({ length: seeds }, (_, k) => ({ run, seed: k }))),
          seed,
          sampling,
          lossLimit,
          ...(sweep.stopAtTolerance ? { stopBelow: this.#rules.arrival } : {}),
        },
        cohort.map(({ key, run }, k) => ({ key, run, first: k * seeds, count: seeds })),
        schedule,
        () => {
          for (const { key } of cohort) this.#curves.set(key, new CellCurve());
        },
        { atMost: COHORTS_AT_ONCE },
      );
      this.#go();
    }
    await this.#finished.promise;
  }

  #take(event: SessionEvent): void {
    if (this.#control.signal.aborted) return;
    switch (event.type) {
      case 'engine':
        this.#options.onEngine?.(event.engine);
        break;
      case 'points':
        this.#curves.get(event.run)?.add(event.step, event.loss, event.outcomes, event.side);
        break;
      case 'run-finished':
        this.#ended.push(event.run);
        if (this.#ended.length === 1)
          this.#sumUp().catch((error: unknown) => {
            this.#failure.reject(error);
          });
        break;
      case 'notice':
        this.#emit(event);
        break;
    }
  }

  /** Tells what the ended cells came to, in slices: thousands may end at once, and the race must not wait for them. */
  async #sumUp(): Promise<void> {
    while (this.#ended.length > 0) {
      await new Promise((resolve) => setTimeout(resolve));
      if (this.#control.signal.aborted) return;
      const until = performance.now() + SUM_UP;
      const outcomes: CellOutcome[] = [];
      while (this.#ended.length > 0 && outcomes.length < OUTCOMES_AT_ONCE && performance.now() < until) {
        const key = this.#ended.shift()!;
        outcomes.push(this.#curves.get(key)!.outcome(key, this.#rules));
        this.#curves.delete(key);
        this.#left.delete(key);
        this.#meter.tell(key);
      }
      this.#emit({ type: 'cells', outcomes });
    }
    if (this.#left.size === 0) this.#finished.resolve();
  }

  #enter(state: SweepState): void {
    this.#state = state;
    this.#meter.run(state === 'running');
    this.#report();
  }

  #report(): void {
    this.#lastProgress = performance.now();
    const { groups, meter, bytes } = this.#runner;
    const plan = this.#plan;
    const state = this.#state;
    const left = [...this.#left.values()].reduce((sum, cell) => sum + cell.places, 0);
    const fraction = state === 'finished' ? 1 : plan ? this.#meter.fraction(groups) : 0;
    const secondsLeft = state === 'running' || state === 'paused' ? this.#meter.secondsLeft() : undefined;
    this.#emit({
      type: 'progress',
      progress: {
        state,
        cells: plan ? plan.total - left : 0,
        total: plan?.total ?? 0,
        fraction,
        rate: state === 'running' ? meter.rate : 0,
        ...(secondsLeft === undefined ? {} : { secondsLeft }),
        lanes: (plan?.cells.length ?? 0) * this.#config.seeds,
        lanesAtOnce: groups.reduce((sum, group) => sum + group.going, 0),
        bytes,
        budget: this.#budget,
      },
    });
  }

  #emit(event: SweepEvent): void {
    this.#options.listener(event);
  }
}
