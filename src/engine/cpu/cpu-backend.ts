/** The float64 reference as an engine: slow, exact, everywhere. */
import { optimizerOf } from '../../optimizers/registry';
import { MAX_SLOTS } from '../../optimizers/types';
import type { Metric } from '../../problems/metrics';
import { startsOf, startStatistics } from '../../problems/start';
import type { Objective } from '../../problems/types';
import type { Backend, Cohort, CohortOptions, CohortState, Lane, Segment } from '../backend';
import { rateAt, restartsAt, type Training } from '../../problems/training';
import { workOf } from '../work';
import { amend, restart } from './amend';
import { arithmeticOf, type LaneArithmetic } from './arithmetic';

interface LaneMemory {
  readonly slots: Float64Array[];
  readonly coefficients: readonly number[];
  readonly statistics: Float64Array;
  readonly arithmetic: LaneArithmetic;
  alive: boolean;
}

/** Milliseconds of arithmetic between two breaths, unless told. */
const SLICE = 24;

class CpuCohort implements Cohort {
  readonly lanes: readonly Lane[];
  readonly metrics: readonly Metric[];
  readonly work: { readonly step: number; readonly record: number };
  readonly bytes: number;
  readonly #options: CohortOptions;
  readonly #memory: LaneMemory[];
  readonly #gradient: Float64Array;
  readonly #training: Training | undefined;
  readonly #onDestroy: () => void;
  #step: number;
  #queue: Promise<unknown> = Promise.resolve();
  #destroyed = false;

  constructor(
    options: CohortOptions,
    readonly slice: number,
    onDestroy: (cohort: CpuCohort) => void,
  ) {
    const { objective, lanes, state } = options;
    const d = objective.dimension;
    this.lanes = lanes;
    this.#options = options;
    this.#onDestroy = () => {
      onDestroy(this);
    };
    const arithmetic = arithmeticOf(objective, { seed: options.seed, mode: options.sampling });
    this.metrics = arithmetic.metrics;
    const startOf = startsOf(objective, options.seed);
    const statistics = startStatistics(objective);
    this.#gradient = new Float64Array(d);
    this.#training = objective.family === 'network' ? objective.training : undefined;
    this.#step = state?.step ?? 0;
    this.#memory = lanes.map((lane, k) => {
      const definition = optimizerOf(lane.run.optimizer);
      const slots = definition.slots.map((_, slot) => {
        if (state) return state.values.slice((k * MAX_SLOTS + slot) * d, (k * MAX_SLOTS + slot + 1) * d);
        return definition.start[slot] === 'weights' ? startOf(lane.seed).slice() : new Float64Array(d);
      });
      return {
        slots,
        coefficients: definition.coefficients(lane.run.hyper),
        statistics: state
          ? state.statistics.slice(k * statistics.length, (k + 1) * statistics.length)
          : statistics.slice(),
        arithmetic: arithmetic.lane(lane.seed),
        alive: state ? state.alive[k] === 1 : true,
      };
    });
    this.bytes = this.#memory.reduce((sum, lane) => sum + (lane.slots.length * d + lane.statistics.length) * 8, 0);
    this.work = workOf(options);
  }

  execute(segments: readonly Segment[]): Promise<Float64Array<ArrayBuffer>> {
    const result = this.#queue.then(() => this.#execute(segments));
    this.#queue = result.catch(() => undefined);
    return result;
  }

  async #execute(segments: readonly Segment[]): Promise<Float64Array<ArrayBuffer>> {
    const recorded: Float64Array[] = [];
    let breath = performance.now();
    const breathe = async () => {
      if (performance.now() - breath < this.slice) return;
      await new Promise((resolve) => setTimeout(resolve, 0));
      breath = performance.now();
    };
    for (const segment of segments) {
      for (let t = segment.from; t < segment.to && !this.#destroyed; t++) {
        for (let k = 0; k < this.lanes.length; k++) {
          this.#advance(k, t);
          await breathe();
        }
        this.#step = t + 1;
      }
      if (!segment.record) continue;
      const numbers = new Float64Array(this.metrics.length * this.lanes.length);
      for (let k = 0; k < this.lanes.length; k++) {
        this.#record(k).forEach((value, metric) => (numbers[metric * this.lanes.length + k] = value));
        await breathe();
      }
      recorded.push(numbers);
    }
    return joined(recorded);
  }

  #advance(k: number, t: number): void {
    const lane = this.#memory[k]!;
    if (!lane.alive) return;
    const { optimizer, batch } = this.lanes[k]!.run;
    const definition = optimizerOf(optimizer);
    lane.arithmetic.gradient(t, batch, lane.slots[0]!, lane.statistics, this.#gradient);
    const coefficients = definition.at?.(lane.coefficients, t + 1) ?? lane.coefficients;
    if (!this.#training) {
      definition.step(lane.slots, this.#gradient, coefficients);
      return;
    }
    amend(this.#gradient, lane.slots[0]!, this.#training);
    const rate = rateAt(this.#training, t);
    const scaled = coefficients.map((value, place) => (definition.stepSizes.includes(place) ? rate * value : value));
    definition.step(lane.slots, this.#gradient, scaled);
    if (definition.restarts && restartsAt(this.#training, t + 1)) restart(lane.slots, definition);
  }

  #record(k: number): readonly number[] {
    const lane = this.#memory[k]!;
    if (!lane.alive) return this.metrics.map(() => Number.NaN);
    const { iterate } = optimizerOf(this.lanes[k]!.run.optimizer);
    const values = lane.arithmetic.record(lane.slots[iterate]!, lane.statistics);
    if (!(values[0]! <= this.#options.lossLimit)) lane.alive = false;
    return values;
  }

  async save(): Promise<CohortState> {
    await this.#queue;
    const d = this.#options.objective.dimension;
    const values = new Float64Array(this.lanes.length * MAX_SLOTS * d);
    this.#memory.forEach((lane, k) => {
      lane.slots.forEach((slot, s) => {
        values.set(slot, (k * MAX_SLOTS + s) * d);
      });
    });
    return {
      step: this.#step,
      values,
      statistics: joined(this.#memory.map((lane) => lane.statistics)),
      alive: Uint8Array.from(this.#memory, (lane) => (lane.alive ? 1 : 0)),
    };
  }

  retire(lanes: readonly number[]): void {
    for (const k of lanes) this.#memory[k]!.alive = false;
  }

  destroy(): void {
    this.#destroyed = true;
    this.#onDestroy();
  }
}

function joined(parts: readonly Float64Array[]): Float64Array<ArrayBuffer> {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

export class CpuBackend implements Backend {
  readonly kind = 'cpu';
  readonly adapter = { vendor: 'none', architecture: 'cpu', description: 'JavaScript, float64' };
  readonly depth = 1;
  readonly #cohorts = new Set<CpuCohort>();
  readonly #slice: number;

  /** `slice`: milliseconds of arithmetic between two breaths of the event loop. */
  constructor(slice = SLICE) {
    this.#slice = slice;
  }

  get bytes(): number {
    return [...this.#cohorts].reduce((sum, cohort) => sum + cohort.bytes, 0);
  }

  capacity({ dimension }: Objective, _maxBatch: number, budgetBytes: number): number {
    // Its vectors, and a copy of all of them while it is saved.
    const bytes = 2 * MAX_SLOTS * dimension * 8;
    return Math.max(0, Math.floor(budgetBytes / bytes));
  }

  cohort(options: CohortOptions): Promise<Cohort> {
    const cohort = new CpuCohort(options, this.#slice, (gone) => this.#cohorts.delete(gone));
    this.#cohorts.add(cohort);
    return Promise.resolve(cohort);
  }

  destroy(): void {
    for (const cohort of [...this.#cohorts]) cohort.destroy();
  }
}
