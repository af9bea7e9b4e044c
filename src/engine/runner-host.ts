/** What a runner of lane groups needs of its owner, and tells it. */
import type { OpenBackend } from './device-keeper';
import type { SessionEvent } from './events';

export interface RunnerHost {
  readonly open: OpenBackend;
  readonly emit: (event: SessionEvent) => void;
  /** Computing time of one submission; those of a race that has run for a while may take somewhat longer. */
  readonly sliceMilliseconds: number;
  /** Computing time between checkpoints. */
  readonly checkpointSeconds: number;
  /** Computing time that a move to a smaller cohort is taken to cost, in milliseconds; measured where absent. */
  readonly moveMilliseconds?: number | undefined;
  /** Losses of a slice have come in. */
  readonly advanced: () => void;
  /** It stopped: all is done, or it was told to. */
  readonly stopped: () => void;
  /** It stopped and let go of all groups: something went wrong that another device doesn't mend. */
  readonly failed: (error: unknown) => void;
}
