/** What a session tells whoever listens. Plain data that nobody writes to any more; events share some of their arrays. */
import type { ExperimentConfig } from '../experiment/config';
import type { LaneOutcome } from '../experiment/result';
import type { KnownConstants } from '../theory/spectral';
import type { Metric } from '../problems/metrics';
import type { AdapterSummary } from './backend';
import type { SideMetrics } from './lane-group';

/** Which arithmetic runs, and why it is not the GPU where it is not. */
export type EngineInfo =
  | {
      readonly kind: 'webgpu';
      readonly adapter: AdapterSummary;
      /** Whether networks are worked out by quads of invocations, as software does: these take more memory. */
      readonly quads: boolean;
    }
  | { readonly kind: 'cpu'; readonly adapter: AdapterSummary; readonly reason: string };

export type SessionState = 'idle' | 'preparing' | 'running' | 'paused' | 'finished' | 'failed';

export interface Progress {
  readonly state: SessionState;
  /** Lane-steps per second, over the last second or so. */
  readonly rate: number;
  /** Lanes that go on. */
  readonly lanes: number;
  /** Steps taken of all steps to take, 0 … 1; steps back only where runs are added, changed or removed. */
  readonly fraction: number;
  /** Estimated time left in seconds; absent until it can be told. */
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
  /** Rows that are not trained on. */
  readonly testRows?: number;
  /** The numbers of a recording. */
  readonly metrics: readonly Metric[];
  /** Trainable numbers of a network. */
  readonly parameters?: number;
  /** Spectral constants: what step sizes and rates follow from. Absent where theory does not apply. */
  readonly constants?: KnownConstants;
}

export type SessionEvent =
  /** The engine was opened, replaced after a loss, or fell back. */
  | { readonly type: 'engine'; readonly engine: EngineInfo }
  /** All curves are void: a new problem, seed or length. */
  | { readonly type: 'restarted'; readonly objective: ObjectiveSummary; readonly config: ExperimentConfig }
  /** The curve of one run is void and starts anew (or starts for the first time). */
  | {
      readonly type: 'run-started';
      readonly run: string;
      readonly lanes: number;
      /** Exact spectral radius of the expected dynamics, where theory has it. */
      readonly spectralRadius?: number;
    }
  /**
   * What theory knows of a run, after its start and possibly in parts: what a later event leaves out still holds. `step`
   * and `expectedLoss` are the whole exact curve (Infinity beyond double precision), or both empty.
   */
  | {
      readonly type: 'theory';
      readonly run: string;
      readonly step: readonly number[];
      readonly expectedLoss: Float64Array<ArrayBuffer>;
      /** Contraction per step that the paper guarantees, where the run has its optimal hyper-parameters. */
      readonly guaranteedRate?: number;
      readonly spectralRadius?: number;
      /** Why there is no exact curve, as a sentence. */
      readonly reason?: string;
    }
  /** New points of one run's curve. `loss` is points × lanes; values after a lane ended are NaN. */
  | {
      readonly type: 'points';
      readonly run: string;
      readonly step: readonly number[];
      readonly seconds: readonly number[];
      readonly loss: Float64Array<ArrayBuffer>;
      /** What is recorded beside the loss, each points × lanes; absent: nothing. */
      readonly side?: SideMetrics;
      readonly outcomes: readonly LaneOutcome[];
    }
  /** The curve of one run is complete: it ran all steps or every lane ended before. Others may go on. */
  | { readonly type: 'run-finished'; readonly run: string }
  | { readonly type: 'progress'; readonly progress: Progress }
  /** Something went wrong that the user should read; the session goes on where it can. */
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly message: string };
