/** What the page knows of a network before the engine does, against the engine; defaults; data sets. */
import { describe, expect, it } from 'vitest';
import { numbersOf } from '../../src/data/features';
import { DatasetStore } from '../../src/data/dataset-store';
import { pictureOf } from '../../src/ui/problem/picture-data';
import { laneSets, networkMemory } from '../../src/engine/gpu/network/memory';
import { samplesOf } from '../../src/engine/samples';
import { parseExperiment } from '../../src/experiment/config';
import { defaultExperiment } from '../../src/experiment/default';
import { drawUp } from '../../src/models/network';
import { presets, residualNetwork } from '../../src/models/presets';
import { defaultNetwork, prepareNetwork, type NetworkConfig } from '../../src/problems/network';
import { dataShape } from '../../src/problems/network-shape';
import { missingFiles, withDataset } from '../../src/state/datasets';
import { presetOf, withData, withNetwork } from '../../src/state/network-defaults';
import { laneSetsOf, takesQuads } from '../../src/state/network-lanes';

const networkOf = (changes: Partial<NetworkConfig>): NetworkConfig => ({ ...defaultNetwork, ...changes });
const bytes = (text: string) => new TextEncoder().encode(text).buffer;
const csv = (rows: number) =>
  ['a,b,label', ...Array.from({ length: rows }, (_, k) => `${(k * 7) % 11},${(k * 3) % 5},${k % 3}`)].join('\n');

async function loaded() {
  const store = new DatasetStore();
  const dataset = await store.add([{ name: 'mine.csv', bytes: bytes(csv(50)) }]);
  return { dataset, context: { seed: 1, table: (files: readonly string[]) => Promise.resolve(store.table(files)) } };
}

describe('dataShape', () => {
  const cases: readonly Partial<NetworkConfig>[] = [
    { data: { kind: 'moons', rows: 41, noise: 0 } },
    { data: { kind: 'spirals', rows: 10, noise: 0 }, loss: 'squared-error', test: 0 },
    { data: { kind: 'teacher', rows: 30, inputs: 5, width: 3, outputs: 4 } },
    { data: { kind: 'digits', rows: 20, side: 8 }, test: 0.9 },
    { data: { kind: 'digits', rows: 20 }, loss: 'squared-error' },
    { data: { kind: 'files', files: ['mine.csv'], scaling: 'raw' } },
    { data: { kind: 'files', files: ['mine.csv'], rows: 21, scaling: 'unit', column: 'b' }, loss: 'squared-error' },
  ];
  it.each(cases.map((one) => [JSON.stringify(one), one] as const))('%s', async (_, changes) => {
    const { dataset, context } = await loaded();
    const problem = networkOf(changes);
    const shape = dataShape(problem, problem.data.kind === 'files' ? dataset : undefined)!;
    const { network, rows } = await prepareNetwork(problem, context);
    expect(drawUp(shape.input, problem.layers, shape.outputs, problem.loss)).toEqual(network);
    expect(rows).toMatchObject(shape.rows);
  });

  it('is not known of files that are not there', () => {
    expect(dataShape(networkOf({ data: { kind: 'files', files: ['x'], scaling: 'raw' } }), undefined)).toBeUndefined();
  });
});

describe('defaults', () => {
  it('begin with batches, few seeds, and values that the paper uses for networks', () => {
    const config = parseExperiment(withNetwork(defaultExperiment));
    expect(config).toMatchObject({ problem: { kind: 'network' }, seeds: 2, steps: 1000 });
    expect(config.runs.map((run) => run.batch)).toEqual([32, 32, 32, 32, 32]);
    expect(config.runs.find((run) => run.optimizer === 'mass')!.hyper).toEqual({
      eta: 0.1,
      alpha: 0.05,
      kappaTilde: 3,
    });
  });

  it('keep layers where they fit other data, else fall back', () => {
    const convolutional = presets.find(({ id }) => id === 'convolutional')!.layers;
    const onDigits = withData(networkOf({ layers: [...convolutional] }), { kind: 'digits', rows: 100 }, undefined);
    expect(presetOf(onDigits.layers)?.id).toBe('convolutional');
    const onMoons = withData(onDigits, { kind: 'moons', rows: 100, noise: 0 }, undefined);
    expect(onMoons.layers).toEqual(defaultNetwork.layers);
    const cropped = { ...onDigits, augment: 'crop-flip' as const };
    expect(withData(cropped, { kind: 'digits', rows: 50 }, undefined)).toHaveProperty('augment');
    expect(withData(cropped, { kind: 'moons', rows: 50, noise: 0 }, undefined)).not.toHaveProperty('augment');
    expect(presetOf([{ kind: 'relu' }])).toBeUndefined();
  });
});

describe('withDataset', () => {
  it('leaves a network a network, on the classes or the values of the data', async () => {
    const { dataset } = await loaded();
    const before = withNetwork(defaultExperiment);
    const classified = parseExperiment(withDataset(before, dataset));
    expect(classified.problem).toMatchObject({
      kind: 'network',
      data: { kind: 'files', files: ['mine.csv'] },
      loss: 'cross-entropy',
    });
    expect(classified.runs).toEqual(before.runs);
    expect(missingFiles(classified, [])).toEqual(['mine.csv']);
    expect(missingFiles(classified, [dataset])).toEqual([]);
    const values = withDataset(before, { files: ['v.csv'], rows: 9, columns: ['x', 'y'] });
    expect(values.problem).toMatchObject({ loss: 'squared-error' });
    // Values need smaller gradient steps; Adam's are no gradient steps. Back on classes all is as before.
    expect(values.runs.map((run) => run.hyper['eta'])).toEqual([0.01, 0.005, 0.005, 0.01, 0.001]);
    expect(withDataset(values, dataset).runs).toEqual(before.runs);
  });
});

describe('values that are predicted', () => {
  it('are standardised with the features, and only then', async () => {
    const { context } = await loaded();
    const targetsOf = async (scaling: 'standardised' | 'raw') => {
      const data = { kind: 'files', files: ['mine.csv'], column: 'a', scaling } as const;
      const problem = networkOf({ data: { ...data, files: [...data.files] }, loss: 'squared-error', test: 0 });
      return (await prepareNetwork(problem, context)).rows.targets;
    };
    const [raw, scaled] = [await targetsOf('raw'), await targetsOf('standardised')];
    const mean = (values: Iterable<number>) => [...values].reduce((sum, value) => sum + value, 0) / raw.length;
    expect(mean(scaled)).toBeCloseTo(0, 5);
    expect(mean([...scaled].map((value) => value ** 2))).toBeCloseTo(1, 5);
    expect(Math.max(...raw)).toBe(10);
    const slope = (raw[1]! - raw[0]!) / (scaled[1]! - scaled[0]!);
    raw.forEach((value, k) => {
      expect(value).toBeCloseTo(raw[0]! + slope * (scaled[k]! - scaled[0]!), 4);
    });
  });
});

describe('memory', () => {
  it('counts equal runs once and leaves out those that are switched off', () => {
    const [first, second] = withNetwork(defaultExperiment).runs;
    const runs = [first!, first!, { ...second!, batch: 8 }, { ...second!, enabled: false }];
    expect(laneSetsOf(runs, 3)).toEqual([
      { batch: 32, lanes: 3, seeds: 3 },
      { batch: 8, lanes: 3, seeds: 3 },
    ]);
    const lanes = [0, 1, 2].flatMap((seed) => [
      { run: first!, seed },
      { run: { ...second!, batch: 8 }, seed },
    ]);
    expect(laneSets(lanes)).toEqual(laneSetsOf(runs, 3));
  });

  it('is that of the adapter once one is open, and else the most', () => {
    const adapter = { vendor: '', architecture: '', description: '' };
    const hardware = takesQuads({ kind: 'webgpu', adapter, quads: false });
    expect(hardware).toBe(false);
    expect(takesQuads({ kind: 'webgpu', adapter, quads: true })).toBe(true);
    expect(takesQuads({ kind: 'cpu', adapter, reason: 'There is none.' })).toBe(true);
    expect(takesQuads(undefined)).toBe(true);
    const network = drawUp({ height: 32, width: 32, channels: 3 }, residualNetwork(1), 10, 'cross-entropy');
    const sizes = { network, rows: { count: 100, test: 0, recorded: { count: 100, test: 0 } } };
    const total = (quads: boolean) => networkMemory(sizes, [{ batch: 32, lanes: 1, seeds: 1 }], quads).total;
    expect(total(hardware)).toBeLessThan(0.9 * total(takesQuads(undefined)));
  });

  it('grows with lanes and batch, and the rows count once', () => {
    const problem = networkOf({ data: { kind: 'digits', rows: 1000 } });
    const { input, outputs, rows } = dataShape(problem, undefined)!;
    const sizes = { network: drawUp(input, problem.layers, outputs, problem.loss), rows };
    const total = (batch: number, lanes: number) => networkMemory(sizes, [{ batch, lanes, seeds: 1 }]).total;
    const rowBytes = 1000 * (784 + 4) * 4;
    const lane = total(32, 2) - total(32, 1);
    expect(total(64, 1)).toBeGreaterThan(total(32, 1));
    // What lanes share: the rows, and those that are taken for an evaluation.
    expect(total(32, 1) - lane).toBeGreaterThan(rowBytes);
    expect(total(32, 1) - lane).toBeLessThan(1.2 * rowBytes);
  });
});

describe('samples', () => {
  const context = { seed: 3, table: () => Promise.reject(new Error('no files')) };

  it('of digits are pictures from 0 to 255 with their digit', async () => {
    const objective = await prepareNetwork(networkOf({ data: { kind: 'digits', rows: 60 } }), context);
    const samples = samplesOf(objective);
    if (samples?.kind !== 'pictures') throw new Error('no pictures');
    expect(samples).toMatchObject({ width: 28, height: 28, channels: 1 });
    expect(samples.labels).toEqual(Array.from(objective.rows.targets.subarray(0, 40), String));
    const { gain, offset } = objective.rows.image!;
    const last = numbersOf(objective.rows.features, 39 * 784, 40 * 784);
    const brightest = Math.max(...last);
    expect(Math.max(...samples.pixels.subarray(39 * 784))).toBe(Math.round(255 * (brightest * gain[0]! + offset[0]!)));
    expect(Math.min(...samples.pixels)).toBe(0);
    const own = samples.pixels.subarray(784, 2 * 784);
    expect([...pictureOf(samples, 1)]).toEqual([...own].flatMap((grey) => [grey, grey, grey, 255]));
  });

  it('of moons are points with their class; other rows have none', async () => {
    const objective = await prepareNetwork(defaultNetwork, context);
    const samples = samplesOf(objective);
    if (samples?.kind !== 'points') throw new Error('no points');
    expect(samples.points).toEqual(numbersOf(objective.rows.features, 0, 2 * samples.classes.length));
    expect([...samples.classes]).toEqual([...objective.rows.targets.subarray(0, samples.classes.length)]);
    expect(samples.names).toEqual(['0', '1']);
    const teacher = { kind: 'teacher', rows: 20, inputs: 3, width: 2, outputs: 2 } as const;
    expect(samplesOf(await prepareNetwork(networkOf({ data: teacher }), context))).toBeUndefined();
  });
});
