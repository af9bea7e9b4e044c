/** Mappings on a real adapter: all agree within rounding, and a lane's numbers do not depend on its company. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { CohortOptions, Lane } from '../../src/engine/backend';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { mappings, type Mapping } from '../../src/engine/gpu/mapping';
import { ObjectiveBuffers } from '../../src/engine/gpu/objective-buffers';
import { tunedMapping, tuningKey, type MappingStore } from '../../src/engine/gpu/tuning';
import { openDevice, type GpuContext } from '../../src/gpu/device';
import type { LeastSquares } from '../../src/problems/types';
import { everyOptimizer, storedProblem, streamProblem } from '../support/problems';

let context: GpuContext;
const errors: string[] = [];

async function open(gpu?: GPU) {
  context = await openDevice({ gpu });
  errors.length = 0;
  context.onUncapturedError((error) => errors.push(error.message));
}

beforeEach(() => open());

afterEach(async () => {
  await context.device.queue.onSubmittedWorkDone();
  context.destroy();
  expect(errors).toEqual([]);
});

const segments = [
  { from: 0, to: 0, record: true },
  { from: 0, to: 9, record: true },
  { from: 9, to: 25, record: true },
];

async function results(options: Pick<CohortOptions, 'objective' | 'lanes'>, mapping?: Mapping) {
  const full = { ...options, seed: 5, sampling: 'replacement' as const, lossLimit: 1e30 };
  const cohort = await new GpuBackend(context, { mapping }).cohort(full);
  const losses = await cohort.execute(segments);
  const { values } = await cohort.save();
  cohort.destroy();
  return { losses, values };
}

async function expectAgreement(objective: LeastSquares, batch: number, all: readonly Mapping[]) {
  const lanes = everyOptimizer(3, batch, 0.05);
  const full = { objective, lanes, seed: 5, sampling: 'replacement' as const, lossLimit: 1e30 };
  const twin = await (await new CpuBackend().cohort(full)).execute(segments);
  for (const mapping of all) {
    const { losses } = await results({ objective, lanes }, mapping);
    losses.forEach((loss, k) => {
      expect(Math.abs(loss / twin[k]! - 1)).toBeLessThan(1e-4);
    });
  }
}

const shapes: [string, LeastSquares, number][] = [
  ['component-decoupled, d = 2', streamProblem('component-decoupled', 2), 2],
  ['gaussian, d = 30', streamProblem('gaussian', 30), 3],
  ['50 rows, d = 64', storedProblem(50, 64), 5],
  ['200 rows, d = 33', storedProblem(200, 33), 8],
  ['60 rows, d = 300', storedProblem(60, 300), 9],
];

describe('every mapping of this adapter', () => {
  it.each(shapes)('agrees with the float64 twin: %s', async (_, objective, batch) => {
    await expectAgreement(objective, batch, mappings(objective.dimension, context.features));
  });

  it.each([shapes[0]!, shapes[3]!, shapes[4]!])(
    'agrees where there are no subgroups: %s',
    async (_, objective, batch) => {
      context.destroy();
      await open(withoutSubgroups());
      expect(context.features.subgroups).toBe(false);
      const all = mappings(objective.dimension, context.features);
      expect(all.every(({ threads }) => threads === 1)).toBe(true);
      await expectAgreement(objective, batch, all);
    },
  );
});

describe('a lane alone', () => {
  it.each([shapes[0]!, shapes[2]!, shapes[4]!])(
    'equals itself in company, bit for bit: %s',
    async (_, objective, batch) => {
      const lanes = everyOptimizer(3, batch, 0.05);
      for (const mapping of mappings(objective.dimension, context.features)) {
        const { losses, values } = await results({ objective, lanes }, mapping);
        const width = values.length / lanes.length;
        const check = async (chosen: readonly number[], maxSlots: number) => {
          const alone = await results({ objective, lanes: chosen.map((k) => lanes[k]!) }, { ...mapping, maxSlots });
          chosen.forEach((k, at) => {
            for (let row = 0; row < segments.length; row++)
              expect(alone.losses[row * chosen.length + at]).toBe(losses[row * lanes.length + k]);
            expect(alone.values.subarray(at * width, (at + 1) * width)).toEqual(
              values.subarray(k * width, (k + 1) * width),
            );
          });
        };
        // Each optimizer by itself, seeds of one, a mixture in small groups, and many copies in a large cohort.
        for (const k of [0, 4, 8, 10, 14]) await check([k], mapping.maxSlots);
        await check([9, 10, 11], 1);
        await check([14, 1, 7, 4], 2);
        await check(
          Array.from({ length: 300 }, () => 10),
          mapping.maxSlots,
        );
      }
    },
  );
});

describe('the measured mapping', () => {
  const objective = storedProblem(300, 61);
  // Enough of one optimizer to tell mappings apart by the lanes that share a group.
  const many = Array.from({ length: 32 }, (_, k) => everyOptimizer(2, 4, 0.05)[k % 2]!);
  const options = (lanes: readonly Lane[]): CohortOptions => ({
    objective,
    lanes,
    seed: 1,
    sampling: 'replacement',
    lossLimit: 1e30,
  });

  it('is one of those that make sense, is kept, and is the same for every backend of the page', async () => {
    const kept = new Map<string, string>();
    let reads = 0;
    const store: MappingStore = {
      get: (key) => {
        reads++;
        return Promise.resolve(kept.get(key));
      },
      set: (key, value) => {
        kept.set(key, value);
        return Promise.resolve();
      },
    };
    const names = mappings(61, context.features).map((m) => [m.path, m.threads, m.maxSlots, m.rowTile].join(' '));
    expect(names.length).toBeGreaterThan(1);
    const first = new GpuBackend(context, { mappings: store });
    const cohort = await first.cohort(options(many));
    const losses = await cohort.execute(segments);
    cohort.destroy();
    expect([...kept.keys()]).toEqual([tuningKey(context, options([]))]);
    expect(names).toContain([...kept.values()][0]);
    expect(reads).toBe(1);
    const again = await new GpuBackend(context, { mappings: store }).cohort(options(many));
    expect(await again.execute(segments)).toEqual(losses);
    again.destroy();
    expect(reads).toBe(1);
  });

  it('is found with the programs that the lanes run', async () => {
    const objective = storedProblem(300, 59);
    const buffers = await ObjectiveBuffers.create(context, objective);
    const before = context.pipelines.size;
    const mapping = await tunedMapping(context, { ...options(many), objective }, buffers, undefined);
    const after = context.pipelines.size;
    expect(after).toBeLessThanOrEqual(before + mappings(59, context.features).length);
    const cohort = await new GpuBackend(context, { mapping }).cohort({ ...options(many), objective });
    expect((await cohort.execute(segments)).every(Number.isFinite)).toBe(true);
    expect(context.pipelines.size).toBe(after);
    cohort.destroy();
    buffers.destroy();
  });

  it('is the guess, unmeasured, for lanes that come to the same programs with all', async () => {
    const reached: string[] = [];
    const store: MappingStore = {
      get: (key) => {
        reached.push(key);
        return Promise.resolve(undefined);
      },
      set: () => Promise.resolve(),
    };
    const objective = storedProblem(90, 62);
    const cohort = await new GpuBackend(context, { mappings: store }).cohort({
      ...options(everyOptimizer(2, 4, 0.05)),
      objective,
    });
    expect((await cohort.execute(segments)).every(Number.isFinite)).toBe(true);
    cohort.destroy();
    const sameResults = mappings(62, context.features).every(({ threads }, _, [guess]) => threads === guess!.threads);
    expect(reached.length).toBe(sameResults ? 0 : 1);
  });

  it('survives a store that fails', async () => {
    const broken: MappingStore = {
      get: () => Promise.reject(new Error('closed')),
      set: () => Promise.reject(new Error('full')),
    };
    const backend = new GpuBackend(context, { mappings: broken });
    const cohort = await backend.cohort({ ...options(many), objective: storedProblem(90, 50) });
    expect((await cohort.execute(segments)).every(Number.isFinite)).toBe(true);
    cohort.destroy();
  });

  it('leaves nothing on the GPU but the rows', async () => {
    const backend = new GpuBackend(context);
    const lanes = everyOptimizer(1, 2, 0.05);
    const cohort = await backend.cohort({ ...options(many), objective: storedProblem(40, 57) });
    cohort.destroy();
    // What compiles too long to be measured goes as soon as it has compiled.
    await expect.poll(() => backend.bytes, { timeout: 30_000 }).toBeLessThan(2 * 40 * 64 * 4);
    const rows = backend.bytes;
    // Another objective takes their place; one in use stays.
    const used = await backend.cohort({ ...options(lanes), objective: storedProblem(40, 3) });
    const other = await backend.cohort({ ...options(lanes), objective: storedProblem(30, 3, 2) });
    expect((await used.execute(segments)).every(Number.isFinite)).toBe(true);
    used.destroy();
    other.destroy();
    expect(backend.bytes).toBeLessThan(rows);
  });
});

/** `navigator.gpu` whose adapters offer no subgroups. */
function withoutSubgroups(): GPU {
  const real = navigator.gpu;
  const hidden = (adapter: GPUAdapter) =>
    new Proxy(adapter, {
      get(target, name) {
        if (name === 'features') return new Set([...target.features].filter((feature) => feature !== 'subgroups'));
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  return new Proxy(real, {
    get(target, name) {
      if (name !== 'requestAdapter') return Reflect.get(target, name, target) as unknown;
      return async (request?: GPURequestAdapterOptions) => {
        const adapter = await target.requestAdapter(request);
        return adapter && hidden(adapter);
      };
    },
  });
}
