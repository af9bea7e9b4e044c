/**
 * What the session needs of an arithmetic: cohorts of lanes that advance together. Two implementations: WebGPU (float32)
 * and the float64 reference, at the same interface.
 */
import type { RunConfig } from '../experiment/config';
import type { Metric } from '../problems/metrics';
import type { Objective } from '../problems/types';

export interface AdapterSummary {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
}

/** One run with one seed; the unit of parallel work. */
export interface Lane {
  readonly run: RunConfig;
  /** 0 … seeds − 1; lanes with one seed see the same minibatches. */
  readonly seed: number;
}

/** What every lane of a cohort shares. */
export interface CohortOptions {
  readonly objective: Objective;
  readonly lanes: readonly Lane[];
  /** Root seed (u32). */
  readonly seed: number;
  readonly sampling: 'replacement' | 'epochs';
  /** A recorded loss above this, or not finite, ends a lane. */
  readonly lossLimit: number;
  /** Where to start from; at step 0 with the objective's start when absent. */
  readonly state?: CohortState;
}

/** Everything that must be kept to go on later, on any backend. */
export interface CohortState {
  readonly step: number;
  /** lanes × MAX_SLOTS × dimension, lane-major; unused slots are zero. */
  readonly values: Float64Array<ArrayBuffer>;
  /** Running statistics, lanes × their number (none for most objectives). */
  readonly statistics: Float64Array<ArrayBuffer>;
  /** 1 for lanes that go on, 0 for those that diverged. */
  readonly alive: Uint8Array<ArrayBuffer>;
}

/** Advance from step `from` to step `to` (equal: none), then record every lane's loss if asked. */
export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly record: boolean;
}

/** Lanes that advance together. Owns its memory until `destroy()`. */
export interface Cohort {
  readonly lanes: readonly Lane[];
  /** The numbers of a recording; the first is the training loss. */
  readonly metrics: readonly Metric[];
  /** Multiply-adds of one step, and of one recording, of all lanes together: to size a batch of segments. */
  readonly work: { readonly step: number; readonly record: number };
  /**
   * Runs the segments, in order, after those of earlier calls; several calls may be under way. Resolves with the
   * recorded numbers, records × metrics × lanes; NaN for lanes that had diverged before. Rejects with `DeviceLostError` where the
   * device is lost.
   */
  execute(segments: readonly Segment[]): Promise<Float64Array<ArrayBuffer>>;
  /** The state after all segments executed so far. */
  save(): Promise<CohortState>;
  /** These lanes need not go on (their run was changed or removed). */
  retire(lanes: readonly number[]): void;
  destroy(): void;
}

export interface Backend {
  readonly kind: 'webgpu' | 'cpu';
  readonly adapter: AdapterSummary;
  /** Bytes held by all cohorts. */
  readonly bytes: number;
  /** How many calls of `execute` may usefully be under way. */
  readonly depth: number;
  /**
   * How many lanes of this objective, with batches up to `maxBatch`, one cohort may hold within `budgetBytes`, the
   * objective's own rows included, and within what the device allows. An upper bound of their memory counts, so that
   * this many always fit; 0 where not even one does.
   */
  capacity(objective: Objective, maxBatch: number, budgetBytes: number): number;
  /** Rejects with `DeviceError` ('limits-too-small'), which tells the numbers, where the lanes don't fit. */
  cohort(options: CohortOptions): Promise<Cohort>;
  destroy(): void;
}
