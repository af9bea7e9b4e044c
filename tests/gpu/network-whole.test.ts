/** Whole networks on the GPU: the gradient of a residual network, and that a lane does not depend on its company. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { evaluation, trainingStep } from '../../src/engine/gpu/network/passes';
import type { PassContext } from '../../src/engine/gpu/network/programs';
import { openDevice, type GpuContext } from '../../src/gpu/device';
import type { LayerConfig } from '../../src/models/layers';
import { drawUp } from '../../src/models/network';
import { residualNetwork } from '../../src/models/presets';
import { lanesOn, ROWS, trainedInFloat64 } from './network-lanes';

let context: GpuContext;
let errors: string[];

beforeEach(async () => {
  context = await openDevice();
  errors = [];
  context.onUncapturedError((error) => errors.push(error.message));
});

afterEach(async () => {
  await context.device.queue.onSubmittedWorkDone();
  context.destroy();
  expect(errors).toEqual([]);
});

const image = { height: 8, width: 8, channels: 3 };

it('has the gradient of a residual network of 8 layers within 1e-4', async () => {
  const network = drawUp(image, residualNetwork(1), 10, 'cross-entropy');
  const batch = 3;
  const { rows, lanes, common, members, run, read, tools } = lanesOn(context, network, batch, [0, 1]);
  const pass: PassContext = { network, batch, pass: 'training' };
  run(await trainingStep(tools, pass, members, common, { sampling: 'replacement', rows: ROWS }), 2, 3);
  const gradient = await read(common.gradient);
  const running = await read(common.statistics);
  lanes.forEach((lane, k) => {
    const expected = trainedInFloat64(network, rows, lane, batch, 2);
    const own = gradient.subarray(k * network.dimension, (k + 1) * network.dimension);
    const norm = (values: Float64Array) => Math.hypot(...values);
    const error = norm(expected.gradient.map((value, j) => value - own[j]!)) / norm(expected.gradient);
    expect(error).toBeLessThan(1e-4);
    expected.statistics.forEach((value, j) => {
      expect(Math.abs(running[k * network.statistics + j]! - value)).toBeLessThan(1e-4 * (1 + Math.abs(value)));
    });
  });
});

/** A little of everything. */
const mixed: readonly LayerConfig[] = [
  { kind: 'convolution', channels: 6, size: 3 },
  { kind: 'batch-norm' },
  { kind: 'relu' },
  { kind: 'max-pool' },
  {
    kind: 'residual',
    layers: [{ kind: 'convolution', channels: 5, size: 3, stride: 2 }, { kind: 'relu' }, { kind: 'batch-norm' }],
  },
  { kind: 'relu' },
  { kind: 'dropout', rate: 0.3 },
  { kind: 'dense', units: 7 },
];

it.each([
  ['with what suits the adapter', {}],
  ['by transformed tiles where there are quads', { winograd: true }],
  ['without quads', { quads: false }],
])('gives each lane, to the bit, what it gives the lane alone: %s', async (_, kernels) => {
  const network = drawUp(image, mixed, 4, 'cross-entropy');
  const batch = 5;
  /** Parameters, running statistics and losses of these lanes after two steps. */
  const trained = async (numbers: readonly number[]) => {
    const { lanes, scope, common, members, run, read, tools } = lanesOn(context, network, batch, numbers);
    const pass: PassContext = { network, batch, pass: 'training', ...kernels };
    const dispatches = await trainingStep(tools, pass, members, common, { sampling: 'epochs', rows: ROWS });
    run(dispatches, 0, 1);
    run(dispatches, 1, 2);
    const sums = scope.create('sums', lanes.length * 8, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
    const evaluated = { ...pass, batch: ROWS, pass: 'evaluation' } as const;
    const [losses] = await evaluation(tools, evaluated, lanes.length, common, [{ firstRow: 0, sums }]);
    run(losses!, 0, ROWS);
    return Promise.all(
      [common.state, common.statistics, sums].map(async (buffer) => {
        const all = await read(buffer);
        const length = all.length / numbers.length;
        return numbers.map((_, k) => [...all.subarray(k * length, (k + 1) * length)]);
      }),
    );
  };
  const together = await trained([0, 1, 2]);
  for (const [k, number] of [0, 1, 2].entries()) {
    const alone = await trained([number]);
    expect(alone.map((values) => values[0])).toEqual(together.map((values) => values[k]));
  }
  const [, , losses] = together;
  expect(losses!.flat().every(Number.isFinite)).toBe(true);
  expect(losses![0]).not.toEqual(losses![1]);
});
