/** Three steps of every ready model under every optimizer against PyTorch; `origin` of the recording says which. */
import { describe, expect, it } from 'vitest';
import { lengthOf, numbersOf } from '../../src/data/features';
import { NetworkArithmetic, type Mode } from '../../src/models/float64/arithmetic';
import { lossOf } from '../../src/models/float64/loss';
import { initialParameters, initialStatistics } from '../../src/models/initial';
import { presets } from '../../src/models/presets';
import { optimizerIds, type OptimizerId } from '../../src/optimizers/registry';
import type { OptimizerDefinition } from '../../src/optimizers/types';
import { rowWithReplacement, STREAM, streamKey, type Stream } from '../../src/random/random';
import { stepper } from '../support/lane';
import { recordedNetworkObjective, recordedNetworks, summary, type RecordedRun } from '../support/pytorch-networks';

const { seed, laneSeed, rows: count, batch, models } = recordedNetworks;

/** Our float64 passes and optimizers over the recorded steps; `change` and `dropoutStream` make mistakes. */
function trained(
  id: string,
  optimizer: OptimizerId,
  change: Partial<Pick<OptimizerDefinition, 'step'>> = {},
  dropoutStream: Stream = STREAM.dropout,
): RecordedRun {
  const { hyper, parameters } = models[id]!.runs[optimizer];
  const { network, rows } = recordedNetworkObjective(id);
  const arithmetic = new NetworkArithmetic(network);
  const width = lengthOf(rows.features) / count;
  const start = initialParameters(network, seed, laneSeed);
  const statistics = initialStatistics(network);
  const lane = stepper(optimizer, hyper, start, change);
  const key = streamKey(seed, STREAM.batch, laneSeed);
  const gradient = new Float64Array(network.dimension);
  const run = {
    losses: [] as number[],
    parameters: [] as ReturnType<typeof summary>[],
    statistics: [] as ReturnType<typeof summary>[],
  };
  let evaluated = Number.NaN;
  for (let step = 0; step <= parameters.length; step++) {
    if (step === parameters.length) {
      const z = arithmetic.forward(lane.state[0]!, statistics, numbersOf(rows.features), count, { kind: 'evaluation' });
      evaluated = lossOf(network.loss, count, network.outputs, z, rows.targets);
    }
    const drawn = Array.from({ length: batch }, (_, i) => rowWithReplacement(key, step, i, count));
    const inputs = drawn.flatMap((row) => [...numbersOf(rows.features, row * width, (row + 1) * width)]);
    const targets = drawn.map((row) => rows.targets[row]!);
    const mode: Mode = { kind: 'training', key: streamKey(seed, dropoutStream, laneSeed), step };
    run.losses.push(arithmetic.gradient(lane.state[0]!, statistics, inputs, targets, batch, mode, gradient));
    if (step === parameters.length) break;
    lane.step(gradient);
    run.parameters.push(summary(lane.state[0]!.map((value, k) => value - start[k]!)));
    if (network.statistics > 0) run.statistics.push(summary(statistics));
  }
  return { hyper, evaluated, ...run };
}

const numbers = ({ losses, evaluated, parameters, statistics }: RecordedRun) => [
  ...losses,
  evaluated,
  ...parameters.flat(),
  ...statistics.flat(),
];

/** The largest difference between two runs, relative to 1 or the number itself. */
function deviation(run: RecordedRun, expected: RecordedRun): number {
  const [own, other] = [numbers(run), numbers(expected)];
  expect(own).toHaveLength(other.length);
  return Math.max(...own.map((value, k) => Math.abs(value - other[k]!) / Math.max(1, Math.abs(other[k]!))));
}

describe('PyTorch', () => {
  it('was recorded for three steps of every ready model under every optimizer', () => {
    expect(recordedNetworks.origin).toMatch(/^torch \d/);
    expect(Object.keys(models)).toEqual(presets.map(({ id }) => id));
    for (const [id, model] of Object.entries(models)) {
      const { network } = recordedNetworkObjective(id);
      expect(Object.keys(model.runs).sort()).toEqual([...optimizerIds].sort());
      expect([network.dimension, network.statistics]).toEqual([model.dimension, model.statistics]);
      for (const run of Object.values(model.runs)) {
        expect(run.losses).toHaveLength(4);
        expect(run.parameters).toHaveLength(3);
        expect(run.statistics).toHaveLength(network.statistics > 0 ? 3 : 0);
      }
    }
  });

  describe.each(Object.keys(models))('%s', (id) => {
    it.each(optimizerIds)('%s: losses, weights and running statistics are the same', (optimizer) => {
      expect(deviation(trained(id, optimizer), models[id]!.runs[optimizer])).toBeLessThan(1e-9);
    });
  });
});

describe('the comparison notices', () => {
  const ofMass = (step: OptimizerDefinition['step']) =>
    deviation(trained('two-layer', 'mass', { step }), models['two-layer']!.runs.mass);

  it('a compensation of MaSS with the wrong sign, and one that forgets w', () => {
    const subtracted: OptimizerDefinition['step'] = ([u, w], g, [eta1, gamma, eta2]) => {
      g.forEach((x, j) => {
        const next = u![j]! - eta1! * x;
        u![j] = (1 + gamma!) * next - gamma! * w![j]! - eta2! * x;
        w![j] = next;
      });
    };
    const forgetful: OptimizerDefinition['step'] = ([u], g, [eta1, gamma, eta2]) => {
      g.forEach((x, j) => {
        const next = u![j]! - eta1! * x;
        u![j] = (1 + gamma!) * next - gamma! * u![j]! + eta2! * x;
      });
    };
    expect(ofMass(subtracted)).toBeGreaterThan(1e-2);
    expect(ofMass(forgetful)).toBeGreaterThan(1e-2);
  });

  it('other dropout masks', () => {
    const run = trained('convolutional', 'sgd', {}, STREAM.batch);
    expect(deviation(run, models['convolutional']!.runs.sgd)).toBeGreaterThan(1e-2);
  });
});
