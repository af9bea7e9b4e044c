/** The engine follows the experiment; transport, data and documents as the page has them. */
import { beforeEach, describe, expect, it } from 'vitest';
import type { ExperimentConfig } from '../../src/experiment/config';
import { kernelRegression } from '../../src/problems/kernel-regression';
import type { ObjectiveSummary } from '../../src/worker/protocol';
import { controllerScene, initial, type ControllerScene } from './controller-fakes';

let {
  engine,
  session,
  controller,
  notices,
  delays,
  frame,
  state,
  setEta,
  progress,
  firstPoints,
  answerUpdate,
}: ControllerScene = controllerScene();

const sentEtas = () => engine.updates.map((config) => config.runs[0]!.hyper['eta']);
const summary = (L1: number): ObjectiveSummary => ({
  dimension: 2,
  coordinates: 'weights',
  metrics: ['loss'],
  rows: 10,
  constants: { L: L1, L1, L1IsBound: true },
});

beforeEach(async () => {
  ({ engine, session, controller, notices, delays, frame, state, setEta, progress, firstPoints, answerUpdate } =
    controllerScene());
  await controller.start('auto');
});

describe('following the experiment', () => {
  it('sends the experiment once the engine is open', () => {
    expect(engine.updates).toEqual([initial]);
  });

  it('keeps one update under way and then sends only the latest', async () => {
    for (const eta of [0.11, 0.12, 0.13]) setEta(eta);
    frame();
    expect(engine.updates).toHaveLength(1);
    await answerUpdate();
    expect(sentEtas()).toEqual([initial.runs[0]!.hyper['eta'], 0.13]);
  });

  it('sends a change at once when nothing is under way, and at most one per frame', async () => {
    await answerUpdate();
    setEta(0.11);
    expect(sentEtas().at(-1)).toBe(0.11);
    await engine.last.answer();
    firstPoints();
    setEta(0.12);
    expect(sentEtas().at(-1)).toBe(0.11);
    frame();
    expect(sentEtas().at(-1)).toBe(0.12);
  });

  it('gives a restarted run time to show first points, but not for ever', async () => {
    await answerUpdate();
    setEta(0.11);
    await engine.last.answer();
    frame();
    setEta(0.12);
    frame();
    expect(sentEtas().at(-1)).toBe(0.11);
    delays.at(-1)!.callback();
    expect(sentEtas().at(-1)).toBe(0.12);
  });

  it('does not wait for points while paused', async () => {
    await answerUpdate();
    progress('paused');
    setEta(0.11);
    await engine.last.answer();
    setEta(0.12);
    frame();
    expect(sentEtas().at(-1)).toBe(0.12);
  });

  it('does not bother the engine with labels', async () => {
    await answerUpdate();
    state().editRun(state().ids[0]!, (run) => ({ ...run, label: 'mine' }));
    frame();
    expect(engine.updates).toHaveLength(1);
  });

  it('does not bother the engine with the sweep, which is not part of the race', async () => {
    await answerUpdate();
    const sweep = {
      x: { parameter: 'eta', from: 0.01, to: 1, count: 4 },
      y: { parameter: 'batch', from: 1, to: 8, count: 4 },
      others: 'fixed' as const,
      tolerance: 0.1,
      stopAtTolerance: true,
    };
    expect(state().edit((config) => ({ ...config, sweep }))).toBeUndefined();
    frame();
    expect(engine.updates).toHaveLength(1);
    setEta(0.11);
    frame();
    expect(engine.updates.at(-1)!.sweep).toEqual(sweep);
  });

  it('comes back to what it sent last without sending it again', async () => {
    setEta(0.11);
    setEta(initial.runs[0]!.hyper['eta']!);
    await answerUpdate();
    expect(engine.updates).toHaveLength(1);
  });

  it('shows a refused experiment in its place alone, stops the engine and goes on with the next edit', async () => {
    await engine.last.refuse('column "price" is missing');
    frame();
    expect(session.store.getState().failure).toBe('column "price" is missing');
    expect(notices).toEqual([]);
    expect(engine.names.at(-1)).toBe('abort');
    setEta(0.11);
    expect(engine.names.at(-1)).toBe('update');
  });

  it('passes the engine’s notices on, each in place of the one before', () => {
    engine.emit({ type: 'notice', level: 'warning', message: 'The graphics device was lost.' });
    expect(notices).toEqual([{ level: 'warning', message: 'The graphics device was lost.', topic: 'engine' }]);
  });

  it('tells why a race stopped once, in its place', () => {
    engine.emit({ type: 'notice', level: 'error', message: 'out of memory' });
    frame();
    expect(session.store.getState().failure).toBe('out of memory');
    expect(notices).toEqual([]);
  });
});

describe('transport', () => {
  beforeEach(() => answerUpdate());

  it('pauses what runs, resumes what is paused and runs again what is finished', () => {
    progress('running');
    controller.togglePlay();
    progress('paused');
    controller.togglePlay();
    progress('finished');
    controller.togglePlay();
    expect(engine.names).toEqual(['update', 'pause', 'resume', 'reset']);
  });

  it('pauses before it takes a single step', async () => {
    progress('running');
    controller.step();
    expect(engine.names.at(-1)).toBe('pause');
    await engine.last.answer();
    expect(engine.names.at(-1)).toBe('step');
  });

  it('stays stopped until the user edits or plays', () => {
    controller.abort();
    progress('idle');
    frame();
    expect(engine.names).toEqual(['update', 'abort']);
    setEta(0.11);
    frame();
    expect(engine.names.at(-1)).toBe('update');
  });

  it('runs the same experiment again after a stop', () => {
    controller.abort();
    progress('idle');
    controller.togglePlay();
    expect(engine.names).toEqual(['update', 'abort', 'update', 'resume']);
  });

  it('tells when a command fails', async () => {
    controller.reset();
    await engine.last.refuse('The engine stopped.');
    expect(notices.at(-1)).toMatchObject({ level: 'error', message: 'The engine stopped.' });
  });
});

describe('data', () => {
  const file = (name: string) => new File(['x,y\n1,2\n'], name);
  const regression: ExperimentConfig['problem'] = {
    kind: 'linear-regression',
    dataset: { files: ['data/a.csv'] },
    target: { column: 'y' },
    scaling: 'raw',
    intercept: true,
  };

  beforeEach(() => answerUpdate());

  it('points the experiment at a dropped data set and fits the step sizes', async () => {
    await controller.addFiles([file('a.csv')]);
    expect(state().config.problem).toMatchObject({ kind: 'linear-regression', dataset: { files: ['a.csv'] } });
    frame();
    expect(engine.updates.at(-1)!.problem.kind).toBe('linear-regression');
    engine.emit({ type: 'restarted', objective: summary(1000), config: engine.updates.at(-1)! });
    expect(state().config.runs.map((run) => run.hyper['eta'])).toEqual([0.001, initial.runs[1]!.hyper['eta']]);
    // One step back undoes the drop and the step sizes that came with it.
    state().undo();
    expect(state().config).toBe(initial);
  });

  it('asks for the data of a loaded experiment instead of sending it, and takes its step sizes as they are', async () => {
    state().load({ ...initial, problem: regression });
    frame();
    expect(engine.names).toEqual(['update', 'abort']);
    await controller.addFiles([file('a.csv')]);
    frame();
    expect(engine.updates.at(-1)!.problem).toEqual(regression);
    engine.emit({ type: 'restarted', objective: summary(1000), config: engine.updates.at(-1)! });
    expect(state().config.runs).toEqual(initial.runs);
  });

  it('tells what is wrong with a file and keeps the experiment', async () => {
    engine.dataset = new Error('a.csv, row 2, column "y": "?" is not a number');
    await controller.addFiles([file('a.csv')]);
    expect(notices.at(-1)).toMatchObject({ level: 'error', message: expect.stringContaining('row 2') as string });
    expect(state().config).toBe(initial);
  });

  it('leaves step sizes alone where an edit of the problem keeps them in proportion', () => {
    state().edit((config) => ({
      ...config,
      problem: { kind: 'component-decoupled', variances: { values: [2, 0.1] } },
    }));
    engine.emit({ type: 'restarted', objective: summary(12), config: state().config });
    expect(state().config.runs).toBe(initial.runs);
  });

  it('mends step sizes that an edit of the problem put out of all proportion', () => {
    state().edit((config) => ({
      ...config,
      problem: { kind: 'component-decoupled', variances: { values: [1e6, 1] } },
    }));
    engine.emit({ type: 'restarted', objective: summary(6e6), config: state().config });
    expect(state().config.runs[0]!.hyper['eta']).toBeCloseTo(1 / 6e6, 10);
  });

  it('begins a kernel regression at the optimal values, and leaves them alone when it is edited', () => {
    const problem = kernelRegression.default;
    const mass = () => state().config.runs.find(({ optimizer }) => optimizer === 'mass')!.hyper;
    const objective = (kappaTilde: number): ObjectiveSummary => ({
      ...summary(1),
      constants: { L: 0.1, mu: 0.01, L1: 1, kappaTilde, L1IsBound: false },
    });
    const start = { optimizer: 'mass', batch: 1, hyper: { eta: 0.1, alpha: 0.1, kappaTilde: 6 } } as const;
    state().edit((config) => ({ ...config, problem, runs: [...config.runs, start] }));
    engine.emit({ type: 'restarted', objective: objective(16), config: state().config });
    expect(mass()).toEqual({ eta: 1, alpha: 0.025, kappaTilde: 16 });
    state().edit((config) => ({ ...config, problem: { ...problem, data: { kind: 'moons', rows: 90, noise: 0 } } }));
    engine.emit({ type: 'restarted', objective: objective(90), config: state().config });
    expect(mass()).toEqual({ eta: 1, alpha: 0.025, kappaTilde: 16 });
  });
});

describe('documents', () => {
  beforeEach(() => answerUpdate());

  const result = {
    version: 1,
    config: { ...initial, runs: [initial.runs[0]!], seeds: 1, steps: 10 },
    engine: 'cpu',
    adapter: { vendor: '', architecture: '', description: '' },
    runs: [
      {
        run: initial.runs[0]!,
        step: [0, 10],
        seconds: [0, 0.5],
        lanes: [{ seed: 0, outcome: { kind: 'completed' }, loss: [1, 0.25] }],
      },
    ],
  };

  it('takes over an experiment as one step that can be undone', () => {
    expect(controller.openDocument(JSON.stringify({ ...initial, seeds: 3 }), 'a.json')).toBe(true);
    expect(state().config.seeds).toBe(3);
    state().undo();
    expect(state().config).toBe(initial);
  });

  it('shows a result without computing it, until the user plays or edits', () => {
    const updates = engine.updates.length;
    expect(controller.openDocument(JSON.stringify(result), 'r.json')).toBe(true);
    frame();
    expect(engine.names.at(-1)).toBe('abort');
    expect(session.store.getState().shown[0]!.curve!.loss.map((loss) => loss[0])).toEqual([1, 0.25]);
    expect(session.store.getState().imported).toMatchObject({ engine: 'cpu' });
    expect(engine.updates).toHaveLength(updates);
    controller.togglePlay();
    expect(engine.updates).toHaveLength(updates + 1);
    engine.emit({ type: 'restarted', objective: summary(6), config: engine.updates.at(-1)! });
    frame();
    expect(session.store.getState().imported).toBeUndefined();
  });

  it.each([
    ['{"version": 1', /bad\.json: .*JSON/],
    [JSON.stringify({ ...initial, seeds: -1 }), /bad\.json: seeds/],
    [JSON.stringify({ ...result, runs: [{ ...result.runs[0], seconds: [0] }] }), /bad\.json: runs\[0\]\.seconds/],
  ])('refuses %s with a readable notice and changes nothing', (text, message) => {
    expect(controller.openDocument(text, 'bad.json')).toBe(false);
    expect(notices.at(-1)!.message).toMatch(message);
    expect(state().config).toBe(initial);
    frame();
    expect(session.store.getState().shown[0]!.curve).toBeDefined();
    expect(engine.names).toEqual(['update']);
  });
});
