/** What the lanes of a network have learned can be asked for: while they run, paused, at the end, not after a restart. */
import { afterEach, describe, expect, it } from 'vitest';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { weightsOf } from '../../src/engine/lane-weights';
import { runKey, type ExperimentConfig, type RunConfig } from '../../src/experiment/config';
import type { LayerConfig } from '../../src/models/layers';
import { defaultNetwork, type NetworkConfig } from '../../src/problems/network';
import { prepareProblem } from '../../src/problems/registry';
import { experiment, mass, sgd, stage, until, type Stage } from '../support/experiments';

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

const layers: readonly LayerConfig[] = [{ kind: 'dense', units: 5 }, { kind: 'batch-norm' }, { kind: 'relu' }];
const problem: NetworkConfig = {
  ...defaultNetwork,
  data: { kind: 'moons', rows: 24, noise: 0.1 },
  layers: [...layers],
};
const own = (run: RunConfig): RunConfig => ({ ...run, batch: 4 });
const network = (changes: Partial<ExperimentConfig> = {}) =>
  experiment({ problem, runs: [own(sgd()), own(mass())], seeds: 2, steps: 40, ...changes });

/** A lane by itself, without a session. */
async function truth(config: ExperimentConfig, run: RunConfig, laneSeed: number, step: number) {
  const { seed, sampling } = config;
  const objective = await prepareProblem(config.problem, { seed, table: () => Promise.reject(new Error()) });
  const lanes = [{ run, seed: laneSeed }];
  const cohort = await new CpuBackend().cohort({ objective, lanes, seed, sampling, lossLimit: 1e30 });
  await cohort.execute([{ from: 0, to: step, record: false }]);
  return { objective, ...weightsOf(lanes, await cohort.save(), 0) };
}

describe('the weights of a run', () => {
  it('are there after its end, seed by seed', async () => {
    const { session } = begin();
    const config = network();
    await session.update(config);
    expect(await session.settled()).toBe('finished');
    for (const run of config.runs)
      for (const seed of [0, 1]) {
        const found = (await session.weights(runKey(run), seed))!;
        expect(found).toEqual(await truth(config, run, seed, 40));
        expect(found.statistics.some((value) => value !== 0 && value !== 1)).toBe(true);
      }
    expect(await session.weights(runKey(config.runs[0]!), 2)).toBeUndefined();
    expect(await session.weights(runKey(own(sgd(0.3))), 0)).toBeUndefined();
  });

  it('are those of the moment while it is paused or runs, and it goes on', async () => {
    const { session, recorder } = begin();
    const config = network({ steps: 400 });
    const [run] = config.runs as [RunConfig];
    await session.update(config);
    await until(() => recorder.curves.size === 2 && recorder.curve(run).step.length > 2);
    const running = (await session.weights(runKey(run), 1))!;
    await session.pause();
    const paused = (await session.weights(runKey(run), 1))!;
    expect(paused.step).toBeGreaterThanOrEqual(running.step);
    expect(paused.step).toBeLessThan(400);
    for (const found of [running, paused]) expect(found).toEqual(await truth(config, run, 1, found.step));
    expect(session.state).toBe('paused');
    await session.resume();
    expect(await session.settled()).toBe('finished');
    expect((await session.weights(runKey(run), 1))!.step).toBe(400);
  });

  it('are there after a last single step, too', async () => {
    const { session, recorder } = begin();
    const config = network({ steps: 400 });
    const [run] = config.runs as [RunConfig];
    await session.update(config);
    await until(() => recorder.curves.size === 2 && recorder.curve(run).step.length > 2);
    await session.pause();
    while (session.state !== 'finished') await session.step();
    expect(await session.weights(runKey(run), 0)).toEqual(await truth(config, run, 0, 400));
  });

  it('go with a restart, with the run, and with an abort', async () => {
    const { session } = begin();
    const config = network();
    const [first, second] = config.runs.map(runKey) as [string, string];
    await session.update(config);
    await session.settled();
    await session.update({ ...config, runs: [config.runs[1]!] });
    expect(await session.weights(first, 0)).toBeUndefined();
    expect(await session.weights(second, 0)).toBeDefined();
    await session.update({ ...config, runs: [config.runs[1]!], problem: experiment().problem });
    expect(await session.weights(second, 0)).toBeUndefined();
    await session.update(config);
    await session.settled();
    expect(await session.weights(second, 0)).toBeDefined();
    await session.abort();
    expect(await session.weights(second, 0)).toBeUndefined();
  });

  it('of one seed that diverged are kept when the others move on without it', async () => {
    const { session, machine, recorder } = begin({}, { moveMilliseconds: 0 });
    const wild = own(sgd(1e6));
    const config = network({ runs: [own(sgd()), wild], steps: 200, evalEvery: 2 });
    await session.update(config);
    expect(await session.settled()).toBe('finished');
    expect(machine.made).toEqual([4, 2]);
    const outcome = recorder.curve(wild).outcomes[1]!;
    expect(outcome.kind).toBe('diverged');
    expect((await session.weights(runKey(wild), 1))!.step).toBe(outcome.kind === 'diverged' ? outcome.step : -1);
    expect(await session.weights(runKey(config.runs[0]!), 1)).toEqual(await truth(config, config.runs[0]!, 1, 200));
  });

  it('are those of the end although the device is lost while they are read', async () => {
    const { session, machine } = begin({ lostAt: { save: [1] } }, { checkpointSeconds: 1e9 });
    const config = network();
    await session.update(config);
    expect(await session.settled()).toBe('finished');
    expect(machine.opened).toBe(2);
    const [run] = config.runs as [RunConfig];
    expect(await session.weights(runKey(run), 1)).toEqual(await truth(config, run, 1, 40));
  });

  it('are none for other problems', async () => {
    const { session, machine } = begin();
    const config = experiment({ steps: 20 });
    await session.update(config);
    await session.settled();
    expect(await session.weights(runKey(config.runs[0]!), 0)).toBeUndefined();
    expect(machine.calls.save).toBe(0);
  });
});
