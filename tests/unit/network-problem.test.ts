import { describe, expect, it } from 'vitest';
import { classesOf } from '../../src/data/classes';
import { byteChannels, lengthOf, numbersOf } from '../../src/data/features';
import { DataError, type Table } from '../../src/data/table';
import { isKept } from '../../src/models/float64/arithmetic';
import { NetworkError } from '../../src/models/network';
import { fullyConnected } from '../../src/models/presets';
import { defaultNetwork, networkSchema, prepareNetwork, type NetworkConfig } from '../../src/problems/network';
import { metricsOf } from '../../src/problems/metrics';
import type { NetworkData } from '../../src/problems/network-data';
import { NetworkReference } from '../../src/problems/network-reference';
import { startsOf, startStatistics } from '../../src/problems/start';
import { dataShape } from '../../src/problems/network-shape';
import { STREAM, streamKey } from '../../src/random/random';

const startOf = ({ objective, sampling }: NetworkReference, laneSeed: number) =>
  startsOf(objective, sampling.seed)(laneSeed);

const table: Table = {
  source: 'fruit.csv',
  rows: 6,
  columns: ['weight', 'width', 'kind'],
  values: Float32Array.of(1, 2, 7, 3, 4, 3, 5, 6, 7, 7, 8, 5, 9, 10, 3, 11, 12, 5),
};
const files: NetworkConfig = {
  ...defaultNetwork,
  data: { kind: 'files', files: ['fruit.csv'], scaling: 'raw' },
  test: 1 / 3,
};
const context = { seed: 3, table: () => Promise.resolve(table) };

describe('a network problem', () => {
  it('has a valid default', () => {
    expect(networkSchema.parse(defaultNetwork)).toEqual(defaultNetwork);
    expect(networkSchema.safeParse({ ...defaultNetwork, layers: [{ kind: 'attention' }] }).success).toBe(false);
    expect(networkSchema.safeParse({ ...defaultNetwork, test: 1 }).success).toBe(false);
  });

  it('keeps every row once, some of them for testing, each with its class', async () => {
    const { rows, network } = await prepareNetwork(files, context);
    expect([rows.count, rows.test, network.outputs]).toEqual([4, 2, 3]);
    // The classes 3, 5 and 7 are 0, 1 and 2.
    const found = Array.from({ length: 6 }, (_, i) => [
      ...numbersOf(rows.features, 2 * i, 2 * i + 2),
      rows.targets[i]!,
    ]);
    expect(found.toSorted((a, b) => a[0]! - b[0]!)).toEqual([
      [1, 2, 2],
      [3, 4, 0],
      [5, 6, 2],
      [7, 8, 1],
      [9, 10, 0],
      [11, 12, 1],
    ]);
    const again = await prepareNetwork(files, context);
    expect(again.rows).toEqual(rows);
    const other = await prepareNetwork(files, { ...context, seed: 4 });
    expect(other.rows.features).not.toEqual(rows.features);
  });

  it('predicts values by squared error', async () => {
    const { rows, network } = await prepareNetwork({ ...files, loss: 'squared-error', test: 0 }, context);
    expect([rows.count, rows.test, network.outputs]).toEqual([6, 0, 1]);
    expect([...rows.targets].toSorted((a, b) => a - b)).toEqual([3, 3, 5, 5, 7, 7]);
  });

  it('names what is wrong', async () => {
    await expect(prepareNetwork({ ...files, data: { ...files.data, files: [] } as never }, context)).rejects.toThrow(
      DataError,
    );
    const halves = { ...table, values: table.values.map((value) => value / 2) };
    expect(() => classesOf(halves, undefined, 6)).toThrow(
      'fruit.csv: the column "kind" holds 3.5 in row 1; classes are whole numbers.',
    );
    expect(() => classesOf(table, 'width', 1)).toThrow(/has one value only/);
    const wide = { ...files, layers: fullyConnected(3, 16_384) };
    await expect(prepareNetwork(wide, context)).rejects.toThrow(NetworkError);
  });
});

describe('the float64 reference of a network', () => {
  it('records losses and accuracies, and descends', async () => {
    const objective = await prepareNetwork(
      { ...defaultNetwork, data: { kind: 'moons', rows: 80, noise: 0.05 }, layers: fullyConnected(1, 12) },
      context,
    );
    expect(metricsOf(objective)).toEqual(['loss', 'accuracy', 'testLoss', 'testAccuracy']);
    const reference = new NetworkReference(objective, { seed: 3, mode: 'epochs' });
    const w = startOf(reference, 0);
    expect(startOf(reference, 1)).not.toEqual(w);
    const statistics = startStatistics(reference.objective);
    const before = reference.record(w, statistics);
    const g = new Float64Array(w.length);
    const keys = reference.keys(0);
    for (let t = 0; t < 400; t++) {
      reference.gradient(keys, t, 10, w, statistics, g);
      for (let k = 0; k < w.length; k++) w[k] = w[k]! - 0.3 * g[k]!;
    }
    const [loss, accuracy, testLoss, testAccuracy] = reference.record(w, statistics);
    expect(loss).toBeLessThan(0.2 * before[0]!);
    expect(testLoss).toBeLessThan(before[2]!);
    expect(accuracy).toBeGreaterThan(0.95);
    expect(testAccuracy).toBeGreaterThan(0.85);
  });

  it('draws dropout masks of their own stream', async () => {
    const layers = [{ kind: 'dropout', rate: 0.5 } as const, ...fullyConnected(1, 16)];
    const small = { ...defaultNetwork, data: { kind: 'moons', rows: 20, noise: 0.05 }, layers } as never;
    const objective = await prepareNetwork(small, context);
    const reference = new NetworkReference(objective, { seed: 3, mode: 'replacement' });
    const [dense] = objective.network.operations.filter((op) => op.kind === 'dense');
    const { offset } = dense!.weights;
    const w = startOf(reference, 1);
    const g = new Float64Array(w.length);
    // One sample: the gradient of an input's weights vanishes where the input was dropped, and only there.
    const kept = Array.from({ length: 12 }, (_, step) => {
      reference.gradient(reference.keys(1), step, 1, w, startStatistics(reference.objective), g);
      return [0, 1].map((unit) => g.subarray(offset + 16 * unit, offset + 16 * (unit + 1)).some((v) => v !== 0));
    });
    const key = streamKey(3, STREAM.dropout, 1);
    expect(kept).toEqual(
      Array.from({ length: 12 }, (_, step) => [0, 1].map((unit) => isKept(key, step, 0, unit, 0, 0.5))),
    );
  });

  it('moves the running statistics of a lane while training, and evaluates with them', async () => {
    const layers = [{ kind: 'dense', units: 4 }, { kind: 'batch-norm' }, { kind: 'relu' }];
    const small = { ...defaultNetwork, data: { kind: 'moons', rows: 40, noise: 0.05 }, layers } as never;
    const objective = await prepareNetwork(small, context);
    const reference = new NetworkReference(objective, { seed: 3, mode: 'epochs' });
    const w = startOf(reference, 0);
    const statistics = startStatistics(reference.objective);
    expect([...statistics]).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
    const g = new Float64Array(w.length);
    const before = reference.record(w, statistics);
    reference.gradient(reference.keys(0), 0, 8, w, statistics, g);
    const once = statistics.slice();
    expect([...once].every((value, k) => value !== [0, 1][k >> 2])).toBe(true);
    const after = reference.record(w, statistics);
    expect(after).not.toEqual(before);
    expect(statistics).toEqual(once);
    // They converge to those of the data at fixed weights.
    for (let t = 1; t < 200; t++) reference.gradient(reference.keys(0), t, 30, w, statistics, g);
    const { count } = objective.rows;
    const features = numbersOf(objective.rows.features);
    for (let unit = 0; unit < 4; unit++) {
      const found = Array.from(
        { length: count },
        (_, i) => features[2 * i]! * w[unit]! + features[2 * i + 1]! * w[4 + unit]!,
      );
      const mean = found.reduce((a, b) => a + b) / count;
      expect(statistics[unit]).toBeCloseTo(mean, 8);
      const variance = found.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (count - 1);
      expect(statistics[4 + unit]).toBeCloseTo(variance, 8);
    }
  });

  it('has no accuracy of values, and no test numbers without test rows', async () => {
    const objective = await prepareNetwork({ ...files, loss: 'squared-error', test: 0 }, context);
    expect(metricsOf(objective)).toEqual(['loss']);
    const reference = new NetworkReference(objective, { seed: 3, mode: 'replacement' });
    expect(reference.record(startOf(reference, 0), startStatistics(reference.objective))).toHaveLength(1);
  });
});

describe('the data of a network problem', () => {
  const prepared = (data: NetworkConfig['data'], more: Partial<NetworkConfig> = {}) =>
    prepareNetwork({ ...defaultNetwork, test: 0.2, data, ...more }, context);
  const colours: Table = {
    source: 'four.bin',
    rows: 4,
    columns: ['label', ...Array.from({ length: 12 }, (_, k) => `p${k}`)],
    values: Uint8Array.from({ length: 52 }, (_, k) => (k % 13 === 0 ? (k / 13) % 2 : (7 * k) % 256)),
    labelColumn: 'label',
    image: { width: 2, height: 2, channels: 3 },
    classNames: ['cat', 'dog'],
  };
  const ofColours = { seed: 3, table: () => Promise.resolve(colours) };
  const pictures: NetworkConfig = {
    ...defaultNetwork,
    test: 0.25,
    data: { kind: 'files', files: ['four.bin'], scaling: 'standardised' },
    layers: [{ kind: 'convolution', channels: 4, size: 3 }],
  };

  it('comes from a teacher, as classes or as values', async () => {
    const data = { kind: 'teacher', rows: 50, inputs: 6, width: 4, outputs: 3 } as const;
    const classes = await prepared(data);
    expect([classes.rows.count, classes.rows.test, classes.network.outputs]).toEqual([40, 10, 3]);
    expect([...new Set(classes.rows.targets)].toSorted((a, b) => a - b)).toEqual([0, 1, 2]);
    const values = await prepared(data, { loss: 'squared-error' });
    expect(values.rows.targets).toHaveLength(150);
    expect(values.rows.features).toEqual(classes.rows.features);
    // The class is the largest value.
    classes.rows.targets.forEach((one, i) => {
      const row = values.rows.targets.subarray(3 * i, 3 * i + 3);
      expect(row[one]).toBe(Math.max(...row));
    });
    await expect(prepared({ ...data, outputs: 1 })).rejects.toThrow('2 outputs or more');
  });

  it('comes from digits, as pictures of any side', async () => {
    const { network, rows } = await prepared(
      { kind: 'digits', rows: 60, side: 14 },
      { layers: [{ kind: 'convolution', channels: 4, size: 3 }] },
    );
    expect(network.tensors[0]).toEqual({ height: 14, width: 14, channels: 1 });
    expect(rows.image).toMatchObject({ width: 14, height: 14, channels: 1 });
    const { gain, offset } = rows.image!;
    const bright = numbersOf(rows.features).map((value) => value * gain[0]! + offset[0]!);
    expect(Math.min(...bright)).toBeCloseTo(0, 5);
    expect(Math.max(...bright)).toBeGreaterThan(0.8);
    // Squared errors want a one at the class.
    const one = await prepared({ kind: 'digits', rows: 20 }, { loss: 'squared-error', test: 0 });
    expect([one.network.outputs, one.rows.targets.reduce((a, b) => a + b)]).toEqual([10, 20]);
    expect(rows.classNames?.[7]).toBe('7');
  });

  it('replaces a share of the training labels, those for testing never', async () => {
    const data = { kind: 'digits', rows: 1000, side: 8 } as const;
    const clean = await prepared(data);
    const half = await prepared({ ...data, labelNoise: 0.5 });
    const given = numbersOf(clean.rows.features);
    expect(numbersOf(half.rows.features).every((value, k) => value === given[k])).toBe(true);
    const changed = [...half.rows.targets.keys()].filter((i) => half.rows.targets[i] !== clean.rows.targets[i]);
    expect(Math.max(...changed)).toBeLessThan(800);
    // Half of 800 drawn, a tenth of them the class that they were.
    expect(Math.abs(changed.length - 360)).toBeLessThan(60);
    const all = await prepared({ ...data, labelNoise: 1 });
    for (let c = 0; c < 10; c++) expect(all.rows.targets.filter((one) => one === c).length).toBeGreaterThan(60);
    const values = await prepared({ kind: 'moons', rows: 100, noise: 0, labelNoise: 1 }, { loss: 'squared-error' });
    expect([...new Set(values.rows.targets)].toSorted((a, b) => a - b)).toEqual([-1, 1]);
  });

  it('keeps the shape of pictures, and scales each channel as one', async () => {
    const { network, rows } = await prepareNetwork(pictures, ofColours);
    expect(network.tensors[0]).toEqual({ height: 2, width: 2, channels: 3 });
    expect(rows.classNames).toEqual(['cat', 'dog']);
    for (let c = 0; c < 3; c++) {
      const channel = numbersOf(rows.features).filter((_, k) => k % 3 === c);
      const mean = channel.reduce((a, b) => a + b) / channel.length;
      expect(mean).toBeCloseTo(0, 5);
      expect(channel.reduce((a, b) => a + (b - mean) ** 2, 0) / channel.length).toBeCloseTo(1, 5);
    }
    // Back to brightness, the pixels are those of the file.
    const { gain, offset } = rows.image!;
    const largest = Math.max(...colours.values.filter((_, k) => k % 13 !== 0));
    const found = numbersOf(rows.features).map((value, k) =>
      Math.round((value * gain[k % 3]! + offset[k % 3]!) * largest),
    );
    const given = Array.from({ length: 4 }, (_, i) => [...colours.values.subarray(13 * i + 1, 13 * (i + 1))].join());
    const got = Array.from({ length: 4 }, (_, i) => [...found.subarray(12 * i, 12 * (i + 1))].join());
    expect(got.toSorted()).toEqual(given.toSorted());
    const unit = await prepareNetwork({ ...pictures, data: { ...pictures.data, scaling: 'unit' } as never }, ofColours);
    expect(Math.max(...numbersOf(unit.rows.features))).toBe(1);
    // A network that begins with a dense layer reads them flat.
    const dense = await prepareNetwork({ ...pictures, layers: fullyConnected(1, 4) }, ofColours);
    expect(dense.network.tensors[0]).toEqual({ height: 1, width: 1, channels: 12 });
    expect(dense.rows.features).toEqual(rows.features);
  });

  it('keeps bytes as bytes, and they stand for the numbers that the same pixels are without', async () => {
    const plain: Table = { ...colours, values: Float32Array.from(colours.values) };
    for (const scaling of ['standardised', 'unit', 'raw'] as const) {
      const config = { ...pictures, data: { ...pictures.data, scaling } } as NetworkConfig;
      const [bytes, numbers] = await Promise.all([
        prepareNetwork(config, ofColours),
        prepareNetwork(config, { ...ofColours, table: () => Promise.resolve(plain) }),
      ]);
      expect([byteChannels(bytes.rows.features), byteChannels(numbers.rows.features)]).toEqual([3, undefined]);
      expect(lengthOf(bytes.rows.features)).toBe(48);
      expect(numbersOf(bytes.rows.features)).toEqual(numbers.rows.features);
      expect(numbersOf(bytes.rows.features, 7, 11)).toEqual(numbersOf(numbers.rows.features, 7, 11));
      expect({ ...bytes.rows, features: [] }).toEqual({ ...numbers.rows, features: [] });
      // The float64 arithmetic sees the same rows.
      const gradients = [bytes, numbers].map((objective) => {
        const reference = new NetworkReference(objective, { seed: 1, mode: 'replacement' });
        const into = new Float64Array(objective.dimension);
        reference.gradient(reference.keys(0), 2, 3, startOf(reference, 0), startStatistics(reference.objective), into);
        return into;
      });
      expect(gradients[0]).toEqual(gradients[1]);
    }
  });

  it('splits as the files tell, in proportion where rows are limited, and by a share where it is asked to', async () => {
    const rows = 12;
    const source: Table = {
      source: 'train.npy, test.npy',
      rows,
      columns: ['x', 'label'],
      values: Float32Array.from({ length: 2 * rows }, (_, k) => (k % 2 === 0 ? k / 2 : (k >> 1) % 3)),
      labelColumn: 'label',
      testRows: 4,
    };
    const split = async (edit: Partial<NetworkConfig>, limit?: number) => {
      const data: NetworkData = { kind: 'files', files: ['a'], scaling: 'raw', ...(limit ? { rows: limit } : {}) };
      const config = { ...files, test: 0.5, data, ...edit };
      const found = await prepareNetwork(config, { seed: 3, table: () => Promise.resolve(source) });
      const all = [...numbersOf(found.rows.features)];
      expect([...found.rows.targets]).toEqual(all.map((x) => x % 3));
      const summary = { files: ['a'], rows, columns: source.columns, labelColumn: 'label', testRows: 4 };
      expect(dataShape(config, summary)!.rows).toMatchObject({ count: found.rows.count, test: found.rows.test });
      return [all.slice(0, found.rows.count), all.slice(found.rows.count)].map((part) =>
        part.toSorted((a, b) => a - b),
      );
    };
    const upTo = (from: number, to: number) => Array.from({ length: to - from }, (_, k) => from + k);
    expect(await split({})).toEqual([upTo(0, 8), upTo(8, 12)]);
    expect(await split({ split: 'official' })).toEqual(await split({}));
    expect(await split({}, 6)).toEqual([upTo(0, 4), upTo(8, 10)]);
    const share = await split({ split: 'fraction' });
    expect(share.map((part) => part.length)).toEqual([6, 6]);
    expect(share.flat().toSorted((a, b) => a - b)).toEqual(upTo(0, 12));
    expect((await split({ split: 'fraction' }, 6)).flat().toSorted((a, b) => a - b)).toEqual(upTo(0, 6));
  });

  it('scales pictures to a side by means over areas', async () => {
    const small = await prepareNetwork(
      { ...pictures, data: { ...pictures.data, side: 4, scaling: 'raw' } as never },
      ofColours,
    );
    const large = await prepareNetwork({ ...pictures, data: { ...pictures.data, scaling: 'raw' } as never }, ofColours);
    for (let i = 0; i < 4; i++)
      for (let y = 0; y < 4; y++)
        for (let x = 0; x < 4; x++)
          for (let c = 0; c < 3; c++)
            expect(numbersOf(small.rows.features)[((i * 4 + y) * 4 + x) * 3 + c]).toBeCloseTo(
              numbersOf(large.rows.features)[((i * 2 + (y >> 1)) * 2 + (x >> 1)) * 3 + c]!,
              3,
            );
    const flat: NetworkConfig = {
      ...pictures,
      layers: [],
      data: { kind: 'files', files: ['a'], scaling: 'raw', side: 8 },
    };
    await expect(prepareNetwork(flat, context)).rejects.toThrow('only pictures');
  });

  it('may be crops and mirror images of pictures, drawn anew at each step', async () => {
    const data = { kind: 'digits', rows: 20, side: 8 } as const;
    const objective = await prepared(data, { augment: 'crop-flip', layers: [], loss: 'squared-error', test: 0 });
    const plain = await prepared(data, { layers: [], loss: 'squared-error', test: 0 });
    const [augmented, same] = [objective, plain].map((one) => new NetworkReference(one, { seed: 3, mode: 'epochs' }));
    const w = startOf(same!, 0);
    const gradient = (reference: NetworkReference, step: number) => {
      const into = new Float64Array(w.length);
      reference.gradient(reference.keys(0), step, 4, w, startStatistics(reference.objective), into);
      return into;
    };
    expect(gradient(augmented!, 0)).not.toEqual(gradient(same!, 0));
    expect(gradient(augmented!, 0)).toEqual(gradient(augmented!, 0));
    // After an epoch the same rows come in other crops.
    expect(gradient(augmented!, 5)).not.toEqual(gradient(augmented!, 0));
    // A recording looks at the pictures as they are.
    expect(augmented!.record(w, new Float64Array(0))).toEqual(same!.record(w, new Float64Array(0)));
    await expect(prepared({ kind: 'moons', rows: 20, noise: 0 }, { augment: 'crop-flip' })).rejects.toThrow(
      'need pictures',
    );
  });
});
