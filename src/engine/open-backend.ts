/** The best arithmetic this machine has: the GPU, else the float64 reference with the reason why. */
import { openDevice, type OpenOptions } from '../gpu/device';
import { DeviceError } from '../gpu/errors';
import { CpuBackend } from './cpu/cpu-backend';
import { GpuBackend, type GpuBackendOptions } from './gpu/gpu-backend';
import type { OpenedBackend } from './session';

/**
 * Never fails for want of a GPU: the processor takes over, and `info` says why. `withoutGpu` says why there is no point in
 * looking for one.
 */
export async function openBackend(
  preference: 'auto' | 'cpu',
  {
    withoutGpu,
    mappings,
    ...options
  }: OpenOptions & Pick<GpuBackendOptions, 'mappings'> & { readonly withoutGpu?: string | undefined } = {},
): Promise<OpenedBackend> {
  let reason = preference === 'cpu' ? 'The processor was asked for.' : withoutGpu;
  if (reason === undefined)
    try {
      const context = await openDevice({ powerPreference: 'high-performance', ...options });
      const backend = new GpuBackend(context, { mappings });
      return { backend, info: backend.info };
    } catch (error) {
      if (!(error instanceof DeviceError)) throw error;
      reason = error.message;
    }
  const backend = new CpuBackend();
  return { backend, info: { kind: 'cpu', adapter: backend.adapter, reason } };
}
