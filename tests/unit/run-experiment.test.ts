/** An experiment from its document to its result, on the float64 engine. */
import { describe, expect, it } from 'vitest';
import { DataError } from '../../src/data/table';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import type { Progress } from '../../src/engine/events';
import { runExperiment, type RunOptions } from '../../src/engine/run-experiment';
import { parseExperiment, type ExperimentConfig } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import { resultSchema, type ExperimentResult } from '../../src/experiment/result';
import { evaluationSteps } from '../../src/experiment/schedule';
import { experiment, mass, nesterov, sgd } from '../support/experiments';
import { ScriptedMachine } from '../support/scripted-backend';

const open = () => {
  const backend = new CpuBackend();
  return Promise.resolve({
    backend,
    info: { kind: 'cpu' as const, adapter: backend.adapter, reason: 'no graphics card' },
  });
};
const table = () => Promise.reject(new DataError('data.csv is not loaded.'));

const run = (config: ExperimentConfig, options: Partial<RunOptions> = {}) =>
  runExperiment(config, { engine: 'cpu', table, open, ...options });

/** What must not depend on the pace: everything but the times. */
const timeless = ({ runs, ...rest }: ExperimentResult) => ({
  ...rest,
  runs: runs.map((entry) => ({ ...entry, seconds: entry.seconds.length })),
});

describe('runExperiment', () => {
  it('runs the default experiment to a valid result', async () => {
    const result = await run({ ...defaultExperiment, steps: 200, seeds: 3 });
    expect(resultSchema.parse(JSON.parse(JSON.stringify(result)))).toEqual(result);
    expect(result.engine).toBe('cpu');
    expect(result.runs.map((entry) => entry.run)).toEqual(defaultExperiment.runs);
    for (const { step, seconds, lanes } of result.runs) {
      expect(lanes.map((lane) => lane.seed)).toEqual([0, 1, 2]);
      expect(seconds).toHaveLength(step.length);
      expect(step[0]).toBe(0);
      if (lanes.some((lane) => lane.outcome.kind === 'completed')) expect(step).toEqual(evaluationSteps(200, 'auto'));
      // All lanes of a stream start at the same loss.
      expect(new Set(lanes.map((lane) => lane.loss[0])).size).toBe(1);
    }
  });

  it('gives the same twice, whatever the pace', async () => {
    const config = experiment({
      runs: [sgd(), mass(), nesterov(), { ...sgd(0.3), optimizer: 'heavy-ball', hyper: { eta: 0.1, gamma: 0.5 } }],
    });
    const [first, second] = [await run(config), await run(config)];
    expect(timeless(second)).toEqual(timeless(first));
    const other = await run({ ...config, seed: 2 });
    expect(other.runs[0]!.lanes[0]!.loss).not.toEqual(first.runs[0]!.lanes[0]!.loss);
  });

  it('lanes of one seed see the same minibatches whatever runs beside them', async () => {
    const alone = await run(experiment({ runs: [mass()] }));
    const among = await run(experiment({ runs: [sgd(), nesterov(), mass(), sgd(9)], seeds: 5 }));
    expect(among.runs[2]!.lanes.slice(0, 3)).toEqual(alone.runs[0]!.lanes);
  });

  it('says where lanes diverged, ends early where all did, and has no loss after that', async () => {
    const config = experiment({ steps: 200_000, evalEvery: 20, runs: [sgd(50), sgd(9)] });
    const result = await run(config);
    expect(() => resultSchema.parse(JSON.parse(JSON.stringify(result)))).not.toThrow();
    for (const { step, lanes } of result.runs) {
      expect(step.at(-1)).toBeLessThan(20_000);
      const limit = 1e6 * lanes[0]!.loss[0]!;
      for (const { outcome, loss } of lanes) {
        if (outcome.kind !== 'diverged') throw new Error('not diverged');
        const at = step.indexOf(outcome.step);
        expect(at).toBeGreaterThan(0);
        for (const value of loss.slice(0, at)) expect(value).toBeLessThanOrEqual(limit);
        expect(loss[at] === null || loss[at]! > limit).toBe(true);
        expect(outcome.lastFiniteLoss).toBe(loss[at] ?? loss[at - 1]);
        for (const value of loss.slice(at + 1)) expect(value).toBeNull();
      }
    }
  });

  it('other lanes are none the worse for it', async () => {
    const result = await run(experiment({ runs: [sgd(50), sgd(0.1)] }));
    expect(result.runs[0]!.lanes.every((lane) => lane.outcome.kind === 'diverged')).toBe(true);
    const alone = await run(experiment({ runs: [sgd(0.1)] }));
    expect(result.runs[1]!.lanes).toEqual(alone.runs[0]!.lanes);
  });

  it('flags Nesterov at η = 1/6 as diverging in expectation from γ = 0.6 on, SGD and MaSS never', async () => {
    const eta = 1 / 6;
    const gammas = [0.3, 0.5, 0.6, 0.7, 0.9, 0.9853763223];
    const result = await run({
      ...defaultExperiment,
      runs: [
        sgd(eta),
        { optimizer: 'mass', batch: 1, hyper: { eta, alpha: 0.0073656956, kappaTilde: 6 } },
        ...gammas.map((gamma) => nesterov(eta, gamma)),
        { optimizer: 'adam', batch: 1, hyper: { eta: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } },
      ],
      steps: 1,
      seeds: 1,
    });
    const radius = result.runs.map((entry) => entry.theory?.spectralRadius);
    expect(radius[0]).toBeCloseTo(0.9993495941, 9);
    expect(radius[1]).toBeCloseTo(0.9881273034, 9);
    expect(radius[2]).toBeCloseTo(0.9990711826, 9);
    expect(radius[3]).toBeCloseTo(0.9987000383, 9);
    expect(radius[4]).toBeCloseTo(1.0306994249, 9);
    expect(radius[6]).toBeCloseTo(1.3769908986, 9);
    expect(radius.slice(2, 8).map((rho) => rho! > 1)).toEqual([false, false, true, true, true, true]);
    expect(radius[8]).toBeUndefined();
  });

  it('counts the rows of stored data for an axis in epochs', async () => {
    const problem = { kind: 'gaussian' as const, spectrum: { values: [1, 0.5, 0.1] }, rows: 40 };
    for (const sampling of ['replacement', 'epochs'] as const) {
      const result = await run(experiment({ problem, sampling }));
      expect(result.epochRows).toBe(40);
      expect(result.runs[0]!.lanes.every((lane) => lane.outcome.kind === 'completed')).toBe(true);
    }
    expect(await run(experiment())).not.toHaveProperty('epochRows');
  });

  it('leaves out what is switched off and gives equal runs equal lanes', async () => {
    const config = parseExperiment(
      experiment({ runs: [{ ...sgd(), enabled: false }, mass(), { ...mass(), label: 'again' }] }),
    );
    const result = await run(config);
    expect(result.runs.map((entry) => entry.run.label)).toEqual([undefined, 'again']);
    expect(result.runs[0]!.lanes).toEqual(result.runs[1]!.lanes);
    expect(result.config).toEqual(config);
  });

  it('reports progress to its end, and why the processor computes', async () => {
    const progress: Progress[] = [];
    const notices: string[] = [];
    await run(experiment({ steps: 3000 }), {
      engine: 'auto',
      onProgress: (entry) => progress.push(entry),
      onNotice: (message) => notices.push(message),
    });
    expect(notices).toEqual(['no graphics card']);
    expect(progress.map((entry) => entry.state)).toContain('running');
    expect(progress.find((entry) => entry.state === 'finished')).toMatchObject({ fraction: 1, rate: 0, lanes: 0 });
  });
});

describe('an experiment that cannot run', () => {
  const data: ExperimentConfig['problem'] = {
    ...{ kind: 'linear-regression', dataset: { files: ['data.csv'] }, target: {} },
    ...{ scaling: 'raw', intercept: false },
  };

  it('rejects with the reason', async () => {
    await expect(run(experiment({ problem: data }))).rejects.toThrow('data.csv is not loaded.');
    const machine = new ScriptedMachine({ cohortFails: { 1: 'out of memory' } });
    await expect(run(experiment(), { open: machine.open })).rejects.toThrow('out of memory');
    expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
    await expect(run(experiment(), { open: () => Promise.reject(new Error('no engine')) })).rejects.toThrow(
      'no engine',
    );
  });

  it('rejects with the reason of its signal, before and during the run', async () => {
    await expect(run(experiment(), { signal: AbortSignal.abort(new Error('too late')) })).rejects.toThrow('too late');
    const controller = new AbortController();
    const machine = new ScriptedMachine();
    const running = run(experiment({ steps: 100_000_000, evalEvery: 'auto' }), {
      open: machine.open,
      signal: controller.signal,
      onProgress: ({ state }) => {
        if (state === 'running') controller.abort(new Error('enough'));
      },
    });
    await expect(running).rejects.toThrow('enough');
    expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
  });

  it('goes on after a lost device, with the same result', async () => {
    const machine = new ScriptedMachine({ lostAt: { execute: [3] } });
    const notices: string[] = [];
    const result = await run(experiment(), { open: machine.open, onNotice: (message) => notices.push(message) });
    expect(notices).toHaveLength(1);
    expect(result.runs.map((entry) => entry.lanes)).toEqual((await run(experiment())).runs.map((entry) => entry.lanes));
  });
});
