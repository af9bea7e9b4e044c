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
import { groupLanes, slotsFor, workgroupFor, type LaneGroups, type Mapping } from './mapping';
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
  type ProgramContext,
} from './programs';
import type { RecordPlan } from './record-plan';

type Buffers = Readonly<Record<string, GPUBuffer>>;

interface Dispatch {
  readonly kernel: Kernel;
  readonly group: GPUBindGroup;
  readonly workgroups: number;
}

/** What a cohort is made with besides its lanes. */
export interface CohortParts {
  readonly objective: ObjectiveBuffers;
  readonly mapping: Mapping;
  /** False for a cohort that is never asked for losses: it compiles nothing for them. */
  readonly records: boolean;
  readonly onDestroy: (cohort: GpuCohort) => void;
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

  private constructor(context: GpuContext, options: CohortOptions, parts: CohortParts) {
    const { objective, lanes, state } = options;
    const { recording } = parts.objective;
    this.#context = context;
    this.#options = options;
    this.#onDestroy = parts.onDestroy;
    this.lanes = lanes;
    const { dimension } = objective;
    this.work = workOf(
      options,
      recording ? (recording.triangular ? dimension / 2 : dimension) * recording.rows : undefined,
    );
    this.#mapping = parts.mapping;
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
  static async create(context: GpuContext, options: CohortOptions, parts: CohortParts): Promise<GpuCohort> {
    const cohort = new GpuCohort(context, options, parts);
    try {
      await cohort.#prepare(parts);
      return cohort;
    } catch (error) {
      cohort.destroy();
      throw error;
    }
  }

  async #prepare({ objective: shared, records }: CohortParts): Promise<void> {
    const { lanes } = this.#options;
    const common = await this.#scope.checked(() => ({
      ...shared.buffers,
      work: this.#works,
      state: this.#state,
      alive: this.#alive,
      losses: this.#losses,
      lanes: this.#scope.upload('lanes', laneRecords(this.#options), GPUBufferUsage.STORAGE),
    }));
    const slots = slotsFor(this.#mapping, lanes, this.#context.features);
    const programs = groupLanes(lanes, slots);
    const [advance, record] = await Promise.all([
      Promise.all(
        programs.map((program, k) =>
          this.#mapping.path === 'fused'
            ? this.#prepareFused(program, k, common)
            : this.#prepareBatched(program, k, common),
        ),
      ),
      records ? this.#prepareRecord(shared.recording, common) : [],
    ]);
    this.#advance = advance.flat();
    this.#record = record;
  }

  async #prepareFused({ optimizers, members: numbers }: LaneGroups, k: number, common: Buffers): Promise<Dispatch[]> {
    const members = this.#scope.upload(`members ${k}`, numbers, GPUBufferUsage.STORAGE);
    const invocations = (numbers.length / optimizers.length) * this.#mapping.threads;
    const code = (context: ProgramContext) => fusedSteps(context, optimizers);
    return [await this.#dispatch('steps', code, { ...common, members }, invocations)];
  }

  async #prepareBatched(program: LaneGroups, k: number, common: Buffers): Promise<Dispatch[]> {
    const { optimizers, members: numbers, maxBatch } = program;
    const slots = optimizers.length;
    const groups = numbers.length / slots;
    const members = this.#scope.upload(`members ${k}`, numbers, GPUBufferUsage.STORAGE);
    const [draws, rests] = await this.#scope.checked(
      () =>
        [
          this.#scope.create(`draws ${k}`, groups * maxBatch * 8, GPUBufferUsage.STORAGE),
          this.#scope.create(`residuals ${k}`, groups * maxBatch * slots * 4, GPUBufferUsage.STORAGE),
        ] as const,
    );
    const bound = { ...common, members, draws, residuals: rests };
    const tiles = groups * residualTiles(this.#mapping, maxBatch);
    const blocks = groups * Math.ceil(this.#options.objective.dimension / 4);
    return Promise.all([
      this.#dispatch('residuals', (c) => residuals(c, slots, maxBatch), bound, tiles * this.#mapping.threads),
      this.#dispatch('descend', (c) => descend(c, optimizers, maxBatch), bound, blocks),
    ]);
  }

  async #prepareRecord(plan: RecordPlan | undefined, common: Buffers): Promise<Dispatch[]> {
    const lanes = this.lanes.length;
    if (!plan) return [await this.#dispatch('record', recordStream, common, lanes)];
    const { parts } = plan;
    const slots = recordSlots(this.#mapping, lanes);
    const bound = {
      ...common,
      features: common['recordFeatures']!,
      targets: common['recordTargets']!,
      ...(parts > 1 ? { partials: this.#scope.create('partials', lanes * parts * 4, GPUBufferUsage.STORAGE) } : {}),
    };
    const invocations = Math.ceil(lanes / slots) * parts * this.#mapping.threads;
    return Promise.all([
      this.#dispatch('squares', (context) => recordRows(context, plan, slots), bound, invocations),
      ...(parts > 1 ? [this.#dispatch('sums', (context) => recordSums(context, plan), bound, lanes)] : []),
    ]);
  }

  async #dispatch(
    label: string,
    code: (context: ProgramContext) => string,
    buffers: Buffers,
    invocations: number,
  ): Promise<Dispatch> {
    const workgroup = workgroupFor(invocations, this.#context.features);
    const { objective, sampling } = this.#options;
    const kernel = await Kernel.create(this.#context, {
      label,
      code: code({ objective, sampling, mapping: this.#mapping, workgroup }),
      dynamic: { name: 'work', size: workLayout().size },
    });
    return { kernel, group: kernel.bind(buffers), workgroups: Math.ceil(invocations / workgroup) };
  }

  async execute(segments: readonly Segment[]): Promise<Float64Array<ArrayBuffer>> {
    this.#context.assertAlive();
    const operations = this.#operations(segments);
    const records = segments.filter((segment) => segment.record).length;
    const count = records * this.lanes.length;
    let at = 0;
    for (; at + WORK_SLOTS < operations.length; at += WORK_SLOTS)
      this.#submit(this.#encode(operations.slice(at, at + WORK_SLOTS)));
    const encoder = this.#encode(operations.slice(at));
    // Without a record a word comes home all the same: it tells that the work is done.
    const ticket = this.#ring.copy(encoder, this.#losses, 0, Math.max(count, 1) * 4);
    this.#submit(encoder);
    this.#step = segments.at(-1)?.to ?? this.#step;
    return Float64Array.from(new Float32Array(await ticket.read(), 0, count));
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

  /** Commands for some operations. Submit them before the next ones are encoded: they share the ring of parameters. */
  #encode(operations: readonly Operation[]): GPUCommandEncoder {
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
      for (const { kernel, group, workgroups } of dispatches) {
        pass.setPipeline(kernel.pipeline);
        pass.setBindGroup(0, group, kernel.takesDynamicOffset ? [k * DYNAMIC_STRIDE] : []);
        pass.dispatchWorkgroups(Math.min(workgroups, MAX_WORKGROUPS), Math.ceil(workgroups / MAX_WORKGROUPS));
      }
    });
    pass.end();
    return encoder;
  }

  #submit(encoder: GPUCommandEncoder): void {
    this.#context.device.queue.submit([encoder.finish()]);
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
