/** Lanes on the GPU: their buffers, and the dispatches that advance and record them. */
import laneWgsl from '../../../shaders/common/lane.wgsl?raw';
import type { GpuContext } from '../../gpu/device';
import { DYNAMIC_STRIDE, Kernel } from '../../gpu/kernel';
import { structLayout } from '../../gpu/layout';
import type { BufferScope } from '../../gpu/memory';
import { ReadbackRing } from '../../gpu/readback';
import { optimizerOf } from '../../optimizers/registry';
import { COEFFICIENTS, MAX_SLOTS } from '../../optimizers/types';
import { batchStream } from '../../problems/least-squares';
import { streamKey } from '../../random/random';
import type { Cohort, CohortOptions, CohortState, Lane, Segment } from '../backend';
import { MAX_SEGMENTS } from '../lane-group';
import { workOf } from '../work';
import { PARTS } from './cohort-memory';
import { chooseMapping, groupLanes, type Mapping } from './mapping';
import type { ObjectiveBuffers } from './objective-buffers';
import {
  descend,
  fusedSteps,
  recordRows,
  recordSlots,
  recordStream,
  recordSums,
  residuals,
  residualTiles,
} from './programs';

interface Dispatch {
  readonly kernel: Kernel;
  readonly group: GPUBindGroup;
  readonly invocations: number;
}

/** Slots of the uniform ring: dispatches with parameters of their own in one submission. */
const WORK_SLOTS = 256;
/** Workgroups in one dimension of a dispatch, by WebGPU's default limits. */
const MAX_WORKGROUPS = 65_535;

export class GpuCohort implements Cohort {
  readonly lanes: readonly Lane[];
  readonly work: { readonly step: number; readonly record: number };
  readonly #context: GpuContext;
  readonly #scope: BufferScope;
  readonly #ring: ReadbackRing;
  readonly #options: CohortOptions;
  readonly #mapping: Mapping;
  readonly #state: GPUBuffer;
  readonly #alive: GPUBuffer;
  readonly #losses: GPUBuffer;
  readonly #works: GPUBuffer;
  readonly #onDestroy: (cohort: GpuCohort) => void;
  readonly #lossLimit: number;
  /** Dispatches of one step (batched) or of any number of steps (fused), and of one recording, in order. */
  #advance: readonly Dispatch[] = [];
  #record: readonly Dispatch[] = [];
  #step: number;

  private constructor(context: GpuContext, options: CohortOptions, onDestroy: (cohort: GpuCohort) => void) {
    const { objective, lanes, state } = options;
    this.#context = context;
    this.#options = options;
    this.#onDestroy = onDestroy;
    this.lanes = lanes;
    this.work = workOf(options);
    this.#mapping = chooseMapping(objective.dimension, context.features);
    this.#lossLimit = new Uint32Array(Float32Array.of(options.lossLimit).buffer)[0]!;
    this.#step = state?.step ?? 0;
    this.#scope = context.scope('cohort');
    this.#ring = new ReadbackRing(context, 'cohort readback');
    const both = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    this.#state = this.#scope.upload('state', initialState(options), both);
    const alive = Uint32Array.from(lanes, (_, k) => state?.alive[k] ?? 1);
    this.#alive = this.#scope.upload('alive', alive, both);
    this.#losses = this.#scope.create('losses', MAX_SEGMENTS * lanes.length * 4, both);
    this.#works = this.#scope.create(
      'work',
      WORK_SLOTS * DYNAMIC_STRIDE,
      GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST,
    );
  }

  /** Rejects with `DeviceError`, `OutOfMemoryError`, `ShaderError` or `DeviceLostError`; nothing is kept then. */
  static async create(
    context: GpuContext,
    options: CohortOptions,
    objective: ObjectiveBuffers,
    onDestroy: (cohort: GpuCohort) => void,
  ): Promise<GpuCohort> {
    const cohort = new GpuCohort(context, options, onDestroy);
    try {
      await cohort.#prepare(objective);
      return cohort;
    } catch (error) {
      cohort.destroy();
      throw error;
    }
  }

  async #prepare({ buffers: shared }: ObjectiveBuffers): Promise<void> {
    const { objective, sampling, lanes } = this.#options;
    const mapping = this.#mapping;
    const context = { objective, sampling, mapping };
    const blocks = Math.ceil(objective.dimension / 4);
    const common = await this.#scope.checked(() => ({
      ...shared,
      work: this.#works,
      state: this.#state,
      alive: this.#alive,
      losses: this.#losses,
      lanes: this.#scope.upload('lanes', laneRecords(this.#options), GPUBufferUsage.STORAGE),
    }));

    const advance = groupLanes(lanes, mapping.maxSlots).map(async (program, k): Promise<Dispatch[]> => {
      const { optimizers, members: numbers, maxBatch } = program;
      const slots = optimizers.length;
      const groups = numbers.length / slots;
      const members = this.#scope.upload(`members ${k}`, numbers, GPUBufferUsage.STORAGE);
      if (mapping.path === 'fused')
        return [
          await this.#dispatch(
            'steps',
            fusedSteps(context, optimizers),
            { ...common, members },
            groups * mapping.threads,
          ),
        ];
      const [draws, rests] = await this.#scope.checked(
        () =>
          [
            this.#scope.create(`draws ${k}`, groups * maxBatch * 8, GPUBufferUsage.STORAGE),
            this.#scope.create(`residuals ${k}`, groups * maxBatch * slots * 4, GPUBufferUsage.STORAGE),
          ] as const,
      );
      const bound = { ...common, members, draws, residuals: rests };
      return Promise.all([
        this.#dispatch(
          'residuals',
          residuals(context, slots, maxBatch),
          bound,
          groups * residualTiles(maxBatch) * mapping.threads,
        ),
        this.#dispatch('descend', descend(context, optimizers, maxBatch), bound, groups * blocks),
      ]);
    });

    const record =
      objective.rows.kind === 'stored'
        ? this.#prepareRows(context, common)
        : this.#dispatch('record', recordStream(context), common, lanes.length).then((dispatch) => [dispatch]);

    this.#advance = (await Promise.all(advance)).flat();
    this.#record = await record;
  }

  #prepareRows(
    context: Parameters<typeof recordRows>[0],
    common: Readonly<Record<string, GPUBuffer>>,
  ): Promise<Dispatch[]> {
    const lanes = this.lanes.length;
    const partials = this.#scope.create('partials', lanes * PARTS * 4, GPUBufferUsage.STORAGE);
    const bound = { ...common, partials };
    const slots = recordSlots(lanes);
    return Promise.all([
      this.#dispatch(
        'squares',
        recordRows(context, PARTS, slots),
        bound,
        Math.ceil(lanes / slots) * PARTS * this.#mapping.threads,
      ),
      this.#dispatch('sums', recordSums(context, PARTS), bound, lanes),
    ]);
  }

  async #dispatch(
    label: string,
    code: string,
    buffers: Readonly<Record<string, GPUBuffer>>,
    invocations: number,
  ): Promise<Dispatch> {
    const kernel = await Kernel.create(this.#context, {
      label,
      code,
      dynamic: { name: 'work', size: workLayout().size },
    });
    return { kernel, group: kernel.bind(buffers), invocations };
  }

  async execute(segments: readonly Segment[]): Promise<Float64Array<ArrayBuffer>> {
    this.#context.assertAlive();
    const operations = this.#operations(segments);
    for (let at = 0; at < operations.length; at += WORK_SLOTS) this.#submit(operations.slice(at, at + WORK_SLOTS));
    this.#step = segments.at(-1)?.to ?? this.#step;
    const records = segments.filter((segment) => segment.record).length;
    const count = records * this.lanes.length;
    // Without a record a word comes home all the same: it tells that the work is done.
    const bytes = await this.#readBack([[this.#losses, Math.max(count, 1) * 4]]);
    return Float64Array.from(new Float32Array(bytes[0]!, 0, count));
  }

  /** What is dispatched, in order, each with parameters of its own. */
  #operations(segments: readonly Segment[]): Operation[] {
    const fused = this.#mapping.path === 'fused';
    const operations: Operation[] = [];
    let record = 0;
    for (const { from, to, record: wanted } of segments) {
      if (fused && to > from) operations.push({ dispatches: this.#advance, from, to, record: 0 });
      if (!fused)
        for (let t = from; t < to; t++) operations.push({ dispatches: this.#advance, from: t, to: t + 1, record: 0 });
      if (wanted) operations.push({ dispatches: this.#record, from: to, to, record: record++ });
    }
    return operations;
  }

  #submit(operations: readonly Operation[]): void {
    const { device } = this.#context;
    const layout = workLayout();
    const parameters = new ArrayBuffer(operations.length * DYNAMIC_STRIDE);
    operations.forEach(({ from, to, record }, k) => {
      layout.write(parameters, k * DYNAMIC_STRIDE, {
        from_step: from,
        to_step: to,
        record,
        loss_limit: this.#lossLimit,
      });
    });
    device.queue.writeBuffer(this.#works, 0, parameters);
    const encoder = device.createCommandEncoder({ label: 'cohort' });
    const pass = encoder.beginComputePass({ label: 'cohort' });
    operations.forEach(({ dispatches }, k) => {
      for (const { kernel, group, invocations } of dispatches) {
        pass.setPipeline(kernel.pipeline);
        pass.setBindGroup(0, group, kernel.takesDynamicOffset ? [k * DYNAMIC_STRIDE] : []);
        const workgroups = Math.ceil(invocations / this.#mapping.workgroup);
        pass.dispatchWorkgroups(Math.min(workgroups, MAX_WORKGROUPS), Math.ceil(workgroups / MAX_WORKGROUPS));
      }
    });
    pass.end();
    device.queue.submit([encoder.finish()]);
  }

  async #readBack(sources: readonly (readonly [GPUBuffer, number])[]): Promise<ArrayBuffer[]> {
    const { device } = this.#context;
    const encoder = device.createCommandEncoder({ label: 'readback' });
    const tickets = sources.map(([buffer, size]) => this.#ring.copy(encoder, buffer, 0, size));
    device.queue.submit([encoder.finish()]);
    return Promise.all(tickets.map((ticket) => ticket.read()));
  }

  async save(): Promise<CohortState> {
    this.#context.assertAlive();
    const step = this.#step;
    const [state, alive] = await this.#readBack([
      [this.#state, this.#state.size],
      [this.#alive, this.#alive.size],
    ]);
    const d = this.#options.objective.dimension;
    const width = Math.ceil(d / 4) * 4;
    const padded = new Float32Array(state!);
    const vectors = this.lanes.length * MAX_SLOTS;
    const values = new Float64Array(vectors * d);
    for (let k = 0; k < vectors; k++) values.set(padded.subarray(k * width, k * width + d), k * d);
    return { step, values, alive: Uint8Array.from(new Uint32Array(alive!)) };
  }

  retire(lanes: readonly number[]): void {
    if (this.#context.isLost) return;
    const none = new Uint32Array(1);
    for (const lane of lanes) this.#context.device.queue.writeBuffer(this.#alive, lane * 4, none);
  }

  destroy(): void {
    this.#scope.destroy();
    this.#ring.destroy();
    this.#onDestroy(this);
  }
}

interface Operation {
  readonly dispatches: readonly Dispatch[];
  readonly from: number;
  readonly to: number;
  readonly record: number;
}

let layouts:
  { readonly lane: ReturnType<typeof structLayout>; readonly work: ReturnType<typeof structLayout> } | undefined;
const structs = () =>
  (layouts ??= {
    lane: structLayout(`const BLOCKS = 1u;\n${flatLane(laneWgsl)}`, 'Lane'),
    work: structLayout(`const BLOCKS = 1u;\n${laneWgsl}`, 'Work'),
  });
const workLayout = () => structs().work;

/** The nested coefficients as two plain fields: the same bytes. */
const flatLane = (code: string) => code.replace('coefficients: Coefficients,', 'a: vec4f,\n  b: vec4f,');

function laneRecords({ objective, lanes, seed, sampling }: CohortOptions): ArrayBuffer {
  const { lane: layout } = structs();
  const stream = batchStream(objective, sampling);
  const records = new ArrayBuffer(lanes.length * layout.size);
  lanes.forEach(({ run, seed: laneSeed }, k) => {
    const definition = optimizerOf(run.optimizer);
    const coefficients = new Float32Array(COEFFICIENTS);
    coefficients.set(definition.coefficients(run.hyper));
    layout.write(records, k * layout.size, {
      a: [...coefficients.subarray(0, 4)],
      b: [...coefficients.subarray(4, 8)],
      key: streamKey(seed, stream, laneSeed),
      batch: run.batch,
      iterate: definition.iterate,
      padding: 0,
    });
  });
  return records;
}

/** lanes × MAX_SLOTS × blocks × 4 numbers. */
function initialState({ objective, lanes, state }: CohortOptions): Float32Array<ArrayBuffer> {
  const d = objective.dimension;
  const width = Math.ceil(d / 4) * 4;
  const values = new Float32Array(lanes.length * MAX_SLOTS * width);
  lanes.forEach(({ run }, k) => {
    const { start } = optimizerOf(run.optimizer);
    for (let slot = 0; slot < MAX_SLOTS; slot++) {
      const vector = k * MAX_SLOTS + slot;
      if (state) values.set(state.values.subarray(vector * d, (vector + 1) * d), vector * width);
      else if (start[slot] === 'weights') values.set(objective.start, vector * width);
    }
  });
  return values;
}
