/** Curves of an opened result stay what they are while the engine is still stopping. */
import { expect, it } from 'vitest';
import { runKey } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import { toResult } from '../../src/export/json';
import { createSession } from '../../src/state/session-store';
import type { SessionEvent } from '../../src/worker/protocol';
import { curveThrough, exportSource } from './chart-support';

it('takes nothing that an engine still says about runs, until it is asked for something new', () => {
  const session = createSession((callback) => {
    callback();
  });
  const key = runKey(defaultExperiment.runs[0]!);
  const config = { ...defaultExperiment, runs: [defaultExperiment.runs[0]!] };
  const points = (step: number): SessionEvent => ({
    type: 'points',
    run: key,
    step: [step],
    seconds: [0],
    loss: Float64Array.of(9, 9),
    outcomes: [
      { kind: 'running', step },
      { kind: 'running', step },
    ],
  });
  const restart: SessionEvent[] = [
    {
      type: 'restarted',
      objective: {
        dimension: 2,
        coordinates: 'error',
        metrics: ['loss'],
        constants: { L: 1, L1: 6, L1IsBound: false },
      },
      config,
    },
    { type: 'run-started', run: key, lanes: 2 },
  ];
  const shown = () => session.store.getState().shown[0]!.curve!;

  session.follow(config, [0]);
  session.expect(config);
  for (const event of [...restart, points(0)]) session.apply(event);
  expect(shown().lanes).toBe(2);

  const imported = curveThrough([1, 0.5, 0.25]);
  session.expect(config);
  session.showImported([imported], toResult(exportSource([imported])));
  for (const event of [points(1), ...restart, points(0), { type: 'run-finished', run: key } as const])
    session.apply(event);
  expect(shown()).toBe(imported);
  expect(imported.step).toEqual([0, 1, 2]);
  expect(session.store.getState().imported).toBeDefined();

  session.expect(config);
  for (const event of [...restart, points(0)]) session.apply(event);
  expect(shown().lanes).toBe(2);
  expect(session.store.getState().imported).toBeUndefined();
});
