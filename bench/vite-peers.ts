/** Vite plugin: the libraries that the benchmark compares with, or none of them. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vite';

const PEER = /^@(tensorflow|jax-js)\//;

/** Whether bench/node_modules is there. */
export const peersInstalled = (): boolean =>
  existsSync(fileURLToPath(new URL('node_modules/@jax-js/jax/package.json', import.meta.url)));

/** `__BENCH_PEERS__` says to the page whether there are any; without them a bundle must not look for them. */
export function benchPeers(included: boolean): Plugin {
  return {
    name: 'bench-peers',
    enforce: 'pre',
    config: () => ({ define: { __BENCH_PEERS__: JSON.stringify(included) } }),
    resolveId: (source) => (!included && PEER.test(source) ? { id: source, external: true } : undefined),
  };
}
