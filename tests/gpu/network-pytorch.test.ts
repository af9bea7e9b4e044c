/** Three steps of whole networks in float32, minibatches and dropout masks included, against what PyTorch did in float64. */
import { expect, it } from 'vitest';
import { initialParameters } from '../../src/models/initial';
import { optimizerIds, optimizerOf } from '../../src/optimizers/registry';
import { MAX_SLOTS } from '../../src/optimizers/types';
import { recordedNetworkObjective, recordedNetworks, summary } from '../support/pytorch-networks';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();
const { seed, laneSeed, batch, models } = recordedNetworks;

/** Relative to the expected number, or to 1. */
const deviation = (own: ArrayLike<number>, expected: readonly number[]) =>
  Math.max(...expected.map((value, k) => Math.abs(own[k]! - value) / Math.max(1, Math.abs(value))));

it.each(['fully-connected', 'convolutional'])('%s is the same to 1e-4 under every optimizer', async (id) => {
  const objective = recordedNetworkObjective(id);
  const { dimension, network } = objective;
  const { runs } = models[id]!;
  const cohort = await gpu.backend.cohort({
    objective,
    lanes: optimizerIds.map((optimizer) => ({
      run: { optimizer, batch, hyper: runs[optimizer].hyper },
      seed: laneSeed,
    })),
    seed,
    sampling: 'replacement',
    lossLimit: 1e30,
  });
  const start = initialParameters(network, seed, laneSeed);
  const worst = optimizerIds.map(() => 0);
  const compare = (lane: number, own: ArrayLike<number>, expected: readonly number[]) => {
    worst[lane] = Math.max(worst[lane]!, deviation(own, expected));
  };
  for (let t = 0; t < 3; t++) {
    const losses = await cohort.execute([{ from: t, to: t + 1, record: t === 2 }]);
    const { values } = await cohort.save();
    optimizerIds.forEach((optimizer, lane) => {
      const expected = runs[optimizer];
      const query = values.subarray(lane * MAX_SLOTS * dimension, (lane * MAX_SLOTS + 1) * dimension);
      compare(lane, summary(query.map((value, k) => value - start[k]!)), expected.parameters[t]!);
      // Losses are recorded at w, which PyTorch has where it is the point of the gradient as well.
      if (t === 2 && optimizerOf(optimizer).iterate === 0) compare(lane, [losses[lane]!], [expected.evaluated]);
    });
  }
  cohort.destroy();
  expect(worst.filter((one) => !(one < 1e-4))).toEqual([]);
  // float32 is not float64: a comparison that finds no difference compares nothing.
  for (const one of worst) expect(one).toBeGreaterThan(1e-9);
});
