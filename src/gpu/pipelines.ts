/** Compute pipelines, compiled once per program text, entry point and override constants. */

export interface PipelineRequest {
  /** Names the pipeline in errors and in GPU debuggers. */
  readonly label: string;
  /** A whole WGSL module. */
  readonly code: string;
  readonly entryPoint: string;
  /** Values of the module's `override` declarations. */
  readonly constants?: Readonly<Record<string, number>> | undefined;
  /** Derived from the code ('auto') where absent. One code must come with one layout. */
  readonly layout?: GPUPipelineLayout | undefined;
}

/** A program the GPU refused; the message has label, line:column, the compiler's words and the line they are about. */
export class ShaderError extends Error {
  override readonly name = 'ShaderError';
}

export class PipelineCache {
  readonly #device: GPUDevice;
  readonly #pipelines = new Map<string, Promise<GPUComputePipeline>>();
  readonly #modules = new Map<string, Promise<GPUShaderModule>>();

  constructor(device: GPUDevice) {
    this.#device = device;
  }

  /** Pipelines held, being compiled ones included. */
  get size(): number {
    return this.#pipelines.size;
  }

  /**
   * The pipeline of a program. Requests for one program share one
   * compilation, also while it is under way; a failure (`ShaderError`) is not remembered.
   */
  get(request: PipelineRequest): Promise<GPUComputePipeline> {
    const constants = Object.entries(request.constants ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
    const key = JSON.stringify([request.entryPoint, constants, request.code]);
    return remember(this.#pipelines, key, () => this.#compile(request));
  }

  /** Forgets everything; pipelines already handed out go on working. */
  clear(): void {
    this.#pipelines.clear();
    this.#modules.clear();
  }

  async #compile({ label, code, entryPoint, constants, layout }: PipelineRequest): Promise<GPUComputePipeline> {
    const module = await remember(this.#modules, code, () => this.#module(label, code));
    try {
      return await this.#device.createComputePipelineAsync({
        label,
        layout: layout ?? 'auto',
        compute: { module, entryPoint, ...(constants ? { constants: { ...constants } } : {}) },
      });
    } catch (cause) {
      throw new ShaderError(`${label} (${entryPoint}): ${cause instanceof Error ? cause.message : String(cause)}`, {
        cause,
      });
    }
  }

  async #module(label: string, code: string): Promise<GPUShaderModule> {
    // Without the scope a refused module would also surface as an uncaptured error.
    this.#device.pushErrorScope('validation');
    const module = this.#device.createShaderModule({ label, code });
    const [failure, info] = await Promise.all([this.#device.popErrorScope(), module.getCompilationInfo()]);
    const errors = info.messages.filter((message) => message.type === 'error');
    if (errors.length > 0) throw new ShaderError(errors.map((e) => describeMessage(label, code, e)).join('\n'));
    if (failure) throw new ShaderError(`${label}: ${failure.message}`);
    return module;
  }
}

/** "label:line:column: message", the offending line and a caret under the place. */
function describeMessage(label: string, code: string, message: GPUCompilationMessage): string {
  const { lineNum, linePos } = message;
  const line = lineNum > 0 ? code.split('\n')[lineNum - 1] : undefined;
  if (line === undefined) return `${label}: ${message.message}`;
  // Tabs stay tabs, so that the caret stands under its column.
  const caret = line.slice(0, Math.max(0, linePos - 1)).replace(/[^\t]/g, ' ') + '^';
  return `${label}:${lineNum}:${linePos}: ${message.message}\n  ${line}\n  ${caret}`;
}

/** Shares one promise per key; a rejected one is forgotten. */
function remember<T>(map: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const known = map.get(key);
  if (known) return known;
  const promise = make();
  map.set(key, promise);
  promise.catch(() => {
    if (map.get(key) === promise) map.delete(key);
  });
  return promise;
}
