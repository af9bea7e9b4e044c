/** The far side of the protocol: one session, the data sets it may use, and the way events travel. */
import * as Comlink from 'comlink';
import { DatasetStore } from '../data/dataset-store';
import type { ExperimentConfig, RunConfig } from '../experiment/config';
import { studyBatches, type BatchEvent } from '../engine/measure-batches';
import { openBackend } from '../engine/open-backend';
import type { CellOutcome, SweepEvent } from '../engine/sweep/events';
import { Session, type OpenBackend } from '../engine/session';
import type { ClaimId, Verdict } from '../gallery/types';
import type { DataProblem } from '../gallery/your-data';
import { decodePicture } from './decode-picture';
import { gathered } from './event-post';
import {
  GalleryDesk,
  type ClaimDocuments,
  type ClaimProgress,
  type DataClaim,
  type FinishedRace,
} from './gallery-desk';
import { browserMappings } from './mapping-store';
import type {
  DatasetSummary,
  EngineInfo,
  EngineRemote,
  Inspection,
  RaceOffer,
  RunAdvice,
  Samples,
  SessionEvent,
  SessionWeights,
  Trajectory,
} from './protocol';
import { RaceKeeper } from './race-keeper';
import { browserLocks } from './race-locks';
import { browserRaces } from './race-store';
import { SweepDesk } from './sweep-desk';

const mappings = browserMappings();
const races = browserRaces();

export class EngineHost implements EngineRemote {
  readonly #datasets = new DatasetStore({ decodePicture });
  #session: Session | undefined;
  #keeper: RaceKeeper | undefined;
  #engine: 'auto' | 'cpu' = 'auto';
  /** Counts what the session was told to follow: an experiment that waits to be started gives way to what comes later. */
  #turn = 0;
  #study = new AbortController();
  #inspection = new AbortController();
  /** The study under way: the next one waits until it has let go of its device. */
  #studied: Promise<unknown> = Promise.resolve();
  readonly #openBackend: typeof openBackend;

  /** Every user of a backend has one of its own. */
  readonly #open: OpenBackend = (withoutGpu) => this.#openBackend(this.#engine, { withoutGpu, mappings });

  readonly #sweeps = new SweepDesk({
    open: this.#open,
    table: (files) => Promise.resolve(this.#datasets.table(files)),
  });

  readonly #gallery = new GalleryDesk({
    open: this.#open,
    table: (files) => Promise.resolve(this.#datasets.table(files)),
  });

  /** @param open opens what computes, another one in tests */
  constructor(open = openBackend) {
    this.#openBackend = open;
  }

  async open(
    options: { readonly engine: 'auto' | 'cpu' },
    listener: (events: readonly SessionEvent[]) => void,
  ): Promise<EngineInfo> {
    if (this.#session) throw new Error('The engine is open already.');
    this.#engine = options.engine;
    const send = gathered(listener);
    if (races)
      this.#keeper = new RaceKeeper({
        store: races,
        locks: browserLocks(),
        saved: () => this.#session?.saved,
        notify: (message) => {
          send({ type: 'notice', level: 'warning', message });
        },
      });
    this.#session = new Session({
      open: this.#open,
      compileAheadMilliseconds: 1000,
      table: (files) => Promise.resolve(this.#datasets.table(files)),
      listener: (event) => {
        this.#keeper?.take(event);
        send(event);
      },
    });
    return (await this.#session.open()).info;
  }

  async addDataset(files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[]): Promise<DatasetSummary> {
    const summary = await this.#datasets.add(files);
    // A file of the same name may hold other numbers now.
    await this.#session?.forgetProblem();
    return summary;
  }

  async update(config: ExperimentConfig): Promise<void> {
    this.#turn++;
    await this.#opened.update(config);
    this.#keeper?.follow(config);
  }

  async start(config: ExperimentConfig): Promise<RaceOffer | undefined> {
    const turn = ++this.#turn;
    // Nothing depends on what was kept: what is wrong with the engine shows when it is to compute.
    const offer = await this.#offer(config).catch(() => undefined);
    if (offer || turn !== this.#turn) return offer;
    await this.update(config);
    return undefined;
  }

  async #offer(config: ExperimentConfig): Promise<RaceOffer | undefined> {
    const { backend } = await this.#opened.open();
    return this.#keeper?.offer(config, backend.kind);
  }

  async goOn(config: ExperimentConfig): Promise<boolean> {
    return (await this.#keeper?.goOn(config, (saved) => this.#opened.goOn(config, saved))) ?? false;
  }

  async discardRace(config: ExperimentConfig): Promise<void> {
    await this.#keeper?.discard(config);
  }

  pause(): Promise<void> {
    return this.#opened.pause();
  }

  resume(): Promise<void> {
    return this.#opened.resume();
  }

  step(): Promise<void> {
    return this.#opened.step();
  }

  reset(): Promise<void> {
    return this.#opened.reset();
  }

  abort(): Promise<void> {
    this.#turn++;
    return this.#opened.abort();
  }

  advise(run: RunConfig, search: boolean): Promise<RunAdvice | undefined> {
    return this.#opened.advise(run, search);
  }

  async trajectory(run: RunConfig): Promise<Trajectory | undefined> {
    const found = await this.#opened.trajectory(run);
    // Shared by all runs of a problem are `ranks` and `eigenvalues`: they are copied.
    return found?.kind === 'path' ? Comlink.transfer(found, [found.errors.buffer, found.excess.buffer]) : found;
  }

  samples(): Promise<Samples | undefined> {
    return Promise.resolve(this.#opened.samples());
  }

  weights(run: string, seed: number): Promise<SessionWeights | undefined> {
    return this.#opened.weights(run, seed);
  }

  async inspect(run: string, seed: number): Promise<Inspection | undefined> {
    this.#inspection.abort();
    this.#inspection = new AbortController();
    const { signal } = this.#inspection;
    try {
      const found = await this.#opened.inspect(run, seed, signal);
      return signal.aborted ? undefined : found;
    } catch (error) {
      if (signal.aborted) return undefined;
      throw error;
    }
  }

  stopInspection(): Promise<void> {
    this.#inspection.abort();
    return Promise.resolve();
  }

  studyBatches(config: ExperimentConfig, measure: boolean, listener: (event: BatchEvent) => void): Promise<boolean> {
    this.#study.abort();
    this.#study = new AbortController();
    const { signal } = this.#study;
    const study = this.#studied.then(async () => {
      try {
        await studyBatches(config, {
          table: (files) => Promise.resolve(this.#datasets.table(files)),
          listener: (event) => {
            if (!signal.aborted) listener(event);
          },
          signal,
          measure,
          open: this.#open,
        });
        return true;
      } catch (error) {
        if (signal.aborted) return false;
        throw error;
      }
    });
    this.#studied = study.catch(() => undefined);
    return study;
  }

  async stopBatches(): Promise<void> {
    this.#study.abort();
    await this.#studied;
  }

  startSweep(
    config: ExperimentConfig,
    known: readonly CellOutcome[],
    listener: (event: SweepEvent) => void,
  ): Promise<boolean> {
    return this.#sweeps.start(config, known, listener);
  }

  pauseSweep(): Promise<void> {
    return this.#sweeps.pause();
  }

  resumeSweep(): Promise<void> {
    this.#sweeps.resume();
    return Promise.resolve();
  }

  stopSweep(): Promise<void> {
    return this.#sweeps.stop();
  }

  claimDocuments(): Promise<readonly ClaimDocuments[]> {
    return this.#gallery.documents();
  }

  prepareDataClaim(problem: DataProblem): Promise<DataClaim | undefined> {
    return this.#gallery.prepareData(problem);
  }

  runClaim(id: ClaimId, listener: (progress: ClaimProgress) => void): Promise<Verdict | undefined> {
    return this.#gallery.run(id, listener);
  }

  stopClaim(): Promise<void> {
    return this.#gallery.stop();
  }

  judgeRace(id: ClaimId, document: string, race: FinishedRace): Promise<Verdict> {
    return this.#gallery.judge(id, document, race);
  }

  get #opened(): Session {
    if (!this.#session) throw new Error('The engine is not open yet.');
    return this.#session;
  }
}
