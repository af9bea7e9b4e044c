/**
 * A stand-in for WebGPU where there is none: just as much of it as the GPU layer touches, with every failure at the
 * press of a button. It computes nothing.
 */

/** WebGPU's default limits, as far as the GPU layer looks at them. */
export const defaultLimits = {
  maxBufferSize: 256 * 2 ** 20,
  maxStorageBufferBindingSize: 128 * 2 ** 20,
  maxUniformBufferBindingSize: 65_536,
  maxStorageBuffersPerShaderStage: 8,
  maxComputeWorkgroupStorageSize: 16_384,
  maxComputeInvocationsPerWorkgroup: 256,
  maxComputeWorkgroupSizeX: 256,
  maxComputeWorkgroupSizeY: 256,
  maxComputeWorkgroupSizeZ: 64,
  maxComputeWorkgroupsPerDimension: 65_535,
  minUniformBufferOffsetAlignment: 256,
  minStorageBufferOffsetAlignment: 256,
};

export type Limits = Partial<typeof defaultLimits>;

class MockError {
  constructor(readonly message: string) {}
}
class MockValidationError extends MockError {}
class MockOutOfMemoryError extends MockError {}
class MockInternalError extends MockError {}

/** The WebGPU globals that code outside a browser lacks. */
export function installGpuGlobals(): void {
  Object.assign(globalThis, {
    GPUBufferUsage: { MAP_READ: 1, COPY_SRC: 4, COPY_DST: 8, UNIFORM: 64, STORAGE: 128 },
    GPUTextureUsage: { COPY_DST: 2, TEXTURE_BINDING: 4 },
    GPUMapMode: { READ: 1, WRITE: 2 },
    GPUShaderStage: { VERTEX: 1, FRAGMENT: 2, COMPUTE: 4 },
    GPUValidationError: MockValidationError,
    GPUOutOfMemoryError: MockOutOfMemoryError,
    GPUInternalError: MockInternalError,
  });
}

export class MockBuffer {
  readonly bytes: Uint8Array<ArrayBuffer>;
  destroyed = false;
  mapped = false;
  readonly #device: MockDevice;
  #abortMapping: (() => void) | undefined;

  constructor(
    device: MockDevice,
    readonly label: string,
    readonly size: number,
    readonly usage: number,
  ) {
    this.#device = device;
    this.bytes = new Uint8Array(size);
  }

  mapAsync(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#abortMapping = () => {
        reject(new DOMException('destroyed', 'AbortError'));
      };
      this.#device.mapping(() => {
        this.mapped = true;
        resolve();
      }, reject);
    });
  }
  getMappedRange(offset: number, size: number): ArrayBuffer {
    if (!this.mapped || this.destroyed) throw new Error('not mapped');
    return this.bytes.buffer.slice(offset, offset + size);
  }
  unmap(): void {
    this.mapped = false;
  }
  destroy(): void {
    this.destroyed = true;
    this.#abortMapping?.();
  }
}

/** Of texels of 16 bytes. */
export class MockTexture {
  readonly bytes: Uint8Array<ArrayBuffer>;
  destroyed = false;

  constructor(
    readonly label: string,
    readonly width: number,
    readonly height: number,
    readonly usage: number,
  ) {
    this.bytes = new Uint8Array(16 * width * height);
  }
  get size(): number {
    return this.bytes.length;
  }
  destroy(): void {
    this.destroyed = true;
  }
}

export class MockDevice extends EventTarget {
  readonly features: Set<string>;
  readonly limits: Record<string, number>;
  readonly lost: Promise<{ reason: string; message: string }>;
  readonly buffers: MockBuffer[] = [];
  readonly textures: MockTexture[] = [];
  /** Pipelines compiled so far, as requests. */
  readonly compiled: { entryPoint: string; constants?: Record<string, number> }[] = [];
  modules = 0;
  destroyCalls = 0;
  /** The bytes after which creating a buffer runs out of memory. */
  memory = Infinity;
  /** What the next mappings do: succeed, fail, or stay unanswered. */
  mappings: 'ready' | 'refused' | 'stalled' = 'ready';
  /** Errors the compiler finds in the next modules. */
  messages: { type: string; lineNum: number; linePos: number; message: string }[] = [];
  /** Compilation of pipelines waits for this. */
  gate: Promise<void> = Promise.resolve();
  /** Makes the next pipelines fail with this message. */
  pipelineFailure: string | undefined;

  readonly queue = {
    writeBuffer: (buffer: MockBuffer, at: number, data: Uint8Array, from = 0, size = data.length - from): void => {
      if (at % 4 !== 0 || size % 4 !== 0) throw new Error('writeBuffer takes multiples of 4 bytes');
      buffer.bytes.set(data.subarray(from, from + size), at);
      this.writes.push(size);
    },
    writeTexture: (
      { texture, origin: [x, y] }: { texture: MockTexture; origin: [number, number] },
      data: Float32Array<ArrayBuffer>,
      { offset, bytesPerRow }: { offset: number; bytesPerRow: number },
      [width, height]: [number, number],
    ): void => {
      if (x + width > texture.width || y + height > texture.height) throw new Error('beyond the texture');
      const lines = Array.from({ length: height }, (_, line) => line);
      for (const line of lines) {
        const from = new Uint8Array(data.buffer, data.byteOffset + offset + line * bytesPerRow, 16 * width);
        texture.bytes.set(from, 16 * (x + (y + line) * texture.width));
      }
      this.writes.push(16 * width * height);
    },
  };
  /** Sizes of the writes so far. */
  readonly writes: number[] = [];

  #lose: (info: { reason: string; message: string }) => void = () => undefined;
  readonly #errorScopes: { filter: string; error: MockError | null }[] = [];

  constructor(features: Iterable<string>, limits: Record<string, number>) {
    super();
    this.features = new Set(features);
    this.limits = limits;
    this.lost = new Promise((resolve) => {
      this.#lose = resolve;
    });
  }

  /** The device goes, as when the GPU process crashes. */
  lose(message: string): void {
    this.#lose({ reason: 'unknown', message });
  }
  destroy(): void {
    this.destroyCalls += 1;
    for (const resource of [...this.buffers, ...this.textures]) resource.destroy();
    this.#lose({ reason: 'destroyed', message: 'Device was destroyed.' });
  }
  /** An error of some kind happens: to the scope that waits for it, or else to nobody. Says if it was dealt with. */
  raise(kind: 'validation' | 'out-of-memory' | 'internal', message: string): boolean {
    const error =
      kind === 'validation'
        ? new MockValidationError(message)
        : kind === 'internal'
          ? new MockInternalError(message)
          : new MockOutOfMemoryError(message);
    const scope = this.#errorScopes.findLast(({ filter }) => filter === kind);
    if (scope) {
      scope.error ??= error;
      return true;
    }
    const event = Object.assign(new Event('uncapturederror', { cancelable: true }), { error });
    this.dispatchEvent(event);
    return event.defaultPrevented;
  }
  get openErrorScopes(): number {
    return this.#errorScopes.length;
  }
  pushErrorScope(filter: string): void {
    this.#errorScopes.push({ filter, error: null });
  }
  popErrorScope(): Promise<MockError | null> {
    return Promise.resolve(this.#errorScopes.pop()!.error);
  }

  createBuffer({ label, size, usage }: { label: string; size: number; usage: number }): MockBuffer {
    const buffer = new MockBuffer(this, label, size, usage);
    this.buffers.push(buffer);
    if (this.liveBytes > this.memory) this.raise('out-of-memory', 'no memory');
    return buffer;
  }
  createTexture(request: { label: string; size: [number, number]; usage: number }): MockTexture {
    const { label, size, usage } = request;
    const texture = new MockTexture(label, ...size, usage);
    this.textures.push(texture);
    return texture;
  }
  /** Bytes of the buffers and textures that were not destroyed. */
  get liveBytes(): number {
    const resources = [...this.buffers, ...this.textures];
    return resources.reduce((sum, { destroyed, size }) => sum + (destroyed ? 0 : size), 0);
  }
  mapping(resolve: () => void, reject: (reason: Error) => void): void {
    if (this.mappings === 'ready') resolve();
    else if (this.mappings === 'refused') reject(new DOMException('refused', 'OperationError'));
  }
  createShaderModule(): { getCompilationInfo: () => Promise<{ messages: MockDevice['messages'] }> } {
    this.modules += 1;
    const { messages } = this;
    if (messages.length > 0) this.raise('validation', 'invalid module');
    return { getCompilationInfo: () => Promise.resolve({ messages }) };
  }
  async createComputePipelineAsync({ compute }: { compute: MockDevice['compiled'][number] }): Promise<object> {
    this.compiled.push(compute);
    await this.gate;
    if (this.pipelineFailure !== undefined) throw new Error(this.pipelineFailure);
    return { entryPoint: compute.entryPoint };
  }
  /** Copies at once: the mock has no queue to wait for. */
  createCommandEncoder(): object {
    return {
      copyBufferToBuffer: (from: MockBuffer, at: number, to: MockBuffer, toAt: number, size: number): void => {
        to.bytes.set(from.bytes.subarray(at, at + size), toAt);
      },
    };
  }
}

export interface MockOptions {
  /** What the request for an adapter gives. Default: an adapter. */
  readonly adapter?: 'offered' | 'none' | 'stalled' | 'throws';
  /** What the request for a device gives. Default: a device. `late` comes after 40 ms. */
  readonly device?: 'granted' | 'rejected' | 'stalled' | 'late';
  readonly features?: readonly string[];
  readonly limits?: Limits;
  readonly info?: Record<string, unknown>;
}

/** A GPU entry point and what was asked of it. */
export interface MockGpu {
  readonly gpu: GPU;
  /** Devices handed out, oldest first. */
  readonly devices: MockDevice[];
  readonly deviceRequests: { requiredFeatures: string[]; requiredLimits: Record<string, number> }[];
  readonly adapterRequests: unknown[];
}

const stalled = <T>(): Promise<T> => new Promise<T>(() => undefined);

export function mockGpu(options: MockOptions = {}): MockGpu {
  const devices: MockDevice[] = [];
  const deviceRequests: MockGpu['deviceRequests'] = [];
  const adapterRequests: unknown[] = [];
  const offered = { ...defaultLimits, ...options.limits };
  const adapter = {
    limits: offered,
    features: new Set(options.features ?? []),
    info: options.info ?? { vendor: 'mock', architecture: 'paper', description: 'a mock' },
    requestDevice: async (request: MockGpu['deviceRequests'][number]): Promise<MockDevice> => {
      deviceRequests.push(request);
      if (options.device === 'rejected') throw new DOMException('the driver said no', 'OperationError');
      if (options.device === 'stalled') return stalled();
      if (options.device === 'late') await new Promise((resolve) => setTimeout(resolve, 40));
      const device = new MockDevice(request.requiredFeatures, { ...defaultLimits, ...request.requiredLimits });
      devices.push(device);
      return device;
    },
  };
  const gpu = {
    requestAdapter: (request: unknown): Promise<typeof adapter | null> => {
      adapterRequests.push(request);
      if (options.adapter === 'throws') return Promise.reject(new Error('blocked by policy'));
      if (options.adapter === 'stalled') return stalled();
      return Promise.resolve(options.adapter === 'none' ? null : adapter);
    },
  };
  return { gpu: gpu as unknown as GPU, devices, deviceRequests, adapterRequests };
}
