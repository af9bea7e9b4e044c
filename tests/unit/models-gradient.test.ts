/** The float64 network against central differences, and against what each layer is by definition. */
import { describe, expect, it } from 'vitest';
import { isKept, NetworkArithmetic, type Mode } from '../../src/models/float64/arithmetic';
import { lossOf } from '../../src/models/float64/loss';
import { initialParameters, initialStatistics } from '../../src/models/initial';
import type { LayerConfig } from '../../src/models/layers';
import { drawUp, strideOf, type LossKind, type Network, type Shape } from '../../src/models/network';
import { residualNetwork } from '../../src/models/presets';
import { mix, normalPair } from '../../src/random/random';

const words = new Uint32Array(4);
const normals = (count: number, key: number) =>
  Float64Array.from({ length: count }, (_, k) => {
    mix(key, k, 0, 0, words);
    return normalPair(words[0]!, words[1]!)[0];
  });

const pixels = ({ height, width, channels }: Shape) => height * width * channels;
const odd: Shape = { height: 5, width: 7, channels: 3 };
const training: Mode = { kind: 'training', key: 9, step: 3 };

const cases: readonly [string, Shape, readonly LayerConfig[], LossKind, number][] = [
  ['dense and ReLU', odd, [{ kind: 'dense', units: 5 }, { kind: 'relu' }], 'cross-entropy', 3],
  ['one sample', odd, [{ kind: 'dense', units: 5 }, { kind: 'relu' }], 'squared-error', 1],
  [
    'dropout',
    odd,
    [
      { kind: 'dense', units: 9 },
      { kind: 'dropout', rate: 0.4 },
    ],
    'cross-entropy',
    3,
  ],
  ['3 × 3 convolution', odd, [{ kind: 'convolution', channels: 2, size: 3 }], 'cross-entropy', 2],
  [
    'stride 2, no bias',
    odd,
    [{ kind: 'convolution', channels: 5, size: 3, stride: 2, bias: false }],
    'squared-error',
    2,
  ],
  ['1 × 1 convolution', odd, [{ kind: 'convolution', channels: 1, size: 1, stride: 2 }], 'cross-entropy', 2],
  ['max pool', odd, [{ kind: 'max-pool' }], 'cross-entropy', 2],
  ['global average pool', odd, [{ kind: 'global-average-pool' }], 'cross-entropy', 2],
  ['batch norm of images', odd, [{ kind: 'batch-norm' }, { kind: 'relu' }], 'cross-entropy', 2],
  ['batch norm of vectors', odd, [{ kind: 'dense', units: 4 }, { kind: 'batch-norm' }], 'squared-error', 4],
  ['a residual network', odd, residualNetwork(1).slice(0, 7), 'cross-entropy', 2],
];

/** Whether place k of the parameters is a bias or a shift of a channel. */
const isBias = (network: Network, k: number) =>
  network.operations.some((op) => {
    const slice =
      op.kind === 'batch-norm' ? op.shift : op.kind === 'dense' || op.kind === 'convolution' ? op.bias : undefined;
    return slice && k >= slice.offset && k < slice.offset + network.tensors[op.output]!.channels;
  });

describe.each(cases)('the gradient of %s', (_, input, layers, kind, m) => {
  const outputs = 3;
  const network = drawUp(input, layers, outputs, kind);
  const inputs = normals(m * pixels(input), 1);
  const targets = kind === 'cross-entropy' ? [0, 2, 1, 2].slice(0, m) : normals(m * outputs, 2);
  const parameters = initialParameters(network, 3, 0);
  // Biases and shifts away from zero, where a ReLU has no kink.
  parameters.forEach((value, k) => {
    if (value !== 0 || isBias(network, k)) parameters[k] = value + 0.05 * Math.sin(k + 1);
  });

  it('is that of central differences', () => {
    const arithmetic = new NetworkArithmetic(network);
    const gradient = new Float64Array(network.dimension);
    arithmetic.gradient(parameters, initialStatistics(network), inputs, targets, m, training, gradient);
    const lossAt = (k: number, change: number) => {
      const moved = parameters.slice();
      moved[k] = moved[k]! + change;
      const z = arithmetic.forward(moved, initialStatistics(network), inputs, m, training);
      return lossOf(kind, m, outputs, z, targets);
    };
    const largest = Math.max(...gradient.map(Math.abs));
    const every = Math.max(1, Math.floor(network.dimension / 300));
    for (let k = 0; k < network.dimension; k += every) {
      const h = 1e-6;
      const difference = (lossAt(k, h) - lossAt(k, -h)) / (2 * h);
      expect(Math.abs(gradient[k]! - difference)).toBeLessThan(1e-7 + 1e-5 * largest);
    }
  });

  it('is zero on the surplus of the strides', () => {
    const gradient = new Float64Array(network.dimension);
    new NetworkArithmetic(network).gradient(
      parameters,
      initialStatistics(network),
      inputs,
      targets,
      m,
      training,
      gradient,
    );
    const used = new Set<number>();
    const vector = ({ offset }: { offset: number }, { channels }: Shape) => {
      for (let k = 0; k < channels; k++) used.add(offset + k);
    };
    for (const op of network.operations) {
      const to = network.tensors[op.output]!;
      if (op.kind === 'batch-norm')
        [op.scale, op.shift].forEach((slice) => {
          vector(slice, to);
        });
      if (op.kind !== 'dense' && op.kind !== 'convolution') continue;
      if (op.bias) vector(op.bias, to);
      const { offset, taps, inputs, outputs } = op.weights;
      const [rows, columns] = [strideOf({ channels: inputs }), strideOf({ channels: outputs })];
      for (let t = 0; t < taps; t++)
        for (let i = 0; i < inputs; i++)
          for (let o = 0; o < outputs; o++) used.add(offset + (t * rows + i) * columns + o);
    }
    expect(used.size).toBe(network.parameters);
    expect([...gradient].filter((value, k) => !used.has(k) && value !== 0)).toEqual([]);
  });
});

describe('dropout', () => {
  it('keeps its share, a pure function of its counters', () => {
    let kept = 0;
    const n = 20_000;
    for (let k = 0; k < n; k++) if (isKept(11, 2, k % 64, Math.floor(k / 64), 1, 0.3)) kept++;
    expect(Math.abs(kept / n - 0.7)).toBeLessThan(5 * Math.sqrt(0.21 / n));
    const mask = (step: number, layer: number) =>
      Array.from({ length: 64 }, (_, unit) => isKept(11, step, 0, unit, layer, 0.3));
    expect(mask(2, 1)).toEqual(mask(2, 1));
    expect(mask(3, 1)).not.toEqual(mask(2, 1));
    expect(mask(2, 0)).not.toEqual(mask(2, 1));
  });

  it('does nothing in evaluation', () => {
    const dense = { kind: 'dense', units: 6 } as const;
    const network = drawUp(odd, [dense, { kind: 'dropout', rate: 0.5 }], 2, 'cross-entropy');
    const plain = drawUp(odd, [dense], 2, 'cross-entropy');
    const parameters = initialParameters(network, 1, 0);
    const inputs = normals(2 * pixels(odd), 4);
    const run = (one: typeof network) =>
      new NetworkArithmetic(one).forward(parameters, initialStatistics(one), inputs, 2, { kind: 'evaluation' });
    expect(run(network)).toEqual(run(plain));
  });
});

describe('batch normalisation', () => {
  const network = drawUp(odd, [{ kind: 'batch-norm' }], 2, 'cross-entropy');
  const norm = network.operations[0]!;
  if (norm.kind !== 'batch-norm') throw new Error('a batch normalisation was expected');
  const inputs = normals(2 * pixels(odd), 5).map((value) => 3 + 2 * value);

  it('moves its running statistics in training and uses them in evaluation', () => {
    const arithmetic = new NetworkArithmetic(network);
    const parameters = initialParameters(network, 1, 0);
    const statistics = initialStatistics(network);
    for (let k = 0; k < 200; k++) arithmetic.forward(parameters, statistics, inputs, 2, training);
    const channel = inputs.filter((_, k) => k % 3 === 1);
    const mean = channel.reduce((a, b) => a + b) / channel.length;
    const variance = channel.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (channel.length - 1);
    expect(statistics[norm.mean.offset + 1]).toBeCloseTo(mean, 6);
    expect(statistics[norm.variance.offset + 1]).toBeCloseTo(variance, 6);
    const before = statistics.slice();
    const outputs = arithmetic.forward(parameters, statistics, inputs, 2, { kind: 'evaluation' }).slice();
    expect(statistics).toEqual(before);
    // The statistics are those of this minibatch by now, up to the unbiased variance.
    const trained = arithmetic.forward(parameters, statistics.slice(), inputs, 2, training);
    outputs.forEach((value, k) => {
      expect(Math.abs(value - trained[k]!)).toBeLessThan(0.1);
    });
  });
});
