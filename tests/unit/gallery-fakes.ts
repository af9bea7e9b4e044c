/** A gallery with its stores, whose engine's answers the test gives. */
import { runKey, type ExperimentConfig } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import type { ClaimId, GalleryDocument, Verdict } from '../../src/gallery/types';
import type { DataProblem } from '../../src/gallery/your-data';
import { createExperimentStore } from '../../src/state/experiment-store';
import { createGallery } from '../../src/state/gallery-store';
import { createSession } from '../../src/state/session-store';
import { createViewStore } from '../../src/state/view-store';
import type { ClaimDocuments, ClaimProgress, DataClaim, FinishedRace } from '../../src/worker/protocol';

export const config: ExperimentConfig = {
  ...defaultExperiment,
  runs: defaultExperiment.runs.slice(0, 2),
  seeds: 2,
  steps: 10,
};
export const longer: ExperimentConfig = { ...config, steps: 20 };
export const document = (id: string, own: ExperimentConfig): GalleryDocument => ({ id, title: id, config: own });
export const listed: readonly ClaimDocuments[] = [
  { claim: 'full-batch', documents: [document('only', config)] },
  { claim: 'mass-accelerates', documents: [document('one', longer), document('two', { ...longer, seed: 9 })] },
];
export const verdict = (held: boolean, complete = true): Verdict => ({
  held,
  complete,
  checks: [],
  sentence: 'found',
  figures: [],
});

/** A gallery's engine whose answers the test gives. */
export class FakeGallery {
  readonly runs: {
    readonly claim: ClaimId;
    readonly tell: (progress: ClaimProgress) => void;
    readonly resolve: (verdict: Verdict | undefined) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  readonly judged: { readonly claim: ClaimId; readonly document: string; readonly race: FinishedRace }[] = [];
  readonly prepared: {
    readonly problem: DataProblem;
    readonly resolve: (claim: DataClaim | undefined) => void;
    readonly reject: (error: Error) => void;
  }[] = [];
  listed = listed;
  stopped = 0;
  complete = true;

  claimDocuments(): Promise<readonly ClaimDocuments[]> {
    return Promise.resolve(this.listed);
  }

  prepareDataClaim(problem: DataProblem): Promise<DataClaim | undefined> {
    return new Promise((resolve, reject) => this.prepared.push({ problem, resolve, reject }));
  }

  runClaim(claim: ClaimId, tell: (progress: ClaimProgress) => void): Promise<Verdict | undefined> {
    return new Promise((resolve, reject) => this.runs.push({ claim, tell, resolve, reject }));
  }

  stopClaim(): Promise<void> {
    this.stopped++;
    return Promise.resolve();
  }

  judgeRace(claim: ClaimId, id: string, race: FinishedRace): Promise<Verdict> {
    this.judged.push({ claim, document: id, race });
    return Promise.resolve(verdict(true, this.complete));
  }
}

const objective = {
  dimension: 2,
  coordinates: 'error',
  metrics: ['loss'],
  constants: { L: 1, L1: 6, L1IsBound: false },
} as const;

export type GalleryScene = ReturnType<typeof galleryScene>;

/** The page's stores on the experiment {@link config}, with the gallery in front. */
export function galleryScene() {
  const service = new FakeGallery();
  const experiment = createExperimentStore(config, () => 0);
  const frames: (() => void)[] = [];
  const session = createSession((callback) => frames.push(callback));
  const view = createViewStore();
  view.getState().set({ place: 'gallery' });
  let toggles = 0;
  const controller = {
    togglePlay: () => {
      toggles++;
    },
  };
  const gallery = createGallery({ service, experiment, session, view, controller });
  const frame = () => {
    for (const callback of frames.splice(0)) callback();
  };
  /** The engine takes over the present experiment and finishes it. */
  const race = (seconds = 1) => {
    const { config: now, ids } = experiment.getState();
    session.expect(now);
    session.follow(now, ids);
    session.apply({ type: 'restarted', objective, config: now });
    frame();
    for (const run of now.runs.map(runKey)) {
      session.apply({ type: 'run-started', run, lanes: 2 });
      session.apply({
        type: 'points',
        run,
        step: [0, now.steps],
        seconds: [0, seconds],
        loss: Float64Array.of(1, 2, 0.5, Number.NaN),
        outcomes: [{ kind: 'completed' }, { kind: 'diverged', step: 3, lastFiniteLoss: 2 }],
      });
      session.apply({ type: 'run-finished', run });
    }
    frame();
  };

  return {
    service,
    experiment,
    session,
    view,
    gallery,
    frame,
    race,
    state: () => gallery.store.getState(),
    toggles: () => toggles,
  };
}
