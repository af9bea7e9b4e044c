import { beforeEach, describe, expect, it } from 'vitest';
import { runKey, type ExperimentConfig } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import type { ClaimId, GalleryDocument, Verdict } from '../../src/gallery/types';
import { createExperimentStore, type ExperimentStore } from '../../src/state/experiment-store';
import { createGallery, documentOf, type Gallery } from '../../src/state/gallery-store';
import { createSession, type Session } from '../../src/state/session-store';
import { createTour } from '../../src/state/tour-store';
import { createViewStore } from '../../src/state/view-store';
import type { DataProblem } from '../../src/gallery/your-data';
import type { ClaimDocuments, ClaimProgress, DataClaim, DatasetSummary, FinishedRace } from '../../src/worker/protocol';
import { settle } from './fake-engine';

const config: ExperimentConfig = {
  ...defaultExperiment,
  runs: defaultExperiment.runs.slice(0, 2),
  seeds: 2,
  steps: 10,
};
const longer: ExperimentConfig = { ...config, steps: 20 };
const document = (id: string, own: ExperimentConfig): GalleryDocument => ({ id, title: id, config: own });
const listed: readonly ClaimDocuments[] = [
  { claim: 'full-batch', documents: [document('only', config)] },
  { claim: 'mass-accelerates', documents: [document('one', longer), document('two', { ...longer, seed: 9 })] },
];
const verdict = (held: boolean, complete = true): Verdict => ({
  held,
  complete,
  checks: [],
  sentence: 'found',
  figures: [],
});

/** A gallery's engine whose answers the test gives. */
class FakeGallery {
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
  stopped = 0;
  complete = true;

  claimDocuments(): Promise<readonly ClaimDocuments[]> {
    return Promise.resolve(listed);
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

let service: FakeGallery;
let experiment: ExperimentStore;
let session: Session;
let gallery: Gallery;
let toggles: number;
let frames: (() => void)[];
const view = createViewStore();
const frame = () => {
  for (const callback of frames.splice(0)) callback();
};
const state = () => gallery.store.getState();
const objective = {
  dimension: 2,
  coordinates: 'error',
  metrics: ['loss'],
  constants: { L: 1, L1: 6, L1IsBound: false },
} as const;

/** The engine takes over the present experiment and finishes it. */
const race = () => {
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
      seconds: [0, 1],
      loss: Float64Array.of(1, 2, 0.5, Number.NaN),
      outcomes: [{ kind: 'completed' }, { kind: 'diverged', step: 3, lastFiniteLoss: 2 }],
    });
    session.apply({ type: 'run-finished', run });
  }
  frame();
};

beforeEach(() => {
  service = new FakeGallery();
  experiment = createExperimentStore(config, () => 0);
  frames = [];
  toggles = 0;
  session = createSession((callback) => frames.push(callback));
  view.getState().set({ place: 'gallery' });
  const controller = {
    togglePlay: () => {
      toggles++;
    },
  };
  gallery = createGallery({ service, experiment, session, view, controller });
});

describe('running claims', () => {
  it('takes one claim after the other and keeps each verdict', async () => {
    gallery.run(['full-batch', 'mass-accelerates']);
    expect(state().running?.claim).toBe('full-batch');
    expect(state().waiting).toEqual(['mass-accelerates']);
    const progress = { document: 0, documents: 1, fraction: 0.5 };
    service.runs[0]!.tell(progress);
    expect(state().running?.progress).toEqual(progress);
    service.runs[0]!.resolve(verdict(true));
    await settle();
    expect(state().outcomes.get('full-batch')).toMatchObject({ kind: 'judged', verdict: { held: true } });
    expect(state().running?.claim).toBe('mass-accelerates');
    service.runs[1]!.reject(new Error('no room'));
    await settle();
    expect(state().outcomes.get('mass-accelerates')).toEqual({ kind: 'failed', message: 'no room' });
    expect(state().running).toBeUndefined();
  });

  it('is over when it is over, even if progress comes in late', async () => {
    gallery.run(['full-batch']);
    service.runs[0]!.resolve(verdict(false));
    await settle();
    service.runs[0]!.tell({ document: 0, documents: 1, fraction: 1 });
    expect(state().running).toBeUndefined();
    expect(state().outcomes.get('full-batch')).toMatchObject({ verdict: { held: false } });
  });

  it('stops, with what waits, and takes no verdict of what was stopped', async () => {
    gallery.run(['full-batch', 'mass-accelerates']);
    gallery.stop();
    expect(service.stopped).toBe(1);
    service.runs[0]!.resolve(verdict(true));
    await settle();
    expect(state()).toMatchObject({ running: undefined, waiting: [] });
    expect(state().outcomes.size).toBe(0);
    expect(service.runs).toHaveLength(1);
  });

  it('takes an earlier verdict away when a claim runs again', async () => {
    gallery.run(['full-batch']);
    service.runs[0]!.resolve(verdict(true));
    await settle();
    gallery.run(['full-batch']);
    expect(state().outcomes.size).toBe(0);
  });
});

describe('the claim about the user’s data', () => {
  const problem: DataProblem = {
    kind: 'linear-regression',
    dataset: { files: ['houses.csv'] },
    target: {},
    scaling: 'standardised',
    intercept: true,
  };
  const houses = (rows: number): DatasetSummary => ({ files: ['houses.csv'], rows, columns: ['size', 'price'] });
  const onData: ExperimentConfig = { ...config, problem };
  const claim: DataClaim = {
    title: 'Batch sizes',
    statement: 'on 40 rows',
    documents: [
      document('your-data', { ...longer, problem: { ...problem, dataset: { ...problem.dataset, rows: 40 } } }),
    ],
  };
  const load = (rows: number) => {
    session.addDataset(houses(rows));
    frame();
  };

  it('is offered once the data of the experiment are loaded, and stays while the experiment needs none', () => {
    experiment.getState().load(onData);
    expect(state().data).toBeUndefined();
    load(40);
    expect(state().data).toEqual({ problem, dataset: houses(40), claim: undefined });
    experiment.getState().load(config);
    expect(state().data?.problem).toEqual(problem);
  });

  it('is worked out before it runs, once, and judges the race that is its experiment', async () => {
    experiment.getState().load(onData);
    load(40);
    gallery.run(['your-data']);
    expect(service.prepared.map((entry) => entry.problem)).toEqual([problem]);
    expect(service.runs).toEqual([]);
    service.prepared[0]!.resolve(claim);
    await settle();
    expect(state().data?.claim).toBe(claim);
    service.runs[0]!.resolve(verdict(true));
    await settle();
    expect(state().outcomes.get('your-data')).toMatchObject({ kind: 'judged' });
    gallery.run(['your-data']);
    await settle();
    expect(service.prepared).toHaveLength(1);
    gallery.open(claim.documents[0]!.config);
    expect(state().data?.claim).toBe(claim);
    race();
    await settle();
    expect(service.judged.map((entry) => [entry.claim, entry.document])).toEqual([['your-data', 'your-data']]);
  });

  it('says why the data cannot show it, and lets the next claim run', async () => {
    experiment.getState().load(onData);
    load(40);
    gallery.run(['your-data', 'full-batch']);
    service.prepared[0]!.reject(new Error('Every feature is zero.'));
    await settle();
    expect(state().outcomes.get('your-data')).toEqual({ kind: 'failed', message: 'Every feature is zero.' });
    expect(state().running?.claim).toBe('full-batch');
  });

  it.each([
    [
      'other data of the same name',
      () => {
        load(50);
      },
    ],
    [
      'another use of the data',
      () => experiment.getState().load({ ...onData, problem: { ...problem, scaling: 'raw' } }),
    ],
  ])('forgets what was found with %s, and stops what runs', async (_, change) => {
    experiment.getState().load(onData);
    load(40);
    gallery.run(['your-data']);
    service.prepared[0]!.resolve(claim);
    await settle();
    service.runs[0]!.resolve(verdict(true));
    await settle();
    gallery.run(['your-data']);
    await settle();
    change();
    expect(service.stopped).toBe(1);
    expect(state()).toMatchObject({ running: undefined, data: { claim: undefined } });
    service.runs[1]!.resolve(verdict(true));
    await settle();
    expect(state().outcomes.has('your-data')).toBe(false);
  });
});

describe('judging the race', () => {
  it('judges a finished race that is an experiment of a claim, lane by lane', async () => {
    race();
    await settle();
    expect(service.judged).toHaveLength(1);
    const { claim, document: id, race: judged } = service.judged[0]!;
    expect([claim, id]).toEqual(['full-batch', 'only']);
    expect(judged.runs.map(({ loss }) => [...loss])).toEqual([
      [1, 2, 0.5, Number.NaN],
      [1, 2, 0.5, Number.NaN],
    ]);
    expect(state().race).toMatchObject({ claim: 'full-batch', documents: 1 });
    expect(state().outcomes.get('full-batch')).toMatchObject({ kind: 'judged' });
  });

  it('keeps a part of a claim from the badge of the whole', async () => {
    service.complete = false;
    experiment.getState().load(longer);
    race();
    await settle();
    expect(state().race).toMatchObject({ claim: 'mass-accelerates', documents: 2, verdict: { complete: false } });
    expect(state().outcomes.size).toBe(0);
  });

  it('drops the verdict with the first change, and does not judge old curves as the new experiment', async () => {
    race();
    await settle();
    // Same runs, so that every curve on the page still belongs to a run; only their length differs.
    experiment.getState().edit((now) => ({ ...now, steps: longer.steps }));
    session.follow(experiment.getState().config, experiment.getState().ids);
    frame();
    await settle();
    expect(state().race).toBeUndefined();
    expect(service.judged).toHaveLength(1);
    race();
    await settle();
    expect(service.judged.map((entry) => entry.document)).toEqual(['only', 'one']);
  });

  it('leaves other experiments alone', async () => {
    experiment.getState().edit((now) => ({ ...now, seeds: 3 }));
    race();
    await settle();
    expect(service.judged).toEqual([]);
    expect(state().race).toBeUndefined();
  });

  it('knows an experiment by its numbers, not by names or the order of fields', () => {
    const renamed = { ...config, runs: config.runs.map((run) => ({ ...run, label: 'other' })) };
    const { kind, ...rest } = config.problem;
    const reordered = { ...config, problem: { ...rest, kind } as typeof config.problem };
    expect(documentOf(listed, renamed)?.document.id).toBe('only');
    expect(documentOf(listed, reordered)?.document.id).toBe('only');
    expect(documentOf(listed, { ...config, runs: config.runs.toReversed() })).toBeUndefined();
    expect(documentOf(listed, { ...config, seed: 5 })).toBeUndefined();
    const off = { ...config, runs: config.runs.map((run) => ({ ...run, enabled: false })) };
    expect(documentOf(listed, off)).toBeUndefined();
  });
});

describe('opening an experiment', () => {
  it('shows it in the race, as one step that undo takes back', () => {
    gallery.open(longer);
    expect(view.getState().place).toBe('race');
    expect(experiment.getState().config).toBe(longer);
    expect(toggles).toBe(0);
    experiment.getState().undo();
    expect(experiment.getState().config).toBe(config);
  });

  it('lets a paused race go on', () => {
    session.apply({ type: 'progress', progress: { state: 'paused', rate: 0, lanes: 2, fraction: 0, bytes: 0 } });
    frame();
    gallery.open(longer);
    expect(toggles).toBe(1);
  });

  it('adds no step where the experiment is there already', () => {
    gallery.open({ ...config });
    expect(experiment.getState().past).toEqual([]);
  });
});

describe('the tour', () => {
  const stops = [
    { place: 'race', document: 'one' },
    { place: 'batch', document: 'two' },
    { place: 'gallery' },
  ] as const;
  let remembered: boolean;
  const tourOf = () =>
    createTour({
      stops,
      gallery,
      experiment,
      view,
      memory: { read: () => remembered, write: () => void (remembered = true) },
    });

  beforeEach(() => {
    remembered = false;
  });

  it('sets view and experiment of each stop; one undo brings back what was there', async () => {
    const tour = tourOf();
    const place = () => view.getState().place;
    tour.start();
    await settle();
    expect([place(), experiment.getState().config.seed]).toEqual(['race', longer.seed]);
    tour.next();
    await settle();
    expect([place(), experiment.getState().config.seed]).toEqual(['batch', 9]);
    tour.back();
    await settle();
    expect([place(), experiment.getState().config.seed]).toEqual(['race', longer.seed]);
    tour.next();
    tour.next();
    await settle();
    expect([place(), experiment.getState().config]).toEqual(['gallery', defaultExperiment]);
    tour.next();
    expect(tour.store.getState().stop).toBeUndefined();
    experiment.getState().undo();
    expect(experiment.getState().config).toBe(config);
  });

  it('changes nothing after it was left', async () => {
    const tour = tourOf();
    tour.start();
    tour.leave();
    await settle();
    expect(experiment.getState().config).toBe(config);
    tour.next();
    tour.back();
    expect(tour.store.getState().stop).toBeUndefined();
  });

  it('is offered once', () => {
    expect(tourOf().store.getState().offered).toBe(true);
    const tour = tourOf();
    tour.dismiss();
    expect(tour.store.getState().offered).toBe(false);
    expect(tourOf().store.getState().offered).toBe(false);
  });
});
