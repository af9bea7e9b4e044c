/** The gallery's claims beside the session: their documents, their experiments on a backend of their own, and their judges. */
import { runExperiment } from '../engine/run-experiment';
import type { OpenBackend } from '../engine/session';
import type { Table } from '../data/table';
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import { laneResults } from '../experiment/curves';
import type { ExperimentResult, LaneOutcome } from '../experiment/result';
import { claims as allClaims } from '../gallery/claims';
import type { Claim, ClaimId, GalleryDocument, Verdict } from '../gallery/types';
import { yourData, type DataProblem } from '../gallery/your-data';

export interface ClaimDocuments {
  readonly claim: ClaimId;
  readonly documents: readonly GalleryDocument[];
}

/** The claim about the user's data, as the page shows it. */
export interface DataClaim extends Pick<Claim, 'title' | 'statement'> {
  readonly documents: readonly GalleryDocument[];
}

/** How far the experiments of a claim are. */
export interface ClaimProgress {
  /** Index of the document that runs, among `documents`. */
  readonly document: number;
  readonly documents: number;
  /** Of all of them, 0 … 1. */
  readonly fraction: number;
}

/** A finished run as the page holds it; `loss` is points × lanes, row-major, and not finite from where a lane diverged. */
export interface FinishedRun {
  readonly run: RunConfig;
  readonly step: readonly number[];
  readonly loss: Float64Array;
  readonly outcomes: readonly LaneOutcome[];
}

/** A finished experiment as the page holds it, and what computed it. */
export interface FinishedRace extends Pick<ExperimentResult, 'engine' | 'adapter'> {
  readonly runs: readonly FinishedRun[];
}

export interface GalleryDeskOptions {
  readonly open: OpenBackend;
  readonly table: (files: readonly string[]) => Promise<Table>;
  readonly claims?: readonly Claim[];
}

/** What a step costs beside its minibatch, in samples: only for how fast the progress goes. */
const STEP_COST = 8;
/** Milliseconds of theory between two breaths: beside it goes the loop that feeds the GPU. */
const SLICE = 6;

export class GalleryDesk {
  readonly #claims: readonly Claim[];
  /** The latest claim about the user's data. */
  #data: Claim | undefined;
  #running = new AbortController();
  /** The experiments under way: the next ones wait until these have let go of their device. */
  #ran: Promise<unknown> = Promise.resolve();

  constructor(private readonly options: GalleryDeskOptions) {
    this.#claims = options.claims ?? allClaims;
  }

  /** Every claim's experiments. Theory chooses some of their hyper-parameters, which takes a moment the first time. */
  async documents(): Promise<readonly ClaimDocuments[]> {
    const listed: ClaimDocuments[] = [];
    for (const claim of this.#claims) {
      // Between two claims others may have their turn.
      await new Promise((resolve) => setTimeout(resolve, 0));
      listed.push({ claim: claim.id, documents: claim.documents() });
    }
    return listed;
  }

  /**
   * Runs the experiments of a claim one after the other and judges them. Undefined where a later call or {@link stop} ended
   * it; rejects with a readable error where an experiment can't run.
   */
  run(id: ClaimId, listener: (progress: ClaimProgress) => void): Promise<Verdict | undefined> {
    return this.#alone((signal) => this.#run(this.#claim(id), signal, listener));
  }

  /**
   * Works out the claim `your-data` for a loaded data set: from now on it can be run and judged, the one before no longer.
   * Undefined where a later call or {@link stop} ended it; rejects with a sentence where the data cannot show it.
   */
  prepareData(problem: DataProblem): Promise<DataClaim | undefined> {
    return this.#alone(async (signal) => {
      this.#data = undefined;
      const claim = await yourData(problem, this.options.table, { signal, slice: SLICE });
      signal.throwIfAborted();
      this.#data = claim;
      const { title, statement } = claim;
      return { title, statement, documents: claim.documents() };
    });
  }

  async stop(): Promise<void> {
    this.#running.abort();
    await this.#ran;
  }

  /** Judges one experiment that ran elsewhere by itself, as a document of a claim. */
  judge(id: ClaimId, document: string, race: FinishedRace): Promise<Verdict> {
    const claim = this.#claim(id);
    const found = claim.documents().find((candidate) => candidate.id === document);
    if (!found) throw new Error(`The claim "${id}" has no experiment "${document}".`);
    return claim.judge(new Map([[document, resultOf(found.config, race)]]));
  }

  /** Ends what goes on, then does this. */
  #alone<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
    this.#running.abort();
    this.#running = new AbortController();
    const { signal } = this.#running;
    const done = this.#ran.then(async () => {
      try {
        return await work(signal);
      } catch (error) {
        if (signal.aborted) return undefined;
        throw error;
      }
    });
    this.#ran = done.catch(() => undefined);
    return done;
  }

  async #run(claim: Claim, signal: AbortSignal, listener: (progress: ClaimProgress) => void) {
    const { open, table } = this.options;
    const documents = claim.documents();
    const work = documents.map(({ config: { runs, seeds, steps } }) =>
      runs.reduce((sum, { batch }) => sum + seeds * steps * (batch + STEP_COST), 0),
    );
    const total = work.reduce((sum, own) => sum + own, 0);
    let done = 0;
    const results = new Map<string, ExperimentResult>();
    for (const [document, { id, config }] of documents.entries()) {
      const tell = (fraction: number) => {
        if (signal.aborted) return;
        listener({ document, documents: documents.length, fraction: (done + fraction * work[document]!) / total });
      };
      tell(0);
      const result = await runExperiment(config, {
        engine: 'auto',
        open,
        table,
        signal,
        onProgress: ({ state, fraction }) => {
          // An engine that closes has nothing left to do, and nothing done.
          if (state !== 'idle') tell(fraction);
        },
      });
      results.set(id, result);
      done += work[document]!;
    }
    const verdict = await claim.judge(results);
    signal.throwIfAborted();
    return verdict;
  }

  #claim(id: ClaimId): Claim {
    const claim = id === 'your-data' ? this.#data : this.#claims.find((candidate) => candidate.id === id);
    if (!claim) throw new Error(`There is no claim "${id}".`);
    return claim;
  }
}

function resultOf(config: ExperimentConfig, { engine, adapter, runs }: FinishedRace): ExperimentResult {
  return {
    version: 1,
    config,
    engine,
    adapter,
    runs: runs.map(({ run, step, loss, outcomes }) => {
      const lanes = outcomes.length;
      const rows = step.map((_, p) => loss.subarray(p * lanes, (p + 1) * lanes));
      return { run, step: [...step], seconds: step.map(() => 0), lanes: laneResults(outcomes, rows) };
    }),
  };
}
