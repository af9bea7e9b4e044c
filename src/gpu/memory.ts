/** GPU memory has owners: a scope makes buffers and textures, counts them in the device's ledger, and frees them all at once. */
import { DeviceError, mebibytes, OutOfMemoryError } from './errors';

/** Bytes and number of the live buffers and textures of one device. */
export class MemoryLedger {
  #bytes = 0;
  #peakBytes = 0;
  #buffers = 0;

  get bytes(): number {
    return this.#bytes;
  }
  /** The most bytes ever held at one time. */
  get peakBytes(): number {
    return this.#peakBytes;
  }
  get buffers(): number {
    return this.#buffers;
  }
  add(bytes: number): void {
    this.#bytes += bytes;
    this.#buffers += 1;
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
  }
  remove(bytes: number): void {
    this.#bytes -= bytes;
    this.#buffers -= 1;
  }
}

/** Numbers as they go to the GPU. */
export type BufferData =
  | Float32Array
  | Float64Array
  | Uint32Array
  | Int32Array
  | Uint16Array
  | Int16Array
  | Uint8Array
  | Uint8ClampedArray
  | Int8Array
  | DataView
  | ArrayBuffer;

/** What a scope needs of its context. */
export interface ScopeHost {
  readonly device: GPUDevice;
  readonly memory: MemoryLedger;
  /** Throws where the device is gone. */
  assertAlive(): void;
  /** Told once, when the scope has freed everything. */
  scopeClosed(scope: BufferScope): void;
}

/** Each write is copied once more on its way to the GPU: pieces bound that copy's size. */
const UPLOAD_CHUNK = 16 * 2 ** 20;

/**
 * The owner of a group of buffers and textures, made by `context.scope(label)`. Sizes are bytes, rounded up to a multiple of 4.
 * Making a buffer larger than the device allows throws `DeviceError` ('limits-too-small'); on a device that is gone,
 * `DeviceLostError`. Running out of memory shows up only later in WebGPU: use {@link checked} to wait and know.
 */
export class BufferScope {
  readonly #host: ScopeHost;
  readonly #sizes = new Map<GPUBuffer | GPUTexture, number>();
  #destroyed = false;

  constructor(
    host: ScopeHost,
    readonly label: string,
  ) {
    this.#host = host;
  }

  /** Bytes this scope holds now. */
  get bytes(): number {
    let sum = 0;
    for (const size of this.#sizes.values()) sum += size;
    return sum;
  }

  /** A zero-filled buffer of at least `size` bytes. */
  create(label: string, size: number, usage: GPUBufferUsageFlags): GPUBuffer {
    const name = `${this.label}/${label}`;
    if (this.#destroyed) throw new Error(`Cannot make ${name}: its owner was destroyed`);
    if (!Number.isSafeInteger(size) || size < 0) throw new RangeError(`Buffer ${name} has size ${size}`);
    this.#host.assertAlive();
    // A binding may not be empty, so neither is a buffer.
    const padded = Math.max(4, Math.ceil(size / 4) * 4);
    checkSize(name, padded, usage, this.#host.device.limits);
    const buffer = this.#host.device.createBuffer({ label: name, size: padded, usage });
    this.#sizes.set(buffer, padded);
    this.#host.memory.add(padded);
    return buffer;
  }

  /** A buffer that holds a copy of `data`, zero-padded to a multiple of 4 bytes. Adds COPY_DST to `usage`. */
  upload(label: string, data: BufferData, usage: GPUBufferUsageFlags): GPUBuffer {
    const buffer = this.create(label, data.byteLength, usage | GPUBufferUsage.COPY_DST);
    const bytes =
      data instanceof ArrayBuffer
        ? new Uint8Array(data)
        : new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength);
    const { queue } = this.#host.device;
    const whole = bytes.length - (bytes.length % 4);
    for (let at = 0; at < whole; at += UPLOAD_CHUNK)
      queue.writeBuffer(buffer, at, bytes, at, Math.min(UPLOAD_CHUNK, whole - at));
    if (whole < bytes.length) {
      const tail = new Uint8Array(4);
      tail.set(bytes.subarray(whole));
      queue.writeBuffer(buffer, whole, tail);
    }
    return buffer;
  }

  /**
   * A texture of `height` lines of `width` texels that holds `data`, four numbers a texel, line by line; what is missing at
   * the end of the last line is zero. For reading in shaders.
   */
  uploadTexture(label: string, data: Float32Array<ArrayBuffer>, width: number, height: number): GPUTexture {
    const name = `${this.label}/${label}`;
    if (this.#destroyed) throw new Error(`Cannot make ${name}: its owner was destroyed`);
    this.#host.assertAlive();
    const { device, memory } = this.#host;
    const texture = device.createTexture({
      label: name,
      size: [width, height],
      format: 'rgba32float',
      usage: GPUTextureUsage.TEXTURE_BINDING | GPUTextureUsage.COPY_DST,
    });
    const bytesPerRow = 16 * width;
    this.#sizes.set(texture, bytesPerRow * height);
    memory.add(bytesPerRow * height);
    const write = (line: number, lines: number, texels: number) => {
      const layout = { offset: line * bytesPerRow, bytesPerRow };
      device.queue.writeTexture({ texture, origin: [0, line] }, data, layout, [texels, lines]);
    };
    const whole = Math.floor(data.byteLength / bytesPerRow);
    const piece = Math.max(1, Math.floor(UPLOAD_CHUNK / bytesPerRow));
    for (let line = 0; line < whole; line += piece) write(line, Math.min(piece, whole - line), width);
    const rest = (data.byteLength - whole * bytesPerRow) / 16;
    if (rest > 0) write(whole, 1, rest);
    return texture;
  }

  /**
   * Runs `make`, which may create any number of buffers (synchronously), and waits until the GPU has them; throws
   * {@link OutOfMemoryError} when it does not. The buffers made stay with the scope either way.
   */
  async checked<T>(make: () => T): Promise<T> {
    const { device } = this.#host;
    this.#host.assertAlive();
    const before = this.bytes;
    device.pushErrorScope('out-of-memory');
    let result: T;
    try {
      result = make();
    } catch (error) {
      void device.popErrorScope().catch(() => null);
      throw error;
    }
    const wanted = this.bytes - before;
    const failure = await device.popErrorScope();
    if (failure)
      throw new OutOfMemoryError(
        `The GPU has no memory left for ${this.label}: ${mebibytes(wanted)} more than the ${mebibytes(this.#host.memory.bytes - wanted)} in use`,
      );
    this.#host.assertAlive();
    return result;
  }

  /** Frees one buffer or texture of this scope before the rest. */
  release(buffer: GPUBuffer | GPUTexture): void {
    const size = this.#sizes.get(buffer);
    if (size === undefined) return;
    this.#sizes.delete(buffer);
    buffer.destroy();
    this.#host.memory.remove(size);
  }

  /** Frees every buffer and texture of this scope; again is harmless. The scope makes none after that. */
  destroy(): void {
    if (this.#destroyed) return;
    this.#destroyed = true;
    for (const buffer of this.#sizes.keys()) this.release(buffer);
    this.#host.scopeClosed(this);
  }
}

function checkSize(name: string, size: number, usage: GPUBufferUsageFlags, limits: GPUSupportedLimits): void {
  const check = (limit: 'maxBufferSize' | 'maxStorageBufferBindingSize' | 'maxUniformBufferBindingSize') => {
    if (size > limits[limit])
      throw new DeviceError(
        'limits-too-small',
        `${name} needs ${mebibytes(size)}; this graphics adapter allows ${mebibytes(limits[limit])} (${limit})`,
      );
  };
  check('maxBufferSize');
  if (usage & GPUBufferUsage.STORAGE) check('maxStorageBufferBindingSize');
  if (usage & GPUBufferUsage.UNIFORM) check('maxUniformBufferBindingSize');
}
