/** The engine on WebGPU, float32. Owns its device. */
import type { GpuContext } from '../../gpu/device';
import type { Objective } from '../../problems/types';
import type { Backend, Cohort, CohortOptions } from '../backend';
import { laneBytes, objectiveBytes } from './cohort-memory';
import { GpuCohort } from './gpu-cohort';
import { ObjectiveBuffers } from './objective-buffers';

export class GpuBackend implements Backend {
  readonly kind = 'webgpu';
  /** Two submissions keep the GPU busy while the first one's results are read; more would only lag the controls. */
  readonly depth = 2;
  readonly #cohorts = new Set<Cohort>();
  /** Kept until another objective comes: restarting a run must not upload the rows again. */
  #objective: Promise<ObjectiveBuffers> | undefined;
  #uploaded: Objective | undefined;

  constructor(readonly context: GpuContext) {}

  get adapter(): GpuContext['adapter'] {
    return this.context.adapter;
  }

  get bytes(): number {
    return this.context.memory.bytes;
  }

  capacity(objective: Objective, maxBatch: number, budgetBytes: number): number {
    const { features, limits } = this.context;
    const bytes = laneBytes(objective, maxBatch, features);
    const room = budgetBytes - objectiveBytes(objective);
    const binding = Math.min(limits.maxBufferSize, limits.maxStorageBufferBindingSize);
    const fitting = room / bytes.reduce((sum, size) => sum + size, 0);
    return Math.max(0, Math.floor(Math.min(fitting, binding / Math.max(...bytes))));
  }

  async cohort(options: CohortOptions): Promise<Cohort> {
    const objective = await this.#buffers(options.objective);
    const cohort = await GpuCohort.create(this.context, options, objective, (gone) => {
      this.#cohorts.delete(gone);
    });
    this.#cohorts.add(cohort);
    return cohort;
  }

  async #buffers(objective: Objective): Promise<ObjectiveBuffers> {
    if (this.#uploaded !== objective) {
      const old = this.#objective;
      this.#uploaded = objective;
      this.#objective = undefined;
      (await old?.catch(() => undefined))?.destroy();
      this.#objective = ObjectiveBuffers.create(this.context, objective);
      this.#objective.catch(() => {
        this.#uploaded = undefined;
      });
    }
    return this.#objective!;
  }

  destroy(): void {
    for (const cohort of [...this.#cohorts]) cohort.destroy();
    this.context.destroy();
  }
}
