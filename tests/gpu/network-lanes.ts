/** Lanes of a network on the GPU, two a seed, beside the same in float64. */
import laneWgsl from '../../shaders/common/lane.wgsl?raw';
import type { Members } from '../../src/engine/gpu/network/passes';
import type { Buffers, Dispatch } from '../../src/engine/gpu/programme';
import { numbersOf, type Features } from '../../src/data/features';
import { LANE_RECORD_BYTES } from '../../src/engine/gpu/cohort-memory';
import { uploadExamples } from '../../src/engine/gpu/network/example-buffers';
import type { GpuContext } from '../../src/gpu/device';
import { DYNAMIC_STRIDE } from '../../src/gpu/kernel';
import { structLayout } from '../../src/gpu/layout';
import { NetworkArithmetic } from '../../src/models/float64/arithmetic';
import { initialParameters, initialStatistics } from '../../src/models/initial';
import type { Network } from '../../src/models/network';
import { MAX_SLOTS } from '../../src/optimizers/types';
import { mix, normalPair, rowWithReplacement, STREAM, streamKey } from '../../src/random/random';

export const ROWS = 23;
const SEEDS = 2;
const WORK_SIZE = structLayout(`const BLOCKS = 1u;\n${laneWgsl}`, 'Work').size;
const ROOT = 7;

const words = new Uint32Array(4);
const normal = (key: number, k: number) => {
  mix(key, k, 0, 0, words);
  return normalPair(words[0]!, words[1]!)[0];
};

/** Normal numbers; or bytes with levels of their own for each channel. */
function featuresOf(length: number, channels: number | undefined): Features {
  if (channels === undefined) return Float32Array.from({ length }, (_, k) => normal(1, k));
  const levels = Array.from({ length: channels }, (_, c) => c + 1);
  return {
    bytes: Uint8Array.from({ length }, (_, k) => Math.min(Math.max(128 + 80 * normal(1, k), 0), 255)),
    channels,
    scale: levels.map((level) => 0.01 + 0.002 * level),
    shift: levels.map((level) => -1.1 - 0.3 * level),
  };
}

/** Rows of inputs and what is wanted of them, as the passes read them and as the kernels do. */
function data(network: Network, byteChannels: number | undefined) {
  const shape = network.tensors[0]!;
  const size = shape.height * shape.width * shape.channels;
  const features = featuresOf(ROWS * size, byteChannels);
  const inputs = (row: number) => [...numbersOf(features, row * size, (row + 1) * size)];
  const classes = network.loss === 'cross-entropy';
  const width = classes ? 1 : network.outputs;
  const targets = Float32Array.from({ length: ROWS * width }, (_, k) =>
    classes ? (k * 5) % network.outputs : normal(2, k),
  );
  const wanted = (row: number) => [...targets.subarray(row * width, (row + 1) * width)];
  return { count: ROWS, test: 0, features, targets, inputs, wanted };
}

/** Entries that a network reads of a lane's parameters: the surplus of the strides is zero and stays so. */
const used = (network: Network, values: Float64Array) =>
  values.map((value, k) => {
    // Biases, shifts and scales away from where they start, so that a wrong one shows.
    const slices = network.operations.flatMap((op) => {
      if (op.kind === 'batch-norm') return [op.scale, op.shift];
      return (op.kind === 'dense' || op.kind === 'convolution') && op.bias ? [op.bias] : [];
    });
    const channels = (offset: number) =>
      network.operations.flatMap((op) =>
        'bias' in op && op.bias?.offset === offset
          ? [network.tensors[op.output]!.channels]
          : op.kind === 'batch-norm' && (op.scale.offset === offset || op.shift.offset === offset)
            ? [network.tensors[op.output]!.channels]
            : [],
      )[0]!;
    const slice = slices.find(({ offset, length }) => k >= offset && k < offset + length);
    const moved = slice && k < slice.offset + channels(slice.offset) ? value + 0.2 * Math.sin(k + 1) : value;
    return Math.fround(moved);
  });

/** What one lane of a test is: its number decides its seed and its starting weights. */
export interface TestLane {
  readonly number: number;
  readonly seed: number;
  readonly key: number;
  readonly dropoutKey: number;
  readonly weights: Float64Array;
  readonly statistics: Float64Array;
}

/**
 * Lanes with these numbers, 0 … 3 if none are given, two a seed; the one with number 3 has ended. SGD with η = ½. Features are
 * bytes where the channels of a pixel are given.
 */
export function lanesOn(
  context: GpuContext,
  network: Network,
  batch: number,
  numbers: readonly number[] = [0, 1, 2, 3],
  byteChannels?: number,
) {
  const rows = data(network, byteChannels);
  const lanes = numbers.map((number): TestLane => {
    const seed = (number >> 1) % SEEDS;
    const statistics = initialStatistics(network).map((value, k) =>
      Math.fround(value + 0.1 * (1 + Math.cos(k + number))),
    );
    return {
      number,
      seed,
      key: streamKey(ROOT, STREAM.batch, seed),
      dropoutKey: streamKey(ROOT, STREAM.dropout, number),
      weights: used(network, initialParameters(network, ROOT, number)),
      statistics,
    };
  });
  const scope = context.scope('test');
  const storage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
  const records = new ArrayBuffer(lanes.length * LANE_RECORD_BYTES);
  const state = new Float32Array(lanes.length * MAX_SLOTS * network.dimension);
  const running = new Float32Array(lanes.length * network.statistics);
  lanes.forEach(({ key, weights, statistics }, lane) => {
    // Coefficients: plain SGD. The iterate is slot 0.
    new Float32Array(records, lane * LANE_RECORD_BYTES, 1)[0] = 0.5;
    new Uint32Array(records, lane * LANE_RECORD_BYTES + 32, 4).set([key, batch, 0, 0]);
    state.set(weights, lane * MAX_SLOTS * network.dimension);
    running.set(statistics, lane * network.statistics);
  });
  const works = scope.create('work', 2 * DYNAMIC_STRIDE, GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST);
  const words = (label: string, values: readonly number[]) => scope.upload(label, Uint32Array.from(values), storage);
  const common = {
    work: works,
    lanes: scope.upload('lanes', records, storage),
    state: scope.upload('state', state, storage),
    alive: words(
      'alive',
      numbers.map((number) => (number === 3 ? 0 : 1)),
    ),
    gradient: scope.create('gradient', lanes.length * network.dimension * 4, storage),
    ...uploadExamples(scope, { network, rows }),
    statistics: scope.upload('statistics', running, storage),
    dropout_keys: words(
      'dropout keys',
      lanes.map(({ dropoutKey }) => dropoutKey),
    ),
  } satisfies Buffers;
  const seeds = [...new Set(lanes.map(({ seed }) => seed))];
  const members: Members = {
    lanes: lanes.map((_, k) => k),
    leaders: seeds.map((seed) => lanes.findIndex((lane) => lane.seed === seed)),
    inputsOf: lanes.map(({ seed }) => seeds.indexOf(seed)),
    optimizers: new Map([['sgd', lanes.map((_, k) => k)]] as const),
  };
  const run = (dispatches: readonly Dispatch[], from: number, to: number) => {
    context.device.queue.writeBuffer(works, 0, Uint32Array.of(from, to, 0, 0x7f7fffff, 0x3f800000, 0));
    const encoder = context.device.createCommandEncoder();
    const pass = encoder.beginComputePass();
    for (const { kernel, group, workgroups } of dispatches) {
      pass.setPipeline(kernel.pipeline);
      pass.setBindGroup(0, group, kernel.takesDynamicOffset ? [0] : []);
      pass.dispatchWorkgroups(workgroups);
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
  return { rows, lanes, scope, common, members, run, read, tools: { context, scope, workSize: WORK_SIZE } };
}

/** Gradient of a minibatch in float64, and the running statistics after it. */
export function trainedInFloat64(
  network: Network,
  rows: ReturnType<typeof data>,
  lane: TestLane,
  batch: number,
  step: number,
) {
  const drawn = Array.from({ length: batch }, (_, i) => rowWithReplacement(lane.key, step, i, ROWS));
  const gradient = new Float64Array(network.dimension);
  const statistics = lane.statistics.slice();
  new NetworkArithmetic(network).gradient(
    lane.weights,
    statistics,
    drawn.flatMap((row) => rows.inputs(row)),
    drawn.flatMap((row) => rows.wanted(row)),
    batch,
    { kind: 'training', key: lane.dropoutKey, step },
    gradient,
  );
  return { gradient, statistics };
}

/** Outputs of rows `from` … `to` − 1 in float64, with the running statistics, and what is wanted of them. */
export function evaluatedInFloat64(
  network: Network,
  rows: ReturnType<typeof data>,
  lane: TestLane,
  from: number,
  to: number,
) {
  const chosen = Array.from({ length: to - from }, (_, i) => from + i);
  const z = new NetworkArithmetic(network).forward(
    lane.weights,
    lane.statistics.slice(),
    chosen.flatMap((row) => rows.inputs(row)),
    chosen.length,
    { kind: 'evaluation' },
  );
  return { z, wanted: chosen.flatMap((row) => rows.wanted(row)) };
}
