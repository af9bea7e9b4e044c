/** From `navigator.gpu` to a device with its memory ledger, pipeline cache and fate, or to an error a user can read. */
import { DeviceError, DeviceLostError, type DeviceLoss } from './errors';
import { BufferScope, MemoryLedger, type ScopeHost } from './memory';
import { PipelineCache } from './pipelines';

export { DeviceError, DeviceLostError, OutOfMemoryError, type DeviceFailure, type DeviceLoss } from './errors';

export type LimitName = Exclude<keyof GPUSupportedLimits, '__brand'>;

export interface OpenOptions {
  /** The entry to WebGPU; `navigator.gpu` where undefined, none where null. */
  readonly gpu?: GPU | null | undefined;
  readonly powerPreference?: GPUPowerPreference | undefined;
  /** An adapter or device request not answered within this time is an error. Default: 15,000. */
  readonly timeoutMs?: number | undefined;
  /** What the program cannot do without. WebGPU's defaults are always met. */
  readonly requiredLimits?: Partial<Record<LimitName, number>> | undefined;
}

/** An error no error scope caught: a mistake in the program, or a GPU that ran out of memory. */
export interface UncapturedError {
  readonly kind: 'validation' | 'out-of-memory' | 'internal';
  readonly message: string;
}

export interface DeviceFeatures {
  readonly subgroups: boolean;
  /** Sizes a subgroup may have on this adapter; WebGPU's bounds (4 and 128) where it does not tell. */
  readonly subgroupMinSize: number;
  readonly subgroupMaxSize: number;
  readonly timestampQuery: boolean;
}

/** Asked for as far as the adapter offers them: larger problems and faster kernels use them where they are there. */
const raisedLimits: readonly LimitName[] = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupSizeZ',
  'maxComputeWorkgroupsPerDimension',
];

/** Limits of which a smaller number allows more. */
const alignments: readonly LimitName[] = ['minUniformBufferOffsetAlignment', 'minStorageBufferOffsetAlignment'];

/**
 * Opens a device, in a page or in a worker. Throws {@link DeviceError}: its kind says why there is none. The caller
 * owns the context and destroys it.
 */
export async function openDevice(options: OpenOptions = {}): Promise<GpuContext> {
  const { timeoutMs = 15_000, requiredLimits = {} } = options;
  const gpu = options.gpu === undefined ? defaultGpu() : options.gpu;
  if (!gpu)
    throw new DeviceError(
      'no-webgpu',
      insecurePage() ? 'WebGPU is only available on secure pages (https or localhost).' : 'This browser has no WebGPU.',
    );

  const adapter = await answered(
    'a graphics adapter',
    timeoutMs,
    () => gpu.requestAdapter(options.powerPreference ? { powerPreference: options.powerPreference } : {}),
    () => undefined,
  );
  if (!adapter)
    throw new DeviceError(
      'no-adapter',
      'The browser has WebGPU but offers no graphics adapter for it: hardware acceleration may be off, or the graphics driver is not supported.',
    );
  checkLimits(requiredLimits, adapter.limits);

  const limits: Record<string, number> = {};
  for (const name of raisedLimits) if (offered(adapter.limits, name) > 0) limits[name] = offered(adapter.limits, name);
  for (const [name, wanted] of limitEntries(requiredLimits)) limits[name] ??= wanted;
  const wantedFeatures: readonly GPUFeatureName[] = ['subgroups', 'timestamp-query'];
  const device = await answered(
    'a graphics device',
    timeoutMs,
    () =>
      adapter.requestDevice({
        label: 'playground',
        requiredFeatures: wantedFeatures.filter((feature) => adapter.features.has(feature)),
        requiredLimits: limits,
      }),
    (late) => {
      late.destroy();
    },
  );
  return new GpuContext(device, adapter.info);
}

/** An open device and what belongs to it. Made by {@link openDevice}. */
export class GpuContext {
  readonly device: GPUDevice;
  /** What the browser tells of the adapter; empty strings where it tells nothing. */
  readonly adapter: { readonly vendor: string; readonly architecture: string; readonly description: string };
  readonly features: DeviceFeatures;
  readonly limits: GPUSupportedLimits;
  /** Resolves when the device is gone; the reason is 'destroyed' after {@link destroy}. Never rejects. */
  readonly lost: Promise<DeviceLoss>;
  /** Bytes of all buffers made by scopes of this context. */
  readonly memory = new MemoryLedger();
  readonly pipelines: PipelineCache;

  readonly #scopes = new Set<BufferScope>();
  readonly #listeners = new Set<(error: UncapturedError) => void>();
  readonly #lossListeners = new Set<(loss: DeviceLoss) => void>();
  #loss: DeviceLoss | undefined;

  constructor(device: GPUDevice, info: Partial<GPUAdapterInfo>) {
    this.device = device;
    this.adapter = {
      vendor: info.vendor ?? '',
      architecture: info.architecture ?? '',
      description: info.description ?? '',
    };
    this.features = {
      subgroups: device.features.has('subgroups'),
      subgroupMinSize: info.subgroupMinSize ?? 4,
      subgroupMaxSize: info.subgroupMaxSize ?? 128,
      timestampQuery: device.features.has('timestamp-query'),
    };
    this.limits = device.limits;
    this.pipelines = new PipelineCache(device);
    // A deliberate end is recorded by destroy(), before the browser gets to say so.
    this.lost = device.lost.then(({ reason, message }) => {
      const loss = (this.#loss ??= { reason, message });
      for (const listener of this.#lossListeners) listener(loss);
      return loss;
    });
    device.addEventListener('uncapturederror', this.#uncaptured);
  }

  get isLost(): boolean {
    return this.#loss !== undefined;
  }

  /** Throws {@link DeviceLostError} when the device is gone. */
  assertAlive(): void {
    if (this.#loss) throw new DeviceLostError(this.#loss);
  }

  /**
   * Calls `listener` when the device goes, until the returned function is called. For callers that come and go:
   * what hangs on {@link lost} stays for the life of the device.
   */
  onLost(listener: (loss: DeviceLoss) => void): () => void {
    this.#lossListeners.add(listener);
    return () => this.#lossListeners.delete(listener);
  }

  /** Calls `listener` for each uncaptured error until the returned function is called. */
  onUncapturedError(listener: (error: UncapturedError) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** A new owner of buffers. Whoever asks for it destroys it; destroying the context does so at the latest. */
  scope(label: string): BufferScope {
    const host: ScopeHost = {
      device: this.device,
      memory: this.memory,
      assertAlive: () => {
        this.assertAlive();
      },
      scopeClosed: (scope) => this.#scopes.delete(scope),
    };
    const scope = new BufferScope(host, label);
    this.#scopes.add(scope);
    return scope;
  }

  /** Frees every buffer and the device; again is harmless. */
  destroy(): void {
    this.#loss ??= { reason: 'destroyed', message: 'it was closed.' };
    for (const scope of this.#scopes) scope.destroy();
    this.pipelines.clear();
    this.#listeners.clear();
    this.device.removeEventListener('uncapturederror', this.#uncaptured);
    this.device.destroy();
  }

  readonly #uncaptured = (event: GPUUncapturedErrorEvent): void => {
    // With a listener the error is dealt with; without one the browser's own report is all there is.
    if (this.#listeners.size > 0) event.preventDefault();
    const error: UncapturedError = { kind: errorKind(event.error), message: event.error.message };
    for (const listener of this.#listeners) listener(error);
  };
}

function defaultGpu(): GPU | undefined {
  const scope: { readonly navigator?: { readonly gpu?: GPU } } = globalThis;
  return scope.navigator?.gpu;
}

function insecurePage(): boolean {
  const scope: { readonly isSecureContext?: boolean } = globalThis;
  return scope.isSecureContext === false;
}

function errorKind(error: GPUError): UncapturedError['kind'] {
  if (error instanceof GPUOutOfMemoryError) return 'out-of-memory';
  return error instanceof GPUValidationError ? 'validation' : 'internal';
}

const limitEntries = (limits: Partial<Record<LimitName, number>>) => Object.entries(limits) as [LimitName, number][];

/** 0 for a limit that this browser does not know. */
function offered(limits: GPUSupportedLimits, name: LimitName): number {
  const values: Partial<Record<LimitName, number>> = limits;
  return values[name] ?? 0;
}

function checkLimits(required: Partial<Record<LimitName, number>>, limits: GPUSupportedLimits): void {
  const missing = limitEntries(required).filter(([name, wanted]) =>
    alignments.includes(name) ? offered(limits, name) > wanted : offered(limits, name) < wanted,
  );
  if (missing.length > 0)
    throw new DeviceError(
      'limits-too-small',
      `The graphics adapter allows too little: ${missing
        .map(([name, wanted]) => `${name} is ${offered(limits, name)}, needed is ${wanted}`)
        .join('; ')}.`,
    );
}

/**
 * The answer to a request, as a {@link DeviceError} ('request-failed') where it is refused or does not come in time.
 * `late` gets an answer that comes after that.
 */
async function answered<T>(
  what: string,
  timeoutMs: number,
  ask: () => Promise<T>,
  late: (answer: T) => void,
): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let expired = false;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      expired = true;
      reject(
        new DeviceError(
          'request-failed',
          `The browser did not answer the request for ${what} within ${timeoutMs / 1000} s.`,
        ),
      );
    }, timeoutMs);
  });
  try {
    const request = ask();
    request.then(
      (answer) => {
        if (expired) late(answer);
      },
      () => undefined,
    );
    return await Promise.race([request, timeout]);
  } catch (cause) {
    if (cause instanceof DeviceError) throw cause;
    throw new DeviceError(
      'request-failed',
      `The browser refused ${what}: ${cause instanceof Error ? cause.message : String(cause)}`,
      { cause },
    );
  } finally {
    clearTimeout(timer);
  }
}
