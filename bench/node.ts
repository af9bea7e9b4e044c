/** The benchmark in Node: ours and plain JavaScript on a Vulkan, Metal or Direct3D adapter, without a browser. */
import { cpus } from 'node:os';
import { parseFiles } from '../src/data/load';
import { GpuBackend } from '../src/engine/gpu/gpu-backend';
import { openBackend } from '../src/engine/open-backend';
import { Session } from '../src/engine/session';
import { prepareCeilings } from './ceilings';
import { engine, type OpenEngine } from './contestants/engine';
import { kernel } from './contestants/kernel';
import { plainJs } from './contestants/plain-js';
import type { BenchRequest } from './page/api';
import type { Report } from './report';
import { runBench } from './run';
import { startupMilliseconds } from './startup';

/**
 * Rejects with a readable error where there is no adapter.
 * @param gpu the entry to WebGPU; its constants and classes are in place
 */
export async function benchInNode(
  { tasks, contestants: wanted, repeats, quick }: BenchRequest,
  gpu: GPU,
  onProgress: (line: string) => void,
): Promise<Report> {
  const { backend, info } = await openBackend('auto', { gpu });
  if (!(backend instanceof GpuBackend)) throw new Error(info.kind === 'cpu' ? info.reason : 'There is no GPU.');
  const session: OpenEngine = (listener) => {
    let files: Parameters<typeof parseFiles>[0] = [];
    const opened = new Session({
      open: () => openBackend('auto', { gpu }),
      table: () => parseFiles(files),
      listener,
      sliceMilliseconds: 50,
    });
    return Promise.resolve({
      addFiles: (given) => {
        files = given;
        return Promise.resolve();
      },
      update: (config) => opened.update(config),
      abort: () => opened.abort(),
      close: () => opened.close(),
    });
  };
  const all = [kernel(backend), engine(session, 'session, sampling'), plainJs];
  const contestants = wanted ? all.filter(({ id }) => wanted.includes(id)) : all;
  const { ceilings, close } = await prepareCeilings(backend.context, quick);
  try {
    onProgress('start-up: measuring mappings');
    const startup = await startupMilliseconds(backend.context, tasks, quick);
    const results = await runBench(contestants, ceilings, { tasks, repeats, quick, onProgress });
    return {
      version: 1,
      runtime: 'node',
      host: `Node ${process.versions.node}`,
      adapter: backend.adapter,
      cores: cpus().length,
      peers: false,
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
