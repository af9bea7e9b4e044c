import { describe, expect, it } from 'vitest';
import { initialParameters, initialStatistics } from '../../src/models/initial';
import { layersSchema, type LayerConfig } from '../../src/models/layers';
import { drawUp, NetworkError, sizeOf, type Shape } from '../../src/models/network';
import { fullyConnected, presets } from '../../src/models/presets';

const digits: Shape = { height: 28, width: 28, channels: 1 };
const colour: Shape = { height: 32, width: 32, channels: 3 };
const preset = (id: string) => presets.find((one) => one.id === id)!.layers;

describe('drawing up a network', () => {
  it('counts the parameters of the known networks', () => {
    const { parameters } = drawUp(digits, preset('fully-connected'), 10, 'cross-entropy');
    expect(parameters).toBe(784 * 80 + 80 + 2 * (80 * 80 + 80) + 80 * 10 + 10);
    // 464,154 (He et al. 2016, table 6: 0.46 M) and the two projections that widen 16 → 32 → 64.
    expect(drawUp(colour, preset('resnet-32'), 10, 'cross-entropy').parameters).toBe(464_154 + 16 * 32 + 32 * 64);
    const convolutional = drawUp(colour, preset('convolutional'), 10, 'cross-entropy');
    expect(convolutional.parameters).toBe(
      9 * 3 * 64 + 64 + 9 * 64 * 64 + 64 + 9 * 64 * 128 + 128 + 8 * 8 * 128 * 128 + 128 + 128 * 10 + 10,
    );
  });

  it('gives every tensor of parameters a place of its own at a multiple of four', () => {
    const network = drawUp({ height: 5, width: 7, channels: 3 }, preset('resnet-8'), 3, 'cross-entropy');
    const slices = network.operations.flatMap((op) => {
      if (op.kind === 'dense') return [op.weights, op.bias];
      if (op.kind === 'convolution') return op.bias ? [op.weights, op.bias] : [op.weights];
      return op.kind === 'batch-norm' ? [op.scale, op.shift] : [];
    });
    let end = 0;
    for (const { offset, length } of slices.toSorted((a, b) => a.offset - b.offset)) {
      expect(offset % 4).toBe(0);
      expect(offset).toBe(end);
      end = offset + Math.ceil(length / 4) * 4;
    }
    expect(end).toBe(network.dimension);
  });

  it('halves odd images as convolutions and pools do', () => {
    const { tensors, operations } = drawUp(
      { height: 7, width: 5, channels: 2 },
      [{ kind: 'convolution', channels: 3, size: 3, stride: 2 }, { kind: 'max-pool' }],
      2,
      'squared-error',
    );
    expect(tensors[operations[0]!.output]).toEqual({ height: 4, width: 3, channels: 3 });
    expect(tensors[operations[1]!.output]).toEqual({ height: 2, width: 1, channels: 3 });
    expect(sizeOf(tensors.at(-1)!)).toBe(4);
  });

  it('names the layer that does not fit', () => {
    const pools = [{ kind: 'max-pool' }, { kind: 'max-pool' }] as const;
    expect(() => drawUp({ height: 3, width: 3, channels: 1 }, pools, 2, 'cross-entropy')).toThrow(
      new NetworkError('layers[1]', 'a 2 × 2 pool needs an image of 2 × 2 or more; its input is 1'),
    );
    const block: LayerConfig = { kind: 'residual', layers: [{ kind: 'max-pool' }, { kind: 'max-pool' }] };
    expect(() => drawUp(digits, [block], 2, 'cross-entropy')).toThrow(
      /^layers\[0\]: no shortcut leads from 28 × 28 × 1/,
    );
    expect(() => drawUp(colour, fullyConnected(2, 16_384), 10, 'cross-entropy')).toThrow(/^layers\[2\]: .* parameters/);
  });

  it('checks layers at the door', () => {
    expect(layersSchema.safeParse(presets.flatMap(({ layers }) => layers)).success).toBe(true);
    expect(layersSchema.safeParse([{ kind: 'dense', units: 0 }]).success).toBe(false);
    expect(layersSchema.safeParse([{ kind: 'dropout', rate: 1 }]).success).toBe(false);
    expect(layersSchema.safeParse([{ kind: 'attention' }]).success).toBe(false);
  });
});

describe('starting weights', () => {
  const network = drawUp({ height: 1, width: 1, channels: 200 }, fullyConnected(1, 300), 10, 'cross-entropy');
  const [first] = network.operations;
  const weights = (values: Float64Array) => {
    if (first?.kind !== 'dense') throw new Error('a dense layer was expected');
    return values.subarray(first.weights.offset, first.weights.offset + first.weights.length);
  };

  it('has the variance that keeps the size of activations', () => {
    const values = weights(initialParameters(network, 5, 0));
    const mean = values.reduce((a, b) => a + b) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    // 60,000 draws: five standard errors of a mean, and of a variance.
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(0.01 / values.length));
    expect(Math.abs(variance / 0.01 - 1)).toBeLessThan(5 * Math.sqrt(2 / values.length));
  });

  it('depends on root seed and lane seed alone', () => {
    const values = initialParameters(network, 5, 1);
    expect(initialParameters(network, 5, 1)).toEqual(values);
    expect(weights(initialParameters(network, 5, 2))).not.toEqual(weights(values));
    expect(weights(initialParameters(network, 6, 1))).not.toEqual(weights(values));
  });

  it('starts normalisations as the identity', () => {
    const normal = drawUp(digits, [{ kind: 'batch-norm' }], 2, 'cross-entropy');
    const [norm] = normal.operations;
    if (norm?.kind !== 'batch-norm') throw new Error('a batch normalisation was expected');
    const values = initialParameters(normal, 1, 0);
    expect([values[norm.scale.offset], values[norm.shift.offset]]).toEqual([1, 0]);
    const statistics = initialStatistics(normal);
    expect([statistics[norm.mean.offset], statistics[norm.variance.offset]]).toEqual([0, 1]);
  });
});
