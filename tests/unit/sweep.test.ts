/** Sweeps on the float64 engine: cells equal the same runs alone, whatever happens on the way. */
import { describe, expect, it } from 'vitest';
import { runExperiment } from '../../src/engine/run-experiment';
import type { CellOutcome } from '../../src/engine/sweep/events';
import type { SweptConfig } from '../../src/engine/sweep/plan';
import { runSweep } from '../../src/engine/sweep/run-sweep';
import type { SweepOptions } from '../../src/engine/sweep/sweep';
import { runKey, type RunConfig } from '../../src/experiment/config';
import { sweepResultSchema } from '../../src/experiment/sweep-result';
import { until } from '../support/experiments';
import { ScriptedMachine, type Script } from '../support/scripted-backend';
import { noData, swept, sweepStage } from '../support/sweeps';

const never = new AbortController().signal;

/** Computes a sweep on a machine that follows the script. */
async function compute(config: SweptConfig, script: Script = {}, options: Partial<SweepOptions> = {}) {
  const machine = new ScriptedMachine(script);
  const { sweep, recorder } = sweepStage(config, { open: machine.open, ...options });
  await sweep.run(never);
  expect(recorder.violations).toEqual([]);
  expect(machine.misuses).toEqual([]);
  expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
  expect(recorder.progress.at(-1)).toMatchObject({ state: 'finished', fraction: 1, lanesAtOnce: 0 });
  return { machine, recorder };
}

const sorted = (outcomes: Iterable<CellOutcome>) => [...outcomes].sort((a, b) => (a.key < b.key ? -1 : 1));

describe('a sweep', () => {
  it('has in each cell what the same run alone comes to', async () => {
    const config = swept();
    const { recorder } = await compute(config);
    const { plan, outcomes } = recorder;
    expect(plan!.keys.map((keys) => keys.length)).toEqual([9, 9]);
    expect(outcomes.size).toBe(18);
    const result = await runSweep(config, { engine: 'cpu', table: noData });
    const runs = result.maps.flatMap(({ run, cells }) =>
      cells.map(({ batch, hyper }): RunConfig => ({ optimizer: run.optimizer, batch, hyper })),
    );
    const alone = await runExperiment({ ...config, runs }, { engine: 'cpu', table: noData });
    let diverged = 0;
    for (const { run, step, lanes } of alone.runs) {
      const outcome = outcomes.get(runKey(run))!;
      const last = lanes.map(({ outcome: end, loss }) => (end.kind === 'diverged' ? Infinity : loss.at(-1)!));
      expect(outcome.loss.median).toBe(last.sort((a, b) => a - b)[1]);
      expect(outcome.start).toBe(lanes[0]!.loss[0]);
      const ends = lanes.flatMap(({ outcome: end }) => (end.kind === 'diverged' ? [end.step] : []));
      expect(outcome.diverged).toBe(ends.length);
      expect(outcome.divergedAt).toBe(ends.length > 0 ? Math.min(...ends) : undefined);
      expect(outcome.steps).toBe(ends.length < 3 ? step.at(-1) : Math.max(...ends));
      diverged += ends.length;
    }
    expect(diverged).toBeGreaterThan(5);
    expect(diverged).toBeLessThan(30);
    // The exact spectral radius tells the same story.
    result.maps.forEach(({ cells, radius }, map) => {
      expect(radius).toEqual([...recorder.radii.get(map)!]);
      for (const [k, cell] of cells.entries()) if (cell.diverged === 3) expect(radius![k]).toBeGreaterThan(1);
    });
  });

  it('computes cells that come to the same run once', async () => {
    // SGD has no momentum: a column of its map is one run.
    const config = swept(
      { runs: [swept().runs[0]!, { optimizer: 'nesterov', batch: 1, hyper: { eta: 0.1, gamma: 0.5 } }] },
      { y: { parameter: 'gamma', from: 0, to: 0.5, count: 3 } },
    );
    const { recorder } = await compute(config);
    expect(recorder.outcomes.size).toBe(3 + 9);
    expect(recorder.progress.at(-1)).toMatchObject({ cells: 18, total: 18, lanes: 12 * 3 });
  });

  it('is the same however it is cut into cohorts', async () => {
    const config = swept();
    const whole = await compute(config);
    const cut = await compute(config, {}, { budget: 3 * 3 * 2 * 3 * 2 * 8 });
    expect(cut.machine.calls.cohort).toBeGreaterThan(whole.machine.calls.cohort + 10);
    expect(sorted(cut.recorder.outcomes.values())).toEqual(sorted(whole.recorder.outcomes.values()));
    expect(whole.recorder.progress.at(-1)!.budget).toBe(256 * 2 ** 20);
    expect(cut.recorder.progress.at(-1)!.budget).toBeLessThan(1000);
  });

  it('ends lanes that have arrived, and says when they did', async () => {
    const config = swept({ steps: 3000, evalEvery: 1 });
    const whole = await compute(config);
    const stopped = await compute(swept({ steps: 3000, evalEvery: 1 }, { stopAtTolerance: true }));
    let early = 0;
    for (const [key, { stepsToTolerance, steps, diverged, loss, start }] of stopped.recorder.outcomes) {
      expect(stepsToTolerance).toBe(whole.recorder.outcomes.get(key)!.stepsToTolerance);
      if (diverged > 0 || steps === 3000) continue;
      early++;
      expect(loss.high).toBeLessThanOrEqual(0.01 * start);
    }
    expect(early).toBeGreaterThan(3);
  });

  it('goes on from the outcomes it is given, without computing them again', async () => {
    const config = swept();
    const whole = await compute(config);
    const control = new AbortController();
    const machine = new ScriptedMachine();
    const { sweep, recorder } = sweepStage(config, {
      open: machine.open,
      budget: 800,
      listener: (event) => {
        if (event.type === 'cells' && recorder.outcomes.size >= 5) control.abort(new Error('enough'));
      },
    });
    await expect(sweep.run(control.signal)).rejects.toThrow('enough');
    expect(recorder.states.at(-1)).toBe('stopped');
    expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
    const known = [...recorder.outcomes.values()];
    expect(known.length).toBeLessThan(18);
    const rest = await compute(config, {}, { known });
    expect(rest.recorder.progress.find(({ total }) => total > 0)!.cells).toBe(known.length);
    expect(sorted([...known, ...rest.recorder.outcomes.values()])).toEqual(sorted(whole.recorder.outcomes.values()));
    const nothing = await compute(config, {}, { known: sorted(whole.recorder.outcomes.values()) });
    expect(nothing.machine.opened).toBe(0);
  });

  it('pauses and resumes, at any moment, with the same outcomes', async () => {
    const config = swept();
    const whole = await compute(config);
    const machine = new ScriptedMachine();
    const { sweep, recorder } = sweepStage(config, { open: machine.open, budget: 800 });
    const done = sweep.run(never);
    // Before it is prepared, and several times after.
    for (const cells of [0, 1, 6, 12]) {
      await until(() => recorder.outcomes.size >= cells);
      await sweep.pause();
      const calls = machine.calls.execute;
      for (let turn = 0; turn < 20; turn++) await new Promise((resolve) => setImmediate(resolve));
      expect(machine.calls.execute).toBe(calls);
      expect(recorder.outcomes.size).toBeLessThan(18);
      if (cells > 0) expect(recorder.progress.at(-1)!.state).toBe('paused');
      sweep.resume();
    }
    await done;
    expect(recorder.violations).toEqual([]);
    expect(machine.misuses).toEqual([]);
    expect(sorted(recorder.outcomes.values())).toEqual(sorted(whole.recorder.outcomes.values()));
  });

  it('is none the worse for devices that are lost', async () => {
    const config = swept();
    const whole = await compute(config);
    const lostAt = { execute: [3, 17, 30], cohort: [2], save: [2] };
    const { recorder, machine } = await compute(config, { lostAt }, { budget: 1600, checkpointSeconds: 0 });
    expect(machine.opened).toBeGreaterThan(3);
    expect(recorder.notices.length).toBe(machine.opened - 1);
    expect(sorted(recorder.outcomes.values())).toEqual(sorted(whole.recorder.outcomes.values()));
  });

  it('gives a valid document, infinite losses as null', async () => {
    const result = await runSweep(swept(), { engine: 'cpu', table: noData });
    expect(sweepResultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    const cells = result.maps.flatMap((map) => map.cells);
    for (const { lanes, diverged, loss } of cells) expect(loss.high === null).toBe(diverged > 0 && lanes === 3);
    expect(cells.some(({ loss }) => loss.median === null)).toBe(true);
  });
});

describe('the theory of a sweep', () => {
  const problem = { kind: 'gaussian' as const, spectrum: { values: [1, 0.5, 0.1] }, rows: 40 };
  const adam = { optimizer: 'adam' as const, batch: 1, hyper: { eta: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } };

  it('is exact for stored rows drawn with replacement, too', async () => {
    const config = swept({ problem, steps: 20, seeds: 1 });
    const alone = await runExperiment(config, { engine: 'cpu', table: noData });
    const { recorder } = await compute(
      swept(
        { problem, steps: 20, seeds: 1 },
        { x: { parameter: 'eta', from: 0.1, to: 0.2, count: 2 }, y: { parameter: 'batch', from: 1, to: 2, count: 2 } },
      ),
    );
    // The experiment's own runs are cells: SGD at m = 1 and MaSS at m = 2, both at η = 0.1.
    expect(recorder.radii.get(0)![0]).toBeCloseTo(alone.runs[0]!.theory!.spectralRadius!, 9);
    expect(recorder.radii.get(1)![2]).toBeCloseTo(alone.runs[1]!.theory!.spectralRadius!, 9);
  });

  it('is not a number where there is none', async () => {
    const epochs = await compute(swept({ problem, steps: 20, seeds: 1, sampling: 'epochs' }));
    expect([...epochs.recorder.radii.values()].flatMap((radius) => [...radius]).every(Number.isNaN)).toBe(true);
    const config = swept({ runs: [...swept().runs, adam], steps: 20, seeds: 1 });
    const { recorder } = await compute(config);
    expect([...recorder.radii.get(2)!].every(Number.isNaN)).toBe(true);
    expect([...recorder.radii.get(1)!].every(Number.isFinite)).toBe(true);
    const result = await runSweep(config, { engine: 'cpu', table: noData });
    expect(result.maps.map((map) => map.radius !== undefined)).toEqual([true, true, false]);
  });
});

describe('a sweep that can not be computed', () => {
  it('rejects with the reason', async () => {
    const cases: [SweptConfig, Script, string][] = [
      [swept({ runs: swept().runs.map((run) => ({ ...run, enabled: false })) }), {}, 'No run is switched on'],
      [swept(), { openFails: { 1: 'no engine' } }, 'no engine'],
      [swept(), { cohortFails: { 2: 'out of memory' } }, 'out of memory'],
    ];
    for (const [config, script, message] of cases) {
      const machine = new ScriptedMachine(script);
      const { sweep, recorder } = sweepStage(config, { open: machine.open, budget: 800 });
      await expect(sweep.run(never)).rejects.toThrow(message);
      expect(recorder.states.at(-1)).toBe('failed');
      expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
    }
  });

  it('stops at once where its signal says so, paused or not', async () => {
    for (const paused of [false, true]) {
      const machine = new ScriptedMachine();
      const control = new AbortController();
      const { sweep, recorder } = sweepStage(swept({ steps: 10_000_000 }), { open: machine.open });
      const done = sweep.run(control.signal);
      await until(() => recorder.states.includes('running'));
      if (paused) await sweep.pause();
      control.abort(new Error('enough'));
      await expect(done).rejects.toThrow('enough');
      expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
    }
    await expect(
      sweepStage(swept(), { open: new ScriptedMachine().open }).sweep.run(AbortSignal.abort(new Error('too late'))),
    ).rejects.toThrow('too late');
  });
});
