/** A race that goes on from what was kept of it comes to the same curves as one that was never left. */
import { describe, expect, it } from 'vitest';
import { raceKey } from '../../src/engine/race-key';
import { RaceLog } from '../../src/engine/race-log';
import type { SavedBody } from '../../src/engine/saved-race';
import { Session } from '../../src/engine/session';
import { parseExperiment, runKey, type ExperimentConfig } from '../../src/experiment/config';
import { evaluationSteps } from '../../src/experiment/schedule';
import { experiment, mass, nesterov, sgd, stage, until, type Stage } from '../support/experiments';

/** Checkpoints at every turn, slices of one step, so that a race is met anywhere. */
const OFTEN = { checkpointSeconds: 0, sliceMilliseconds: 1e-9 };

const network = parseExperiment({
  ...experiment({ steps: 60, evalEvery: 7, seeds: 2 }),
  problem: {
    kind: 'network',
    data: { kind: 'moons', rows: 40, noise: 0.1 },
    test: 0.25,
    loss: 'cross-entropy',
    layers: [{ kind: 'dense', units: 4 }, { kind: 'batch-norm' }, { kind: 'relu' }],
  },
  runs: [sgd(0.1, 8), { ...mass(0.05), batch: 8 }],
});

async function undisturbed(config: ExperimentConfig): Promise<Stage> {
  const scene = stage({});
  await scene.session.update(config);
  await scene.session.settled();
  return scene;
}

/** What a page that is left after some step keeps; the runs of `before` had finished by then. */
async function left(config: ExperimentConfig, after: number, before?: ExperimentConfig): Promise<SavedBody> {
  const log = new RaceLog();
  const scene = stage({}, OFTEN);
  let saved: SavedBody | undefined;
  const keep = () => {
    const state = saved ? undefined : session.saved;
    if (!state || state.head.step < after) return;
    const { groups, finished } = state.body;
    const keys = [...groups.flatMap(({ runs }) => runs.map(({ key }) => key)), ...finished.map(({ key }) => key)];
    // As a database copies it.
    saved = structuredClone({ ...state.body, curves: keys.flatMap((key) => log.curve(key) ?? []) });
  };
  const session: Session = new Session({
    ...OFTEN,
    open: scene.machine.open,
    table: () => Promise.reject(new Error('no data')),
    listener: (event) => {
      log.take(event);
      // All runs of a slice have told their points then.
      if (event.type === 'points') queueMicrotask(keep);
    },
  });
  if (before) {
    await session.update(before);
    await session.settled();
    saved = undefined;
  }
  await session.update(config);
  await until(() => saved !== undefined, 'a checkpoint');
  await session.close();
  return saved!;
}

async function goneOn(config: ExperimentConfig, saved: SavedBody): Promise<Stage> {
  const scene = stage({});
  expect(await scene.session.goOn(config, saved)).toBe(true);
  expect(await scene.session.settled()).toBe('finished');
  return scene;
}

describe('a race that goes on', () => {
  it.each<[string, ExperimentConfig, number]>([
    ['linear, from its beginning', experiment(), 1],
    ['linear, from its middle', experiment(), 150],
    ['with lanes that have diverged', experiment({ runs: [sgd(), nesterov(0.9, 0.9), mass()] }), 60],
    ['a network with batch normalisation', network, 25],
  ])('%s: as if it had never been left', async (_, config, after) => {
    const whole = await undisturbed(config);
    const saved = await left(config, after);
    const { recorder, session, machine } = await goneOn(config, saved);
    expect(recorder.violations).toEqual([]);
    expect(machine.misuses).toEqual([]);
    for (const run of config.runs) {
      const curve = recorder.curve(run);
      expect(recorder.losses(run)).toEqual(whole.recorder.losses(run));
      expect(curve.outcomes).toEqual(whole.recorder.curve(run).outcomes);
      expect(curve.finished).toBe(true);
    }
    const own = config.problem.kind === 'network' ? await session.weights(runKey(config.runs[0]!), 1) : undefined;
    const other = await whole.session.weights(runKey(config.runs[0]!), 1);
    expect(own?.parameters).toEqual(other?.parameters);
    expect(own?.statistics).toEqual(other?.statistics);
    // No step before the checkpoint is taken again.
    const from = Math.min(...saved.groups.map(({ step }) => step));
    expect(from).toBeGreaterThanOrEqual(after);
    await session.close();
    await whole.session.close();
    expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
  });

  it('keeps finished runs as they are, and starts those that were not kept', async () => {
    const config = experiment({ runs: [sgd(), mass(), nesterov()] });
    const whole = await undisturbed(config);
    const known = { ...config, runs: [sgd(), mass()] };
    const saved = await left(known, 100, { ...config, runs: [sgd()] });
    expect(saved.finished).toEqual([{ key: runKey(sgd()), laneSteps: 3 * 300 }]);
    const { recorder, session } = await goneOn(config, { ...saved, key: raceKey(config) });
    expect(recorder.violations).toEqual([]);
    for (const run of config.runs) expect(recorder.losses(run)).toEqual(whole.recorder.losses(run));
    await session.close();
    await whole.session.close();
  });

  it('paused and left again, it still goes on', async () => {
    const config = experiment({ steps: 200 });
    const once = await left(config, 40);
    const scene = stage({}, OFTEN);
    await scene.session.goOn(config, once);
    await scene.session.pause();
    const state = scene.session.saved!;
    expect(state.head).toMatchObject({ steps: 200, kind: 'cpu' });
    expect(state.head.step).toBeGreaterThanOrEqual(40);
    await scene.session.resume();
    await scene.session.settled();
    expect(scene.session.saved).toBeUndefined();
    expect(scene.recorder.curve(config.runs[0]!).step).toEqual(evaluationSteps(200, 7));
    await scene.session.close();
  });

  it.each<[string, (saved: SavedBody) => SavedBody]>([
    ['another configuration', (saved) => ({ ...saved, key: 'other' })],
    ['other data', (saved) => ({ ...saved, print: saved.print + 1 })],
    ['a run without its curve', (saved) => ({ ...saved, curves: saved.curves.slice(1) })],
    [
      'another dimension',
      (saved) => ({ ...saved, groups: saved.groups.map((group) => ({ ...group, values: new Float64Array(6) })) }),
    ],
  ])('is not made of %s', async (_, change) => {
    const config = experiment();
    const { session, recorder } = stage({});
    expect(await session.goOn(config, change(await left(config, 20)))).toBe(false);
    expect(recorder.count('restarted')).toBe(0);
    await session.update(config);
    expect(await session.settled()).toBe('finished');
    await session.close();
  });
});
