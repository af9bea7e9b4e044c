/** A group whose lanes diverge moves those that go on to a smaller cohort: on the GPU no curve changes by a bit. */
import { afterEach, describe, expect, it } from 'vitest';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { Session } from '../../src/engine/session';
import type { CohortOptions } from '../../src/engine/backend';
import type { ExperimentConfig } from '../../src/experiment/config';
import { openDevice } from '../../src/gpu/device';
import { experiment, mass, sgd } from '../support/experiments';
import { Recorder } from '../support/recorder';

let errors: string[] = [];
afterEach(() => {
  expect(errors).toEqual([]);
  errors = [];
});

/** Runs an experiment to its end; tells its curves and how many lanes each cohort had. */
async function run(config: ExperimentConfig, moveMilliseconds: number) {
  const made: number[] = [];
  const recorder = new Recorder();
  const session = new Session({
    open: async () => {
      const context = await openDevice();
      context.onUncapturedError((error) => errors.push(error.message));
      const backend = new GpuBackend(context);
      const make = backend.cohort.bind(backend);
      backend.cohort = (options: CohortOptions) => {
        made.push(options.lanes.length);
        return make(options);
      };
      return { backend, info: backend.info };
    },
    table: () => Promise.reject(new Error('no data')),
    listener: recorder.listener,
    sliceMilliseconds: 1,
    moveMilliseconds,
  });
  await session.update(config);
  expect(await session.settled()).toBe('finished');
  await session.close();
  expect(recorder.violations).toEqual([]);
  const curves = config.runs.map((wanted) => {
    const { step, loss, outcomes } = recorder.curve(wanted);
    return { step, loss, outcomes };
  });
  return { made, curves };
}

describe('a group that loses half of its lanes', () => {
  it.each([
    ['on a stream', experiment({ runs: [sgd(30), mass(), sgd(0.1), sgd(40)], seeds: 8, steps: 20_000, evalEvery: 50 })],
    [
      'on stored rows',
      experiment({
        problem: { kind: 'gaussian', spectrum: { geometric: { dimension: 40, conditionNumber: 30 } }, rows: 100 },
        runs: [sgd(30, 4), mass(0.005), sgd(0.01, 4), sgd(40, 2)],
        seeds: 4,
        steps: 4000,
        evalEvery: 20,
        sampling: 'epochs',
      }),
    ],
  ])('%s goes on in a smaller cohort with the same curves, bit for bit', async (_, config) => {
    const moving = await run(config, 0);
    const staying = await run(config, Number.POSITIVE_INFINITY);
    expect(staying.made).toEqual([4 * config.seeds]);
    expect(moving.made.at(-1)).toBe(2 * config.seeds);
    expect(moving.curves).toEqual(staying.curves);
    const kinds = moving.curves.map(({ outcomes }) => [...new Set(outcomes.map(({ kind }) => kind))]);
    expect(kinds).toEqual([['diverged'], ['completed'], ['completed'], ['diverged']]);
  });
});
