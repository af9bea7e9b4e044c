/** What a sweep tells whoever listens. Plain data; typed arrays are fresh and may be transferred. */
import type { RunConfig } from '../../experiment/config';
import type { SideMetric } from '../../problems/metrics';
import type { KnownConstants } from '../../theory/spectral';

/** What a cell came to, over its lanes. A lane that diverged counts as infinite. */
export interface CellOutcome {
  /** `runKey` of the cell's run: cells with one key have one outcome. */
  readonly key: string;
  readonly lanes: number;
  /** Lanes that diverged, and the first step at which one did. */
  readonly diverged: number;
  readonly divergedAt?: number;
  /** Median and 10–90 % band of the last recorded loss; Infinity where lanes diverged. */
  readonly loss: { readonly median: number; readonly low: number; readonly high: number };
  /**
   * Median of what is recorded beside the loss, at a lane's last point; of a lane that diverged the worst there is: +∞ of a
   * loss, −∞ of an accuracy. Absent where nothing is.
   */
  readonly side?: Readonly<Partial<Record<SideMetric, number>>>;
  /** The loss at step 0. */
  readonly start: number;
  /** Measured rate: median over the lanes of −d ln f/dt of the later half of the curve; absent where it can't be told. */
  readonly rate?: number;
  /** Median of the first recorded step at which the loss is within the tolerance; absent where half of the lanes are not. */
  readonly stepsToTolerance?: number;
  /** The last step that was computed. */
  readonly steps: number;
}

export type SweepState = 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed';

export interface SweepProgress {
  readonly state: SweepState;
  /** Finished cells, counting those that share lanes one by one, of `total`. */
  readonly cells: number;
  readonly total: number;
  /** Work done of all work, 0 … 1; never steps back. */
  readonly fraction: number;
  /** Lane-steps per second. */
  readonly rate: number;
  readonly secondsLeft?: number;
  /** Lanes of the whole sweep, and those that are computed at this moment. */
  readonly lanes: number;
  readonly lanesAtOnce: number;
  /** Memory held, and the most that a sweep takes, in bytes. */
  readonly bytes: number;
  readonly budget: number;
}

export type SweepEvent =
  /** The cells of all maps: what stands where. `keys[map][y * x.length + x]`; `runs[map]` is the map's own run. */
  | {
      readonly type: 'plan';
      readonly runs: readonly RunConfig[];
      readonly x: readonly number[];
      readonly y: readonly number[];
      readonly keys: readonly (readonly string[])[];
      /** Undefined where theory does not apply. */
      readonly constants: KnownConstants | undefined;
    }
  /** Cells that are finished. */
  | { readonly type: 'cells'; readonly outcomes: readonly CellOutcome[] }
  /**
   * Exact spectral radius of the expected dynamics at every cell of a map, y-major; NaN where it is not known. Above 1 the
   * expectation diverges.
   */
  | { readonly type: 'radius'; readonly map: number; readonly radius: Float64Array<ArrayBuffer> }
  | { readonly type: 'progress'; readonly progress: SweepProgress }
  | { readonly type: 'notice'; readonly level: 'info' | 'warning' | 'error'; readonly message: string };
