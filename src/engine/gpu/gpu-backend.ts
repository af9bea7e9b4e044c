/** The engine on WebGPU, float32. Owns its device. */
import { DeviceError, type GpuContext } from '../../gpu/device';
import { memoryText } from '../../gpu/errors';
import type { Objective } from '../../problems/types';
import type { Backend, Cohort, CohortOptions } from '../backend';
import type { EngineInfo } from '../events';
import { laneBytes, objectiveBytes } from './cohort-memory';
import { GpuCohort } from './gpu-cohort';
import { linearProgramme } from './linear-programme';
import type { Mapping } from './mapping';
import { ExampleBuffers } from './network/example-buffers';
import { laneSets, NETWORK_BUDGET, networkMemory } from './network/memory';
import { networkProgramme } from './network/network-programme';
import { hasQuads } from './network/passes';
import { ObjectiveBuffers } from './objective-buffers';
import type { MakeProgramme } from './programme';
import type { RowReads } from './row-reads';
import { tunedMapping, type MappingStore } from './tuning';

export interface GpuBackendOptions {
  /** Where measured mappings are kept across restarts; without it, as long as the page or worker lives. */
  readonly mappings?: MappingStore | undefined;
  /** Takes this mapping for everything instead of the measured one: for tests and benchmarks. */
  readonly mapping?: Mapping | undefined;
  /** Bytes of a kernel matrix that is kept, at most; for tests. */
  readonly mostKernel?: number | undefined;
  /** Where stored rows are read; for tests. */
  readonly rowReads?: RowReads | undefined;
  /** Bytes of a network's cohort, at most; for tests. */
  readonly networkBudget?: number | undefined;
}

/** What all cohorts of an objective share. */
type SharedBuffers = ObjectiveBuffers | ExampleBuffers;

interface Upload {
  readonly buffers: Promise<SharedBuffers>;
  /** Cohorts that read it, those being made included. */
  users: number;
}

export class GpuBackend implements Backend {
  readonly kind = 'webgpu';
  /** Two submissions keep the GPU busy while the first one's results are read; more would only lag the controls. */
  readonly depth = 2;
  readonly #cohorts = new Set<Cohort>();
  /** The last one stays when nobody uses it: restarting a run must not upload the rows again. */
  readonly #uploads = new Map<Objective, Upload>();
  readonly #options: GpuBackendOptions;

  constructor(
    readonly context: GpuContext,
    options: GpuBackendOptions = {},
  ) {
    this.#options = options;
  }

  get adapter(): GpuContext['adapter'] {
    return this.context.adapter;
  }

  get info(): EngineInfo {
    return { kind: this.kind, adapter: this.adapter, quads: hasQuads(this.context) };
  }

  get bytes(): number {
    return this.context.memory.bytes;
  }

  capacity(objective: Objective, maxBatch: number, budgetBytes: number): number {
    const { features, limits } = this.context;
    const { mostKernel } = this.#options;
    const bytes = laneBytes(objective, maxBatch, features, mostKernel);
    const room = budgetBytes - objectiveBytes(objective, mostKernel);
    const binding = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
    const fitting = room / bytes.reduce((sum, size) => sum + size, 0);
    return Math.max(0, Math.floor(Math.min(fitting, binding / Math.max(...bytes))));
  }

  async cohort(options: CohortOptions): Promise<Cohort> {
    this.#checkRoom(options);
    const upload = this.#use(options.objective);
    const release = () => {
      upload.users--;
      this.#forgetUnused(options.objective);
    };
    try {
      const programme = await this.#programme(options, await upload.buffers);
      const cohort = await GpuCohort.create(this.context, options, {
        programme,
        onDestroy: (gone) => {
          if (this.#cohorts.delete(gone)) release();
        },
      });
      this.#cohorts.add(cohort);
      return cohort;
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Throws `DeviceError` where a network's lanes don't fit: before anything of them is made. */
  #checkRoom({ objective, lanes }: CohortOptions): void {
    if (objective.family !== 'network') return;
    const { total, largest } = networkMemory(objective, laneSets(lanes), hasQuads(this.context));
    const { maxBufferSize, maxStorageBufferBindingSize } = this.context.limits;
    const { networkBudget = NETWORK_BUDGET } = this.#options;
    const fail = (what: string, needed: number, most: number) => {
      throw new DeviceError(
        'limits-too-small',
        `${what} ${memoryText(needed)}; at most ${memoryText(most)} can be had. Take fewer runs or seeds, smaller batches or a smaller network.`,
      );
    };
    if (total > networkBudget) fail(`A network with ${lanes.length} lanes needs`, total, networkBudget);
    const binding = Math.min(maxBufferSize, maxStorageBufferBindingSize);
    if (largest > binding) fail(`One buffer of a network with ${lanes.length} lanes needs`, largest, binding);
  }

  async #programme(options: CohortOptions, shared: SharedBuffers): Promise<MakeProgramme> {
    if (shared instanceof ExampleBuffers) return networkProgramme(shared);
    const { mapping = await tunedMapping(this.context, options, shared, this.#options.mappings) } = this.#options;
    return linearProgramme({ objective: shared, mapping, records: true });
  }

  /** The objective's buffers, uploaded when needed, with one user more. */
  #use(objective: Objective): Upload {
    let upload = this.#uploads.get(objective);
    if (!upload) {
      const buffers =
        objective.family === 'network'
          ? ExampleBuffers.create(this.context, objective)
          : ObjectiveBuffers.create(this.context, objective, this.#options);
      upload = { buffers, users: 0 };
      this.#uploads.set(objective, upload);
      upload.buffers.catch(() => this.#uploads.delete(objective));
    }
    upload.users++;
    this.#forgetUnused(objective);
    return upload;
  }

  /** Frees the buffers of all objectives without users but one. */
  #forgetUnused(kept: Objective): void {
    for (const [objective, { buffers, users }] of this.#uploads) {
      if (users > 0 || objective === kept) continue;
      this.#uploads.delete(objective);
      buffers.then(
        (uploaded) => {
          uploaded.destroy();
        },
        () => undefined,
      );
    }
  }

  destroy(): void {
    for (const cohort of [...this.#cohorts]) cohort.destroy();
    this.context.destroy();
  }
}
