/** Claims that run in the gallery, one after the other, those about the user’s data as well. */
import { beforeEach, describe, expect, it, vi } from 'vitest';
import type { ExperimentConfig } from '../../src/experiment/config';
import { networkClaim } from '../../src/gallery/claims/network';
import { networkWork } from '../../src/gallery/network-work';
import type { DataProblem } from '../../src/gallery/your-data';
import type { DataClaim, DatasetSummary } from '../../src/worker/protocol';
import { settle } from './fake-engine';
import { config, document, galleryScene, longer, verdict, type GalleryScene } from './gallery-fakes';

let { service, experiment, session, gallery, frame, race, state }: GalleryScene = galleryScene();

beforeEach(() => {
  ({ service, experiment, session, gallery, frame, race, state } = galleryScene());
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

describe('how fast this machine trains networks', () => {
  const network = networkClaim.documents()[0]!;
  const work = networkWork(network.config)!;

  it('is measured while a claim on networks runs, from its first progress on', async () => {
    service.listed = [{ claim: 'network', documents: [network] }];
    await gallery.load();
    gallery.run(['network']);
    const now = vi.spyOn(performance, 'now');
    const tell = (seconds: number, fraction: number) => {
      now.mockReturnValue(1000 * seconds);
      service.runs[0]!.tell({ document: 0, documents: 1, fraction });
    };
    tell(0, 0);
    // Programs were compiled.
    tell(7, 0.1);
    tell(8, 0.2);
    expect(state().networkRate).toBeUndefined();
    tell(12, 0.6);
    expect(state().networkRate).toBeCloseTo(0.1 * work, -3);
    now.mockRestore();
  });

  it('is not measured by claims on other problems', () => {
    gallery.run(['full-batch']);
    for (const fraction of [0.1, 0.5, 1]) service.runs[0]!.tell({ document: 0, documents: 1, fraction });
    expect(state().networkRate).toBeUndefined();
  });

  it('is measured by a race on a network that has finished, and by no other', async () => {
    race();
    await settle();
    expect(state().networkRate).toBeUndefined();
    experiment.getState().load(network.config);
    // All runs took two seconds together.
    race(2);
    await settle();
    expect(state().networkRate).toBeCloseTo(work / 2, -3);
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
