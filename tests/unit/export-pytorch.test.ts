/** What is exported to PyTorch: layouts, the script, and that the script did what our float64 twin does. */
import { unzipSync } from 'fflate';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { numbersOf } from '../../src/data/features';
import { findPython } from '../../tools/python.mjs';
import { parseExperiment } from '../../src/experiment/config';
import { experimentBundle } from '../../src/export/pytorch/bundle';
import { dataTensors } from '../../src/export/pytorch/data';
import { trainingScript } from '../../src/export/pytorch/script';
import { stateDict } from '../../src/export/pytorch/weights';
import { drawUp } from '../../src/models/network';
import { presets } from '../../src/models/presets';
import { optimizerIds } from '../../src/optimizers/registry';
import { STREAM } from '../../src/random/random';
import recordedJson from '../fixtures/pytorch/exported.json';
import { digestOf } from '../support/export-digest';
import { exportedRuns, STEPS, twinLosses } from '../support/pytorch-exports';
import { recordedNetwork } from '../support/pytorch-networks';
import { readSafetensors } from '../support/safetensors';

const recorded = recordedJson as {
  readonly origin: string;
  readonly runs: Readonly<Record<string, { digest: string; columns: string; losses: readonly (readonly number[])[] }>>;
};
const runs = await exportedRuns();

const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);
const numbers = (count: number) => Float64Array.from({ length: count }, (_, k) => k + 1);

describe('weights in PyTorch', () => {
  it('are named and laid out as its modules have them', () => {
    const image = { height: 2, width: 3, channels: 5 };
    const network = drawUp(
      image,
      [{ kind: 'convolution', channels: 2, size: 3 }, { kind: 'batch-norm' }],
      3,
      'cross-entropy',
    );
    const tensors = stateDict(network, {
      parameters: numbers(network.dimension),
      statistics: numbers(network.statistics),
      steps: 7,
    });
    const found = new Map(tensors.map((tensor) => [tensor.name, tensor]));
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ['0.weight', [2, 5, 3, 3]],
      ['0.bias', [2]],
      ['1.weight', [2]],
      ['1.bias', [2]],
      ['1.running_mean', [2]],
      ['1.running_var', [2]],
      ['3.weight', [3, 12]],
      ['3.bias', [3]],
      ['1.num_batches_tracked', []],
    ]);
    // Ours: taps × 8 inputs × 4 outputs. Output 1, input 4, row 2, column 0 is tap 6.
    expect(found.get('0.weight')!.data[((1 * 5 + 4) * 3 + 2) * 3]).toBe((6 * 8 + 4) * 4 + 1 + 1);
    // Then 4 biases, scales and shifts. Ours: 6 pixels × 4 channels × 4 outputs; PyTorch flattens channels first.
    const dense = 9 * 8 * 4 + 12;
    expect(found.get('3.weight')!.data[2 * 12 + 1 * 6 + 5]).toBe(dense + (5 * 4 + 1) * 4 + 2 + 1);
    expect(found.get('1.running_var')!.data).toEqual(Float32Array.of(5, 6));
    expect(found.get('1.num_batches_tracked')!.data).toEqual(BigInt64Array.of(7n));
  });

  it.each(presets.map(({ id }) => id))('%s: every number once', (id) => {
    const network = recordedNetwork(id);
    const tensors = stateDict(network, {
      parameters: numbers(network.dimension),
      statistics: numbers(network.statistics),
      steps: 0,
    });
    const learned = tensors.filter(({ name }) => !/running|tracked/.test(name)).flatMap(({ data }) => [...data]);
    expect(learned).toHaveLength(network.parameters);
    expect(new Set(learned).size).toBe(network.parameters);
    expect(new Set(tensors.map(({ name }) => name)).size).toBe(tensors.length);
  });

  it('must be of the network', () => {
    const network = recordedNetwork('resnet-8');
    const [parameters, statistics] = [numbers(network.dimension), numbers(network.statistics)];
    const short = (values: Float64Array) => values.subarray(1);
    expect(() => stateDict(network, { parameters: short(parameters), statistics, steps: 0 })).toThrow(
      `The network has ${network.dimension} parameters in memory, not ${network.dimension - 1}.`,
    );
    expect(() => stateDict(network, { parameters, statistics: short(statistics), steps: 0 })).toThrow(RangeError);
  });
});

describe('rows in PyTorch', () => {
  it('are those of the problem, tests apart', () => {
    const { objective } = runs['mixed, sgd, epochs']!;
    const { rows } = objective;
    const tensors = dataTensors(objective);
    expect(tensors.map(({ name, shape }) => [name, shape])).toEqual([
      ['train.features', [21, 9, 7, 2]],
      ['train.targets', [21]],
      ['test.features', [9, 9, 7, 2]],
      ['test.targets', [9]],
    ]);
    expect([...tensors[2]!.data]).toEqual([...numbersOf(rows.features, 21 * 126)]);
    expect([...tensors[3]!.data].map(Number)).toEqual([...rows.targets.subarray(21)]);
  });

  it('have no test set where there is none; values stay values', () => {
    const { objective } = runs['regression, mass, epochs']!;
    const rows = { ...objective.rows, test: 0, recorded: { ...objective.rows.recorded, test: 0 } };
    const [features, targets, ...others] = dataTensors({ ...objective, rows });
    expect(features!.shape).toEqual([45, 2]);
    expect([targets!.shape, targets!.data instanceof Float32Array]).toEqual([[45, 1], true]);
    expect(others).toEqual([]);
    const script = trainingScript({ ...runs['regression, mass, epochs']!, objective: { ...objective, rows } });
    expect(script).not.toMatch(/test_loss|test_features/);
  });
});

describe('the bundle', () => {
  it('holds the script, its rows, its weights and the experiment, always the same bytes', () => {
    const source = runs['resnet-8, mass, epochs']!;
    const { network } = source.objective;
    const trained = {
      parameters: numbers(network.dimension),
      statistics: numbers(network.statistics),
      steps: 3,
    };
    const bytes = experimentBundle({ ...source, trained });
    expect(experimentBundle({ ...source, trained })).toEqual(bytes);
    const files = unzipSync(bytes);
    expect(Object.keys(files).sort()).toEqual([
      'data.safetensors',
      'experiment.json',
      'train.py',
      'trained.safetensors',
      'weights.safetensors',
    ]);
    expect(Object.keys(unzipSync(experimentBundle(source)))).not.toContain('trained.safetensors');
    expect(parseExperiment(JSON.parse(text(files['experiment.json'])))).toEqual(source.config);
    expect(text(files['train.py'])).toBe(trainingScript(source));
    const start = readSafetensors(files['weights.safetensors']!);
    const after = readSafetensors(files['trained.safetensors']!);
    expect([...after.keys()]).toEqual([...start.keys()]);
    expect(after.get('0.weight')!.data[0]).toBe(1);
    expect(start.get('1.weight')!.data).toEqual(new Float32Array(16).fill(1));
  });

  it('crops and flips pictures where the page does, and only there', () => {
    const source = runs['resnet-8, mass, epochs']!;
    const { network } = source.objective;
    const augmentation = { kind: 'crop-flip' as const, image: network.tensors[0]!, padding: 4 };
    const script = trainingScript({
      ...source,
      objective: { ...source.objective, network: { ...network, augmentation } },
    });
    expect(script).toContain('model(crop_flip(train_features[rows], key, step, 4))');
    expect(trainingScript(source)).not.toContain('crop_flip');
    // The stream of its draws is that of the page.
    expect(script).toContain(`STREAM_AUGMENT = ${STREAM.augment}\n`);
  });

  it('says which hyper-parameter is missing', () => {
    const source = runs['two-layer, mass, replacement']!;
    const run = { ...source.run, hyper: { eta: 0.1, alpha: 0.05 } };
    expect(() => trainingScript({ ...source, run })).toThrow('hyper.kappaTilde of mass is no number.');
  });
});

describe('the script in PyTorch', () => {
  it('was run with every optimizer, and for every kind of model', () => {
    expect(recorded.origin).toMatch(/^torch \d/);
    expect(Object.keys(recorded.runs)).toEqual(Object.keys(runs));
    expect(new Set(Object.values(runs).map(({ run }) => run.optimizer))).toEqual(new Set(optimizerIds));
  });

  describe.each(Object.keys(runs))('%s', (name) => {
    it('is the one that was run', () => {
      const { digest } = recorded.runs[name]!;
      // Another script, or other weights: run them with `node tests/fixtures/pytorch/exported.mjs`.
      expect(digestOf(unzipSync(experimentBundle(runs[name]!)))).toBe(digest);
    });

    it('had the losses and accuracies of our float64 twin', () => {
      const { columns, losses } = recorded.runs[name]!;
      const twin = twinLosses(runs[name]!);
      expect(losses).toHaveLength(STEPS + 1);
      losses.forEach((row, step) => {
        expect(row).toHaveLength(columns.split(',').length - 1);
        row.forEach((value, k) => {
          expect(Math.abs(value - twin[step]![k]!)).toBeLessThan(1e-4 * Math.max(1, Math.abs(value)));
        });
      });
      expect(Math.abs(losses[0]![0]! - losses[STEPS]![0]!)).toBeGreaterThan(1e-2);
    });
  });
});

const python = findPython();

describe.skipIf(python === undefined)('with Python', () => {
  it('compiles', () => {
    const folder = mkdtempSync(join(tmpdir(), 'scripts-'));
    try {
      const paths = Object.values(runs).map((source, k) => {
        const path = join(folder, `train_${k}.py`);
        writeFileSync(path, trainingScript(source));
        return path;
      });
      const compiled = (files: readonly string[]) =>
        spawnSync(python!, ['-m', 'py_compile', ...files], { encoding: 'utf8', timeout: 50_000 });
      const { status, stderr } = compiled(paths);
      expect(stderr).toBe('');
      expect(status).toBe(0);
      const broken = join(folder, 'broken.py');
      writeFileSync(broken, trainingScript(Object.values(runs)[0]!).replace('def main():', 'def main()'));
      expect(compiled([broken]).status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
