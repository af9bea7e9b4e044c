/** Scratch lanes: what is compiled to measure a mapping is what the lanes need. */
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../src/engine/backend';
import { groupLanes, mappings, slotsFor, type Mapping } from '../../src/engine/gpu/mapping';
import { scratchLanes } from '../../src/engine/gpu/trial';
import { defaultHyper, optimizerIds, type OptimizerId } from '../../src/optimizers/registry';

const software = { subgroups: true, subgroupMinSize: 4, subgroupMaxSize: 4 };
const discrete = { subgroups: true, subgroupMinSize: 32, subgroupMaxSize: 32 };

const lanesOf = (optimizers: readonly OptimizerId[], runs: number, seeds: number, batch: number): Lane[] =>
  optimizers.flatMap((optimizer) =>
    Array.from({ length: runs * seeds }, (_, k) => ({
      seed: k % seeds,
      run: { optimizer, batch, hyper: defaultHyper(optimizer) },
    })),
  );

/** What tells programs apart, the largest first. */
const programsOf = (lanes: readonly Lane[], slots: number, { path }: Mapping) =>
  groupLanes(lanes, slots)
    .sort((a, b) => b.members.length - a.members.length)
    .map(({ optimizers, evenBatches, maxBatch }) =>
      path === 'fused' ? [optimizers, evenBatches] : [optimizers, maxBatch],
    );

describe.each([
  ['a lane', lanesOf(['mass'], 1, 1, 16)],
  ['a sweep of one optimizer', lanesOf(['mass'], 64, 4, 16)],
  ['a sweep of all', lanesOf(optimizerIds, 64, 2, 7)],
  ['a race of all', lanesOf(optimizerIds, 1, 16, 1)],
  ['a race of all and one more', [...lanesOf(optimizerIds, 1, 16, 5), ...lanesOf(['mass'], 1, 16, 5)]],
  ['large minibatches', lanesOf(['sgd', 'mass'], 1, 4, 300)],
])('%s', (_, lanes) => {
  const cases = [software, discrete].flatMap((traits) =>
    [64, 784].flatMap((dimension) => mappings(dimension, traits).map((mapping) => [traits, mapping] as const)),
  );

  it.each(cases)('makes one program that the lanes make too: %o, %o', (traits, mapping) => {
    const scratch = scratchLanes(mapping, lanes, traits);
    const own = programsOf(scratch.lanes, scratch.slots, mapping);
    expect(own).toHaveLength(1);
    expect(own[0]).toEqual(programsOf(lanes, slotsFor(mapping, lanes, traits), mapping)[0]);
    // Enough rows to occupy an adapter, and not many more than one minibatch or a large workgroup holds.
    const { batch } = scratch.lanes[0]!.run;
    const rows = (scratch.lanes.length / scratch.slots) * batch;
    expect(rows).toBeGreaterThanOrEqual(64);
    expect(rows).toBeLessThanOrEqual(1024 + batch);
    if (mapping.path === 'fused') expect(batch).toBeLessThanOrEqual(4);
  });
});
