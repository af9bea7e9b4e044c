/** Crops and mirror images on the GPU against their twin, through the gradient of what they are fed to. */
import { afterEach, beforeEach, expect, it } from 'vitest';
import { trainingStep } from '../../src/engine/gpu/network/passes';
import type { PassContext } from '../../src/engine/gpu/network/programs';
import { openDevice, type GpuContext } from '../../src/gpu/device';
import { augment, augmentationKey } from '../../src/models/augmentation';
import { NetworkArithmetic } from '../../src/models/float64/arithmetic';
import type { LayerConfig } from '../../src/models/layers';
import { drawUp, type Network } from '../../src/models/network';
import { rowWithReplacement } from '../../src/random/random';
import { lanesOn, ROWS } from './network-lanes';

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

const image = { height: 5, width: 7, channels: 3 };

const convolution: readonly LayerConfig[] = [{ kind: 'convolution', channels: 5, size: 3 }, { kind: 'relu' }];
const dense: readonly LayerConfig[] = [{ kind: 'dense', units: 6 }, { kind: 'relu' }];

it.each<[string, readonly LayerConfig[], number | undefined]>([
  ['pictures', convolution, undefined],
  ['pictures read flat', dense, undefined],
  ['pictures in bytes', convolution, 3],
  ['pictures in bytes read flat', dense, 3],
])('crops and mirrors %s as the float64 twin does', async (_, layers, byteChannels) => {
  const network: Network = {
    ...drawUp(image, layers, 3, 'cross-entropy'),
    augmentation: { kind: 'crop-flip', image, padding: 2 },
  };
  const batch = 6;
  const step = 4;
  const { rows, lanes, common, members, run, read, tools } = lanesOn(context, network, batch, [0, 2], byteChannels);
  const pass: PassContext = { network, batch, pass: 'training', byteChannels };
  run(await trainingStep(tools, pass, members, common, { sampling: 'replacement', rows: ROWS }), step, step + 1);
  const gradient = await read(common.gradient);
  lanes.forEach((lane, k) => {
    const drawn = Array.from({ length: batch }, (_, i) => rowWithReplacement(lane.key, step, i, ROWS));
    const inputs = drawn.flatMap((row, i) => {
      const into = new Float64Array(5 * 7 * 3);
      augment(network.augmentation!, augmentationKey(lane.key), step, i, rows.inputs(row), into);
      return [...into];
    });
    const expected = new Float64Array(network.dimension);
    new NetworkArithmetic(network).gradient(
      lane.weights,
      lane.statistics.slice(),
      inputs,
      drawn.flatMap((row) => rows.wanted(row)),
      batch,
      { kind: 'training', key: lane.dropoutKey, step },
      expected,
    );
    const own = gradient.subarray(k * network.dimension, (k + 1) * network.dimension);
    const largest = Math.max(...expected.map(Math.abs));
    expect(largest).toBeGreaterThan(0.01);
    own.forEach((value, j) => {
      expect(Math.abs(value - expected[j]!)).toBeLessThan(1e-7 + 4e-6 * largest);
    });
  });
});
