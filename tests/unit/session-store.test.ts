import { beforeEach, describe, expect, it } from 'vitest';
import { runKey, type ExperimentConfig } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import { defaultNetwork } from '../../src/problems/network';
import { createSession, idleProgress, type Session } from '../../src/state/session-store';

const config = { ...defaultExperiment, runs: defaultExperiment.runs.slice(0, 2), seeds: 1 };
const [first, second] = config.runs as [(typeof config.runs)[0], (typeof config.runs)[0]];
const other = { ...first, hyper: { eta: 0.05 } };
const objective = {
  dimension: 2,
  coordinates: 'error',
  metrics: ['loss'],
  constants: { L: 1, L1: 6, L1IsBound: false },
} as const;

let session: Session;
let frames: (() => void)[];
const frame = () => {
  for (const callback of frames.splice(0)) callback();
};
const start = (run: typeof first) => {
  session.apply({ type: 'run-started', run: runKey(run), lanes: 1 });
};
const points = (run: typeof first, ...steps: number[]) => {
  session.apply({
    type: 'points',
    run: runKey(run),
    step: steps,
    seconds: steps.map((step) => step / 1000),
    loss: Float64Array.from(steps, (step) => 1 / (1 + step)),
    outcomes: [{ kind: 'running', step: steps.at(-1)! }],
  });
};
const shown = () => session.store.getState().shown;

beforeEach(() => {
  frames = [];
  session = createSession((callback) => frames.push(callback));
  session.expect(config);
  session.follow(config, [10, 11]);
  session.apply({ type: 'restarted', objective, config });
  start(first);
  start(second);
});

describe('what the engine reported', () => {
  it('publishes at most once per frame, however many events come', () => {
    frame();
    const { generation } = session.store.getState();
    for (let k = 0; k < 100; k++) points(first, k);
    expect(session.store.getState().generation).toBe(generation);
    expect(frames).toHaveLength(1);
    frame();
    expect(session.store.getState().generation).toBe(generation + 1);
    expect(shown()[0]!.curve!.step).toHaveLength(100);
    expect(frames).toHaveLength(0);
  });

  it('keeps what theory says of a run, before and after its first points', () => {
    const theory = { type: 'theory', run: runKey(first), step: [], expectedLoss: new Float64Array(0) } as const;
    session.apply({ ...theory, guaranteedRate: 0.9 });
    points(first, 0, 1);
    session.apply({ ...theory, step: [0, 1], expectedLoss: Float64Array.of(1, 0.5) });
    session.apply({ ...theory, run: 'a run that is gone', guaranteedRate: 0.1 });
    frame();
    expect(shown()[0]!.curve!.theory).toEqual({
      guaranteedRate: 0.9,
      expected: { step: [0, 1], loss: Float64Array.of(1, 0.5) },
    });
    start(first);
    points(first, 0);
    frame();
    expect(shown()[0]!.curve!.theory).toEqual({});
  });

  it('shows no curve before the first points', () => {
    frame();
    expect(shown().map(({ id, curve }) => [id, curve])).toEqual([
      [10, undefined],
      [11, undefined],
    ]);
  });

  it('keeps the old curve after a change until the first new points', () => {
    points(first, 0, 1, 2);
    frame();
    const changed = { ...config, runs: [other, second] };
    session.follow(changed, [10, 11]);
    session.expect(changed);
    frame();
    expect(shown()[0]).toMatchObject({ stale: true, run: other });
    expect(shown()[0]!.curve!.step).toEqual([0, 1, 2]);
    start(other);
    frame();
    expect(shown()[0]!.stale).toBe(true);
    points(other, 0);
    frame();
    expect(shown()[0]).toMatchObject({ stale: false });
    expect(shown()[0]!.curve!.step).toEqual([0]);
    expect(shown()[0]!.curve!.run).toBe(other);
  });

  it('drops late points of a run that was given up', () => {
    points(first, 0);
    session.expect({ ...config, runs: [other, second] });
    session.follow({ ...config, runs: [other, second] }, [10, 11]);
    points(first, 1);
    frame();
    expect(shown()[0]!.stale).toBe(true);
    expect(session.hasPoints(runKey(first))).toBe(false);
  });

  it('replaces the curve of a run that starts again with the same settings', () => {
    points(first, 0, 1);
    frame();
    start(first);
    expect(session.hasPoints(runKey(first))).toBe(false);
    frame();
    points(first, 0);
    frame();
    expect(shown()[0]!.curve!.step).toEqual([0]);
  });

  it('shows one computation for two equal runs', () => {
    const twice = { ...config, runs: [first, first] };
    session.expect(twice);
    session.follow(twice, [10, 12]);
    points(first, 0);
    frame();
    expect(shown()[0]!.curve).toBe(shown()[1]!.curve);
  });

  it('marks finished curves', () => {
    points(first, 0);
    session.apply({ type: 'run-finished', run: runKey(first) });
    frame();
    expect(shown()[0]!.curve!.finished).toBe(true);
  });

  it('clears the curves when the experiment cannot run', () => {
    points(first, 0);
    frame();
    session.fail('column "price" is missing');
    frame();
    expect(session.store.getState()).toMatchObject({ failure: 'column "price" is missing', objective: undefined });
    expect(shown().every(({ curve }) => curve === undefined)).toBe(true);
    session.apply({ type: 'restarted', objective, config });
    frame();
    expect(session.store.getState().failure).toBeUndefined();
  });

  it('keeps no curve from another kind of problem, whose losses would stretch the axes', () => {
    points(first, 0, 1);
    frame();
    session.apply({ type: 'restarted', objective, config });
    frame();
    expect(shown()[0]).toMatchObject({ stale: true, curve: { step: [0, 1] } });
    const network: ExperimentConfig = { ...config, problem: defaultNetwork };
    session.expect(network);
    session.follow(network, [10, 11]);
    session.apply({ type: 'restarted', objective, config: network });
    frame();
    expect(shown().map(({ curve }) => curve)).toEqual([undefined, undefined]);
  });

  it('keeps why a restart was refused, and no curve of the settings before', () => {
    points(first, 0, 1);
    frame();
    session.apply({ type: 'restarted', objective, config });
    session.apply({ type: 'progress', progress: { ...idleProgress, state: 'preparing' } });
    session.apply({ type: 'notice', level: 'error', message: 'too large' });
    session.apply({ type: 'progress', progress: { ...idleProgress, state: 'failed' } });
    frame();
    expect(session.store.getState().failure).toBe('too large');
    expect(shown().map(({ curve }) => curve)).toEqual([undefined, undefined]);
    session.apply({ type: 'restarted', objective, config });
    frame();
    expect(session.store.getState().failure).toBeUndefined();
  });

  it('keeps what a race computed until it failed', () => {
    points(first, 0, 1);
    session.apply({ type: 'progress', progress: { ...idleProgress, state: 'failed' } });
    session.apply({ type: 'notice', level: 'error', message: 'the device is gone' });
    session.apply({ type: 'notice', level: 'info', message: 'by the way' });
    frame();
    expect(session.store.getState().failure).toBe('the device is gone');
    expect(shown()[0]).toMatchObject({ stale: false, curve: { step: [0, 1] } });
  });

  it('replaces a data set of the same files', () => {
    session.addDataset({ files: ['a.csv'], rows: 3, columns: ['x', 'y'] });
    session.addDataset({ files: ['b.csv'], rows: 4, columns: ['x', 'y'] });
    session.addDataset({ files: ['a.csv'], rows: 5, columns: ['x', 'y'] });
    expect(session.datasets().map(({ files, rows }) => [files[0], rows])).toEqual([
      ['b.csv', 4],
      ['a.csv', 5],
    ]);
    frame();
    expect(session.store.getState().datasets).toHaveLength(2);
  });
});
