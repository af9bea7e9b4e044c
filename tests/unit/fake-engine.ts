/** An engine that does nothing by itself: the test answers calls and sends events. */
import type { ExperimentConfig } from '../../src/experiment/config';
import type { Verdict } from '../../src/gallery/types';
import type {
  ClaimDocuments,
  DataClaim,
  DatasetSummary,
  EngineService,
  RaceOffer,
  RunAdvice,
  Samples,
  SessionEvent,
  Trajectory,
} from '../../src/worker/protocol';

export interface Call {
  readonly name: string;
  readonly config?: ExperimentConfig;
  readonly answer: () => Promise<void>;
  readonly refuse: (message: string) => Promise<void>;
}

/** Lets promise callbacks run. */
export const settle = () => new Promise<void>((resolve) => setTimeout(resolve, 0));

export class FakeEngine implements EngineService {
  readonly calls: Call[] = [];
  dataset: DatasetSummary | Error = { files: ['a.csv'], rows: 10, columns: ['x', 'y'] };
  /** What `start` finds, and `goOn` goes on from. */
  kept: RaceOffer | undefined;
  emit: (event: SessionEvent) => void = () => undefined;

  /** Names of all calls so far. */
  get names(): string[] {
    return this.calls.map((call) => call.name);
  }

  /** Configurations of all updates so far. */
  get updates(): ExperimentConfig[] {
    return this.calls.flatMap((call) => call.config ?? []);
  }

  get last(): Call {
    return this.calls.at(-1)!;
  }

  open(_options: { readonly engine: 'auto' | 'cpu' }, listener: (event: SessionEvent) => void) {
    this.emit = listener;
    const adapter = { vendor: '', architecture: '', description: '' };
    return Promise.resolve({ kind: 'cpu', adapter, reason: 'a test' } as const);
  }

  addDataset(): Promise<DatasetSummary> {
    return this.dataset instanceof Error ? Promise.reject(this.dataset) : Promise.resolve(this.dataset);
  }

  update(config: ExperimentConfig): Promise<void> {
    return this.#call('update', config);
  }

  async start(config: ExperimentConfig): Promise<RaceOffer | undefined> {
    if (this.kept) return this.kept;
    await this.#call('update', config);
    return undefined;
  }

  async goOn(config: ExperimentConfig): Promise<boolean> {
    await this.#call('goOn', config);
    return this.kept !== undefined;
  }

  async discardRace(): Promise<void> {
    this.kept = undefined;
    await Promise.resolve();
  }

  pause(): Promise<void> {
    return this.#call('pause');
  }

  resume(): Promise<void> {
    return this.#call('resume');
  }

  step(): Promise<void> {
    return this.#call('step');
  }

  reset(): Promise<void> {
    return this.#call('reset');
  }

  abort(): Promise<void> {
    return this.#call('abort');
  }

  samples(): Promise<Samples | undefined> {
    return Promise.resolve(undefined);
  }

  advise(): Promise<RunAdvice | undefined> {
    return Promise.resolve(undefined);
  }

  trajectory(): Promise<Trajectory | undefined> {
    return Promise.resolve(undefined);
  }

  weights(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  inspect(): Promise<undefined> {
    return Promise.resolve(undefined);
  }

  stopInspection(): Promise<void> {
    return Promise.resolve();
  }

  studyBatches(): Promise<boolean> {
    return Promise.resolve(true);
  }

  stopBatches(): Promise<void> {
    return Promise.resolve();
  }

  startSweep(): Promise<boolean> {
    return Promise.resolve(true);
  }

  pauseSweep(): Promise<void> {
    return Promise.resolve();
  }

  resumeSweep(): Promise<void> {
    return Promise.resolve();
  }

  stopSweep(): Promise<void> {
    return Promise.resolve();
  }

  claimDocuments(): Promise<readonly ClaimDocuments[]> {
    return Promise.resolve([]);
  }

  prepareDataClaim(): Promise<DataClaim | undefined> {
    return Promise.resolve(undefined);
  }

  runClaim(): Promise<Verdict | undefined> {
    return Promise.resolve(undefined);
  }

  stopClaim(): Promise<void> {
    return Promise.resolve();
  }

  judgeRace(): Promise<Verdict> {
    return Promise.reject(new Error('no judge'));
  }

  #call(name: string, config?: ExperimentConfig): Promise<void> {
    return new Promise((resolve, reject) => {
      this.calls.push({
        name,
        ...(config ? { config } : {}),
        answer: () => {
          resolve();
          return settle();
        },
        refuse: (message) => {
          reject(new Error(message));
          return settle();
        },
      });
    });
  }
}
