/** Whole experiments on the GPU: repeatable bit for bit, and the same after a device was lost and replaced. */
import { afterEach, describe, expect, it } from 'vitest';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { runExperiment } from '../../src/engine/run-experiment';
import { Session, type OpenedBackend } from '../../src/engine/session';
import type { ExperimentConfig } from '../../src/experiment/config';
import { resultSchema, type ExperimentResult } from '../../src/experiment/result';
import { evaluationSteps } from '../../src/experiment/schedule';
import { openDevice } from '../../src/gpu/device';
import { experiment, mass, nesterov, sgd } from '../support/experiments';
import { Recorder } from '../support/recorder';

let backends: GpuBackend[] = [];
let errors: string[] = [];

async function open(): Promise<OpenedBackend> {
  const context = await openDevice();
  context.onUncapturedError((error) => errors.push(error.message));
  const backend = new GpuBackend(context);
  backends.push(backend);
  return { backend, info: backend.info };
}

function openCpu(): Promise<OpenedBackend> {
  const backend = new CpuBackend();
  return Promise.resolve({ backend, info: { kind: 'cpu', adapter: backend.adapter, reason: 'the GPU is gone' } });
}

afterEach(() => {
  expect(errors).toEqual([]);
  for (const backend of backends) expect(backend.bytes).toBe(0);
  backends = [];
  errors = [];
});

const table = () => Promise.reject(new Error('no data'));
const config: ExperimentConfig = experiment({
  runs: [
    sgd(),
    mass(),
    nesterov(),
    { optimizer: 'adam', batch: 1, hyper: { eta: 0.01, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 } },
  ],
  steps: 4000,
  // Many points make many slices.
  evalEvery: 10,
});
const stored = experiment({
  ...config,
  problem: { kind: 'gaussian', spectrum: { geometric: { dimension: 40, conditionNumber: 30 } }, rows: 200 },
  runs: [sgd(0.02, 4), mass(0.005)],
  sampling: 'epochs',
  steps: 1500,
});

const lossesOf = (result: ExperimentResult) => result.runs.map((run) => ({ step: run.step, lanes: run.lanes }));

describe('an experiment on the GPU', () => {
  it.each([
    ['a stream', config],
    ['stored rows by epochs', stored],
  ])('of %s: a valid result, the same twice, bit for bit', async (_, wanted) => {
    const first = await runExperiment(wanted, { engine: 'auto', table, open });
    expect(resultSchema.parse(JSON.parse(JSON.stringify(first)))).toEqual(first);
    expect(first.engine).toBe('webgpu');
    for (const run of first.runs) {
      expect(run.step).toEqual(evaluationSteps(wanted.steps, wanted.evalEvery));
      expect(run.lanes.every((lane) => lane.outcome.kind === 'completed')).toBe(true);
    }
    const second = await runExperiment(wanted, { engine: 'auto', table, open });
    expect(lossesOf(second)).toEqual(lossesOf(first));
  });

  it('has no loss after divergence, and ends early where all lanes diverge', async () => {
    const wild = { ...config, runs: [sgd(50), nesterov(9, 0.9)], steps: 1_000_000 };
    const result = await runExperiment(wild, { engine: 'auto', table, open });
    for (const { step, lanes } of result.runs) {
      expect(step.at(-1)).toBeLessThan(100_000);
      for (const { outcome, loss } of lanes) {
        if (outcome.kind !== 'diverged') throw new Error('not diverged');
        const at = step.indexOf(outcome.step);
        expect(outcome.lastFiniteLoss).toBe(loss[at] ?? loss[at - 1]);
        expect(loss.slice(0, at).every((value) => value !== null && value <= 1e6 * loss[0]!)).toBe(true);
        expect(loss.slice(at + 1).every((value) => value === null)).toBe(true);
      }
    }
  });
});

describe('a lost GPU', () => {
  /** Runs to the end; each of the first devices is lost once it has shown some points. */
  async function disturbed(wanted: ExperimentConfig, losses: number, reopen: () => Promise<OpenedBackend>) {
    const recorder = new Recorder();
    let lost = 0;
    let shown = 0;
    const session = new Session({
      open: () => (lost === 0 ? open() : reopen()),
      table,
      sliceMilliseconds: 2,
      checkpointSeconds: 0.01,
      listener: (event) => {
        recorder.listener(event);
        if (event.type === 'engine') shown = 0;
        if (event.type !== 'points' || lost >= losses || ++shown < 2 * wanted.runs.length || backends.length === lost)
          return;
        lost++;
        // As the browser takes it away: behind the engine's back.
        backends.at(-1)!.context.device.destroy();
      },
    });
    await session.update(wanted);
    const state = await session.settled();
    await session.close();
    expect(recorder.violations).toEqual([]);
    expect(lost).toBe(losses);
    expect(state).toBe('finished');
    return recorder;
  }

  it.each([
    ['a stream', config, 1],
    ['a stream, twice', config, 2],
    ['stored rows', stored, 1],
  ] as const)('is replaced while it runs %s: the same curves, bit for bit', async (_, wanted, losses) => {
    const recorder = await disturbed(wanted, losses, open);
    expect(recorder.count('engine')).toBe(losses + 1);
    expect(recorder.count('restarted')).toBe(1);
    expect(recorder.notices).toHaveLength(losses);
    const expected = await runExperiment(wanted, { engine: 'auto', table, open });
    for (const { run, step, lanes } of expected.runs) {
      const curve = recorder.curve(run);
      expect(curve.step).toEqual(step);
      expect(curve.outcomes).toEqual(lanes.map((lane) => lane.outcome));
      expect(curve.loss).toEqual(step.map((_step, p) => lanes.map((lane) => lane.loss[p])));
    }
  });

  it('is taken over by the processor from the last checkpoint', async () => {
    const recorder = await disturbed(config, 1, openCpu);
    expect(recorder.events.filter((event) => event.type === 'engine').map((event) => event.engine.kind)).toEqual([
      'webgpu',
      'cpu',
    ]);
    expect(recorder.notices[0]).toContain('the processor');
    const expected = await runExperiment(config, { engine: 'auto', table, open });
    for (const { run, step, lanes } of expected.runs) {
      const curve = recorder.curve(run);
      expect(curve.step).toEqual(step);
      // Rounding differs, and float32 has no numbers below 1e-38; the curves are the same to the eye.
      step.forEach((_step, p) => {
        lanes.forEach((lane, k) => {
          const [mine, theirs] = [curve.loss[p]![k]!, lane.loss[p]!];
          if (theirs > 1e-25) expect(Math.abs(Math.log(mine / theirs))).toBeLessThan(0.01);
          else expect(mine).toBeLessThan(1e-24);
        });
      });
    }
  });
});
