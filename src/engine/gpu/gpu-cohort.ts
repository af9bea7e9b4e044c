/** Lanes on the GPU: their buffers, and the dispatches that advance and record them. */
import laneWgsl from '../../../shaders/common/lane.wgsl?raw';
import type { GpuContext } from '../../gpu/device';
import { DYNAMIC_STRIDE } from '../../gpu/kernel';
import { structLayout } from '../../gpu/layout';
import type { BufferScope } from '../../gpu/memory';
import { ReadbackRing } from '../../gpu/readback';
import { optimizerOf } from '../../optimizers/registry';
import { COEFFICIENTS, MAX_SLOTS } from '../../optimizers/types';
import { isAccuracy, metricsOf, type Metric } from '../../problems/metrics';
import { batchStream, startsOf, startStatistics } from '../../problems/start';
import { rateAt, restartsAt, type Training } from '../../problems/training';
import { streamKey } from '../../random/random';
import type { Cohort, CohortOptions, CohortState, Lane, Segment } from '../backend';
import { MAX_SEGMENTS } from '../slices';
import { minibatchesOf } from './mapping';
import type { MakeProgramme, Programme } from './programme';
import { markedOperations, MARKS, submissionsOf, WORK_SLOTS, type Operation } from './submissions';

/** What a cohort is made with besides its lanes. */
export interface CohortParts {
  readonly programme: MakeProgramme;
  readonly onDestroy: (cohort: GpuCohort) => void;
}

/** What stands behind the last mark. */
const NO_MARKS: readonly number[] = Array.from({ length: MARKS }, () => 0xffffffff);

/** Workgroups in one dimension of a dispatch, by WebGPU's default limits. */
const MAX_WORKGROUPS = 65_535;

export class GpuCohort implements Cohort {
  readonly lanes: readonly Lane[];
  readonly metrics: readonly Metric[];
  readonly #context: GpuContext;
  readonly #scope: BufferScope;
  readonly #ring: ReadbackRing;
  readonly #options: CohortOptions;
  readonly #state: GPUBuffer;
  readonly #alive: GPUBuffer;
  readonly #losses: GPUBuffer;
  readonly #works: GPUBuffer;
  /** Running statistics, lanes × their number; undefined where lanes have none. */
  readonly #statistics: GPUBuffer | undefined;
  readonly #onDestroy: (cohort: GpuCohort) => void;
  readonly #lossLimit: number;
  readonly #training: Training | undefined;
  #programme: Programme = { fused: true, advance: [], record: [], work: { step: 0, record: 0 } };
  #step: number;

  private constructor(context: GpuContext, options: CohortOptions, parts: CohortParts) {
    const { objective, lanes, state } = options;
    this.#context = context;
    this.#options = options;
    this.#onDestroy = parts.onDestroy;
    this.lanes = lanes;
    this.metrics = metricsOf(objective);
    this.#training = objective.family === 'network' ? objective.training : undefined;
    this.#lossLimit = new Uint32Array(Float32Array.of(options.lossLimit).buffer)[0]!;
    this.#step = state?.step ?? 0;
    this.#scope = context.scope('cohort');
    this.#ring = new ReadbackRing(context, 'cohort readback');
    const both = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_SRC;
    this.#state = this.#scope.upload('state', initialState(options), both);
    const alive = Uint32Array.from(lanes, (_, k) => state?.alive[k] ?? 1);
    this.#alive = this.#scope.upload('alive', alive, both);
    this.#losses = this.#scope.create('losses', MAX_SEGMENTS * this.metrics.length * lanes.length * 4, both);
    const statistics = initialStatistics(options);
    if (statistics.length > 0) this.#statistics = this.#scope.upload('statistics', statistics, both);
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

  async #prepare({ programme }: CohortParts): Promise<void> {
    const scope = this.#scope;
    const buffers = await scope.checked(() => ({
      work: this.#works,
      state: this.#state,
      alive: this.#alive,
      losses: this.#losses,
      ...(this.#statistics ? { statistics: this.#statistics } : {}),
      lanes: scope.upload('lanes', laneRecords(this.#options), GPUBufferUsage.STORAGE),
    }));
    const workSize = workLayout().size;
    this.#programme = await programme({ context: this.#context, scope, options: this.#options, buffers, workSize });
  }

  get work(): Programme['work'] {
    return this.#programme.work;
  }

  async execute(segments: readonly Segment[]): Promise<Float64Array<ArrayBuffer>> {
    this.#context.assertAlive();
    const operations = this.#operations(segments);
    const records = segments.filter((segment) => segment.record).length;
    const count = records * this.metrics.length * this.lanes.length;
    const batches = submissionsOf(operations);
    for (const batch of batches.slice(0, -1)) this.#submit(this.#encode(batch));
    const encoder = this.#encode(batches.at(-1) ?? []);
    // Without a record a word comes home all the same: it tells that the work is done.
    const ticket = this.#ring.copy(encoder, this.#losses, 0, Math.max(count, 1) * 4);
    this.#submit(encoder);
    this.#step = segments.at(-1)?.to ?? this.#step;
    return this.#exact(new Float32Array(await ticket.read(), 0, count));
  }

  /** Accuracies as shares of whole rows: a division in WGSL may be off in its last digits. */
  #exact(numbers: Float32Array): Float64Array<ArrayBuffer> {
    const { objective } = this.#options;
    const values = Float64Array.from(numbers);
    if (objective.family !== 'network') return values;
    const { recorded } = objective.rows;
    this.metrics.forEach((metric, m) => {
      if (!isAccuracy(metric)) return;
      const rows = metric === 'testAccuracy' ? recorded.test : recorded.count;
      const length = this.lanes.length;
      for (let from = m * length; from < values.length; from += this.metrics.length * length)
        for (let k = from; k < from + length; k++) values[k] = Math.round(values[k]! * rows) / rows;
    });
    return values;
  }

  /** What is dispatched, in order, each with parameters of its own. */
  #operations(segments: readonly Segment[]): Operation[] {
    const { fused, marked, advance, record: parts, work } = this.#programme;
    if (marked) return markedOperations(segments, advance, work);
    const operations: Operation[] = [];
    let record = 0;
    const steps = (from: number, to: number) => {
      operations.push({ dispatches: advance, from, to, record: 0, work: (to - from) * work.step });
    };
    for (const { from, to, record: wanted } of segments) {
      if (fused && to > from) steps(from, to);
      if (!fused) for (let t = from; t < to; t++) steps(t, t + 1);
      if (!wanted) continue;
      for (const { dispatches, rows } of parts)
        operations.push({ dispatches, from: to, to, ...rows, record, work: work.record / parts.length });
      record++;
    }
    return operations;
  }

  /** Commands for some operations. Submit them before the next ones are encoded: they share the ring of parameters. */
  #encode(operations: readonly Operation[]): GPUCommandEncoder {
    const { device } = this.#context;
    const layout = workLayout();
    const parameters = new ArrayBuffer(operations.length * DYNAMIC_STRIDE);
    operations.forEach(({ from, to, record, marks }, k) => {
      layout.write(parameters, k * DYNAMIC_STRIDE, {
        from_step: from,
        to_step: to,
        record,
        loss_limit: this.#lossLimit,
        rate: this.#training ? rateAt(this.#training, from) : 1,
        restart: this.#training && restartsAt(this.#training, to) ? 1 : 0,
        marks: marks ? NO_MARKS.map((none, m) => marks[m] ?? none) : NO_MARKS,
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

  async #readBack(sources: readonly GPUBuffer[]): Promise<ArrayBuffer[]> {
    const { device } = this.#context;
    const encoder = device.createCommandEncoder({ label: 'readback' });
    const tickets = sources.map((buffer) => this.#ring.copy(encoder, buffer, 0, buffer.size));
    device.queue.submit([encoder.finish()]);
    return Promise.all(tickets.map((ticket) => ticket.read()));
  }

  async save(): Promise<CohortState> {
    this.#context.assertAlive();
    const step = this.#step;
    const [state, alive, statistics] = await this.#readBack(
      [this.#state, this.#alive, this.#statistics].filter((buffer) => buffer !== undefined),
    );
    const d = this.#options.objective.dimension;
    const width = Math.ceil(d / 4) * 4;
    const padded = new Float32Array(state!);
    const vectors = this.lanes.length * MAX_SLOTS;
    const values = new Float64Array(vectors * d);
    for (let k = 0; k < vectors; k++) values.set(padded.subarray(k * width, k * width + d), k * d);
    return {
      step,
      values,
      statistics: Float64Array.from(statistics ? new Float32Array(statistics) : []),
      alive: Uint8Array.from(new Uint32Array(alive!)),
    };
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
  const { firstRows } = minibatchesOf(lanes);
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
      first_row: firstRows[k]!,
    });
  });
  return records;
}

/** lanes × MAX_SLOTS × blocks × 4 numbers. */
function initialState({ objective, lanes, seed, state }: CohortOptions): Float32Array<ArrayBuffer> {
  const d = objective.dimension;
  const width = Math.ceil(d / 4) * 4;
  const values = new Float32Array(lanes.length * MAX_SLOTS * width);
  const startOf = startsOf(objective, seed);
  lanes.forEach(({ run, seed: laneSeed }, k) => {
    const { start } = optimizerOf(run.optimizer);
    for (let slot = 0; slot < MAX_SLOTS; slot++) {
      const vector = k * MAX_SLOTS + slot;
      if (state) values.set(state.values.subarray(vector * d, (vector + 1) * d), vector * width);
      else if (start[slot] === 'weights') values.set(startOf(laneSeed), vector * width);
    }
  });
  return values;
}

/** lanes × their number. */
function initialStatistics({ objective, lanes, state }: CohortOptions): Float32Array<ArrayBuffer> {
  if (state) return Float32Array.from(state.statistics);
  const own = startStatistics(objective);
  const values = new Float32Array(lanes.length * own.length);
  lanes.forEach((_, k) => {
    values.set(own, k * own.length);
  });
  return values;
}
