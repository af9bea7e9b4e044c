import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../src/experiment/default';
import { defaultHyper } from '../../src/optimizers/registry';
import { createExperimentStore } from '../../src/state/experiment-store';

function setUp() {
  let time = 0;
  const store = createExperimentStore(defaultExperiment, () => time);
  const state = () => store.getState();
  const eta = () => state().config.runs[0]!.hyper['eta'];
  const setEta = (value: number, gesture?: string) =>
    state().editRun(
      state().ids[0]!,
      (run) => ({ ...run, hyper: { ...run.hyper, eta: value } }),
      gesture === undefined ? {} : { gesture },
    );
  return { state, eta, setEta, wait: (ms: number) => (time += ms) };
}

describe('the experiment being edited', () => {
  it('refuses an invalid edit, names the field and keeps the last good configuration', () => {
    const { state, setEta } = setUp();
    const before = state().config;
    expect(setEta(-1)?.message).toMatch(/runs\[0\]\.hyper\.eta.*above 0/);
    expect(state().config).toBe(before);
    expect(state().past).toHaveLength(0);
    expect(state().edit((config) => ({ ...config, steps: 0.5 }))?.message).toMatch(/^steps/);
    expect(state().config).toBe(before);
  });

  it('keeps what an edit does not touch identical, so that nothing else renders', () => {
    const { state, setEta } = setUp();
    const { runs, problem } = state().config;
    expect(setEta(0.2)).toBeUndefined();
    expect(state().config.problem).toBe(problem);
    expect(state().config.runs[1]).toBe(runs[1]);
    expect(state().config.runs[0]).not.toBe(runs[0]);
  });

  it('makes one step of the history of a drag, and of separate drags separate ones', () => {
    const { state, eta, setEta, wait } = setUp();
    const original = eta();
    for (const value of [0.11, 0.12, 0.13]) {
      setEta(value, 'eta');
      wait(5000);
    }
    state().endGesture();
    expect(state().past).toHaveLength(1);
    wait(2000);
    setEta(0.2, 'eta');
    expect(state().past).toHaveLength(2);
    state().undo();
    expect(eta()).toBe(0.13);
    state().undo();
    expect(eta()).toBe(original);
    state().undo();
    expect(eta()).toBe(original);
    state().redo();
    state().redo();
    expect(eta()).toBe(0.2);
    expect(state().future).toHaveLength(0);
  });

  it('joins quick key presses on one slider, but not those on two', () => {
    const { state, setEta, wait } = setUp();
    for (const value of [0.11, 0.12]) {
      setEta(value, 'a');
      state().endGesture();
      wait(200);
    }
    expect(state().past).toHaveLength(1);
    setEta(0.13, 'b');
    expect(state().past).toHaveLength(2);
  });

  it('drops what was undone when something new is done', () => {
    const { state, setEta } = setUp();
    setEta(0.2);
    state().undo();
    expect(state().future).toHaveLength(1);
    setEta(0.3);
    expect(state().future).toHaveLength(0);
  });

  it('folds an amendment into the step before it', () => {
    const { state, setEta } = setUp();
    setEta(0.2);
    state().edit((config) => ({ ...config, seeds: 3 }), { amend: true });
    expect(state().past).toHaveLength(1);
    state().undo();
    expect(state().config).toBe(defaultExperiment);
  });

  it('keeps a bounded history', () => {
    const { state, setEta } = setUp();
    for (let k = 1; k <= 300; k++) setEta(k / 1000);
    expect(state().past.length).toBe(200);
  });

  it('gives runs identities that survive edits, removal of others and undo', () => {
    const { state } = setUp();
    const [first, second, third] = state().ids as [number, number, number];
    const copy = state().duplicateRun(second)!;
    expect(state().ids.slice(0, 4)).toEqual([first, second, copy, third]);
    expect(state().config.runs[2]).toEqual(state().config.runs[1]);
    state().removeRun(first);
    expect(state().ids.slice(0, 3)).toEqual([second, copy, third]);
    state().undo();
    expect(state().ids[0]).toBe(first);
    state().load(defaultExperiment);
    expect(state().ids.some((id) => [first, second, third, copy].includes(id))).toBe(false);
  });

  it('does not remove the last run', () => {
    const { state } = setUp();
    for (const id of state().ids) state().removeRun(id);
    expect(state().config.runs).toHaveLength(1);
  });

  it('keeps comparable hyper-parameters when the rule changes', () => {
    const { state, setEta } = setUp();
    setEta(0.25);
    const id = state().ids[0]!;
    state().changeOptimizer(id, 'nesterov');
    expect(state().config.runs[0]!.hyper).toMatchObject({ eta: 0.25, gamma: 0.9 });
    state().changeOptimizer(id, 'adam');
    expect(state().config.runs[0]!.hyper).toEqual(defaultHyper('adam'));
  });

  it('starts a new run at the step size of the others', () => {
    const { state, setEta } = setUp();
    setEta(0.031);
    const id = state().addRun('mass');
    expect(state().ids.at(-1)).toBe(id);
    expect(state().config.runs.at(-1)!.hyper['eta']).toBe(0.031);
  });

  it('lets a sweep go that an edit of something else leaves without meaning, and refuses one that has none', () => {
    const { state } = setUp();
    const axis = { from: 0.1, to: 0.5, count: 4 };
    const sweep = {
      x: { parameter: 'gamma', ...axis },
      y: { parameter: 'eta', ...axis },
      others: 'fixed' as const,
      tolerance: 0.1,
      stopAtTolerance: true,
    };
    const edit = (x: typeof sweep.x) => state().edit((config) => ({ ...config, sweep: { ...sweep, x } }));
    expect(edit(sweep.x)).toBeUndefined();
    expect(edit({ parameter: 'speed', ...axis })?.message).toMatch(/^sweep\.x\.parameter/);
    const kept = state().config.sweep;
    expect(kept).toEqual(sweep);
    // Heavy ball still has a momentum; without it nothing has.
    const idOf = (optimizer: string) =>
      state().ids[state().config.runs.findIndex((run) => run.optimizer === optimizer)]!;
    state().removeRun(idOf('nesterov'));
    expect(state().config.sweep).toBe(kept);
    expect(state().editRun(idOf('heavy-ball'), (run) => ({ ...run, enabled: false }))).toBeUndefined();
    expect(state().config.runs.some((run) => run.enabled === false)).toBe(true);
    expect(state().config).not.toHaveProperty('sweep');
    state().undo();
    expect(state().config.sweep).toBe(kept);
  });

  it('tells edits from given configurations', () => {
    const { state, setEta } = setUp();
    setEta(0.2);
    expect(state().origin).toBe('edited');
    state().undo();
    expect(state().origin).toBe('given');
  });
});
