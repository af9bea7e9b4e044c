/** The packages that only the benchmark needs (bench/package.json). */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { missingPackages, npm, root } from '../dependencies.mjs';
import { Failure } from '../experiment/failure';

const folder = join(root, 'bench');
/** Longest time that an installation may take, seconds. */
const INSTALL_LIMIT = 600;

/**
 * Installs what a runtime needs where it is missing or not what the lock file says. A smoke test in a browser takes what is
 * there: CI must not download 90 MB to check the project's own results.
 */
export async function preparePackages(
  runtime: 'browser' | 'node',
  quick: boolean,
  note: (line: string) => void,
): Promise<void> {
  if (runtime === 'node') {
    // 130 MB of binaries for all platforms: only for those who ask for them.
    if (existsSync(join(folder, 'node_modules/webgpu'))) return;
    note('Installing WebGPU for Node, tf.js and jax-js with npm ci in bench/.');
    await install([]);
    return;
  }
  const lock = read('package-lock.json') ?? {};
  const reason = missingPackages(lock, read('node_modules/.package-lock.json'));
  if (reason === undefined || quick) return;
  note(`Installing tf.js and jax-js with npm ci in bench/ (${reason}).`);
  await install(['--omit=optional']);
}

async function install(switches: readonly string[]): Promise<void> {
  const { code, timedOut, error } = await npm(['ci', '--no-audit', '--no-fund', ...switches], INSTALL_LIMIT, folder);
  if (code !== 0)
    throw new Failure(
      `the benchmark's packages could not be installed: npm ci in bench/ ${timedOut ? `took over ${INSTALL_LIMIT} s` : (error ?? 'failed')}`,
    );
}

function read(name: string): Parameters<typeof missingPackages>[0] | undefined {
  const file = join(folder, name);
  return existsSync(file)
    ? (JSON.parse(readFileSync(file, 'utf8')) as Parameters<typeof missingPackages>[0])
    : undefined;
}
