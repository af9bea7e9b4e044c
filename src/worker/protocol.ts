/**
 * The one protocol between the page and the engine's worker, carried by Comlink. Everything here is data that
 * structured clone can copy; typed arrays in events are transferred.
 */
import type { ExperimentConfig } from '../experiment/config';
import type { LaneOutcome } from '../experiment/result';

export interface AdapterSummary {
  readonly vendor: string;
  readonly architecture: string;
  readonly description: string;
}

/** Which arithmetic runs, and why it is not the GPU where it is not. */
export type EngineInfo =
  | { readonly kind: 'webgpu'; readonly adapter: AdapterSummary }
  | { readonly kind: 'cpu'; readonly adapter: AdapterSummary; readonly reason: string };

export type SessionState = 'idle' | 'preparing' | 'running' | 'paused' | 'finished' | 'failed';

export interface Progress {
  readonly state: SessionState;
  /** Lane-steps per second, over the last second or so. */
  readonly rate: number;
  readonly lanes: number;
  /** Work done, 0 … 1, over all runs. */
  readonly fraction: number;
  /** Estimated time left in seconds; undefined until it can be told. */
  readonly secondsLeft?: number;
  /** GPU (or typed-array) memory held, bytes. */
  readonly bytes: number;
}

/** What the engine knows of the prepared problem, for labels and axes. */
export interface ObjectiveSummary {
  readonly dimension: number;
  readonly coordinates: 'error' | 'weights';
  /** Stored rows; absent for streams. */
  readonly rows?: number;
}

export type SessionEvent =
  /** The engine was opened, replaced after a loss, or fell back. */
  | { readonly type: 'engine'; readonly engine: EngineInfo }
  /** All curves are void: a new problem, seed or length. `steps` is the recording schedule. */
  | { readonly type: 'restarted'; readonly objective: ObjectiveSummary; readonly config: ExperimentConfig }
  /** The curve of one run is void and starts anew (or starts for the first time). */
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly lanes: number;
      /** Exact spectral radius of the expected dynamics, where theory has it. */
      readonly spectralRadius?: number;
    }
  /** New points of one run's curve. `loss` is points × lanes; values after a lane diverged are NaN. */
  | {
      readonly type: 'points';
      readonly run: string;
      readonly step: readonly number[];
      readonly seconds: readonly number[];
      readonly loss: Float64Array<ArrayBuffer>;
      readonly outcomes: readonly LaneOutcome[];
    }
  /** The curve of one run is complete: it ran all steps or every lane diverged. */
  | { readonly type: 'run-finished'; readonly run: string }
  | { readonly type: 'progress'; readonly progress: Progress }
  /** Something went wrong that the user should read; the session goes on where it can. */
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly message: string };

/** A data set as the page shows it. */
export interface DatasetSummary {
  readonly files: readonly string[];
  readonly rows: number;
  readonly columns: readonly string[];
  readonly labelColumn?: string;
  readonly image?: { readonly width: number; readonly height: number };
  /** Distinct values of the label column where there are at most 32, ascending. */
  readonly labelValues?: readonly number[];
}

/** The engine as the page sees it. Every promise rejects with an `Error` whose message can be shown. */
export interface EngineService {
  /** Opens the engine; events go to `listener` from then on. Call once. */
  open(options: { readonly engine: 'auto' | 'cpu' }, listener: (event: SessionEvent) => void): Promise<EngineInfo>;
  /** Parses files and keeps them under their names. */
  addDataset(files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[]): Promise<DatasetSummary>;
  /**
   * Makes the session follow this configuration. Only what changed restarts: everything for another problem, seed,
   * length or sampling; else just the runs whose optimizer, batch or hyper-parameters changed.
   */
  update(config: ExperimentConfig): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** While paused: every run takes one step and records its loss. */
  step(): Promise<void>;
  /** Starts all runs again from step 0. */
  reset(): Promise<void>;
  /** Stops and frees all runs; curves stay as they are. */
  abort(): Promise<void>;
}
