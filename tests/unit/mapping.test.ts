/** How lanes lie on the GPU: nothing lost, nothing twice, and only what the kernels can hold. */
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../src/engine/backend';
import { chooseMapping, groupLanes, type AdapterTraits } from '../../src/engine/gpu/mapping';
import { defaultHyper, optimizerIds, type OptimizerId } from '../../src/optimizers/registry';
import { everyOptimizer, sequence } from '../support/problems';

const adapter = (subgroupMinSize: number, subgroupMaxSize: number): AdapterTraits => ({
  subgroups: true,
  subgroupMinSize,
  subgroupMaxSize,
});
const software = adapter(4, 4);
const discrete = adapter(32, 32);
const adapters: AdapterTraits[] = [
  { ...software, subgroups: false },
  software,
  adapter(4, 128),
  adapter(8, 32),
  adapter(16, 64),
  discrete,
  adapter(32, 64),
  adapter(64, 64),
];

describe('chooseMapping', () => {
  it.each(adapters)('suits every dimension on %o', (traits) => {
    for (let d = 1; d <= 1024; d++) {
      const { path, threads, blocksPerThread, maxSlots, workgroup } = chooseMapping(d, traits);
      expect(Math.log2(threads) % 1).toBe(0);
      // A group of invocations lies within one workgroup, and a workgroup within the default limits.
      expect(workgroup % threads).toBe(0);
      expect(workgroup).toBeLessThanOrEqual(256);
      expect(maxSlots).toBeGreaterThanOrEqual(1);
      if (!traits.subgroups) expect(threads).toBe(1);
      else expect(threads).toBeLessThanOrEqual(Math.max(4, traits.subgroupMinSize));
      if (path === 'fused') {
        expect(threads * blocksPerThread).toBeGreaterThanOrEqual(Math.ceil(d / 4));
        expect(blocksPerThread).toBeLessThanOrEqual(8);
      } else expect(d).toBeGreaterThan(32);
    }
  });

  it('keeps small models in registers and large ones in memory', () => {
    expect(chooseMapping(2, software).path).toBe('fused');
    expect(chooseMapping(784, software).path).toBe('batched');
    expect(chooseMapping(784, discrete).path).toBe('fused');
  });
});

const lane = (optimizer: OptimizerId, seed: number, batch = 1): Lane => ({
  seed,
  run: { optimizer, batch, hyper: defaultHyper(optimizer) },
});

/** Groups of one program as lane numbers. */
const groupsOf = ({ optimizers, members }: ReturnType<typeof groupLanes>[number]) =>
  Array.from({ length: members.length / optimizers.length }, (_, g) => [
    ...members.subarray(g * optimizers.length, (g + 1) * optimizers.length),
  ]);

describe('groupLanes', () => {
  const next = sequence(4);
  const random = (n: number) => Math.floor(((next() + 1) / 2) * n);
  const cases: [string, Lane[]][] = [
    ['one lane', [lane('adam', 0)]],
    ['every optimizer', everyOptimizer(3, 2, 0.1)],
    ['many runs of one optimizer', Array.from({ length: 50 }, (_, k) => lane('mass', k % 2))],
    ['any lanes', Array.from({ length: 200 }, () => lane(optimizerIds[random(5)]!, random(4), [1, 2, 64][random(3)]))],
  ];

  it.each(cases)('%s: each lane is in one group, with its own kind', (_, lanes) => {
    for (const maxSlots of [1, 2, 3, 5, 8]) {
      const programs = groupLanes(lanes, maxSlots);
      const seen = programs.flatMap((program) => [...program.members]).sort((a, b) => a - b);
      expect(seen).toEqual(lanes.map((_lane, k) => k));
      for (const program of programs) {
        expect(program.optimizers.length).toBeLessThanOrEqual(maxSlots);
        const groups = groupsOf(program);
        for (const group of groups) {
          expect(group.map((k) => lanes[k]!.run.optimizer)).toEqual(program.optimizers);
          expect(new Set(group.map((k) => `${lanes[k]!.seed} ${lanes[k]!.run.batch}`)).size).toBe(1);
        }
        expect(program.maxBatch).toBe(Math.max(...groups.flat().map((k) => lanes[k]!.run.batch)));
      }
      expect(new Set(programs.map((program) => program.optimizers.join())).size).toBe(programs.length);
    }
  });

  it('the lanes of one seed share a group, whatever their optimizer', () => {
    const programs = groupLanes(everyOptimizer(4, 1, 0.1), 8);
    expect(programs).toHaveLength(1);
    expect(programs[0]!.optimizers).toEqual(optimizerIds);
    expect(groupsOf(programs[0]!)).toHaveLength(4);
  });

  it('uneven groups are split evenly', () => {
    const programs = groupLanes(
      Array.from({ length: 9 }, () => lane('sgd', 0)),
      8,
    );
    expect(programs.map((program) => program.optimizers.length).sort()).toEqual([4, 5]);
  });
});
