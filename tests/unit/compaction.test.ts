/** Lanes that have ended free their work: the others move to a smaller cohort, and nobody sees a difference. */
import { afterEach, describe, expect, it } from 'vitest';
import type { SessionEvent } from '../../src/engine/events';
import { GroupRunner } from '../../src/engine/group-runner';
import type { ExperimentConfig, RunConfig } from '../../src/experiment/config';
import { experiment, mass, sgd, stage, until, type Stage } from '../support/experiments';
import { streamProblem } from '../support/problems';
import { ScriptedMachine, type Script } from '../support/scripted-backend';

let open: Stage[] = [];
const begin = (script: Script = {}, moveMilliseconds = 0): Stage => {
  const made = stage(script, { moveMilliseconds, sliceMilliseconds: 1e-9, checkpointSeconds: 0.001 });
  open.push(made);
  return made;
};

afterEach(async () => {
  for (const { session, machine, recorder } of open) {
    await session.close();
    expect(recorder.violations).toEqual([]);
    expect(machine.misuses).toEqual([]);
    expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
  }
  open = [];
});

/** The first run diverges soon, on all lanes; the second one on some; the third one never. */
const config = experiment({ steps: 300, seeds: 4, runs: [sgd(30), sgd(1.3), mass()] });

const finish = async ({ session }: Stage, wanted: ExperimentConfig): Promise<void> => {
  await session.update(wanted);
  expect(await session.settled()).toBe('finished');
};

const shown = ({ recorder }: Stage, runs: readonly RunConfig[]) =>
  runs.map((run) => {
    const { step, loss, outcomes, finished } = recorder.curve(run);
    return { step, loss, outcomes, finished };
  });

describe('a group with few lanes left', () => {
  it.each<[string, Script]>([
    ['undisturbed', {}],
    ['one call at a time', { depth: 1 }],
    ['many calls at a time', { depth: 5 }],
    ['the device is lost while the lanes are read', { lostAt: { save: [1, 2] } }],
    ['the device is lost while the lanes are made', { lostAt: { cohort: [2] } }],
    ['the device is lost before and after it moved', { lostAt: { execute: [3, 20, 60, 150] } }],
    ['there is no room for both cohorts', { cohortFails: { 2: 'out of memory' } }],
  ])('moves to a smaller cohort; %s', async (_, script) => {
    const plain = begin({}, Number.POSITIVE_INFINITY);
    await finish(plain, config);
    expect(plain.machine.made).toEqual([12]);
    const scene = begin(script);
    await finish(scene, config);
    if (!script.cohortFails) expect(scene.machine.made.at(-1)).toBeLessThanOrEqual(9);
    expect(shown(scene, config.runs)).toEqual(shown(plain, config.runs));
    const kinds = config.runs.map((run) => scene.recorder.curve(run).outcomes.map(({ kind }) => kind));
    expect(new Set(kinds[0])).toEqual(new Set(['diverged']));
    expect(new Set(kinds[2])).toEqual(new Set(['completed']));
    // A move that fails is nobody's business.
    expect(scene.recorder.notices.filter((notice) => notice.includes('memory'))).toEqual([]);
  });

  it('tells of a run that is over while others go on, and shows nothing of it after that', async () => {
    const scene = begin();
    await finish(scene, config);
    const ends = scene.recorder.events.flatMap((event) => (event.type === 'run-finished' ? [event.run] : []));
    expect(ends).toHaveLength(3);
    expect(ends[0]).toContain('eta=30');
    expect(scene.recorder.curve(sgd(30)).step.at(-1)).toBeLessThan(100);
  });

  it('moves as well when runs are removed or changed', async () => {
    const wanted = { ...config, steps: 3000, runs: [sgd(0.1), sgd(0.2), mass()] };
    const plain = begin({}, Number.POSITIVE_INFINITY);
    await finish(plain, { ...wanted, runs: [mass()] });
    const scene = begin();
    await scene.session.update(wanted);
    await until(() => scene.recorder.curve(mass()).step.length > 3);
    await finish(scene, { ...wanted, runs: [mass()] });
    expect(scene.machine.made).toEqual([12, 4]);
    expect(shown(scene, [mass()])).toEqual(shown(plain, [mass()]));
  });

  it('can be paused, stepped and resumed whether it is about to move or has moved', async () => {
    const plain = begin({}, Number.POSITIVE_INFINITY);
    await finish(plain, config);
    const scene = begin();
    await scene.session.update(config);
    for (let k = 0; k < 40; k++) {
      await scene.session.pause();
      await scene.session.resume();
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(await scene.session.settled()).toBe('finished');
    expect(scene.machine.made.at(-1)).toBeLessThanOrEqual(9);
    expect(shown(scene, config.runs)).toEqual(shown(plain, config.runs));
  });

  it('stays where a move would cost more than it saves', async () => {
    const scene = begin({}, 1e9);
    await finish(scene, config);
    expect(scene.machine.made).toEqual([12]);
  });
});

describe('progress', () => {
  it.each<[string, Script]>([
    ['undisturbed', {}],
    ['with lost devices', { lostAt: { execute: [5, 90, 130] } }],
  ])('never steps back while nothing is changed, and ends at 1: %s', async (_, script) => {
    const scene = begin(script);
    const short = { ...config, runs: [sgd(30), mass()] };
    await scene.session.update(short);
    await until(() => scene.recorder.curve(mass()).step.length > 3);
    const from = scene.recorder.events.length;
    // A second group, which ends later than the first one.
    await finish(scene, { ...short, runs: [...short.runs, sgd(0.05)] });
    const fractions = scene.recorder.events
      .slice(from)
      .flatMap((event) => (event.type === 'progress' && event.progress.lanes !== 8 ? [event.progress.fraction] : []));
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBe(1);
  });
});

describe('a runner of groups', () => {
  const objective = streamProblem('gaussian', 2);
  const run = sgd(0.2);
  const lanes = Array.from({ length: 4 }, (_, seed) => ({ run, seed }));
  const options = { objective, lanes, seed: 1, sampling: 'replacement', lossLimit: 1e9 } as const;
  const schedule = Array.from({ length: 201 }, (_, k) => k);

  function runner(machine = new ScriptedMachine()) {
    const events: SessionEvent[] = [];
    let failure: unknown;
    const made = new GroupRunner({
      open: machine.open,
      emit: (event) => events.push(event),
      sliceMilliseconds: 1e-9,
      checkpointSeconds: 1,
      moveMilliseconds: 0,
      advanced: () => undefined,
      stopped: () => undefined,
      failed: (error) => {
        failure = error;
      },
    });
    return { made, events, machine, failure: () => failure };
  }

  const points = (events: readonly SessionEvent[]) =>
    events.flatMap((event) => (event.type === 'points' ? [event] : []));

  it('ends lanes at a goal, and the group with the last of them', async () => {
    const plain = runner();
    await plain.made.add(options, [{ key: 'a', run, first: 0, count: 4 }], schedule, () => undefined);
    plain.made.start();
    await plain.made.rest();
    const curve = points(plain.events).flatMap(({ step, loss }) => step.map((_, p) => loss.slice(p * 4, (p + 1) * 4)));
    const goal = curve[40]![0]!;

    const scene = runner();
    const told: string[] = [];
    await scene.made.add({ ...options, stopBelow: goal }, [{ key: 'a', run, first: 0, count: 4 }], schedule, () =>
      told.push('announced'),
    );
    scene.made.start();
    await scene.made.rest();
    expect(scene.failure()).toBeUndefined();
    const last = points(scene.events).at(-1)!;
    last.outcomes.forEach((outcome, lane) => {
      const step = curve.findIndex((row) => row[lane]! <= goal);
      expect(outcome).toEqual({ kind: 'converged', step, loss: curve[step]![lane] });
      const mine = points(scene.events).flatMap((event) => event.step.map((_, p) => event.loss[p * 4 + lane]!));
      expect(mine.slice(0, step + 1)).toEqual(curve.slice(0, step + 1).map((row) => row[lane]));
      expect(mine.slice(step + 1).every(Number.isNaN)).toBe(true);
    });
    expect(last.step.at(-1)).toBeLessThan(200);
    expect(scene.events.at(-1)).toEqual({ type: 'run-finished', run: 'a' });
    expect(scene.made.groups).toHaveLength(0);
    expect(scene.made.laneSteps).toEqual({ done: 800, total: 800 });
    expect(scene.machine.made.length).toBeGreaterThan(1);
    for (const { made } of [plain, scene]) await made.close();
    expect(scene.machine.misuses).toEqual([]);
  });

  it('makes lanes only when few enough groups are there, and tells who waits when all is cleared', async () => {
    const { made } = runner();
    const started: string[] = [];
    const add = (key: string) =>
      made.add(options, [{ key, run, first: 0, count: 4 }], schedule, () => started.push(key), { atMost: 1 });
    await add('a');
    const second = add('b').then(() => started.push('b is there'));
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(started).toEqual(['a']);
    made.start();
    await second;
    expect(started).toEqual(['a', 'b', 'b is there']);
    expect(made.groups).toHaveLength(1);
    const third = expect(add('c')).rejects.toMatchObject({ name: 'AbortError' });
    await made.clear();
    await third;
    await made.close();
  });
});
