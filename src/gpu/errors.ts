/** What can go wrong with a GPU, as types: callers branch on these, users read the messages. */

/**
 * Why there is no usable device: the browser has no WebGPU, it has no adapter to offer, the adapter allows less than
 * is needed, or the request failed or stalled.
 */
export type DeviceFailure = 'no-webgpu' | 'no-adapter' | 'limits-too-small' | 'request-failed';

/** There is no device, or it cannot hold what was asked of it. The message can be shown to a user. */
export class DeviceError extends Error {
  override readonly name = 'DeviceError';
  constructor(
    readonly kind: DeviceFailure,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** How a device ended: 'destroyed' when this program destroyed it, else the browser's reason ('unknown'). */
export interface DeviceLoss {
  readonly reason: string;
  readonly message: string;
}

/** The device is gone: everything on it is lost, and a new one must be opened. */
export class DeviceLostError extends Error {
  override readonly name = 'DeviceLostError';
  readonly reason: string;
  constructor(loss: DeviceLoss) {
    super(loss.message === '' ? 'The GPU device was lost.' : `The GPU device was lost: ${loss.message}`);
    this.reason = loss.reason;
  }
}

/** The adapter allows the size, but has no memory left for it. */
export class OutOfMemoryError extends Error {
  override readonly name = 'OutOfMemoryError';
}

/** Bytes as MiB with one decimal ("0.1 MiB" at least, so that nothing reads as zero). */
export function mebibytes(bytes: number): string {
  return `${bytes === 0 ? '0' : Math.max(bytes / 2 ** 20, 0.1).toFixed(1)} MiB`;
}

/** Bytes in the unit that suits them: "3.2 GiB", "12.0 MiB". */
export const memoryText = (bytes: number): string =>
  bytes < 2 ** 30 ? mebibytes(bytes) : `${(bytes / 2 ** 30).toFixed(1)} GiB`;
