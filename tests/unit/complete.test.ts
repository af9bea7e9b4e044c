import { expect, it } from 'vitest';
import { runKey, type ExperimentConfig } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import { isComplete } from '../../src/state/complete';
import { createSession } from '../../src/state/session-store';

const [first, second] = defaultExperiment.runs as [
  (typeof defaultExperiment.runs)[0],
  (typeof defaultExperiment.runs)[0],
];
const config = { ...defaultExperiment, runs: [first, second], seeds: 1 };
const objective = { dimension: 2, coordinates: 'error', metrics: ['loss'] } as const;

/** A session whose engine has finished the runs of `config`. */
function finishedSession() {
  const frames: (() => void)[] = [];
  const session = createSession((callback) => frames.push(callback));
  const finish = (run: typeof first) => {
    session.apply({ type: 'run-started', run: runKey(run), lanes: 1 });
    session.apply({
      ...{ type: 'points', run: runKey(run), step: [0], seconds: [0] },
      loss: Float64Array.of(1),
      outcomes: [{ kind: 'running', step: 0 }],
    });
    session.apply({ type: 'run-finished', run: runKey(run) });
  };
  const follow = (followed: ExperimentConfig) => {
    session.expect(followed);
    session.follow(followed, [10, 11]);
  };
  follow(config);
  session.apply({ type: 'restarted', objective, config });
  finish(first);
  const complete = (shown: ExperimentConfig) => {
    for (const callback of frames.splice(0)) callback();
    return isComplete(shown, session.store.getState());
  };
  return { session, finish, follow, complete };
}

it('is complete once every run of the experiment has finished', () => {
  const { complete, finish } = finishedSession();
  expect(complete(config)).toBe(false);
  expect(complete({ ...config, runs: [first, { ...second, enabled: false }] })).toBe(true);
  finish(second);
  expect(complete(config)).toBe(true);
  expect(complete({ ...config, runs: [first, { ...second, label: 'another name' }] })).toBe(true);
});

it('is not complete from an edit on until the engine has finished what was edited', () => {
  const { complete, finish, follow } = finishedSession();
  finish(second);
  const edited = { ...second, hyper: { ...second.hyper, eta: 0.01 } };
  const after = { ...config, runs: [first, edited] };
  // Before the engine hears of it, and while the old curve still stands in for the new one.
  expect(complete(after)).toBe(false);
  follow(after);
  expect(complete(after)).toBe(false);
  finish(edited);
  expect(complete(after)).toBe(true);
});

it('is not complete where problem, seeds or length are others than those computed', () => {
  const { session, complete, finish } = finishedSession();
  finish(second);
  const longer = { ...config, steps: config.steps + 1 };
  expect(complete(longer)).toBe(false);
  session.apply({ type: 'restarted', objective, config: longer });
  expect(complete(longer)).toBe(false);
  session.clear();
  expect(complete(longer)).toBe(false);
});
