/** A session follows a configuration: what restarts and what goes on, pause, step, reset, abort. */
import { afterEach, describe, expect, it } from 'vitest';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import type { Session } from '../../src/engine/session';
import { runKey, type ExperimentConfig, type ProblemConfig, type RunConfig } from '../../src/experiment/config';
import { evaluationSteps } from '../../src/experiment/schedule';
import { prepareProblem } from '../../src/problems/registry';
import { experiment, mass, nesterov, sgd, stage, until, type Stage } from '../support/experiments';

let open: Stage[] = [];
const begin = (...parameters: Parameters<typeof stage>): Stage => {
  const made = stage(...parameters);
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

const schedule = (config: ExperimentConfig) => evaluationSteps(config.steps, config.evalEvery);

/** What a run must show, computed without a session: losses by step. */
async function truth(config: ExperimentConfig, run: RunConfig): Promise<Record<number, number[]>> {
  const objective = await prepareProblem(config.problem, {
    seed: config.seed,
    table: () => Promise.reject(new Error()),
  });
  const lanes = Array.from({ length: config.seeds }, (_, seed) => ({ run, seed }));
  const { seed, sampling } = config;
  const cohort = await new CpuBackend().cohort({ objective, lanes, seed, sampling, lossLimit: 1e30 });
  const points = schedule(config);
  const segments = points.map((to, k) => ({ from: points[k - 1] ?? 0, to, record: true }));
  const losses = await cohort.execute(segments);
  return Object.fromEntries(points.map((t, p) => [t, [...losses.subarray(p * lanes.length, (p + 1) * lanes.length)]]));
}

describe('a session', () => {
  it('runs everything to the end and shows the true losses', async () => {
    const { session, recorder } = begin();
    const config = experiment();
    await session.update(config);
    expect(await session.settled()).toBe('finished');
    for (const run of config.runs) {
      const curve = recorder.curve(run);
      expect(curve.finished).toBe(true);
      expect(curve.lanes).toBe(3);
      expect(curve.outcomes.every((outcome) => outcome.kind === 'completed')).toBe(true);
      expect(recorder.losses(run)).toEqual(await truth(config, run));
      expect(curve.spectralRadius).toBeLessThan(1);
    }
    expect(recorder.events[0]!.type).toBe('engine');
    expect(recorder.states).toEqual(['preparing', 'running', 'finished']);
    expect(session.failure).toBeUndefined();
  });

  it('tells the theory of every run after its start, and again when it starts again', async () => {
    const { session, recorder } = begin();
    const config = experiment();
    await session.update(config);
    await session.settled();
    await session.theorySettled();
    for (const run of config.runs) {
      const events = recorder.events.filter((event) => 'run' in event && event.run === runKey(run));
      const theory = events.findIndex((event) => event.type === 'theory');
      expect(theory).toBeGreaterThan(events.findIndex((event) => event.type === 'run-started'));
      expect(events[theory]).toMatchObject({ step: schedule(config) });
    }
    const told = recorder.count('theory');
    await session.reset();
    await session.settled();
    await session.theorySettled();
    expect(recorder.count('theory')).toBe(2 * told);
    expect((await session.advise(sgd(), false))!.unstable['eta']![0]![0]).toBeCloseTo(1 / 3, 3);
    await session.abort();
    expect(await session.advise(sgd(), false)).toBeUndefined();
  });

  it('tells of the problem when it starts', async () => {
    const { session, recorder } = begin();
    await session.update(experiment());
    const restarted = recorder.events.find((event) => event.type === 'restarted');
    expect(restarted).toMatchObject({ objective: { dimension: 2, coordinates: 'error', constants: { L: 1, L1: 6 } } });
    expect(restarted).not.toHaveProperty('objective.rows');
    const stored = { kind: 'gaussian', spectrum: { values: [1, 0.5] }, rows: 20 } satisfies ProblemConfig;
    await session.update(experiment({ problem: stored }));
    expect(recorder.events.findLast((event) => event.type === 'restarted')).toMatchObject({ objective: { rows: 20 } });
    await session.settled();
  });

  it('restarts only the run that changed; the others go on', async () => {
    const { session, recorder } = begin();
    const config = experiment({ steps: 3000 });
    await session.update(config);
    await until(() => recorder.curve(mass()).step.length > 5);
    const before = recorder.curve(mass());
    await session.update({ ...config, runs: [sgd(0.2), mass()] });
    expect(await session.settled()).toBe('finished');
    expect(recorder.count('restarted')).toBe(1);
    expect(recorder.curve(mass())).toBe(before);
    expect(before.starts).toBe(1);
    expect(before.step).toEqual(schedule(config));
    expect(recorder.losses(mass())).toEqual(await truth(config, mass()));
    expect(recorder.losses(sgd(0.2))).toEqual(await truth(config, sgd(0.2)));
    expect(recorder.curve(sgd(0.1)).finished).toBe(false);
  });

  it('adds runs while others run and after they have finished', async () => {
    const { session, recorder } = begin();
    const config = experiment({ runs: [sgd()] });
    await session.update(config);
    await session.settled();
    await session.update({ ...config, runs: [sgd(), nesterov()] });
    expect(await session.settled()).toBe('finished');
    expect(recorder.curve(sgd()).starts).toBe(1);
    expect(recorder.losses(nesterov())).toEqual(await truth(config, nesterov()));
  });

  it('runs what is enabled, and equal runs once', async () => {
    const { session, recorder } = begin();
    const config = experiment({
      runs: [sgd(), { ...sgd(), label: 'again' }, { ...mass(), enabled: false }, { ...nesterov(), enabled: true }],
    });
    await session.update(config);
    await session.settled();
    expect([...recorder.curves.keys()]).toEqual([runKey(sgd()), runKey(nesterov())]);
    await session.update({ ...config, runs: [sgd(), { ...mass(), enabled: true }] });
    await session.settled();
    expect(recorder.curve(mass()).finished).toBe(true);
    expect(recorder.curve(sgd()).starts).toBe(1);
  });

  it('takes a run up again that was switched off while it ran', async () => {
    const { session, recorder } = begin();
    const config = experiment({ steps: 2000 });
    await session.update(config);
    await until(() => recorder.curve(mass()).step.length > 3);
    await session.update({ ...config, runs: [sgd(), { ...mass(), enabled: false }] });
    const shown = recorder.curve(mass()).step.length;
    await until(() => recorder.curve(sgd()).step.length > shown + 5 || recorder.curve(sgd()).finished);
    expect(recorder.curve(mass()).step.length).toBe(shown);
    await session.update(config);
    expect(await session.settled()).toBe('finished');
    expect(recorder.curve(mass()).starts).toBe(2);
    expect(recorder.losses(mass())).toEqual(await truth(config, mass()));
  });

  it('does nothing for a label, and nothing for no runs', async () => {
    const { session, recorder } = begin();
    const config = experiment();
    await session.update(config);
    await session.settled();
    const events = recorder.count('run-started');
    await session.update({ ...config, runs: config.runs.map((run) => ({ ...run, label: 'x' })) });
    expect(await session.settled()).toBe('finished');
    expect(recorder.count('run-started')).toBe(events);
    await session.update({ ...config, runs: config.runs.map((run) => ({ ...run, enabled: false })) });
    expect(await session.settled()).toBe('finished');
  });

  it.each<[string, Partial<ExperimentConfig>]>([
    ['seed', { seed: 2 }],
    ['seeds', { seeds: 2 }],
    ['steps', { steps: 200 }],
    ['evalEvery', { evalEvery: 11 }],
    ['problem', { problem: { kind: 'gaussian', spectrum: { values: [1, 0.5, 0.25] }, rows: 'stream' } }],
    ['divergenceFactor', { divergenceFactor: 1e5 }],
  ])('restarts everything for another %s', async (_, change) => {
    const { session, recorder } = begin();
    const config = experiment({ steps: 2000 });
    await session.update(config);
    await until(() => recorder.curve(sgd()).step.length > 2);
    await session.update({ ...config, ...change });
    expect(await session.settled()).toBe('finished');
    expect(recorder.count('restarted')).toBe(2);
    expect(recorder.losses(sgd())).toEqual(await truth({ ...config, ...change }, sgd()));
  });

  it('is over with a group whose lanes all diverge, early, and goes on with the others', async () => {
    const { session, recorder } = begin();
    const config = experiment({ steps: 100_000, evalEvery: 50, runs: [sgd(50)] });
    await session.update(config);
    await session.update({ ...config, runs: [sgd(50), sgd(0.01)] });
    await until(() => recorder.curve(sgd(50)).finished);
    const curve = recorder.curve(sgd(50));
    expect(curve.step.at(-1)).toBeLessThan(10_000);
    const first = curve.loss[0]![0]!;
    curve.outcomes.forEach((outcome, lane) => {
      if (outcome.kind !== 'diverged') throw new Error('still running');
      const row = curve.step.indexOf(outcome.step);
      const loss = curve.loss[row]![lane]!;
      expect(loss <= 1e6 * first).toBe(false);
      expect(curve.loss[row - 1]![lane]).toBeLessThanOrEqual(1e6 * first);
      expect(outcome.lastFiniteLoss).toBe(Number.isFinite(loss) ? loss : curve.loss[row - 1]![lane]);
    });
    expect(recorder.curve(sgd(0.01)).finished).toBe(false);
    await session.abort();
  });
});

describe('pause, resume and step', () => {
  it('pause stops all; resume goes on where it stood', async () => {
    const { session, recorder } = begin();
    const config = experiment({ steps: 2000 });
    await session.update(config);
    await until(() => recorder.curve(sgd()).step.length > 2);
    await session.pause();
    expect(session.state).toBe('paused');
    expect(await session.settled()).toBe('paused');
    // Theory goes on: it is not the race.
    await session.theorySettled();
    const shown = recorder.events.length;
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(recorder.events.length).toBe(shown);
    await session.resume();
    expect(await session.settled()).toBe('finished');
    for (const run of config.runs) expect(recorder.losses(run)).toEqual(await truth(config, run));
  });

  it('step pauses and shows one more step each time, from the start on', async () => {
    const { session, recorder } = begin();
    const config = experiment({ steps: 20, evalEvery: 7 });
    await session.update(config);
    await session.pause();
    await session.reset();
    expect(session.state).toBe('paused');
    const every = await truth({ ...config, evalEvery: 1 }, sgd());
    for (let t = 1; t <= 3; t++) {
      await session.step();
      expect(session.state).toBe('paused');
      // The start is shown with the first step.
      expect(recorder.curve(sgd()).step).toEqual(Array.from({ length: t + 1 }, (_, k) => k));
    }
    await session.resume();
    expect(await session.settled()).toBe('finished');
    expect(recorder.curve(sgd()).step).toEqual([0, 1, 2, 3, 7, 14, 20]);
    for (const [t, losses] of Object.entries(recorder.losses(sgd()))) expect(losses).toEqual(every[Number(t)]);
  });

  it('stepping to the end finishes', async () => {
    const { session, recorder } = begin();
    await session.update(experiment({ steps: 4, evalEvery: 'auto' }));
    await session.pause();
    await session.reset();
    for (let t = 1; t <= 4; t++) await session.step();
    expect(session.state).toBe('finished');
    expect(recorder.curve(sgd()).step).toEqual([0, 1, 2, 3, 4]);
    expect(recorder.curve(sgd()).finished).toBe(true);
    await session.step();
    expect(session.state).toBe('finished');
  });

  it('a step while running pauses where it stands', async () => {
    const { session, recorder } = begin();
    const config = experiment({ steps: 5000 });
    await session.update(config);
    await until(() => recorder.curve(sgd()).step.length > 2);
    await session.step();
    expect(session.state).toBe('paused');
    await session.resume();
    await session.settled();
    const points = schedule(config);
    expect(recorder.curve(sgd()).step.filter((t) => points.includes(t))).toEqual(points);
  });

  it('what changes while paused stays paused', async () => {
    const { session, recorder } = begin();
    const config = experiment({ steps: 2000 });
    await session.update(config);
    await session.pause();
    await session.update({ ...config, runs: [sgd(0.2), mass()] });
    expect(session.state).toBe('paused');
    expect(recorder.curve(sgd(0.2)).step).toEqual([]);
    await session.update({ ...config, seed: 5 });
    expect(session.state).toBe('paused');
    await session.resume();
    expect(await session.settled()).toBe('finished');
  });

  it('a pause that comes too late does not hold up what is started next', async () => {
    const { session } = begin();
    const config = experiment({ steps: 3 });
    await session.update(config);
    await Promise.all([session.pause(), session.settled()]);
    if (session.state === 'paused') await session.resume();
    expect(await session.settled()).toBe('finished');
    await session.pause();
    await session.update({ ...config, runs: [...config.runs, nesterov()] });
    expect(await session.settled()).toBe('finished');
  });

  it('a pause during the last steps is over when they are', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { session, recorder } = begin({ gate: () => gate });
    const config = experiment({ steps: 3, evalEvery: 1, runs: [sgd()] });
    await session.update(config);
    const paused = session.pause();
    release();
    await paused;
    expect(session.state).toBe('finished');
    await session.update({ ...config, runs: [sgd(), nesterov()] });
    expect(await session.settled()).toBe('finished');
    expect(recorder.curve(nesterov()).finished).toBe(true);
  });
});

describe('reset and abort', () => {
  it('reset starts again from step 0 and gives the same losses', async () => {
    const { session, recorder } = begin();
    const config = experiment();
    await session.update(config);
    await session.settled();
    const first = recorder.losses(sgd());
    await session.reset();
    expect(recorder.count('restarted')).toBe(2);
    expect(await session.settled()).toBe('finished');
    expect(recorder.losses(sgd())).toEqual(first);
  });

  it('abort stops at once, frees all, and the next update starts anew', async () => {
    const { session, recorder, machine } = begin();
    const config = experiment({ steps: 100_000_000, evalEvery: 'auto' });
    await session.update(config);
    await until(() => recorder.curve(sgd()).step.length > 2);
    await session.abort();
    expect(session.state).toBe('idle');
    expect(machine.leaks.cohorts).toBe(0);
    await session.update(experiment());
    expect(await session.settled()).toBe('finished');
    await session.abort();
    await session.update(experiment());
    expect(await session.settled()).toBe('finished');
  });

  it.each(['abort', 'pause', 'resume', 'step', 'reset'] as const)(
    '%s does nothing before the first update',
    async (name) => {
      const { session, machine } = begin();
      await session[name]();
      expect(session.state).toBe('idle');
      expect(machine.opened).toBe(0);
    },
  );

  it.each(['pause', 'resume', 'step'] as const)('after an abort %s changes nothing', async (name) => {
    const { session, recorder } = begin();
    const config = experiment();
    await session.update(config);
    await session.abort();
    await session[name]();
    expect(session.state).toBe('idle');
    await session.update(config);
    expect(await session.settled()).toBe('finished');
    expect(recorder.curve(sgd()).finished).toBe(true);
  });

  it('a session that was paused and aborted starts running', async () => {
    const { session } = begin();
    const config = experiment({ steps: 5000 });
    await session.update(config);
    await session.pause();
    await session.abort();
    await session.update(experiment());
    expect(await session.settled()).toBe('finished');
  });

  it('works from every state', async () => {
    for (const reach of [
      () => Promise.resolve(),
      (s: Session) => s.pause(),
      (s: Session) => s.step(),
      (s: Session) => s.settled(),
      (s: Session) => s.abort(),
    ])
      for (const act of ['reset', 'abort'] as const) {
        const { session, recorder } = begin();
        await session.update(experiment());
        await reach(session);
        const wasPaused = session.state === 'paused';
        await session[act]();
        const state = await session.settled();
        expect(state).toBe(act === 'abort' ? 'idle' : wasPaused ? 'paused' : 'finished');
        if (state === 'paused') await session.resume();
        if (act === 'reset') {
          expect(await session.settled()).toBe('finished');
          expect(recorder.curve(sgd()).finished).toBe(true);
        }
      }
  });
});
