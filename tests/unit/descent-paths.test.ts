/** Paths of a race that changes: late answers are dropped, outdated paths fade. */
import { describe, expect, it } from 'vitest';
import { runKey, type RunConfig } from '../../src/experiment/config';
import { askForPaths, followed, startOn, type KnownPath } from '../../src/ui/descent/known-paths';
import type { ObjectiveSummary, Trajectory } from '../../src/worker/protocol';
import { mass, nesterov, sgd } from './chart-support';

const objective = (): ObjectiveSummary => ({ dimension: 2 }) as unknown as ObjectiveSummary;
const answer = (reason: string): Trajectory => ({ kind: 'none', reason });
const pathOf = (run: RunConfig, reason: string): KnownPath => ({
  key: runKey(run),
  optimizer: run.optimizer,
  trajectory: answer(reason),
});

/** Answers that are given by hand. */
function service() {
  const open: { run: RunConfig; give: (trajectory: Trajectory | undefined) => void; fail: (why: Error) => void }[] = [];
  const ask = (run: RunConfig) =>
    new Promise<Trajectory | undefined>((give, fail) => {
      open.push({ run, give, fail });
    });
  return { open, ask };
}

const settled = () => new Promise((resolve) => setTimeout(resolve));

describe('asking for paths', () => {
  it('goes one by one and leaves out what is known', async () => {
    const { open, ask } = service();
    const entries = new Map([[2, pathOf(nesterov, 'known')]]);
    let arrived = 0;
    const done = askForPaths({
      runs: [
        [1, sgd],
        [2, nesterov],
        [3, mass],
      ],
      entries,
      ask,
      present: () => true,
      arrived: () => arrived++,
    });
    expect(open.map(({ run }) => run)).toEqual([sgd]);
    open[0]!.give(answer('first'));
    await settled();
    expect(open.map(({ run }) => run)).toEqual([sgd, mass]);
    // The engine has none: the others still come.
    open[1]!.give(undefined);
    expect(await done).toBe(true);
    expect(arrived).toBe(1);
    expect([...entries]).toEqual([
      [2, pathOf(nesterov, 'known')],
      [1, pathOf(sgd, 'first')],
    ]);
  });

  it('asks again for a run with other settings', async () => {
    const changed = { ...sgd, hyper: { eta: 0.01 } };
    const entries = new Map([[1, pathOf(sgd, 'old')]]);
    await askForPaths({
      runs: [[1, changed]],
      entries,
      ask: () => Promise.resolve(answer('new')),
      present: () => true,
      arrived: () => undefined,
    });
    expect(entries.get(1)).toEqual(pathOf(changed, 'new'));
  });

  it('drops the answer that comes after a restart, and asks no more', async () => {
    const { open, ask } = service();
    const entries = new Map<number, KnownPath>();
    let present = true;
    const done = askForPaths({
      runs: [
        [1, sgd],
        [2, mass],
      ],
      entries,
      ask,
      present: () => present,
      arrived: () => {
        throw new Error('a late path was shown');
      },
    });
    present = false;
    open[0]!.give(answer('late'));
    expect(await done).toBe(false);
    expect(entries.size).toBe(0);
    expect(open).toHaveLength(1);
  });

  it('hands a failure on', async () => {
    const { open, ask } = service();
    const done = askForPaths({ runs: [[1, sgd]], entries: new Map(), ask, present: () => true, arrived: () => 0 });
    open[0]!.fail(new Error('the engine is gone'));
    await expect(done).rejects.toThrow('the engine is gone');
  });
});

describe('paths that are known', () => {
  const problem = objective();
  const known = { objective: problem, entries: new Map([[1, pathOf(sgd, 'path')]]) };

  it('are of use on their own problem alone', () => {
    expect(startOn(known, problem)).toEqual(known.entries);
    // What is added does not change what is shown.
    expect(startOn(known, problem)).not.toBe(known.entries);
    expect(startOn(known, objective())).toEqual(new Map());
  });

  it('are fresh while nothing changed, and fade once settings or race did', () => {
    expect(followed(known, problem, 1, sgd)).toEqual({ trajectory: answer('path'), stale: false });
    expect(followed(known, problem, 1, { ...sgd, batch: 2 })).toEqual({ trajectory: answer('path'), stale: true });
    expect(followed(known, objective(), 1, sgd)).toEqual({ trajectory: answer('path'), stale: true });
    expect(followed(known, undefined, 1, sgd).stale).toBe(true);
  });

  it('never stand for another optimizer or another run', () => {
    expect(followed(known, problem, 1, mass).trajectory).toBeUndefined();
    expect(followed(known, problem, 2, sgd).trajectory).toBeUndefined();
  });
});
