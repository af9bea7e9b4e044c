/** A whole benchmark in this page. */
import { openBackend } from '../../src/engine/open-backend';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { createEngineClient } from '../../src/worker/client';
import { prepareCeilings } from '../ceilings';
import type { Contestant } from '../contestant';
import { engine, type OpenEngine } from '../contestants/engine';
import { kernel } from '../contestants/kernel';
import { plainJs } from '../contestants/plain-js';
import type { Report } from '../report';
import { runBench } from '../run';
import { startupMilliseconds } from '../startup';
import type { BenchRequest } from './api';

export async function bench(
  { tasks, contestants: wanted, repeats, quick }: BenchRequest,
  onProgress: (line: string) => void,
): Promise<Report> {
  const { backend, info } = await openBackend('auto');
  if (!(backend instanceof GpuBackend)) throw new Error(info.kind === 'cpu' ? info.reason : 'There is no GPU.');
  const all = [kernel(backend), engine(workerEngine, 'worker, session, sampling'), plainJs, ...(await peers())];
  const contestants = wanted ? all.filter(({ id }) => wanted.includes(id)) : all;
  const { ceilings, close } = await prepareCeilings(backend.context, quick);
  try {
    onProgress('start-up: measuring mappings');
    const startup = await startupMilliseconds(backend.context, tasks, quick);
    const results = await runBench(contestants, ceilings, { tasks, repeats, quick, onProgress });
    return {
      version: 1,
      runtime: 'browser',
      host: browserName(),
      adapter: backend.adapter,
      cores: navigator.hardwareConcurrency,
      peers: __BENCH_PEERS__,
      quick,
      repeats,
      startup,
      ...results,
    };
  } finally {
    close();
    backend.destroy();
  }
}

/** The libraries that are compared with; none where they are not installed, as in the built site. */
async function peers(): Promise<Contestant[]> {
  if (!__BENCH_PEERS__) return [];
  const [{ jax }, { tfjs }] = await Promise.all([import('../contestants/jax'), import('../contestants/tfjs')]);
  return [tfjs('webgpu'), tfjs('wasm'), jax('webgpu'), jax('wasm')];
}

const workerEngine: OpenEngine = async (listener) => {
  const client = createEngineClient((message) => {
    listener({ type: 'notice', level: 'error', message });
  });
  const { service } = client;
  await service.open({ engine: 'auto' }, listener);
  return {
    addFiles: async (files) => {
      // Copies: the worker takes what it is sent.
      if (files.length > 0) await service.addDataset(files.map(({ name, bytes }) => ({ name, bytes: bytes.slice(0) })));
    },
    update: (config) => service.update(config),
    abort: () => service.abort(),
    close: () => {
      client.terminate();
    },
  };
};

function browserName(): string {
  const found = /(?:Edg|Firefox|Chrome|Version)\/[\d.]+/.exec(navigator.userAgent)?.[0] ?? navigator.userAgent;
  return found.replace('Version', 'Safari').replace('/', ' ');
}
