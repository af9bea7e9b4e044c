import { describe, expect, it } from 'vitest';
import { isFinished, readMaps } from '../../src/export/sweep/data';
import { metricOf } from '../../src/export/sweep/metrics';
import { sweepResult } from '../../src/export/sweep/result';
import { refined } from '../../src/state/sweep-axes';
import { isOutdated } from '../../src/state/sweep-store';
import { mass, sgd } from '../support/experiments';
import { swept } from '../support/sweeps';
import { finished, gone, outcome, progressOf, stage } from './sweep-fakes';

const finishedCells = (page: ReturnType<typeof stage>) =>
  readMaps(page.data(), metricOf('loss')).map((map) => map.finished);

const complete = (page: ReturnType<typeof stage>) => isFinished(readMaps(page.data(), metricOf('loss')));

const engine = { engine: 'cpu', adapter: { vendor: '', architecture: '', description: '' } } as const;

describe('the store of a sweep', () => {
  it.each(['fixed', 'optimal'] as const)(
    'opens the document of another one as it was exported: others %s',
    (others) => {
      const config = swept({ seeds: 4 }, { others });
      const source = finished(
        config,
        (run, key) => (run.batch === 2 ? undefined : run.batch === 4 ? gone(key) : outcome(key)),
        (run) => (run.hyper['eta']! > 1 ? Infinity : 0.5),
      );
      const page = stage();
      page.study.start();
      page.plan();
      page.study.open(sweepResult({ data: source, engine }));
      expect(page.study.store.getState().active).toBe(false);
      expect(page.experiment.getState().config).toEqual(config);
      const shown = page.data();
      expect(readMaps(shown, metricOf('loss'))).toEqual(readMaps(source, metricOf('loss')));
      expect(shown.maps.map(({ radius }) => radius)).toEqual(source.maps.map(({ radius }) => radius));
      expect(sweepResult({ data: shown, engine })).toEqual(sweepResult({ data: source, engine }));
      // It goes on with what is missing.
      page.study.start();
      expect(page.service.last.known).toHaveLength(12);
      // What is refused changes nothing.
      const before = page.study.store.getState().cells;
      const refused = { ...sweepResult({ data: source, engine }), config: { ...config, seeds: 0 } };
      expect(() => {
        page.study.open(refused);
      }).toThrow('seeds');
      expect(page.study.store.getState().cells).toBe(before);
    },
  );

  it('turns events into cells, once a frame', () => {
    const page = stage();
    page.study.start();
    expect(page.study.store.getState().active).toBe(true);
    const keys = page.plan();
    const { emit } = page.service.last;
    emit({ type: 'cells', outcomes: keys.slice(0, 3).map((key) => outcome(key)) });
    emit({ type: 'cells', outcomes: keys.slice(3, 5).map((key) => outcome(key)) });
    emit({ type: 'radius', map: 1, radius: new Float64Array(9).fill(0.5) });
    emit({ type: 'progress', progress: progressOf({ cells: 5 }) });
    const before = page.study.store.getState().cells;
    expect(page.tick()).toBe(1);
    expect(page.study.store.getState().cells).not.toBe(before);
    expect(finishedCells(page).reduce((a, b) => a + b)).toBe(5);
    expect(page.data().maps.map(({ radius }) => radius?.length)).toEqual([undefined, 9]);
    expect(page.study.store.getState()).toMatchObject({ rate: 1000, progress: { cells: 5 } });
    expect(complete(page)).toBe(false);
  });

  it('is done when the engine is', async () => {
    const page = stage();
    page.study.start();
    page.service.last.emit({ type: 'cells', outcomes: page.plan().map((key) => outcome(key)) });
    page.tick();
    await page.service.last.answer(true);
    expect(page.study.store.getState().active).toBe(false);
    expect(complete(page)).toBe(true);
  });

  it('keeps finished cells when it is stopped, drops what comes late, and goes on with the rest', async () => {
    const page = stage();
    page.study.start();
    const keys = page.plan();
    page.service.last.emit({ type: 'cells', outcomes: keys.slice(0, 4).map((key) => outcome(key)) });
    page.study.stop();
    expect(page.service.orders).toEqual(['stop']);
    expect(page.study.store.getState()).toMatchObject({ active: false, failure: undefined });
    page.service.last.emit({ type: 'cells', outcomes: [outcome(keys[7]!)] });
    await page.service.last.answer(false);
    page.tick();
    expect(page.data().outcomes.size).toBe(4);

    page.study.start();
    expect(page.service.last.known.map(({ key }) => key).sort()).toEqual(keys.slice(0, 4).sort());
    expect(page.plan()).toHaveLength(keys.length - 4);
  });

  it('passes on pause and resume', () => {
    const page = stage();
    page.study.start();
    page.study.pause();
    page.study.resume();
    expect(page.service.orders).toEqual(['pause', 'resume']);
  });

  it('tells why the engine failed, and can start again', async () => {
    const page = stage();
    page.study.start();
    await page.service.last.refuse('The GPU is gone.');
    expect(page.study.store.getState()).toMatchObject({ active: false, failure: 'The GPU is gone.' });
    page.study.start();
    expect(page.study.store.getState()).toMatchObject({ active: true, failure: undefined });
  });

  it('stops when the experiment changes under it, but not for what is no part of the sweep', () => {
    const page = stage();
    page.study.start();
    page.plan();
    const { edit, openRun } = page.experiment.getState();
    edit((config) => ({ ...config, runs: config.runs.map((run) => ({ ...run, label: 'mine' })) }));
    // On an axis, its value is no part of the map.
    openRun(sgd(0.3, 4));
    expect(page.study.store.getState().active).toBe(true);
    edit((config) => ({ ...config, steps: 200 }));
    expect(page.study.store.getState()).toMatchObject({ active: false });
    expect(page.study.store.getState().note).toMatch(/changed/);
    expect(page.service.orders).toEqual(['stop']);
  });

  it('shows nothing of other settings, brings it back with undo, and drops it at the next start', async () => {
    const page = stage();
    page.study.start();
    page.service.last.emit({ type: 'cells', outcomes: page.plan().map((key) => outcome(key)) });
    page.tick();
    await page.service.last.answer(true);
    const { edit, undo } = page.experiment.getState();
    edit((config) => ({ ...config, seeds: 5 }));
    expect(finishedCells(page)).toEqual([0, 0]);
    expect(isOutdated(page.study.store.getState().cells, page.experiment.getState().config)).toBe(true);
    undo();
    expect(finishedCells(page)).toEqual([9, 9]);
    edit((config) => ({ ...config, seeds: 5 }));
    page.study.start();
    expect(page.service.last.known).toEqual([]);
    undo();
    expect(finishedCells(page)).toEqual([0, 0]);
  });

  it('reuses the cells that a refined region shares, and undo shows the wider picture without computing', async () => {
    const page = stage();
    page.study.start();
    page.service.last.emit({ type: 'cells', outcomes: page.plan().map((key) => outcome(key)) });
    page.tick();
    await page.service.last.answer(true);
    const { edit, undo } = page.experiment.getState();
    edit((config) => ({ ...config, sweep: refined(config.sweep!, { x: [0, 1], y: [0, 2] }) }));
    expect(finishedCells(page)).toEqual([0, 0]);
    page.study.start();
    // Of each map: both ends of η, at all three batch sizes.
    expect(page.service.last.known).toHaveLength(12);
    expect(page.plan()).toHaveLength(6);
    page.tick();
    expect(finishedCells(page)).toEqual([6, 6]);
    page.study.stop();
    undo();
    expect(finishedCells(page)).toEqual([9, 9]);
  });

  it('hands the engine one of several runs whose maps are the same', () => {
    const page = stage(swept({ runs: [sgd(0.1), sgd(0.2, 8), mass(), { ...mass(), enabled: false }] }));
    page.study.start();
    expect(page.service.last.config.runs).toEqual([sgd(0.1), mass()]);
  });

  describe('on data from files', () => {
    const onFile = () =>
      swept({
        problem: {
          kind: 'linear-regression',
          dataset: { files: ['data/a.csv'] },
          target: {},
          scaling: 'raw',
          intercept: false,
        },
      });
    const dataset = (name: string) => ({ files: [name], rows: 3, columns: ['x', 'y'] });

    it('forgets everything when that data is loaded again, and nothing when other data is', () => {
      const page = stage(onFile());
      page.session.setState({ datasets: [dataset('a.csv')] });
      page.study.start();
      page.service.last.emit({ type: 'cells', outcomes: page.plan().map((key) => outcome(key)) });
      const { datasets } = page.session.getState();
      page.session.setState({ datasets: [...datasets, dataset('b.csv')] });
      page.tick();
      expect(page.study.store.getState().active).toBe(true);
      expect(finishedCells(page)).toEqual([9, 9]);
      page.session.setState({ datasets: [dataset('b.csv'), dataset('a.csv')] });
      page.tick();
      expect(page.study.store.getState().active).toBe(false);
      expect(finishedCells(page)).toEqual([0, 0]);
    });

    it('keeps the cells of a document when its data comes after it', () => {
      const page = stage();
      const data = finished(onFile(), (_, key) => outcome(key));
      page.study.open(sweepResult({ data, engine }));
      page.session.setState({ datasets: [dataset('a.csv')] });
      page.tick();
      expect(finishedCells(page)).toEqual([9, 9]);
    });
  });
});

describe('opening a cell as a run', () => {
  it('adds it once, switches it on where it is off, and can be undone', () => {
    const { experiment } = stage();
    const first = experiment.getState().openRun(sgd(0.3, 4));
    expect(experiment.getState().config.runs).toHaveLength(3);
    expect(experiment.getState().ids).toHaveLength(3);
    expect(experiment.getState().openRun(sgd(0.3, 4))).toBe(first);
    experiment.getState().editRun(first as number, (run) => ({ ...run, enabled: false }));
    expect(experiment.getState().openRun(sgd(0.3, 4))).toBe(first);
    expect(experiment.getState().config.runs[2]!.enabled).toBe(true);
    for (let k = 0; k < 3; k++) experiment.getState().undo();
    expect(experiment.getState().config.runs).toHaveLength(2);
  });
});
