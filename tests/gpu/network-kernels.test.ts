/** The kernels of networks against the float64 passes, on shapes that are no multiples of their tiles. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { evaluation, trainingStep, type Buffers, type Dispatch } from '../../src/engine/gpu/network/passes';
import type { PassContext } from '../../src/engine/gpu/network/programs';
import { openDevice, type GpuContext } from '../../src/gpu/device';
import { DYNAMIC_STRIDE } from '../../src/gpu/kernel';
import { NetworkArithmetic } from '../../src/models/float64/arithmetic';
import { lossOf } from '../../src/models/float64/loss';
import { initialParameters } from '../../src/models/initial';
import { drawUp, strideOf, type LossKind, type Network } from '../../src/models/network';
import { fullyConnected } from '../../src/models/presets';
import { MAX_SLOTS } from '../../src/optimizers/types';
import { mix, normalPair, rowWithReplacement, STREAM, streamKey } from '../../src/random/random';

const WORKGROUP = 64;
const ROWS = 23;
const SEEDS = 2;
const ROOT = 7;

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

const words = new Uint32Array(4);
const normal = (key: number, k: number) => {
  mix(key, k, 0, 0, words);
  return normalPair(words[0]!, words[1]!)[0];
};

/** Rows of inputs and what is wanted of them, as the passes read them and as the kernels do. */
function data(network: Network) {
  const { channels } = network.tensors[0]!;
  const width = strideOf(network.tensors[0]!);
  const inputs = Float64Array.from({ length: ROWS * channels }, (_, k) => Math.fround(normal(1, k)));
  const features = new Float32Array(ROWS * width);
  for (let i = 0; i < ROWS; i++) features.set(inputs.subarray(i * channels, (i + 1) * channels), i * width);
  if (network.loss === 'cross-entropy') {
    const classes = Array.from({ length: ROWS }, (_, i) => (i * 5) % network.outputs);
    const targets = new Float32Array(ROWS * 4);
    classes.forEach((one, i) => (targets[4 * i] = one));
    return { inputs, features, targets, wanted: (row: number) => [classes[row]!] };
  }
  const stride = strideOf({ channels: network.outputs });
  const values = Float64Array.from({ length: ROWS * network.outputs }, (_, k) => Math.fround(normal(2, k)));
  const wanted = (row: number) => [...values.subarray(row * network.outputs, (row + 1) * network.outputs)];
  const targets = new Float32Array(ROWS * stride);
  for (let i = 0; i < ROWS; i++) targets.set(wanted(i), i * stride);
  return { inputs, features, targets, wanted };
}

/** Two lanes a seed, with weights of their own, on the GPU; lane 3 has ended. */
function lanesOn(network: Network, batch: number) {
  const rows = data(network);
  const keys = Array.from({ length: SEEDS }, (_, seed) => streamKey(ROOT, STREAM.batch, seed));
  const lanes = Array.from({ length: 2 * SEEDS }, (_, lane) => ({
    seed: lane >> 1,
    // Rounded, so that both sides start from the same numbers.
    weights: initialParameters(network, ROOT, lane).map((value) => Math.fround(value)),
  }));
  const scope = context.scope('test');
  const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const records = new ArrayBuffer(lanes.length * 48);
  const state = new Float32Array(lanes.length * MAX_SLOTS * network.dimension);
  lanes.forEach(({ seed, weights }, lane) => {
    // Coefficients: plain SGD with η = ½. The iterate is slot 0.
    new Float32Array(records, lane * 48, 1)[0] = 0.5;
    new Uint32Array(records, lane * 48 + 32, 4).set([keys[seed]!, batch, 0, 0]);
    state.set(weights, lane * MAX_SLOTS * network.dimension);
  });
  const works = scope.create('work', 2 * DYNAMIC_STRIDE, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  const common = {
    work: works,
    lanes: scope.upload('lanes', records, storage),
    state: scope.upload('state', state, storage),
    alive: scope.upload('alive', Uint32Array.of(1, 1, 1, 0), storage),
    gradient: scope.create('gradient', lanes.length * network.dimension * 4, storage),
    features: scope.upload('features', rows.features, storage),
    targets: scope.upload('targets', rows.targets, storage),
  } satisfies Buffers;
  const run = (dispatches: readonly Dispatch[], from: number, to: number) => {
    context.device.queue.writeBuffer(works, 0, Uint32Array.of(from, to, 0, 0x7f7fffff));
    const encoder = context.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { kernel, group, invocations } of dispatches) {
      pass.setPipeline(kernel.pipeline);
      pass.setBindGroup(0, group, kernel.takesDynamicOffset ? [0] : []);
      pass.dispatchWorkgroups(Math.ceil(invocations / WORKGROUP));
    }
    pass.end();
    context.device.queue.submit([encoder.finish()]);
  };
  const read = async (buffer: GPUBuffer) => {
    const target = scope.create('read', buffer.size, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    const encoder = context.device.createCommandEncoder();
    encoder.copyBufferToBuffer(buffer, 0, target, 0, buffer.size);
    context.device.queue.submit([encoder.finish()]);
    await target.mapAsync(GPUMapMode.READ);
    return new Float32Array(target.getMappedRange().slice(0));
  };
  return { rows, keys, lanes, scope, common, run, read, tools: { context, scope, workSize: 16 } };
}

const cases: readonly [string, number, number, number, number, LossKind][] = [
  ['two layers', 5, 1, 7, 3, 'cross-entropy'],
  ['two layers, one sample', 3, 1, 6, 2, 'cross-entropy'],
  ['three layers', 13, 2, 18, 10, 'cross-entropy'],
  ['values', 6, 1, 9, 5, 'squared-error'],
  ['no hidden layer', 9, 0, 1, 4, 'squared-error'],
];

describe.each(cases)('a network of %s', (name, inputs, hidden, width, outputs, loss) => {
  const network = drawUp({ height: 1, width: 1, channels: inputs }, fullyConnected(hidden, width), outputs, loss);
  const batch = name.includes('one sample') ? 1 : 11;
  const pass = (kind: PassContext['pass'], count: number): PassContext => ({
    network,
    workgroup: WORKGROUP,
    batch: count,
    pass: kind,
  });

  it('has the gradient and the step of the float64 passes', async () => {
    const { rows, keys, lanes, common, run, read, tools } = lanesOn(network, batch);
    const members = {
      lanes: [0, 1, 2, 3],
      leaders: [0, 2],
      inputsOf: [0, 0, 1, 1],
      optimizers: new Map([['sgd', [0, 1, 2, 3]]] as const),
    };
    const step = 3;
    run(await trainingStep(tools, pass('training', batch), members, common, 'replacement', ROWS), step, step + 1);
    const gradient = await read(common.gradient);
    const state = await read(common.state);
    lanes.forEach(({ seed, weights }, lane) => {
      const drawn = Array.from({ length: batch }, (_, i) => rowWithReplacement(keys[seed]!, step, i, ROWS));
      const { channels } = network.tensors[0]!;
      const expected = new Float64Array(network.dimension);
      new NetworkArithmetic(network).gradient(
        weights,
        new Float64Array(network.statistics),
        drawn.flatMap((row) => [...rows.inputs.subarray(row * channels, (row + 1) * channels)]),
        drawn.flatMap((row) => rows.wanted(row)),
        batch,
        { kind: 'evaluation' },
        expected,
      );
      const largest = Math.max(...expected.map(Math.abs));
      const start = lane * MAX_SLOTS * network.dimension;
      for (let k = 0; k < network.dimension; k++) {
        if (lane === 3) {
          // It has ended: nothing of it moves.
          expect(state[start + k]).toBe(weights[k]);
          continue;
        }
        expect(Math.abs(gradient[lane * network.dimension + k]! - expected[k]!)).toBeLessThan(2e-6 * largest);
        expect(Math.abs(state[start + k]! - (weights[k]! - 0.5 * expected[k]!))).toBeLessThan(4e-6 * (1 + largest));
      }
    });
  });

  it('has the losses and the accuracy of the float64 passes, chunk by chunk', async () => {
    const { rows, lanes, scope, common, run, read, tools } = lanesOn(network, batch);
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
    const { channels } = network.tensors[0]!;
    const count = ROWS - 4;
    lanes.slice(0, 3).forEach(({ weights }, lane) => {
      const z = new NetworkArithmetic(network).forward(
        weights,
        new Float64Array(network.statistics),
        rows.inputs.subarray(4 * channels),
        count,
        { kind: 'evaluation' },
      );
      const wanted = Array.from({ length: count }, (_, i) => rows.wanted(4 + i)).flat();
      const expected = count * lossOf(network.loss, count, network.outputs, z, wanted);
      expect(Math.abs(found[2 * lane]! / expected - 1)).toBeLessThan(2e-6);
      if (network.loss !== 'cross-entropy') return;
      const stride = strideOf({ channels: network.outputs });
      const hits = wanted.filter((one, i) => {
        const row = z.subarray(i * stride, i * stride + network.outputs);
        return row.indexOf(Math.max(...row)) === one;
      });
      expect(found[2 * lane + 1]).toBe(hits.length);
    });
  });
});
