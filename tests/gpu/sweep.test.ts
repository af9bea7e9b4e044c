/** Sweeps on the GPU: cells equal the same runs alone bit for bit, and memory stays within the budget. */
import { afterEach, describe, expect, it } from 'vitest';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { runExperiment } from '../../src/engine/run-experiment';
import type { OpenedBackend } from '../../src/engine/session';
import type { CellOutcome } from '../../src/engine/sweep/events';
import { sweepPlan, type SweptConfig } from '../../src/engine/sweep/plan';
import type { SweepOptions } from '../../src/engine/sweep/sweep';
import { defaultExperiment } from '../../src/experiment/default';
import { openDevice } from '../../src/gpu/device';
import { mass, nesterov, sgd } from '../support/experiments';
import { noData, swept, sweepStage } from '../support/sweeps';

let backends: GpuBackend[] = [];
let errors: string[] = [];

async function open(): Promise<OpenedBackend> {
  const context = await openDevice();
  context.onUncapturedError((error) => errors.push(error.message));
  const backend = new GpuBackend(context);
  backends.push(backend);
  return { backend, info: backend.info };
}

afterEach(() => {
  expect(errors).toEqual([]);
  for (const backend of backends) expect(backend.bytes).toBe(0);
  backends = [];
  errors = [];
});

const never = new AbortController().signal;

async function compute(config: SweptConfig, options: Partial<SweepOptions> = {}) {
  const { sweep, recorder } = sweepStage(config, { open, ...options });
  await sweep.run(never);
  expect(recorder.violations).toEqual([]);
  return recorder;
}

const sorted = (outcomes: Iterable<CellOutcome>) => [...outcomes].sort((a, b) => (a.key < b.key ? -1 : 1));

const gaussian = (rows: number | 'stream', dimension: number) => ({
  kind: 'gaussian' as const,
  spectrum: { geometric: { dimension, conditionNumber: 30 } },
  rows,
});
const stream = swept({ runs: [sgd(), mass(), nesterov()] });

describe('cells on the GPU', () => {
  it.each([
    ['a stream', stream, 4],
    ['stored rows by epochs', swept({ problem: gaussian(60, 20), sampling: 'epochs', steps: 100 }), 5],
    ['many features', swept({ problem: gaussian(40, 150), steps: 40 }), 7],
  ] as const)('of %s equal the same runs alone, bit for bit', async (_, config, every) => {
    const { outcomes } = await compute(config);
    const { cells } = sweepPlan(config, undefined);
    expect(outcomes.size).toBe(cells.length);
    for (const { run, key } of cells.filter((_cell, k) => k % every === 0)) {
      const alone = await runExperiment({ ...config, runs: [run] }, { engine: 'auto', table: noData, open });
      const { lanes, step } = alone.runs[0]!;
      const outcome = outcomes.get(key)!;
      const last = lanes.map(({ outcome: end, loss }) => (end.kind === 'diverged' ? Infinity : loss.at(-1)!));
      expect(outcome.loss.median).toBe(last.sort((a, b) => a - b)[1]);
      expect(outcome.start).toBe(lanes[0]!.loss[0]);
      const ends = lanes.flatMap(({ outcome: end }) => (end.kind === 'diverged' ? [end.step] : []));
      expect(outcome.diverged).toBe(ends.length);
      expect(outcome.steps).toBe(ends.length < 3 ? step.at(-1) : Math.max(...ends));
    }
  });

  it('are the same cut up, resumed from what is known, and after the device was lost', async () => {
    const atOnce = ({ progress }: { readonly progress: readonly { readonly lanesAtOnce: number }[] }) =>
      Math.max(...progress.map(({ lanesAtOnce }) => lanesAtOnce));
    const all = await compute(stream);
    const whole = sorted(all.outcomes.values());
    expect(atOnce(all)).toBeGreaterThan(20);
    const cut = await compute(stream, { budget: 430_000 });
    expect(sorted(cut.outcomes.values())).toEqual(whole);
    expect(atOnce(cut)).toBeLessThan(20);

    const known = whole.filter((_outcome, k) => k % 3 === 0);
    const rest = await compute(stream, { known });
    expect(sorted([...known, ...rest.outcomes.values()])).toEqual(whole);

    let lost = 0;
    const first = backends.length;
    const disturbed = await compute(stream, {
      budget: 450_000,
      checkpointSeconds: 0.01,
      listener: (event) => {
        if (event.type !== 'cells' || lost >= 2 || backends.length - first === lost) return;
        lost++;
        backends.at(-1)!.context.device.destroy();
      },
    });
    expect(lost).toBe(2);
    expect(disturbed.notices).toHaveLength(2);
    expect(sorted(disturbed.outcomes.values())).toEqual(whole);
  });
});

it('100,000 lanes of the two-dimensional problem complete within the budget', async () => {
  const config: SweptConfig = {
    ...defaultExperiment,
    runs: defaultExperiment.runs.filter(({ optimizer }) => optimizer !== 'adam' && optimizer !== 'heavy-ball'),
    seeds: 24,
    steps: 40,
    sweep: {
      x: { parameter: 'eta', from: 1e-3, to: 1, count: 64 },
      y: { parameter: 'gamma', from: 0, to: 0.99, count: 64 },
      others: 'fixed',
      tolerance: 1e-6,
      stopAtTolerance: true,
    },
  };
  const { progress, outcomes, radii } = await compute(config, { sliceMilliseconds: 50 });
  const { lanes, total, budget } = progress.at(-1)!;
  // SGD and MaSS know no γ: each of their columns is one run.
  expect(lanes).toBe((64 * 64 + 2 * 64) * 24);
  expect(lanes).toBeGreaterThan(100_000);
  expect(total).toBe(3 * 64 * 64);
  expect(outcomes.size).toBe(lanes / 24);
  for (const outcome of outcomes.values()) expect(outcome.lanes).toBe(24);
  // The ledger of all buffers, at its highest.
  const { peakBytes } = backends[0]!.context.memory;
  expect(peakBytes).toBeGreaterThan(0);
  expect(peakBytes).toBeLessThanOrEqual(budget);
  expect(budget).toBe(256 * 2 ** 20);
  expect([...radii.values()].flatMap((radius) => [...radius]).every(Number.isFinite)).toBe(true);
});
