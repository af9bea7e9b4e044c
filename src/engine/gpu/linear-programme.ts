/** The programme of least-squares lanes: fused or batched steps, and losses over rows or in closed form. */
import { workOf } from '../work';
import { kernelRowBytes, kernelRowWork } from './kernel-matrix';
import { minibatchProgram, spreadOf, TILE_ROWS, WORKGROUP } from './kernel-programs';
import { groupLanes, minibatchesOf, slotsFor, workgroupFor, type LaneGroups, type Mapping } from './mapping';
import type { ObjectiveBuffers } from './objective-buffers';
import { dispatchOf, type Buffers, type Dispatch, type MakeProgramme, type ProgrammeTools } from './programme';
import {
  descend,
  fusedSteps,
  isMarked,
  recordRows,
  recordSlots,
  recordStream,
  recordSums,
  residuals,
  residualTiles,
  type ProgramContext,
} from './programs';
import type { RecordPlan } from './record-plan';
import type { RowTexture } from './row-texture';

export interface LinearParts {
  readonly objective: ObjectiveBuffers;
  readonly mapping: Mapping;
  /** False for lanes that are never asked for losses: nothing is compiled for them. */
  readonly records: boolean;
  /** Most lanes of a group; as many as suit the lanes where absent. */
  readonly slots?: number;
}

export const linearProgramme =
  (parts: LinearParts): MakeProgramme =>
  async (tools) => {
    const { objective: shared, mapping, records } = parts;
    const { recording, objective } = shared;
    const rows = shared.computedRows ? await minibatchRows(tools, shared) : undefined;
    const buffers = { ...shared.buffers, ...tools.buffers, ...(rows ? { features: rows.values } : {}) };
    const maker = new Maker({ ...tools, buffers }, shared, mapping);
    const slots = parts.slots ?? slotsFor(mapping, tools.options.lanes, tools.context.features);
    const marked = isMarked(maker.program);
    const [advance, record] = await Promise.all([
      maker.advance(slots),
      records && !marked ? maker.record(recording) : undefined,
    ]);
    const { dimension } = objective;
    const recorded = recording && (recording.triangular ? dimension / 2 : dimension) * recording.rows;
    const work = workOf(tools.options, recorded);
    return {
      fused: mapping.path === 'fused',
      marked,
      advance: rows ? [rows.dispatch, ...advance] : advance,
      record: record ? [{ dispatches: record }] : [],
      work: { ...work, step: work.step + (rows?.work ?? 0) },
    };
  };

/** Rows of a kernel for the minibatches of a step: where they go, and what works them out. */
async function minibatchRows(
  tools: ProgrammeTools,
  { objective, buffers }: ObjectiveBuffers,
): Promise<{ readonly values: GPUBuffer; readonly dispatch: Dispatch; readonly work: number }> {
  const { rows } = objective;
  if (rows.kind !== 'kernel') throw new Error('only rows of a kernel are worked out');
  const { scope, options } = tools;
  const minibatches = minibatchesOf(options.lanes);
  const tiles = minibatches.list.flatMap(({ lane, batch }) =>
    Array.from({ length: Math.ceil(batch / TILE_ROWS) }, (_, k) => [lane, k * TILE_ROWS] as const),
  );
  const [values, places] = await scope.checked(
    () =>
      [
        scope.create('kernel rows', kernelRowBytes(rows.count, minibatches.rows), GPUBufferUsage.STORAGE),
        scope.upload('tiles', Uint32Array.from(tiles.flat()), GPUBufferUsage.STORAGE),
      ] as const,
  );
  const workgroups = Math.ceil((tiles.length * spreadOf(rows)) / WORKGROUP);
  const request = { label: 'kernel rows', code: minibatchProgram(rows, options.sampling), workgroups };
  const dispatch = await dispatchOf(tools, request, { ...buffers, ...tools.buffers, tiles: places, values });
  return { values, dispatch, work: minibatches.rows * kernelRowWork(rows) };
}

class Maker {
  readonly #tools: ProgrammeTools;
  /** What all programs are made for. */
  readonly program: Omit<ProgramContext, 'workgroup'>;
  readonly #textures: RowTexture['bindings'] | undefined;

  constructor(tools: ProgrammeTools, shared: ObjectiveBuffers, mapping: Mapping) {
    this.#tools = tools;
    const { objective, computedRows, recording, rowTexture } = shared;
    this.program = { objective, computedRows, recording, rowTexture, sampling: tools.options.sampling, mapping };
    this.#textures = rowTexture?.bindings;
  }

  get #mapping(): Mapping {
    return this.program.mapping;
  }

  /** `slots`: most lanes of a group. */
  async advance(slots: number): Promise<Dispatch[]> {
    const programs = groupLanes(this.#tools.options.lanes, slots);
    const made = await Promise.all(
      programs.map((program, k) =>
        this.#mapping.path === 'fused' ? this.#fused(program, k) : this.#batched(program, k),
      ),
    );
    return made.flat();
  }

  async #fused({ optimizers, members: numbers, evenBatches }: LaneGroups, k: number): Promise<Dispatch[]> {
    const { scope, buffers } = this.#tools;
    const members = scope.upload(`members ${k}`, numbers, GPUBufferUsage.STORAGE);
    const invocations = (numbers.length / optimizers.length) * this.#mapping.threads;
    const code = (context: ProgramContext) => fusedSteps(context, optimizers, evenBatches);
    return [await this.#dispatch('steps', code, { ...buffers, members }, invocations)];
  }

  async #batched(program: LaneGroups, k: number): Promise<Dispatch[]> {
    const { scope, buffers } = this.#tools;
    const { optimizers, members: numbers, maxBatch } = program;
    const slots = optimizers.length;
    const groups = numbers.length / slots;
    const members = scope.upload(`members ${k}`, numbers, GPUBufferUsage.STORAGE);
    const [draws, rests] = await scope.checked(
      () =>
        [
          scope.create(`draws ${k}`, groups * maxBatch * 8, GPUBufferUsage.STORAGE),
          scope.create(`residuals ${k}`, groups * maxBatch * slots * 4, GPUBufferUsage.STORAGE),
        ] as const,
    );
    const bound = { ...buffers, members, draws, residuals: rests };
    const tiles = groups * residualTiles(this.#mapping, maxBatch);
    const blocks = groups * Math.ceil(this.program.objective.dimension / 4);
    return Promise.all([
      this.#dispatch('residuals', (c) => residuals(c, slots, maxBatch), bound, tiles * this.#mapping.threads),
      this.#dispatch('descend', (c) => descend(c, optimizers, maxBatch), bound, blocks),
    ]);
  }

  async record(plan: RecordPlan | undefined): Promise<Dispatch[]> {
    const { scope, buffers, options } = this.#tools;
    const lanes = options.lanes.length;
    if (!plan) return [await this.#dispatch('record', recordStream, buffers, lanes)];
    const { parts } = plan;
    const slots = recordSlots(this.#mapping, lanes);
    const bound = {
      ...buffers,
      ...(buffers['recordFeatures'] ? { features: buffers['recordFeatures'] } : {}),
      targets: buffers['recordTargets']!,
      ...(parts > 1 ? { partials: scope.create('partials', lanes * parts * 4, GPUBufferUsage.STORAGE) } : {}),
    };
    const invocations = Math.ceil(lanes / slots) * parts * this.#mapping.threads;
    return Promise.all([
      this.#dispatch('squares', (context) => recordRows(context, plan, slots), bound, invocations),
      ...(parts > 1 ? [this.#dispatch('sums', (context) => recordSums(context, plan), bound, lanes)] : []),
    ]);
  }

  #dispatch(
    label: string,
    code: (context: ProgramContext) => string,
    buffers: Buffers,
    invocations: number,
  ): Promise<Dispatch> {
    const workgroup = workgroupFor(invocations, this.#tools.context.features);
    const program = { ...this.program, workgroup };
    const request = { label, code: code(program), workgroups: Math.ceil(invocations / workgroup) };
    return dispatchOf(this.#tools, request, buffers, this.#textures);
  }
}
