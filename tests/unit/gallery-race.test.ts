/** The gallery and the race: which race is judged as an experiment of a claim, and how an experiment is opened. */
import { beforeEach, describe, expect, it } from 'vitest';
import { settle } from './fake-engine';
import { documentOf } from '../../src/state/gallery-store';
import { config, galleryScene, listed, longer, type GalleryScene } from './gallery-fakes';

let { service, experiment, session, view, gallery, frame, race, state, toggles }: GalleryScene = galleryScene();

beforeEach(() => {
  ({ service, experiment, session, view, gallery, frame, race, state, toggles } = galleryScene());
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
    expect(toggles()).toBe(0);
    experiment.getState().undo();
    expect(experiment.getState().config).toBe(config);
  });

  it('lets a paused race go on', () => {
    session.apply({ type: 'progress', progress: { state: 'paused', rate: 0, lanes: 2, fraction: 0, bytes: 0 } });
    frame();
    gallery.open(longer);
    expect(toggles()).toBe(1);
  });

  it('adds no step where the experiment is there already', () => {
    gallery.open({ ...config });
    expect(experiment.getState().past).toEqual([]);
  });
});
