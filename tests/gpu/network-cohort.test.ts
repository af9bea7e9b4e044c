/** Networks in the engine: cohorts on the GPU against the float64 twin, alone and together, cut and whole. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Cohort, CohortOptions, Lane, Segment } from '../../src/engine/backend';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { openDevice } from '../../src/gpu/device';
import type { LayerConfig } from '../../src/models/layers';
import { drawUp, type LossKind } from '../../src/models/network';
import type { NetworkObjective } from '../../src/problems/types';
import { sgd } from '../support/experiments';
import { everyOptimizer } from '../support/problems';

let gpu: GpuBackend;
let errors: string[];

beforeEach(async () => {
  const context = await openDevice();
  errors = [];
  context.onUncapturedError((error) => errors.push(error.message));
  gpu = new GpuBackend(context);
});

afterEach(async () => {
  await gpu.context.device.queue.onSubmittedWorkDone();
  gpu.destroy();
  expect(errors).toEqual([]);
});

const image = { height: 6, width: 6, channels: 3 };

/** Everything that has a state or draws something. */
const layers: readonly LayerConfig[] = [
  // A bias before a batch normalisation has gradient zero but for rounding, which Adam would blow up.
  { kind: 'convolution', channels: 5, size: 3, bias: false },
  { kind: 'batch-norm' },
  { kind: 'relu' },
  { kind: 'max-pool' },
  { kind: 'dropout', rate: 0.3 },
  { kind: 'dense', units: 6 },
  { kind: 'relu' },
];

function objectiveOf(loss: LossKind, count = 14, test = 5): NetworkObjective {
  const network = drawUp(image, layers, 3, loss);
  const rows = count + test;
  const width = image.height * image.width * image.channels;
  const targets = loss === 'cross-entropy' ? 1 : 3;
  return {
    family: 'network',
    dimension: network.dimension,
    coordinates: 'weights',
    network,
    rows: {
      kind: 'examples',
      count,
      test,
      recorded: { count: count - 1, test },
      features: Float32Array.from({ length: rows * width }, (_, k) => Math.sin(1.7 * k) + Math.cos(0.3 * k * k)),
      targets: Float32Array.from({ length: rows * targets }, (_, k) =>
        loss === 'cross-entropy' ? (k * 7) % 3 : Math.sin(k),
      ),
    },
  };
}

/** Every optimizer with so many seeds, the batch sizes by turns. */
const lanesOf = (batches: readonly number[], seeds: number): Lane[] =>
  everyOptimizer(seeds, 1, 0.01).map(({ run, seed }, k) => ({
    run: { ...run, batch: batches[Math.floor(k / seeds) % batches.length]! },
    seed,
  }));

const segments: readonly Segment[] = [
  { from: 0, to: 0, record: true },
  { from: 0, to: 2, record: true },
  { from: 2, to: 5, record: true },
];

function options(objective: NetworkObjective, lanes: readonly Lane[], sampling: CohortOptions['sampling']) {
  return { objective, lanes, seed: 5, sampling, lossLimit: 1e30 };
}

async function outcome(cohort: Cohort, parts = [segments]) {
  const numbers: number[] = [];
  for (const part of parts) numbers.push(...(await cohort.execute(part)));
  const state = await cohort.save();
  return { numbers, state };
}

describe('networks in the engine', () => {
  it.each([
    ['cross-entropy', 'replacement', 4],
    ['squared-error', 'epochs', 2],
  ] as const)(
    '%s by %s: losses, accuracies and states are those of the float64 twin',
    async (loss, sampling, metrics) => {
      const full = options(objectiveOf(loss), lanesOf([4, 3], 1), sampling);
      const [cohort, twin] = [await gpu.cohort(full), await new CpuBackend().cohort(full)];
      expect(cohort.metrics).toEqual(twin.metrics);
      expect(cohort.metrics).toHaveLength(metrics);
      const [own, expected] = [await outcome(cohort), await outcome(twin)];
      expect(own.numbers).toHaveLength(segments.length * metrics * full.lanes.length);
      own.numbers.forEach((value, k) => {
        expect(Math.abs(value - expected.numbers[k]!)).toBeLessThan(1e-3 * (1 + Math.abs(expected.numbers[k]!)));
      });
      // Accuracies are shares of whole rows, to the last digit.
      const { recorded } = full.objective.rows;
      own.numbers.forEach((value, k) => {
        const metric = cohort.metrics[Math.floor(k / full.lanes.length) % metrics]!;
        const rows = metric === 'testAccuracy' ? recorded.test : recorded.count;
        if (metric === 'accuracy' || metric === 'testAccuracy') expect(value).toBe(Math.round(value * rows) / rows);
      });
      for (const name of ['values', 'statistics'] as const) {
        expect(own.state[name]).toHaveLength(expected.state[name].length);
        own.state[name].forEach((value, k) => {
          expect(Math.abs(value - expected.state[name][k]!)).toBeLessThan(2e-3 * (1 + Math.abs(value)));
        });
      }
    },
  );

  it('gives a lane what it gives the lane alone, and a cut run what it gives a whole one, to the bit', async () => {
    const objective = objectiveOf('cross-entropy');
    const lanes = lanesOf([4, 3], 2);
    const whole = await outcome(await gpu.cohort(options(objective, lanes, 'epochs')));
    for (const k of [1, 4, 7]) {
      const alone = await outcome(await gpu.cohort(options(objective, [lanes[k]!], 'epochs')));
      const picked = whole.numbers.filter((_, i) => i % lanes.length === k);
      expect(alone.numbers).toEqual(picked);
    }
    const [start, ...rest] = segments;
    const first = await gpu.cohort(options(objective, lanes, 'epochs'));
    const before = await outcome(first, [[start!, rest[0]!]]);
    const second = await gpu.cohort({ ...options(objective, lanes, 'epochs'), state: before.state });
    const after = await outcome(second, [rest.slice(1)]);
    expect([...before.numbers, ...after.numbers]).toEqual(whole.numbers);
    expect(after.state).toEqual(whole.state);
  });

  it('follows a schedule with restarts, weight decay and clipping as the float64 twin does', async () => {
    const trained: NetworkObjective = {
      ...objectiveOf('cross-entropy'),
      training: {
        schedule: { kind: 'step', at: [2, 4], factor: 0.3 },
        warmUp: 3,
        weightDecay: 0.05,
        clip: 0.5,
      },
    };
    const full = options(trained, lanesOf([4], 1), 'replacement');
    const plain = options(objectiveOf('cross-entropy'), full.lanes, 'replacement');
    const own = await outcome(await gpu.cohort(full));
    const expected = await outcome(await new CpuBackend().cohort(full));
    const without = await outcome(await new CpuBackend().cohort(plain));
    const apart = (a: Float64Array, b: Float64Array) =>
      a.reduce((most, value, k) => Math.max(most, Math.abs(value - b[k]!)), 0);
    expect(apart(own.state.values, expected.state.values)).toBeLessThan(2e-3);
    expect(apart(without.state.values, expected.state.values)).toBeGreaterThan(2e-2);
  });

  it('ends a lane that diverges: it records nothing more, the others go on', async () => {
    const objective = objectiveOf('squared-error');
    const lanes = [0.01, 1e6].map((eta) => ({ run: sgd(eta, 4), seed: 0 }));
    const cohort = await gpu.cohort({ ...options(objective, lanes, 'replacement'), lossLimit: 1e3 });
    const { numbers, state } = await outcome(cohort);
    const at = (record: number, metric: number, lane: number) => numbers[(record * 2 + metric) * 2 + lane]!;
    expect(at(0, 0, 1)).toBe(at(0, 0, 0));
    expect(at(1, 0, 1) > 1e3 || Number.isNaN(at(1, 0, 1))).toBe(true);
    expect([at(2, 0, 1), at(2, 1, 1)]).toEqual([NaN, NaN]);
    expect(at(2, 0, 0)).toBeLessThan(1e3);
    expect([...state.alive]).toEqual([1, 0]);
  });

  it('fits 64 random labels: train accuracy 100 % (two-layer net)', async () => {
    const network = drawUp(
      { height: 1, width: 1, channels: 10 },
      [{ kind: 'dense', units: 128 }, { kind: 'relu' }],
      2,
      'cross-entropy',
    );
    const objective: NetworkObjective = {
      family: 'network',
      dimension: network.dimension,
      coordinates: 'weights',
      network,
      rows: {
        kind: 'examples',
        count: 64,
        test: 0,
        recorded: { count: 64, test: 0 },
        features: Float32Array.from({ length: 640 }, (_, k) => Math.sin(12.9898 * k * (1 + 0.01 * k))),
        targets: Float32Array.from({ length: 64 }, (_, k) => (Math.imul(k + 1, 0x9e3779b1) >>> 16) & 1),
      },
    };
    const mass = { optimizer: 'mass' as const, batch: 16, hyper: { eta: 0.1, alpha: 0.05, kappaTilde: 3 } };
    const cohort = await gpu.cohort(options(objective, [{ run: mass, seed: 0 }], 'epochs'));
    const [, , loss, accuracy] = await cohort.execute([
      { from: 0, to: 0, record: true },
      { from: 0, to: 600, record: true },
    ]);
    expect(accuracy).toBe(1);
    expect(loss).toBeLessThan(0.1);
  });
});
