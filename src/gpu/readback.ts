/** Results come home without anybody waiting: a ring of staging buffers, mapped while the GPU works on. */
import type { GpuContext } from './device';
import { DeviceLostError } from './errors';
import type { BufferScope } from './memory';

interface Slot {
  readonly buffer: GPUBuffer;
  readonly size: number;
  busy: boolean;
}

/** One copy on its way home. */
export interface Ticket {
  /** Bytes that will arrive. */
  readonly size: number;
  /**
   * Call after the encoder's commands were submitted: the bytes, in a buffer of their own. Rejects with
   * `DeviceLostError` when the device is gone, with an 'AbortError' when the ring was destroyed meanwhile.
   * Asking again gives the same promise.
   */
  read(): Promise<ArrayBuffer>;
  /** Gives the slot back unread. Without effect once {@link read} was called. */
  discard(): void;
}

/** Bytes of a staging buffer for so many, where the device allows it: doubling keeps the times that one is outgrown few. */
export const slotBytes = (size: number): number => 2 ** Math.ceil(Math.log2(Math.max(size, 4096)));

/**
 * Staging buffers, reused; as many as there are copies under way at one time, each as large as it was ever needed.
 * The ring owns them: destroy it.
 */
export class ReadbackRing {
  readonly #context: GpuContext;
  readonly #scope: BufferScope;
  #slots: Slot[] = [];
  #destroyed = false;

  constructor(context: GpuContext, label = 'readback') {
    this.#context = context;
    this.#scope = context.scope(label);
  }

  /** Staging buffers held. */
  get slots(): number {
    return this.#slots.length;
  }

  /**
   * Records a copy of `size` bytes at `sourceOffset` of `source` (both multiples of 4; the buffer needs COPY_SRC).
   * Submit the encoder, then read the ticket; one that is not read must be discarded.
   */
  copy(encoder: GPUCommandEncoder, source: GPUBuffer, sourceOffset: number, size: number): Ticket {
    if (this.#destroyed) throw new Error('The readback ring was destroyed');
    if (size <= 0 || size % 4 !== 0 || sourceOffset < 0 || sourceOffset % 4 !== 0 || sourceOffset + size > source.size)
      throw new RangeError(`Cannot read ${size} bytes at ${sourceOffset} of ${source.label} (${source.size} bytes)`);
    const slot = this.#take(size);
    encoder.copyBufferToBuffer(source, sourceOffset, slot.buffer, 0, size);
    let reading: Promise<ArrayBuffer> | undefined;
    let discarded = false;
    return {
      size,
      read: () => {
        if (discarded) return Promise.reject(new Error('The readback was discarded'));
        return (reading ??= this.#read(slot, size));
      },
      discard: () => {
        if (reading || discarded) return;
        discarded = true;
        slot.busy = false;
      },
    };
  }

  /** Frees the staging buffers; reads under way reject. Again is harmless. */
  destroy(): void {
    this.#destroyed = true;
    this.#slots = [];
    this.#scope.destroy();
  }

  #take(size: number): Slot {
    const free = this.#slots.filter((slot) => !slot.busy);
    const fitting = free.find((slot) => slot.size >= size);
    if (fitting) {
      fitting.busy = true;
      return fitting;
    }
    // One too small gives way: the number of slots stays that of the copies under way.
    const outgrown = free[0];
    if (outgrown) {
      this.#scope.release(outgrown.buffer);
      this.#slots = this.#slots.filter((slot) => slot !== outgrown);
    }
    const { maxBufferSize } = this.#context.limits;
    const rounded = Math.min(slotBytes(size), Math.max(maxBufferSize, size));
    const buffer = this.#scope.create('slot', rounded, GPUBufferUsage.MAP_READ | GPUBufferUsage.COPY_DST);
    const slot = { buffer, size: rounded, busy: true };
    this.#slots.push(slot);
    return slot;
  }

  async #read(slot: Slot, size: number): Promise<ArrayBuffer> {
    // Some browsers leave a map request of a lost device unanswered, and some reject it before they tell of the loss.
    let forget = (): unknown => undefined;
    const loss = new Promise<never>((_, reject) => {
      forget = this.#context.onLost((lost) => {
        reject(new DeviceLostError(lost));
      });
    });
    loss.catch(() => undefined);
    try {
      await Promise.race([slot.buffer.mapAsync(GPUMapMode.READ, 0, size), loss]);
      this.#assertUsable();
      const bytes = slot.buffer.getMappedRange(0, size).slice(0);
      slot.buffer.unmap();
      slot.busy = false;
      return bytes;
    } catch (error) {
      this.#assertUsable();
      await Promise.race([loss, afterMs(200)]);
      this.#drop(slot);
      throw error;
    } finally {
      forget();
    }
  }

  #assertUsable(): void {
    this.#context.assertAlive();
    if (this.#destroyed) throw new DOMException('The readback ring was destroyed', 'AbortError');
  }

  /** A slot whose mapping failed is in no known state. */
  #drop(slot: Slot): void {
    this.#scope.release(slot.buffer);
    this.#slots = this.#slots.filter((other) => other !== slot);
  }
}

const afterMs = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
