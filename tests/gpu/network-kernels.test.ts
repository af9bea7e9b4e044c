/** The kernels of networks against the float64 passes, on shapes that are no multiples of their tiles. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evaluation, trainingStep } from '../../src/engine/gpu/network/passes';
import type { PassContext } from '../../src/engine/gpu/network/programs';
import { openDevice, type GpuContext } from '../../src/gpu/device';
import { isKept } from '../../src/models/float64/arithmetic';
import { lossOf } from '../../src/models/float64/loss';
import type { LayerConfig } from '../../src/models/layers';
import { drawUp, strideOf, type LossKind, type Shape } from '../../src/models/network';
import { fullyConnected } from '../../src/models/presets';
import { MAX_SLOTS } from '../../src/optimizers/types';
import { evaluatedInFloat64, lanesOn, ROWS, trainedInFloat64 } from './network-lanes';

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

interface Case {
  readonly name: string;
  readonly input: Shape;
  readonly layers: readonly LayerConfig[];
  readonly outputs: number;
  readonly loss: LossKind;
  readonly batch: number;
  /** Without quads of invocations, which a software adapter takes where this is absent. */
  readonly quads?: false;
  /** By transformed tiles, however small. */
  readonly winograd?: true;
  /** Channels of a pixel, where features are bytes. */
  readonly byteChannels?: number;
}

const vector = (channels: number): Shape => ({ height: 1, width: 1, channels });
const dense = (
  name: string,
  inputs: number,
  hidden: number,
  width: number,
  outputs: number,
  loss: LossKind,
  batch = 11,
): Case => ({
  name,
  input: vector(inputs),
  layers: fullyConnected(hidden, width),
  outputs,
  loss,
  batch,
});
const image = (name: string, input: Shape, layers: readonly LayerConfig[], batch = 3): Case => ({
  name,
  input,
  layers,
  outputs: 3,
  loss: 'cross-entropy',
  batch,
});
const odd: Shape = { height: 5, width: 7, channels: 3 };
const grey: Shape = { height: 6, width: 5, channels: 1 };
const convolution = (channels: number, more: { size?: 1 | 3; stride?: 1 | 2; bias?: boolean } = {}) =>
  ({ kind: 'convolution', channels, size: 3, ...more }) as const;
const relu = { kind: 'relu' } as const;
const norm = { kind: 'batch-norm' } as const;

const cases: readonly Case[] = [
  dense('two layers', 5, 1, 7, 3, 'cross-entropy'),
  dense('two layers, one sample', 3, 1, 6, 2, 'cross-entropy', 1),
  dense('three layers', 13, 2, 18, 10, 'cross-entropy'),
  dense('values', 6, 1, 9, 5, 'squared-error'),
  dense('no hidden layer', 9, 0, 1, 4, 'squared-error'),
  dense('more values than inputs', 3, 1, 5, 9, 'squared-error'),
  image('two convolutions', odd, [convolution(9), relu, convolution(5)]),
  image('two convolutions of stride 2', odd, [
    convolution(6, { stride: 2 }),
    relu,
    convolution(21, { stride: 2 }),
    relu,
  ]),
  image('strides over odd sides, in whole tiles', { height: 7, width: 7, channels: 2 }, [
    convolution(7),
    relu,
    { kind: 'residual', layers: [convolution(6, { stride: 2 })] },
    relu,
  ]),
  image('strides over even sides', { height: 4, width: 8, channels: 2 }, [
    convolution(20),
    relu,
    convolution(5, { stride: 2 }),
    convolution(7, { stride: 2 }),
  ]),
  image('strides along a line', { height: 1, width: 9, channels: 2 }, [convolution(5), convolution(6, { stride: 2 })]),
  image('strides down a column', { height: 6, width: 1, channels: 2 }, [convolution(5), convolution(6, { stride: 2 })]),
  image('1 × 1 convolutions of stride 2 that share their input', odd, [
    convolution(6),
    relu,
    { kind: 'residual', layers: [convolution(9, { size: 1, stride: 2 })] },
  ]),
  image('convolutions without bias', grey, [
    convolution(5, { bias: false }),
    relu,
    convolution(6, { bias: false, stride: 2 }),
  ]),
  image('1 × 1 convolutions', odd, [convolution(10, { size: 1 }), relu, convolution(3, { size: 1, stride: 2 }), relu]),
  image('one channel, one sample', grey, [convolution(1), relu, convolution(1, { stride: 2 })], 1),
  image('one pixel', vector(2), [convolution(3), relu, convolution(2, { stride: 2 })]),
  image('a ReLU of a pool', odd, [convolution(5), { kind: 'max-pool' }, relu]),
  image('a sum of the inputs', odd, [{ kind: 'residual', layers: [relu, convolution(3)] }, relu]),
  image('an output with two readers', grey, [
    convolution(6),
    { kind: 'residual', layers: [relu, convolution(6)] },
    { kind: 'residual', layers: [convolution(5, { stride: 2 }), relu] },
    relu,
  ]),
  image('a positive part with two readers', grey, [
    convolution(5),
    relu,
    { kind: 'residual', layers: [convolution(5, { size: 1 })] },
  ]),
  image('pools of activations', odd, [convolution(5), { kind: 'max-pool' }, { kind: 'global-average-pool' }], 1),
  image('pools of inputs', odd, [{ kind: 'max-pool' }, convolution(5), relu, { kind: 'global-average-pool' }]),
  image('dropouts', odd, [
    { kind: 'dropout', rate: 0.25 },
    convolution(5),
    relu,
    { kind: 'dropout', rate: 0.4 },
    { kind: 'dense', units: 9 },
    { kind: 'dropout', rate: 0.5 },
  ]),
  image('normalised images', odd, [convolution(5, { bias: false }), norm, relu, convolution(3), norm]),
  image('normalised inputs', grey, [norm, convolution(3), relu], 1),
  image('normalised vectors', vector(5), [{ kind: 'dense', units: 9 }, norm, relu], 11),
  image('a normalisation of one number', vector(5), [{ kind: 'dense', units: 3 }, norm], 1),
];

/** Layers whose kernels come in two kinds, by quads and not: the others are the same. */
const withoutQuads = cases
  .slice(0, 17)
  .map((one): Case => ({ ...one, name: `${one.name}, without quads`, quads: false }));

/** Convolutions by transformed tiles: of images of whole tiles and not, smaller than one, of inputs, with several readers. */
const transformed = [
  image('two convolutions', odd, [convolution(9), relu, convolution(5)]),
  image('whole tiles', { height: 8, width: 4, channels: 5 }, [convolution(17), relu, convolution(8)], 5),
  image('many channels', { height: 4, width: 4, channels: 1 }, [convolution(72), relu, convolution(72)], 1),
  image('convolutions without bias', grey, [convolution(5, { bias: false }), relu, convolution(6, { bias: false })]),
  image('one channel, one sample', grey, [convolution(1), relu, convolution(1)], 1),
  image('one pixel', vector(2), [convolution(3), relu, convolution(2)]),
  image('an output with two readers', grey, [
    convolution(6),
    { kind: 'residual', layers: [relu, convolution(6)] },
    { kind: 'residual', layers: [convolution(5), relu] },
    relu,
  ]),
].map((one): Case => ({ ...one, name: `${one.name}, by transformed tiles`, winograd: true }));

/** Pictures in bytes: rows of whole words and not, pixels that share words, and flat ones. */
const inBytes = [
  image('colours in bytes', { height: 5, width: 7, channels: 3 }, [convolution(5), relu], 3),
  image('greys in bytes', { height: 4, width: 4, channels: 1 }, [convolution(5), relu], 3),
  image('colours in bytes, read flat', { height: 5, width: 7, channels: 3 }, [{ kind: 'dense', units: 6 }, relu], 5),
  image('greys in bytes, read flat', { height: 20, width: 20, channels: 1 }, [{ kind: 'dense', units: 6 }, relu], 3),
  image('two greys in bytes, normalised', { height: 1, width: 3, channels: 1 }, [norm, convolution(3)], 3),
].map((one): Case => ({ ...one, byteChannels: one.input.channels }));

describe.each([...cases, ...withoutQuads, ...transformed, ...inBytes])('a network of $name', (one) => {
  const { input, layers, outputs, loss, batch, quads, winograd, byteChannels } = one;
  const network = drawUp(input, layers, outputs, loss);
  const pass = (kind: PassContext['pass'], count: number): PassContext => ({
    network,

    batch: count,
    pass: kind,
    byteChannels,
    ...(quads === undefined ? {} : { quads }),
    ...(winograd === undefined ? {} : { winograd }),
  });

  it('has the gradient and the step of the float64 passes', async () => {
    const { rows, lanes, common, members, run, read, tools } = lanesOn(
      context,
      network,
      batch,
      undefined,
      byteChannels,
    );
    const step = 3;
    run(
      await trainingStep(tools, pass('training', batch), members, common, { sampling: 'replacement', rows: ROWS }),
      step,
      step + 1,
    );
    const gradient = await read(common.gradient);
    const state = await read(common.state);
    const running = await read(common.statistics);
    lanes.forEach((one, lane) => {
      const { weights } = one;
      const expected = trainedInFloat64(network, rows, one, batch, step);
      const largest = Math.max(...expected.gradient.map(Math.abs));
      const start = lane * MAX_SLOTS * network.dimension;
      for (let k = 0; k < network.dimension; k++) {
        if (lane === 3) {
          // It has ended: nothing of it moves.
          expect(state[start + k]).toBe(weights[k]);
          continue;
        }
        expect(Math.abs(gradient[lane * network.dimension + k]! - expected.gradient[k]!)).toBeLessThan(
          1e-7 + 4e-6 * largest,
        );
        const moved = weights[k]! - 0.5 * expected.gradient[k]!;
        expect(Math.abs(state[start + k]! - moved)).toBeLessThan(4e-6 * (1 + largest));
      }
      for (let k = 0; k < network.statistics; k++) {
        const wanted = lane === 3 ? one.statistics[k]! : expected.statistics[k]!;
        expect(Math.abs(running[lane * network.statistics + k]! - wanted)).toBeLessThan(lane === 3 ? 1e-30 : 2e-6);
      }
    });
  });

  it('has the losses and the accuracy of the float64 passes, chunk by chunk', async () => {
    const { rows, lanes, scope, common, run, read, tools } = lanesOn(context, network, batch, undefined, byteChannels);
    const sums = scope.create('sums', lanes.length * 8, GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC);
    const sets = [{ firstRow: 4, sums }];
    const [dispatches] = await evaluation(tools, pass('evaluation', 8), lanes.length, common, sets);
    for (const [from, to] of [
      [4, 12],
      [12, 20],
      [20, ROWS],
    ] as const)
      run(dispatches!, from, to);
    const found = await read(sums);
    const count = ROWS - 4;
    lanes.slice(0, 3).forEach((one, lane) => {
      const { z, wanted } = evaluatedInFloat64(network, rows, one, 4, ROWS);
      const expected = count * lossOf(network.loss, count, network.outputs, z, wanted);
      expect(Math.abs(found[2 * lane]! / expected - 1)).toBeLessThan(2e-6);
      if (network.loss !== 'cross-entropy') return;
      const stride = strideOf({ channels: network.outputs });
      const hits = wanted.filter((wish, i) => {
        const row = z.subarray(i * stride, i * stride + network.outputs);
        return row.indexOf(Math.max(...row)) === wish;
      });
      expect(found[2 * lane + 1]).toBe(hits.length);
    });
  });
});

it('drops the activations that the float64 passes drop', async () => {
  const rate = 0.37;
  const network = drawUp(
    odd,
    [{ kind: 'dropout', rate }, ...fullyConnected(1, 8), { kind: 'dropout', rate }],
    2,
    'cross-entropy',
  );
  const { lanes, common, members, run, read, tools } = lanesOn(context, network, 1);
  const pass: PassContext = { network, batch: 1, pass: 'training' };
  run(await trainingStep(tools, pass, members, common, { sampling: 'replacement', rows: ROWS }), 5, 6);
  const gradient = await read(common.gradient);
  const [first] = network.operations.filter((op) => op.kind === 'dense');
  const { offset, length } = first!.weights;
  const width = first!.bias.length;
  lanes.slice(0, 3).forEach(({ dropoutKey }, lane) => {
    // With one sample, the gradient of an input's weights vanishes where the input was dropped, and only there.
    const start = lane * network.dimension + offset;
    const rows = Array.from({ length: length / width }, (_, k) =>
      gradient.subarray(start + k * width, start + (k + 1) * width),
    );
    const kept = rows.map((_, unit) => unit % 4 < 3 && isKept(dropoutKey, 5, 0, unit, 0, rate));
    expect(rows.map((row) => row.some((value) => value !== 0))).toEqual(kept);
    expect(kept.filter(Boolean).length).toBeGreaterThan(30);
  });
});
