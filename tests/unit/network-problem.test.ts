import { describe, expect, it } from 'vitest';
import { classesOf } from '../../src/data/classes';
import { DataError, type Table } from '../../src/data/table';
import { isKept } from '../../src/models/float64/arithmetic';
import { NetworkError } from '../../src/models/network';
import { fullyConnected } from '../../src/models/presets';
import { defaultNetwork, networkSchema, prepareNetwork, type NetworkConfig } from '../../src/problems/network';
import { metricsOf } from '../../src/problems/metrics';
import { NetworkReference } from '../../src/problems/network-reference';
import { STREAM, streamKey } from '../../src/random/random';

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
    const found = Array.from({ length: 6 }, (_, i) => [...rows.features.subarray(2 * i, 2 * i + 2), rows.targets[i]!]);
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
    const w = reference.start(0);
    expect(reference.start(1)).not.toEqual(w);
    const statistics = reference.startStatistics();
    const before = reference.record(w, statistics);
    const g = new Float64Array(w.length);
    const keys = reference.keys(0);
    for (let t = 0; t < 400; t++) {
      reference.gradient(keys, t, 10, w, statistics, g);
      for (let k = 0; k < w.length; k++) w[k] = w[k]! - 0.3 * g[k]!;
    }
    const [loss, accuracy, testLoss, testAccuracy] = reference.record(w, statistics);
    expect(reference.loss(w, statistics)).toBe(loss);
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
    const w = reference.start(1);
    const g = new Float64Array(w.length);
    // One sample: the gradient of an input's weights vanishes where the input was dropped, and only there.
    const kept = Array.from({ length: 12 }, (_, step) => {
      reference.gradient(reference.keys(1), step, 1, w, reference.startStatistics(), g);
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
    const w = reference.start(0);
    const statistics = reference.startStatistics();
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
    const { features, count } = objective.rows;
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
    expect(reference.record(reference.start(0), reference.startStatistics())).toHaveLength(1);
  });
});
