/** Vite plugin: the libraries that the benchmark compares with, or none of them. */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PEER = /^@(tensorflow|jax-js)\//;

/** Whether bench/node_modules is there. */
export const peersInstalled = () =>
  existsSync(fileURLToPath(new URL('node_modules/@jax-js/jax/package.json', import.meta.url)));

/**
 * `__BENCH_PEERS__` says to the page whether there are any; without them a bundle must not look for them.
 * @param {boolean} included
 * @returns {import('vite').Plugin}
 */
export function benchPeers(included) {
  return {
    name: 'bench-peers',
    enforce: 'pre',
    config: () => ({ define: { __BENCH_PEERS__: JSON.stringify(included) } }),
    resolveId: (source) => (!included && PEER.test(source) ? { id: source, external: true } : undefined),
  };
}
