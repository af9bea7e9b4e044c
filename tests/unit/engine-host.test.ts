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
    await host.open({ engine: 'cpu' }, (event: SessionEvent) => {
      if (event.type === 'points' && event.step[0] === 0) first.push(event.loss[0]!);
      if (event.type === 'run-finished') finished.shift()?.();
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
});
