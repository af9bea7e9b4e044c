/** The best arithmetic this machine has: the GPU, else the float64 reference with the reason why. */
import { openDevice, type OpenOptions } from '../gpu/device';
import { DeviceError } from '../gpu/errors';
import { CpuBackend } from './cpu/cpu-backend';
import { GpuBackend } from './gpu/gpu-backend';
import type { OpenedBackend } from './session';

/** Never fails for want of a GPU: the processor takes over, and `info` says why. */
export async function openBackend(preference: 'auto' | 'cpu', options: OpenOptions = {}): Promise<OpenedBackend> {
  let reason = 'The processor was asked for.';
  if (preference === 'auto')
    try {
      const backend = new GpuBackend(await openDevice({ powerPreference: 'high-performance', ...options }));
      return { backend, info: { kind: 'webgpu', adapter: backend.adapter } };
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      reason = error.message;
    }
  const backend = new CpuBackend();
  return { backend, info: { kind: 'cpu', adapter: backend.adapter, reason } };
}
