/**
 * The one protocol between the page and the engine's worker, carried by Comlink. Everything here is data that
 * structured clone can copy; a session's events go beside it.
 */
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import type { DatasetSummary } from '../data/dataset-store';
import type { EngineInfo, SessionEvent } from '../engine/events';
import type { Inspection } from '../engine/inspect';
import type { BatchEvent } from '../engine/measure-batches';
import type { Samples } from '../engine/samples';
import type { SessionWeights } from '../engine/session';
import type { CellOutcome, SweepEvent } from '../engine/sweep/events';
import type { RunAdvice } from '../engine/theory-desk';
import type { Trajectory } from '../engine/trajectories';
import type { ClaimId, Verdict } from '../gallery/types';
import type { DataProblem } from '../gallery/your-data';
import type { ClaimDocuments, ClaimProgress, DataClaim, FinishedRace } from './gallery-desk';
import type { RaceOffer } from './race-keeper';

export type { ClaimDocuments, ClaimProgress, DataClaim, FinishedRace } from './gallery-desk';
export type { RaceOffer } from './race-keeper';
export type { DatasetSummary } from '../data/dataset-store';
export type { AdapterSummary } from '../engine/backend';
export type { BatchEvent } from '../engine/measure-batches';
export type { CellOutcome, SweepEvent, SweepProgress, SweepState } from '../engine/sweep/events';
export type { Inspection, Mistake, ShownRows } from '../engine/inspect';
export type { SessionWeights } from '../engine/session';
export type { Samples } from '../engine/samples';
export type { RunAdvice } from '../engine/theory-desk';
export type { Trajectory } from '../engine/trajectories';
export type { EngineInfo, ObjectiveSummary, Progress, SessionEvent, SessionState } from '../engine/events';

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
  /**
   * Follows this configuration, as `update` does, unless its race was kept by an earlier page: then nothing changes, and it
   * resolves with where that race stands. May be called before `open` has resolved.
   */
  start(config: ExperimentConfig): Promise<RaceOffer | undefined>;
  /**
   * Follows this configuration from where its kept race stands; false where it cannot be used (any more): nothing has changed
   * then.
   */
  goOn(config: ExperimentConfig): Promise<boolean>;
  /** Lets go of the kept race of this configuration. */
  discardRace(config: ExperimentConfig): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** While paused: every run takes one step and records its loss. */
  step(): Promise<void>;
  /** Starts all runs again from step 0. */
  reset(): Promise<void>;
  /** Stops and frees all runs; curves stay as they are. */
  abort(): Promise<void>;
  /**
   * What theory advises for a run on the problem the session follows; undefined where it follows none, or where a restart
   * came between. `search` also looks for the truly best hyper-parameters.
   */
  advise(run: RunConfig, search: boolean): Promise<RunAdvice | undefined>;
  /**
   * Where a run's lane of seed 0 goes along the eigen-directions of the problem that the session follows; undefined where it
   * follows none, or where a later call or a restart came between.
   */
  trajectory(run: RunConfig): Promise<Trajectory | undefined>;
  /**
   * Some training rows of the network problem that the session follows, to be looked at; undefined where it follows none, or
   * where its rows cannot be pictured.
   */
  samples(): Promise<Samples | undefined>;
  /**
   * What the lane of a network's run with this seed has come to (w_t), and the problem it was trained on; undefined for other
   * runs, and once a restart has come between. `run` is the key of the run.
   */
  weights(run: string, seed: number): Promise<SessionWeights | undefined>;
  /**
   * What that lane takes for what, in some seconds at most; undefined where there are no weights, or where a later call or
   * `stopInspection` ended it.
   */
  inspect(run: string, seed: number): Promise<Inspection | undefined>;
  stopInspection(): Promise<void>;
  /**
   * Studies speed against batch size on the problem of `config`, beside the session: what theory knows at once, and with
   * `measure` everything. Resolves with true when all is told, with false where a later call or `stopBatches` ended it.
   */
  studyBatches(config: ExperimentConfig, measure: boolean, listener: (event: BatchEvent) => void): Promise<boolean>;
  stopBatches(): Promise<void>;
  /**
   * Computes the sweep of `config`, beside the session; one that is under way ends. Cells of `known` are not computed again.
   * Resolves with true where it was finished, with false where a later call or `stopSweep` ended it.
   */
  startSweep(
    config: ExperimentConfig,
    known: readonly CellOutcome[],
    listener: (event: SweepEvent) => void,
  ): Promise<boolean>;
  pauseSweep(): Promise<void>;
  resumeSweep(): Promise<void>;
  stopSweep(): Promise<void>;
  /** The experiments of every claim of the gallery. */
  claimDocuments(): Promise<readonly ClaimDocuments[]>;
  /**
   * Works out the claim `your-data` for a loaded data set, some seconds; then `runClaim` and `judgeRace` know it. Resolves
   * with undefined where a later call, `runClaim` or `stopClaim` ended it.
   */
  prepareDataClaim(problem: DataProblem): Promise<DataClaim | undefined>;
  /**
   * Runs the experiments of a claim one after the other, beside the session, and judges them. Resolves with undefined where
   * a later call or `stopClaim` ended it.
   */
  runClaim(id: ClaimId, listener: (progress: ClaimProgress) => void): Promise<Verdict | undefined>;
  stopClaim(): Promise<void>;
  /** Judges a finished race as one of a claim's experiments; its losses are transferred. */
  judgeRace(id: ClaimId, document: string, race: FinishedRace): Promise<Verdict>;
}

/** The engine as its worker has it: events come together, those of one turn in one message. */
export interface EngineRemote extends Omit<EngineService, 'open'> {
  open(
    options: { readonly engine: 'auto' | 'cpu' },
    listener: (events: readonly SessionEvent[]) => void,
  ): Promise<EngineInfo>;
}
