/** How lanes lie on the GPU: nothing lost, nothing twice, and only what the kernels can hold. */
import { describe, expect, it } from 'vitest';
import type { Lane } from '../../src/engine/backend';
import {
  areAlike,
  groupLanes,
  guessMapping,
  mappings,
  slotsFor,
  workgroupFor,
  type AdapterTraits,
} from '../../src/engine/gpu/mapping';
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

describe('mappings', () => {
  it.each(adapters)('suit every dimension on %o', (traits) => {
    for (let d = 1; d <= 1024; d++) {
      const all = mappings(d, traits);
      expect(all.length).toBeGreaterThanOrEqual(1);
      expect(all.length).toBeLessThanOrEqual(5);
      for (const { path, threads, blocksPerThread, maxSlots, rowTile } of all) {
        expect(Math.log2(threads) % 1).toBe(0);
        expect(maxSlots).toBeGreaterThanOrEqual(1);
        expect(rowTile).toBeGreaterThanOrEqual(1);
        if (!traits.subgroups) expect(threads).toBe(1);
        else expect(threads).toBeLessThanOrEqual(Math.max(4, traits.subgroupMinSize));
        // A group of invocations lies within one workgroup, and a workgroup within the default limits.
        for (const invocations of [threads, 1000, 100_000]) {
          const workgroup = workgroupFor(invocations, traits);
          expect(workgroup % threads).toBe(0);
          expect(workgroup).toBeLessThanOrEqual(256);
          if (traits.subgroups) expect(workgroup).toBeGreaterThanOrEqual(Math.min(64, traits.subgroupMaxSize));
        }
        if (path === 'fused') {
          expect(threads * blocksPerThread).toBeGreaterThanOrEqual(Math.ceil(d / 4));
          expect(blocksPerThread).toBeLessThanOrEqual(threads === 1 ? 16 : 8);
        } else expect(d).toBeGreaterThan(traits.subgroups ? 32 : 16);
      }
    }
  });

  it('keep small models in registers and large ones in memory', () => {
    expect(guessMapping(2, software).path).toBe('fused');
    expect(guessMapping(64, software)).toMatchObject({ path: 'fused', threads: 4, wholeSubgroup: true });
    expect(guessMapping(784, software).path).toBe('batched');
    expect(guessMapping(784, discrete).path).toBe('fused');
  });

  it('are one where there is nothing to choose', () => {
    expect(mappings(2, software)).toHaveLength(1);
    expect(mappings(2, discrete)).toHaveLength(1);
  });

  it('sum a whole subgroup at once only where its size is known', () => {
    for (const traits of adapters)
      for (const { threads, wholeSubgroup } of mappings(200, traits))
        expect(wholeSubgroup).toBe(
          traits.subgroups && threads === traits.subgroupMinSize && threads === traits.subgroupMaxSize,
        );
  });
});

describe('slotsFor', () => {
  const { maxSlots } = guessMapping(2, software);
  const lanes = (count: number) => Array.from({ length: count }, () => lane('mass', 0));

  it('fills groups where there are plenty, and spreads a few lanes of one optimizer over the adapter', () => {
    const mapping = guessMapping(2, software);
    expect(slotsFor(mapping, lanes(1), software)).toBe(1);
    expect(slotsFor(mapping, lanes(5), software)).toBe(3);
    expect(slotsFor(mapping, lanes(4096), software)).toBe(maxSlots);
    expect(slotsFor(guessMapping(2, discrete), lanes(256), discrete)).toBe(1);
    expect(slotsFor(guessMapping(2, discrete), lanes(100_000), discrete)).toBe(maxSlots);
  });

  it('keeps lanes of several optimizers in one program', () => {
    expect(slotsFor(guessMapping(2, discrete), everyOptimizer(2, 1, 0.1), discrete)).toBe(maxSlots);
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
        for (const k of groups.flat()) expect(lanes[k]!.run.batch % 2 === 0).toBe(program.evenBatches);
        expect(program.maxBatch).toBe(Math.max(...groups.flat().map((k) => lanes[k]!.run.batch)));
      }
      const kinds = programs.map(({ optimizers, evenBatches }) => `${optimizers.join()} ${evenBatches}`);
      expect(new Set(kinds).size).toBe(programs.length);
    }
  });

  it('the lanes of one seed share a group, whatever their optimizer', () => {
    const programs = groupLanes(everyOptimizer(4, 1, 0.1), 8);
    expect(programs).toHaveLength(1);
    expect(programs[0]!.optimizers).toEqual(optimizerIds);
    expect(groupsOf(programs[0]!)).toHaveLength(4);
  });

  it('equal shares of several optimizers make one program', () => {
    const sweep = optimizerIds.flatMap((id) => Array.from({ length: 64 }, () => lane(id, 0)));
    expect(groupLanes(sweep, 6).map((program) => program.optimizers)).toEqual([optimizerIds]);
    // Two of each in a group where they fit.
    const two = ['sgd', 'mass'].flatMap((id) => Array.from({ length: 8 }, () => lane(id as OptimizerId, 0)));
    expect(groupLanes(two, 5).map((program) => program.optimizers)).toEqual([['sgd', 'sgd', 'mass', 'mass']]);
  });

  it('uneven groups are split evenly', () => {
    const programs = groupLanes(
      Array.from({ length: 9 }, () => lane('sgd', 0)),
      8,
    );
    expect(programs.map((program) => program.optimizers.length).sort()).toEqual([4, 5]);
  });
});

describe('areAlike', () => {
  const lanes = (count: number, batch = 1) => Array.from({ length: count }, () => lane('mass', 0, batch));
  const alike = (dimension: number, some: readonly Lane[], traits = software) => {
    const [guess, ...others] = mappings(dimension, traits);
    expect(others.length).toBeGreaterThan(0);
    return others.every((other) => areAlike(guess!, other, some, traits));
  };

  it('tells mappings apart by the lanes of a group, where there are enough of them', () => {
    expect(alike(64, lanes(1))).toBe(true);
    expect(alike(64, everyOptimizer(16, 4, 0.1))).toBe(true);
    expect(alike(64, lanes(64))).toBe(false);
  });

  it('tells mappings apart by the rows of a tile, where minibatches fill them', () => {
    expect(alike(784, lanes(1, 4))).toBe(true);
    expect(alike(784, lanes(1, 8))).toBe(false);
  });

  it('takes no mappings for alike whose results differ', () => {
    expect(alike(64, lanes(1), discrete)).toBe(false);
  });
});
