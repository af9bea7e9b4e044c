/** The zip file for PyTorch made in a worker, which lives as long as the work. */
import * as Comlink from 'comlink';
import type { SessionWeights } from '../../worker/protocol';
import type { BundleSource } from './bundle';
import type { BundleRemote } from './bundle.worker';

/**
 * The bytes of `experimentBundle` with the trained weights. The rows and weights of `learned` are handed over: the page has
 * them no more. Rejects with a readable error, also where the worker can't be started.
 */
export async function bundleInWorker(
  source: Pick<BundleSource, 'config' | 'run' | 'laneSeed'>,
  learned: SessionWeights,
): Promise<Uint8Array<ArrayBuffer>> {
  const { objective, step, ...lane } = learned;
  const worker = new Worker(new URL('./bundle.worker.ts', import.meta.url), { type: 'module', name: 'export' });
  try {
    const crash = new Promise<never>((_, reject) => {
      worker.addEventListener('error', ({ message }) => {
        reject(new Error(message ? `The export stopped: ${message}` : 'The export could not be started.'));
      });
    });
    const whole: BundleSource = { ...source, objective, trained: { ...lane, steps: step } };
    const bundle = Comlink.wrap<BundleRemote>(worker).bundle(Comlink.transfer(whole, buffersOf(learned)));
    return await Promise.race([bundle, crash]);
  } finally {
    worker.terminate();
  }
}

/** What is handed over. */
function buffersOf({ objective, parameters, statistics }: SessionWeights): ArrayBuffer[] {
  const { features, targets } = objective.rows;
  const rows = features instanceof Float32Array ? features : features.bytes;
  return [...new Set([rows, targets, parameters, statistics].map(({ buffer }) => buffer))];
}
