/** The benchmark's own arithmetic: draws, checks, plain JavaScript, rounds, targets and tables. */
import { describe, expect, it } from 'vitest';
import { TOLERANCE, twinLosses, worstError } from '../../bench/check';
import { Unable, type Contestant } from '../../bench/contestant';
import { laneWeights, ruleArrays, startState } from '../../bench/contestants/layout';
import { kernel } from '../../bench/contestants/kernel';
import { plainJs } from '../../bench/contestants/plain-js';
import { cheapDraws, twinDraws } from '../../bench/draws';
import { allRight, ratioOf, type Report } from '../../bench/report';
import { runBench } from '../../bench/run';
import { summary } from '../../bench/summary';
import { median } from '../../bench/statistics';
import { reportText } from '../../bench/table';
import { targetsOf } from '../../bench/targets';
import { networkTaskIds, prepareNetworkTask } from '../../bench/network/task';
import type { taskIds } from '../../bench/tasks';
import { linearTaskIds, prepareLinearTask } from '../../bench/tasks';
import { parseExperiment } from '../../src/experiment/config';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { LeastSquaresReference } from '../../src/problems/least-squares';

const silent = () => undefined;

describe('tasks', () => {
  it.each(linearTaskIds)('%s is a valid document with the lanes that its title names', async (id) => {
    const task = await prepareLinearTask(id);
    expect(parseExperiment(task.config)).toEqual(task.config);
    const lanes = { A1: 1, A256: 256, A256own: 256, AG256: 256, AG4096: 4096 }[id];
    expect(task.lanes).toHaveLength(lanes);
    expect(task.runs * task.seeds).toBe(lanes);
    expect(task.objective.dimension).toBe(id.startsWith('AG') ? 2 : 64);
    expect(new Set(task.steps.map(({ gamma }) => gamma)).size).toBe(1);
    // Its losses move by far more than the check lets pass, so that the check says something.
    const [start, end] = await Promise.all([twinLosses(task, 0), twinLosses(task, task.checkSteps)]);
    expect(Math.min(...start.map((loss, k) => Math.abs(end[k]! / loss - 1)))).toBeGreaterThan(10 * TOLERANCE);
  });

  it('reads its dense data through the parser of NumPy files', async () => {
    const { objective } = await prepareLinearTask('A1');
    const { rows } = objective;
    expect(rows).toMatchObject({ kind: 'stored', count: 1024 });
    if (rows.kind !== 'stored') return;
    expect(rows.features).toHaveLength(1024 * 64);
    const mean = rows.features.reduce((sum, x) => sum + x, 0) / rows.features.length;
    const square = rows.features.reduce((sum, x) => sum + x * x, 0) / rows.features.length;
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(square).toBeCloseTo(1, 1);
  });
});

describe('draws', () => {
  it('are the float64 twin’s for checks', async () => {
    const task = await prepareLinearTask('A256', true);
    const twin = new LeastSquaresReference(task.objective, { seed: task.config.seed, mode: 'replacement' });
    const drawn = twinDraws(task).rows(3);
    for (let seed = 0; seed < task.seeds; seed++)
      for (let i = 0; i < task.batch; i++)
        expect(drawn[seed * task.batch + i]).toBe(twin.row(twin.key(seed), 3, i, task.batch));
  });

  it('are of the same distribution when the clock runs', async () => {
    const stored = await prepareLinearTask('A256own', true);
    const rows = Array.from({ length: 50 }, () => [...cheapDraws(stored).rows(0)]).flat();
    expect(new Set(rows).size).toBe(52);
    expect(Math.min(...rows)).toBe(0);
    expect(Math.max(...rows)).toBe(51);
    const stream = await prepareLinearTask('AG4096', true);
    const draws = cheapDraws(stream);
    let squares = 0;
    for (let t = 0; t < 4000; t++)
      squares += draws.samples(t).reduce((sum, x, k) => sum + (k % 2 === 0 ? x * x : 0), 0);
    // E x₀² = ½ · 2 σ₀² = 1.
    expect(squares / 4000 / stream.seeds).toBeCloseTo(1, 1);
  });
});

describe('plain JavaScript', () => {
  it.each(linearTaskIds)('does %s as the float64 twin does', async (id) => {
    const task = await prepareLinearTask(id, true);
    const trial = await plainJs.prepare(task);
    if (trial instanceof Unable) throw new Error(trial.reason);
    const expected = await twinLosses(task, task.checkSteps);
    expect(worstError(await trial.losses(task.checkSteps), expected)).toBeLessThan(1e-4);
    expect(await trial.time(3)).toBeGreaterThan(0);
  });
});

describe.each(networkTaskIds)('%s, a network', async (id) => {
  const task = await prepareNetworkTask(id, true);

  it('moves its losses by far more than the check lets pass', async () => {
    expect(task.lanes).toHaveLength(id === 'B8' ? 8 : 1);
    const [start, end] = await Promise.all([twinLosses(task, 0), twinLosses(task, task.checkSteps)]);
    expect(Math.min(...start.map((loss, k) => Math.abs(end[k]! / loss - 1)))).toBeGreaterThan(10 * TOLERANCE);
  });

  it('is done by plain JavaScript as by the float64 twin', async () => {
    const trial = await plainJs.network(task);
    if (trial instanceof Unable) throw new Error(trial.reason);
    const expected = await twinLosses(task, task.checkSteps);
    expect(worstError(await trial.losses(task.checkSteps), expected)).toBeLessThan(1e-4);
    expect(await trial.time(2)).toBeGreaterThan(0);
  });

  it('does not pass with a flipped compensation', async () => {
    const flipped = { ...task, steps: task.steps.map((rule) => ({ ...rule, eta2: -rule.eta2 })) };
    const trial = await plainJs.network(flipped);
    if (trial instanceof Unable) throw new Error(trial.reason);
    const error = worstError(await trial.losses(task.checkSteps), await twinLosses(task, task.checkSteps));
    expect(error).toBeGreaterThan(TOLERANCE);
  });
});

it('counts the products of a network', async () => {
  // 784 × 80, twice; 80 × 80, twice, and 80 × 10, three times; 64 samples, multiplied and added.
  const products = 2 * 784 * 80 + 3 * (2 * 80 * 80 + 80 * 10);
  expect((await prepareNetworkTask('B', false)).flop).toBe(64 * 2 * products);
});

describe('the check', () => {
  it('rejects a flipped compensation', async () => {
    const task = await prepareLinearTask('A256', true);
    const flipped = { ...task, steps: task.steps.map((rule) => ({ ...rule, eta2: -rule.eta2 })) };
    const trial = await plainJs.prepare(flipped);
    if (trial instanceof Unable) throw new Error(trial.reason);
    const error = worstError(await trial.losses(task.checkSteps), await twinLosses(task, task.checkSteps));
    expect(error).toBeGreaterThan(10 * TOLERANCE);
  });

  it('rejects missing and non-finite losses', () => {
    expect(worstError([1], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(worstError([1, Number.NaN], [1, 2])).toBe(Number.POSITIVE_INFINITY);
    expect(worstError([1, 2.02], [1, 2])).toBeCloseTo(0.01);
  });
});

describe('arrays of seeds × dimension × runs', () => {
  it('hold the lanes of the engine in another order', async () => {
    const task = await prepareLinearTask('A256', true);
    const { runs, seeds } = task;
    const d = task.objective.dimension;
    expect(startState(task)).toHaveLength(runs * seeds * d);
    const state = Float32Array.from({ length: runs * seeds * d }, (_, k) => k);
    const weights = laneWeights(state, task);
    // Run 2, seed 3, coordinate 5.
    expect(weights[(2 * seeds + 3) * d + 5]).toBe((3 * d + 5) * runs + 2);
    expect(ruleArrays(task).eta1).toHaveLength(runs);
  });
});

describe('rounds', () => {
  const outcome = (change: Partial<Contestant>): Contestant => ({ ...plainJs, ...change });

  it('check, time and tell what does not work', async () => {
    const wrong = outcome({
      id: 'tfjs-wasm',
      prepare: (task) => plainJs.prepare({ ...task, steps: task.steps.map((rule) => ({ ...rule, eta1: 0 })) }),
    });
    const unable = outcome({ id: 'tfjs-webgpu', prepare: () => Promise.resolve(new Unable('it has no such thing')) });
    const broken = outcome({ id: 'jax-js-wasm', prepare: () => Promise.reject(new Error('no\nsuch device')) });
    const ours = kernel(new CpuBackend());
    const { tasks, ceilings } = await runBench(
      [ours, plainJs, wrong, unable, broken],
      [{ id: 'fma', label: 'multiply-adds', unit: 'GFLOP/s', measure: () => Promise.resolve(2) }],
      { tasks: ['A1'], repeats: 3, quick: true, onProgress: silent },
    );
    expect(ceilings).toEqual([{ id: 'fma', label: 'multiply-adds', unit: 'GFLOP/s', values: [2, 2, 2] }]);
    expect(tasks[0]!.contestants.map(({ state }) => state)).toEqual([
      'measured',
      'measured',
      'wrong',
      'unable',
      'failed',
    ]);
    const [first, , , , last] = tasks[0]!.contestants;
    expect(first).toMatchObject({ error: 0, steps: 24 });
    expect(first?.state === 'measured' && first.rates.length).toBe(3);
    expect(last).toMatchObject({ reason: 'no' });
    const report = { ...empty, tasks };
    expect(allRight(report)).toBe(false);
    const text = reportText({ ...report, ceilings });
    expect(text).toContain('not timed');
    expect(text).toContain('it has no such thing');
  });
});

const empty: Report = {
  version: 1,
  runtime: 'browser',
  host: 'Chrome 1',
  adapter: { vendor: 'google', architecture: 'swiftshader', description: '' },
  cores: 2,
  peers: true,
  quick: false,
  repeats: 3,
  startup: 300,
  ceilings: [],
  tasks: [],
};

/** A task with these contestants' rates. */
const task = (id: (typeof taskIds)[number], rates: Record<string, number[]>): Report['tasks'][number] => ({
  ...{ id, title: 'a task', lanes: 256, flop: 4096, rowBytes: 4096 },
  contestants: Object.entries(rates).map(([contestant, values]) => ({
    ...{
      id: contestant,
      label: contestant,
      note: '',
      state: 'measured',
      error: 1e-6,
      preparation: 300,
      steps: 10,
      rates: values,
    },
  })),
});

describe('targets', () => {
  it('are ratios of medians, reached or missed', () => {
    const found = targetsOf({
      ...empty,
      tasks: [
        task('A256', { kernel: [100, 1, 200], javascript: [40, 50, 60], 'jax-js-webgpu': [10, 10, 10], engine: [90] }),
        task('AG256', { kernel: [100] }),
        task('B', {
          ...{ kernel: [100], javascript: [80], 'tfjs-webgpu': [4], 'tfjs-wasm': [90] },
          ...{ 'jax-js-webgpu': [20], 'jax-js-wasm': [70] },
        }),
        task('B8', { kernel: [160] }),
        task('AG4096', { kernel: [90], engine: [50] }),
      ],
      latency: { median: 250, min: 200, max: 400, events: 3 },
    });
    const of = (text: string) => found.find((target) => target.text.startsWith(text));
    expect(of('A256: ours / JavaScript')).toMatchObject({ measured: '2', reached: true });
    expect(of('A256: ours / jax-js')).toMatchObject({ measured: '10', reached: false });
    expect(of('A256: ours / tf.js')).toEqual({ text: 'A256: ours / tf.js WebGPU', goal: '≥ 70' });
    expect(of('A256: time of')).toMatchObject({ measured: '1.11', reached: true });
    expect(of('AG4096: time of')).toMatchObject({ measured: '1.8', reached: false });
    expect(of('AG: cost')).toMatchObject({ measured: '1.11', reached: false });
    expect(of('B: ours / tf.js')).toMatchObject({ measured: '25', reached: true });
    expect(of('B: ours / the best')).toMatchObject({ measured: '1.11', reached: false });
    expect(of('B: time of a step')).toMatchObject({ measured: '5', reached: true });
    expect(of('C: ours / JavaScript')).not.toHaveProperty('reached');
    expect(of('start-up')).toMatchObject({ measured: '300 ms', reached: true });
    expect(of('slider')).toMatchObject({ measured: '250 ms', reached: false });
    expect(of('A1: ours')).not.toHaveProperty('reached');
  });

  it('of the start-up need a task whose mappings are measured: networks have none', () => {
    const found = targetsOf({ ...empty, startup: 0, tasks: [task('C', { kernel: [1] })] });
    expect(found.find(({ text }) => text.startsWith('start-up'))).not.toHaveProperty('reached');
  });

  it('and rates of a smoke test are not shown', () => {
    const tasks = [task('A1', { kernel: [123] })];
    for (const part of ['Targets', 'Lane-steps', '123']) expect(reportText({ ...empty, tasks })).toContain(part);
    const text = reportText({ ...empty, tasks, quick: true, peers: false });
    expect(text).not.toMatch(/Targets|Lane-steps|123/);
    expect(text).toContain('| kernel     | right  | 1e-6  |');
    expect(text).toContain('Without tf.js and jax-js');
  });
});

describe('the summary', () => {
  it('has a row for each task and names the targets reached and missed', () => {
    const report: Report = {
      ...empty,
      ceilings: [{ id: 'fma', label: 'multiply-adds', unit: 'GFLOP/s', values: [41] }],
      tasks: [task('A256', { kernel: [2e6], engine: [1e6], javascript: [5e5], 'tfjs-webgpu': [1e5] })],
    };
    const text = summary(report);
    expect(text).toMatch(/^On 2 cores with google swiftshader \(Chrome 1\), medians of 3 rounds\./);
    const row = text.split('\n').find((line) => line.startsWith('| A256'))!;
    expect(row.split('|').map((cell) => cell.trim())).toEqual([
      '',
      'A256: a task',
      '2M',
      '20',
      '',
      '',
      '',
      '4',
      '20 %',
      '50 %',
      '',
    ]);
    expect(text).toMatch(/Targets reached: A256: ours \/ JavaScript ≥ 2 \(4\); start-up.*\.\n/);
    expect(text).toContain('Targets missed: A256: ours / tf.js WebGPU ≥ 70 (20); A256: time of the whole engine');
  });
});

describe('the table', () => {
  it('has rate, spread, ratio and the share of both ceilings', () => {
    const report: Report = {
      ...empty,
      ceilings: [
        { id: 'fma', label: 'multiply-adds', unit: 'GFLOP/s', values: [40, 41, 42] },
        { id: 'bandwidth', label: 'loads', unit: 'GB/s', values: [3, 4, 5] },
      ],
      tasks: [task('A256', { kernel: [1e6, 2e6, 3e6], javascript: [1e6, 1e6, 1e6] })],
    };
    const lines = reportText(report).split('\n');
    const cells = (name: string) =>
      lines
        .find((line) => line.startsWith(`| ${name}`))!
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim());
    expect(cells('kernel')).toEqual(['kernel', '2M', '1M … 3M', '', '20 %', '200 %', '300 ms', '1e-6']);
    expect(cells('javascript')).toEqual([
      'javascript',
      '1M',
      '1M … 1M',
      '2 (1 … 3)',
      '10 %',
      '100 %',
      '300 ms',
      '1e-6',
    ]);
    expect(lines[0]).toBe('Adapter: google swiftshader · Chrome 1 · 2 logical processors · 3 repeats');
  });

  it('knows medians of odd and even counts', () => {
    expect(median([3, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 2])).toBe(2.5);
    expect(() => median([])).toThrow();
    expect(ratioOf([4, 6, 8], [2, 2, 8])).toEqual({ median: 3, min: 1, max: 3 });
  });
});
