import { describe, expect, it } from 'vitest';
import { defaultExperiment } from '../../src/experiment/default';
import { parseExperiment } from '../../src/experiment/config';
import { EngineHost } from '../../src/worker/engine-host';
import type { SessionEvent } from '../../src/worker/protocol';

const csv = (slope: number) => ({
  name: 'line.csv',
  bytes: new TextEncoder().encode(`x,y\n${[1, 2, 3, 4].map((x) => `${x},${slope * x}`).join('\n')}\n`).buffer,
});

const config = parseExperiment({
  ...defaultExperiment,
  problem: {
    kind: 'linear-regression',
    dataset: { files: ['line.csv'] },
    target: {},
    scaling: 'raw',
    intercept: false,
  },
  runs: [{ optimizer: 'sgd', batch: 1, hyper: { eta: 0.01 } }],
  seeds: 1,
  steps: 5,
});

describe('EngineHost', () => {
  it('computes with the new numbers when a file of the same name is loaded again', async () => {
    const host = new EngineHost();
    const first: number[] = [];
    const finished: (() => void)[] = [];
    await host.open({ engine: 'cpu' }, (events) => {
      for (const event of events) {
        if (event.type === 'points' && event.step[0] === 0) first.push(event.loss[0]!);
        if (event.type === 'run-finished') finished.shift()?.();
      }
    });
    for (const slope of [1, 10]) {
      const done = new Promise<void>((resolve) => finished.push(resolve));
      await host.addDataset([csv(slope)]);
      await host.update(config);
      await done;
    }
    // f(0) is half the mean square of the targets.
    expect(first).toEqual([3.75, 375]);
  });

  it('tells what happens in one turn in one message, in order', async () => {
    const host = new EngineHost();
    const messages: SessionEvent['type'][][] = [];
    const done = new Promise<void>((resolve) => {
      void host.open({ engine: 'cpu' }, (events) => {
        messages.push(events.map(({ type }) => type));
        if (events.some(({ type }) => type === 'run-finished')) resolve();
      });
    });
    await host.update(parseExperiment({ ...defaultExperiment, steps: 4, seeds: 2 }));
    await done;
    const points = messages.filter((types) => types.includes('points'));
    expect(Math.max(...points.map((types) => types.filter((type) => type === 'points').length))).toBe(5);
    const told = messages.flat();
    expect(told.indexOf('restarted')).toBeLessThan(told.indexOf('run-started'));
    expect(told.indexOf('run-started')).toBeLessThan(told.indexOf('points'));
  });

  it('starts an experiment before the call that opens it has come back', async () => {
    const host = new EngineHost();
    const done = new Promise<void>((resolve) => {
      void host.open({ engine: 'cpu' }, (events) => {
        if (events.some(({ type }) => type === 'run-finished')) resolve();
      });
    });
    expect(await host.start(parseExperiment({ ...defaultExperiment, steps: 4, seeds: 1 }))).toBeUndefined();
    await done;
  });

  it('does not start an experiment that was stopped, or replaced, while it waited', async () => {
    for (const [command, restarts] of [
      [(host: EngineHost) => host.abort(), []],
      [(host: EngineHost) => host.update(parseExperiment({ ...defaultExperiment, steps: 5, seeds: 1 })), [5]],
    ] as const) {
      const host = new EngineHost();
      const started: number[] = [];
      const opening = host.open({ engine: 'cpu' }, (events) => {
        for (const event of events) if (event.type === 'restarted') started.push(event.config.steps);
      });
      const starting = host.start(parseExperiment({ ...defaultExperiment, steps: 4, seeds: 1 }));
      await Promise.all([opening, starting, command(host)]);
      expect(started).toEqual(restarts);
    }
  });
});
