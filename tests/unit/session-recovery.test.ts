/** A device is lost: another takes over from the last checkpoint, and the curves are those of an undisturbed session. */
import { afterEach, describe, expect, it } from 'vitest';
import type { ExperimentConfig, RunConfig } from '../../src/experiment/config';
import { evaluationSteps } from '../../src/experiment/schedule';
import { experiment, mass, nesterov, sgd, stage, until, type Stage } from '../support/experiments';
import type { Script } from '../support/scripted-backend';

let open: Stage[] = [];
/** Slices of one step (after the first) make calls countable; longer ones come as they come. */
const ONE_STEP = 1e-9;
const begin = (script: Script, checkpointSeconds = 0, sliceMilliseconds = ONE_STEP): Stage => {
  const made = stage(script, { checkpointSeconds, sliceMilliseconds });
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

const config = experiment({ steps: 400, evalEvery: 7, runs: [sgd(), mass()] });

const known = new Map<string, Promise<Map<RunConfig, Record<number, number[]>>>>();

/** All losses of a configuration that nothing disturbs. */
function undisturbed(wanted: ExperimentConfig) {
  const key = JSON.stringify(wanted);
  const losses = known.get(key) ?? compute(wanted);
  known.set(key, losses);
  return losses;
}

async function compute(wanted: ExperimentConfig) {
  const { session, recorder } = begin({}, 1000);
  await session.update(wanted);
  await session.settled();
  return new Map(wanted.runs.map((run) => [run, recorder.losses(run)]));
}

async function expectSameCurves({ recorder }: Stage, wanted: ExperimentConfig): Promise<void> {
  const points = evaluationSteps(wanted.steps, wanted.evalEvery);
  for (const [run, losses] of await undisturbed(wanted)) {
    const curve = recorder.curve(run);
    expect(curve.finished).toBe(true);
    // No point twice, none missing.
    expect(curve.step).toEqual(points);
    expect(recorder.losses(run)).toEqual(losses);
  }
}

const lost = /^The graphics device was lost; the runs go on with .* from the last checkpoint\.$/;

describe('a lost device', () => {
  it.each<[string, Script]>([
    ['in the first slice', { lostAt: { execute: [1] } }],
    ['in the middle', { lostAt: { execute: [200] } }],
    ['in the middle, nothing else under way', { lostAt: { execute: [150] }, depth: 1 }],
    ['while a checkpoint is saved', { lostAt: { save: [1] } }],
    ['at a later checkpoint', { lostAt: { save: [4] }, depth: 3 }],
    ['while starting', { lostAt: { cohort: [1] } }],
    ['while the lanes are made again', { lostAt: { execute: [5], cohort: [2] } }],
    ['twice', { lostAt: { execute: [50, 90] } }],
    ['in three slices one after the other', { lostAt: { execute: [5, 6, 7] } }],
    ['in every kind of call', { lostAt: { cohort: [1, 3], execute: [3, 12], save: [3, 6] } }],
  ])('%s: curves as if nothing had happened', async (_, script) => {
    for (const [checkpointSeconds, slice] of [
      [0, ONE_STEP],
      [0.002, ONE_STEP],
      [1000, ONE_STEP],
      [0, 1],
      [1000, 1],
    ]) {
      const scene = begin(script, checkpointSeconds, slice);
      await scene.session.update(config);
      expect(await scene.session.settled()).toBe('finished');
      await expectSameCurves(scene, config);
      // A call that never came cannot have lost the device.
      const losses = scene.machine.devices.filter((device) => device.lost).length;
      expect(scene.recorder.notices).toHaveLength(losses);
      for (const notice of scene.recorder.notices) expect(notice).toMatch(lost);
      expect(scene.recorder.count('engine')).toBe(losses + 1);
      expect(scene.recorder.count('restarted')).toBe(1);
      expect(scene.recorder.count('run-started')).toBe(2);
    }
  });

  it('goes on from the checkpoint, not from the start', async () => {
    const calls = async (script: Script, checkpointSeconds: number) => {
      const { session, machine } = begin({ ...script, depth: 1 }, checkpointSeconds);
      await session.update(config);
      expect(await session.settled()).toBe('finished');
      return machine.calls.execute;
    };
    const plain = await calls({}, 0);
    expect(await calls({ lostAt: { execute: [200] } }, 0)).toBeLessThan(plain + 10);
    expect(await calls({ lostAt: { execute: [200] } }, 1000)).toBeGreaterThan(plain + 150);
  });

  it('does not disturb a run that is added meanwhile', async () => {
    // Lost in the call that makes the new run's lanes, while the others compute.
    const scene = begin({ lostAt: { cohort: [2] } });
    const { session, recorder } = scene;
    await session.update({ ...config, steps: 600 });
    await until(() => recorder.curve(sgd()).step.length > 3);
    const wanted = { ...config, steps: 600, runs: [sgd(), mass(), nesterov()] };
    await session.update(wanted);
    expect(await session.settled()).toBe('finished');
    await expectSameCurves(scene, wanted);
    expect(scene.recorder.notices).toHaveLength(1);
    expect(scene.machine.opened).toBe(2);
  });

  it.each([0, 1, 2, 3, 4, 5, 6, 7])(
    'in call %i after a run was changed: what was removed stays away',
    async (after) => {
      const scene = begin({ lostAt: { execute: [6 + after] } });
      const { session, recorder } = scene;
      await session.update({ ...config, steps: 600 });
      await until(() => scene.machine.calls.execute >= 5);
      const wanted = { ...config, steps: 600, runs: [sgd(0.02), mass()] };
      await session.update(wanted);
      expect(await session.settled()).toBe('finished');
      await expectSameCurves(scene, wanted);
      expect(recorder.curve(sgd(0.1)).finished).toBe(false);
    },
  );

  it('in the last slice: nothing is taken for done that was only planned', async () => {
    const short = { ...config, steps: 1, evalEvery: 1 };
    const scene = begin({ lostAt: { execute: [1] } });
    await scene.session.update(short);
    // Looks for what is done while the device is being replaced.
    await scene.session.update(short);
    expect(await scene.session.settled()).toBe('finished');
    await expectSameCurves(scene, short);
  });

  it('fails the session where a paused one cannot be put on another device', async () => {
    const scene = begin({ lostAt: { cohort: [2] }, cohortFails: { 3: 'out of memory' } });
    const { session, recorder } = scene;
    await session.update(config);
    await session.pause();
    await expect(session.update({ ...config, runs: [...config.runs, nesterov()] })).rejects.toThrow('out of memory');
    expect(session.state).toBe('failed');
    expect(recorder.notices).toEqual([expect.stringMatching(lost), 'out of memory']);
    await session.update(config);
    expect(await session.settled()).toBe('finished');
    await expectSameCurves(scene, config);
  });

  it('stays paused, and steps on where it stood', async () => {
    const scene = begin({ lostAt: { execute: [12] } }, 1000);
    const { session, recorder, machine } = scene;
    const long = { ...config, steps: 600, runs: [sgd()] };
    await session.update(long);
    await until(() => machine.calls.execute >= 6);
    await session.pause();
    const at = recorder.curve(sgd()).step.at(-1)!;
    while (machine.opened < 2) {
      await session.step();
      expect(session.state).toBe('paused');
    }
    const shown = recorder.curve(sgd()).step.at(-1)!;
    await session.step();
    expect(session.state).toBe('paused');
    expect(shown).toBeGreaterThan(at);
    expect(recorder.curve(sgd()).step.at(-1)).toBe(shown + 1);
    await session.resume();
    expect(await session.settled()).toBe('finished');
    const points = evaluationSteps(long.steps, long.evalEvery);
    expect(recorder.curve(sgd()).step.filter((t) => points.includes(t))).toEqual(points);
    const losses = (await undisturbed(long)).get(long.runs[0]!)!;
    const mine = recorder.losses(sgd());
    for (const t of points) expect(mine[t]).toEqual(losses[t]);
  });

  it('keeps the divergence of a lane', async () => {
    const wanted = { ...config, steps: 400, runs: [sgd(3), sgd(0.01)], seeds: 4 };
    const scene = begin({ lostAt: { execute: [6, 11, 14] } });
    await scene.session.update(wanted);
    expect(await scene.session.settled()).toBe('finished');
    const plain = begin({});
    await plain.session.update(wanted);
    await plain.session.settled();
    for (const run of wanted.runs) {
      expect(scene.recorder.curve(run).outcomes).toEqual(plain.recorder.curve(run).outcomes);
      const [mine, theirs] = [scene.recorder.losses(run), plain.recorder.losses(run)];
      for (const t of Object.keys(mine).map(Number)) if (theirs[t]) expect(mine[t]).toEqual(theirs[t]);
    }
    expect(plain.recorder.curve(wanted.runs[0]!).outcomes.some((outcome) => outcome.kind === 'diverged')).toBe(true);
  });

  it('that cannot be replaced fails the session; the next update opens another', async () => {
    const scene = begin({ lostAt: { execute: [5] }, openFails: { 2: 'no device is left' } });
    const { session, recorder } = scene;
    await session.update(config);
    expect(await session.settled()).toBe('failed');
    expect(session.failure).toEqual(new Error('no device is left'));
    expect(recorder.notices).toEqual(['no device is left']);
    await session.update(config);
    expect(await session.settled()).toBe('finished');
    await expectSameCurves(scene, config);
  });

  const always = Array.from({ length: 1000 }, (_, k) => k + 1);

  it.each<[string, Script]>([
    ['is lost while starting', { lostAt: { cohort: always } }],
    ['is lost in the first slice', { lostAt: { execute: always } }],
    ['is lost in the middle', { lostAt: { execute: always.slice(60) } }],
  ])('where every one of them %s the processor takes over', async (_, script) => {
    const scene = begin(script);
    await scene.session.update(config);
    expect(await scene.session.settled()).toBe('finished');
    await expectSameCurves(scene, config);
    const { recorder, machine } = scene;
    expect(machine.opened).toBe(7);
    expect(recorder.notices).toHaveLength(6);
    expect(recorder.notices.at(-1)).toBe(
      'The graphics device was lost again and again; the runs go on with the processor from the last checkpoint.',
    );
    const engines = recorder.events.flatMap((event) => (event.type === 'engine' ? [event.engine] : []));
    expect(engines.at(-1)).toMatchObject({ kind: 'cpu', reason: 'The graphics device was lost again and again.' });
  });

  it('fails the session where the processor does not open either', async () => {
    const scene = begin({ lostAt: { cohort: always }, openFails: { 7: 'no processor' } });
    await scene.session.update(config);
    expect(await scene.session.settled()).toBe('failed');
    expect(scene.recorder.notices.at(-1)).toBe('no processor');
  });
});
