/** The kernels' first 20 steps, minibatch draws included, against what PyTorch's optimizers did. */
import { expect, it } from 'vitest';
import { MAX_SLOTS } from '../../src/optimizers/types';
import { distance, magnitude } from '../support/lane';
import { recorded, recordedLanes, recordedObjective } from '../support/pytorch';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();

it('every step of every recorded run is the same to 1e-5', async () => {
  const cohort = await gpu.backend.cohort({
    objective: recordedObjective,
    lanes: recordedLanes,
    seed: recorded.seed,
    sampling: 'replacement',
    lossLimit: 1e30,
  });
  const d = recorded.dimension;
  const worst = recorded.runs.map(() => 0);
  for (let t = 0; t < recorded.batches.length; t++) {
    await cohort.execute([{ from: t, to: t + 1, record: false }]);
    const { values } = await cohort.save();
    recorded.runs.forEach(({ parameter }, k) => {
      const query = values.subarray(k * MAX_SLOTS * d, (k * MAX_SLOTS + 1) * d);
      worst[k] = Math.max(worst[k]!, distance(query, parameter[t]!) / magnitude(parameter[t]!));
    });
  }
  expect(worst.filter((deviation) => !(deviation < 1e-5))).toEqual([]);
  // float32 is not float64: a comparison that finds no difference compares nothing.
  for (const deviation of worst) expect(deviation).toBeGreaterThan(1e-9);
});
