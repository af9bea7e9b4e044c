/** The share of the work that is done grows while nothing is changed, whatever groups end, lanes diverge or devices are lost. */
import { expect, it } from 'vitest';
import type { ExperimentConfig } from '../../src/experiment/config';
import { experiment, mass, nesterov, sgd, stage, until } from '../support/experiments';
import type { Script } from '../support/scripted-backend';

/** Groups of their own: each run is added when the ones before have shown something. */
async function fractions(script: Script, configs: readonly ExperimentConfig[]): Promise<number[]> {
  const { session, recorder } = stage(script, {
    checkpointSeconds: 0,
    sliceMilliseconds: 1e-9,
    progressMilliseconds: 0,
  });
  for (const config of configs) {
    await session.update(config);
    await until(() => recorder.curve(config.runs.at(-1)!).step.length > 3);
  }
  expect(await session.settled()).toBe('finished');
  await session.close();
  const { events } = recorder;
  const last = events.findLastIndex((event) => event.type === 'run-started');
  return events.slice(last).flatMap((event) => {
    // Once it is closed nothing is left to do, and nothing done.
    if (event.type !== 'progress' || event.progress.state === 'idle') return [];
    return [event.progress.fraction];
  });
}

const runs = [sgd(), nesterov(0.9, 0.9), mass()];
const growing = runs.map((_, k) => experiment({ steps: 600, runs: runs.slice(0, k + 1) }));

it.each<[string, Script]>([
  ['with groups that end one after the other', {}],
  ['with devices that are lost on the way', { lostAt: { execute: [250, 400, 800], cohort: [5] } }],
])('%s', async (_, script) => {
  const told = await fractions(script, growing);
  expect(told.length).toBeGreaterThan(10);
  expect(told).toEqual(told.toSorted((a, b) => a - b));
  expect(told.at(-1)).toBe(1);
});
