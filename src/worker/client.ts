/** The engine's worker as the page holds it. */
import * as Comlink from 'comlink';
import { overWire, registerEventWire } from './event-wire';
import type {
  BatchEvent,
  ClaimProgress,
  DataClaim,
  EngineInfo,
  EngineRemote,
  EngineService,
  Inspection,
  RaceOffer,
  Samples,
  SessionWeights,
  SweepEvent,
  Trajectory,
} from './protocol';

registerEventWire();

export interface EngineClient {
  readonly service: EngineService;
  terminate(): void;
}

/**
 * Starts the worker. `onCrash` is called when the worker's script cannot be loaded or throws outside of a call; calls
 * that are then still open are rejected with the same message.
 */
export function createEngineClient(onCrash: (message: string) => void): EngineClient {
  const worker = new Worker(new URL('./engine.worker.ts', import.meta.url), { type: 'module', name: 'engine' });
  const remote = Comlink.wrap<EngineRemote>(worker);

  let reject: (error: Error) => void;
  const crash = new Promise<never>((_resolve, no) => {
    reject = no;
  });
  // Nobody may be waiting when it crashes.
  crash.catch(() => undefined);
  worker.addEventListener('error', (event) => {
    const message = event.message ? `The engine stopped: ${event.message}` : 'The engine could not be started.';
    reject(new Error(message));
    onCrash(message);
  });
  // Comlink's promises stay open for ever when the worker dies.
  const guarded = <T>(call: Promise<T>): Promise<T> => Promise.race([call, crash]);

  return {
    service: {
      open: (options, listener) =>
        guarded<EngineInfo>(
          remote.open(
            options,
            overWire(worker, (events) => {
              events.forEach(listener);
            }),
          ),
        ),
      addDataset: (files) =>
        guarded(
          remote.addDataset(
            Comlink.transfer(
              files,
              files.map((file) => file.bytes),
            ),
          ),
        ),
      update: (config) => guarded(remote.update(config)),
      start: (config) => guarded<RaceOffer | undefined>(remote.start(config)),
      goOn: (config) => guarded(remote.goOn(config)),
      discardRace: (config) => guarded(remote.discardRace(config)),
      pause: () => guarded(remote.pause()),
      resume: () => guarded(remote.resume()),
      step: () => guarded(remote.step()),
      reset: () => guarded(remote.reset()),
      abort: () => guarded(remote.abort()),
      advise: (run, search) => guarded(remote.advise(run, search)),
      trajectory: (run) => guarded<Trajectory | undefined>(remote.trajectory(run)),
      samples: () => guarded<Samples | undefined>(remote.samples()),
      weights: (run, seed) => guarded<SessionWeights | undefined>(remote.weights(run, seed)),
      inspect: (run, seed) => guarded<Inspection | undefined>(remote.inspect(run, seed)),
      stopInspection: () => guarded(remote.stopInspection()),
      studyBatches: (config, measure, listener) =>
        guarded(remote.studyBatches(config, measure, Comlink.proxy<(event: BatchEvent) => void>(listener))),
      stopBatches: () => guarded(remote.stopBatches()),
      startSweep: (config, known, listener) =>
        guarded(remote.startSweep(config, known, Comlink.proxy<(event: SweepEvent) => void>(listener))),
      pauseSweep: () => guarded(remote.pauseSweep()),
      resumeSweep: () => guarded(remote.resumeSweep()),
      stopSweep: () => guarded(remote.stopSweep()),
      claimDocuments: () => guarded(remote.claimDocuments()),
      prepareDataClaim: (problem) => guarded<DataClaim | undefined>(remote.prepareDataClaim(problem)),
      runClaim: (id, listener) =>
        guarded(remote.runClaim(id, Comlink.proxy<(progress: ClaimProgress) => void>(listener))),
      stopClaim: () => guarded(remote.stopClaim()),
      judgeRace: (id, document, race) =>
        guarded(
          remote.judgeRace(
            id,
            document,
            Comlink.transfer(
              race,
              race.runs.map(({ loss }) => loss.buffer),
            ),
          ),
        ),
    },
    terminate: () => {
      remote[Comlink.releaseProxy]();
      worker.terminate();
    },
  };
}
