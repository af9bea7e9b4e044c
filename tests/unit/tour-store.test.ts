/** The guided tour: each stop sets view and experiment, and one undo takes all of it back. */
import { beforeEach, describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../src/experiment/default';
import { createTour } from '../../src/state/tour-store';
import { settle } from './fake-engine';
import { config, galleryScene, longer, type GalleryScene } from './gallery-fakes';

let { experiment, view, gallery }: GalleryScene = galleryScene();

beforeEach(() => {
  ({ experiment, view, gallery } = galleryScene());
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
