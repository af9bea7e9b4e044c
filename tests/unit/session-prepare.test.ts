/** Preparing a problem takes time and may fail: what ran goes on, the latest configuration wins. */
import { afterEach, describe, expect, it } from 'vitest';
import { DataError, type Table } from '../../src/data/table';
import type { ExperimentConfig, ProblemConfig } from '../../src/experiment/config';
import { experiment, mass, nesterov, sgd, stage, until, type Stage } from '../support/experiments';
import type { Script } from '../support/scripted-backend';
import { sequence } from '../support/problems';

const next = sequence(3);
const table: Table = {
  source: 'data.csv',
  rows: 12,
  columns: ['a', 'b', 'y'],
  values: Float32Array.from({ length: 36 }, next),
};

const data = (file: string): ProblemConfig => ({
  kind: 'linear-regression',
  dataset: { files: [file] },
  target: {},
  scaling: 'standardised',
  intercept: false,
});

/** A stage whose data sets are there when a test says so. */
function withData(script: Script = {}) {
  const asked = new Map<string, { give: (table: Table) => void; refuse: (error: Error) => void }>();
  const made = stage(script, {
    table: ([file]) =>
      new Promise((give, refuse) => {
        asked.set(file!, { give, refuse });
      }),
  });
  open.push(made);
  const answer = async (file: string, reply: Table | Error) => {
    await until(() => asked.has(file), `a request for ${file}`);
    const { give, refuse } = asked.get(file)!;
    asked.delete(file);
    if (reply instanceof Error) refuse(reply);
    else give(reply);
  };
  return { ...made, answer };
}

let open: Stage[] = [];
afterEach(async () => {
  for (const { session, machine, recorder } of open) {
    await session.close();
    expect(recorder.violations).toEqual([]);
    expect(machine.misuses).toEqual([]);
    expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
  }
  open = [];
});

const long = (changes: Partial<ExperimentConfig> = {}) => experiment({ steps: 100_000, evalEvery: 10, ...changes });

describe('while a problem is prepared', () => {
  it('what ran goes on, and is replaced when it is ready', async () => {
    const { session, recorder, answer } = withData();
    await session.update(long());
    await until(() => recorder.curve(sgd()).step.length > 2);
    const update = session.update(experiment({ problem: data('data.csv') }));
    await until(() => session.state === 'preparing');
    const shown = recorder.curve(sgd()).step.length;
    await until(() => recorder.curve(sgd()).step.length > shown + 5);
    await answer('data.csv', table);
    await update;
    expect(await session.settled()).toBe('finished');
    expect(recorder.count('restarted')).toBe(2);
    expect(recorder.events.findLast((event) => event.type === 'restarted')).toMatchObject({
      objective: { rows: 12, dimension: 2, coordinates: 'weights' },
    });
    expect(recorder.curve(sgd()).finished).toBe(true);
  });

  it('the latest of several updates wins, and all resolve', async () => {
    const { session, recorder, answer } = withData();
    const updates = [
      session.update(experiment({ problem: data('first.csv') })),
      session.update(experiment({ problem: data('second.csv') })),
      session.update(experiment({ problem: data('third.csv'), runs: [nesterov()] })),
    ];
    await answer('third.csv', table);
    await Promise.all(updates);
    expect(await session.settled()).toBe('finished');
    expect(recorder.count('restarted')).toBe(1);
    expect([...recorder.curves.values()].map((curve) => curve.finished)).toEqual([true]);
  });

  it('an update during the preparation replaces it', async () => {
    const { session, recorder, answer } = withData();
    const first = session.update(experiment({ problem: data('first.csv') }));
    await until(() => session.state === 'preparing');
    const second = session.update(experiment());
    await answer('first.csv', table);
    await Promise.all([first, second]);
    expect(await session.settled()).toBe('finished');
    expect(recorder.config?.problem.kind).toBe('component-decoupled');
  });

  it('an abort ends it', async () => {
    const { session, recorder, answer } = withData();
    const update = session.update(experiment({ problem: data('data.csv') }));
    await until(() => session.state === 'preparing');
    const abort = session.abort();
    await answer('data.csv', table);
    await Promise.all([update, abort]);
    expect(session.state).toBe('idle');
    expect(recorder.curves.size).toBe(0);
    await session.update(experiment());
    expect(await session.settled()).toBe('finished');
  });
});

describe('a problem that cannot be prepared', () => {
  it('rejects the first update and leaves the session idle and usable', async () => {
    const { session, recorder, answer } = withData();
    const update = session.update(experiment({ problem: data('bad.csv') }));
    await answer('bad.csv', new DataError('bad.csv is not loaded.'));
    await expect(update).rejects.toThrow('bad.csv is not loaded.');
    expect(session.state).toBe('idle');
    expect(recorder.count('restarted')).toBe(0);
    await session.update(experiment());
    expect(await session.settled()).toBe('finished');
  });

  it('keeps what runs', async () => {
    const { session, recorder, answer } = withData();
    await session.update(experiment({ steps: 3000 }));
    await until(() => recorder.curve(sgd()).step.length > 2);
    const update = session.update(experiment({ steps: 3000, problem: data('bad.csv') }));
    await answer('bad.csv', new DataError('no such column'));
    await expect(update).rejects.toThrow('no such column');
    expect(session.state).toBe('running');
    expect(await session.settled()).toBe('finished');
    expect(recorder.count('restarted')).toBe(1);
    expect(recorder.curve(sgd()).finished).toBe(true);
    // Its own configuration is still the one it follows.
    await session.update(experiment({ steps: 3000, runs: [sgd(), nesterov()] }));
    await session.settled();
    expect(recorder.curve(sgd()).starts).toBe(1);
  });

  it('is not stuck where everything finished meanwhile', async () => {
    const { session, recorder, answer } = withData();
    await session.update(experiment({ steps: 500 }));
    const update = session.update(experiment({ problem: data('bad.csv') }));
    await until(() => recorder.curve(sgd()).finished && recorder.curve(mass()).finished);
    await answer('bad.csv', new DataError('no such column'));
    await expect(update).rejects.toThrow('no such column');
    expect(await session.settled()).toBe('finished');
    expect(recorder.states.at(-1)).toBe('finished');
  });

  it('stays paused where it was paused', async () => {
    const { session, answer } = withData();
    await session.update(long());
    await session.pause();
    const update = session.update(long({ problem: data('bad.csv') }));
    await answer('bad.csv', new DataError('no such column'));
    await expect(update).rejects.toThrow('no such column');
    expect(session.state).toBe('paused');
    await session.abort();
  });
});

describe('lanes that cannot be made', () => {
  it('fail the session where there is nothing else, and the next update starts anew', async () => {
    const { session, recorder, machine } = withData({ cohortFails: { 1: 'The GPU has no memory left for cohort' } });
    await session.update(experiment());
    expect(await session.settled()).toBe('failed');
    expect(session.failure).toEqual(new Error('The GPU has no memory left for cohort'));
    expect(recorder.notices).toEqual(['The GPU has no memory left for cohort']);
    expect(recorder.count('run-started')).toBe(0);
    expect(machine.leaks.cohorts).toBe(0);
    for (const command of ['pause', 'resume', 'step'] as const) {
      await session[command]();
      expect(session.state).toBe('failed');
    }
    await session.update(experiment());
    expect(await session.settled()).toBe('finished');
    expect(session.failure).toBeUndefined();
  });

  it('reject the update and keep what runs where runs were added', async () => {
    const { session, recorder } = withData({ cohortFails: { 2: 'The GPU has no memory left for cohort' } });
    const config = experiment({ steps: 3000 });
    await session.update(config);
    await until(() => recorder.curve(sgd()).step.length > 2);
    const update = session.update({ ...config, runs: [sgd(), nesterov()] });
    await expect(update).rejects.toThrow('no memory left');
    expect(session.state).toBe('running');
    // The next one counts from what runs.
    await session.update({ ...config, runs: [mass(), nesterov()] });
    expect(await session.settled()).toBe('finished');
    expect(recorder.curve(mass())).toMatchObject({ starts: 1, finished: true });
    expect(recorder.curve(nesterov())).toMatchObject({ starts: 1, finished: true });
    expect(recorder.curve(sgd()).finished).toBe(false);
  });

  it('an engine that cannot be opened rejects the update', async () => {
    const { session, recorder } = withData({ openFails: { 1: 'no engine today' } });
    await expect(session.update(experiment())).rejects.toThrow('no engine today');
    expect(session.state).toBe('idle');
    await session.update(experiment());
    expect(await session.settled()).toBe('finished');
    expect(recorder.count('engine')).toBe(1);
  });
});
