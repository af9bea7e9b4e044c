/** Finds, and where it can installs, the Python that exported scripts are compiled with. */
import { spawnSync } from 'node:child_process';
import { isDebian } from './browser.mjs';
import { run } from './process.mjs';

/**
 * The name or path of a Python 3 that works: PYTHON, else the one on the path.
 *
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {string | undefined} undefined where there is none
 * @throws {Error} where PYTHON is not one
 */
export function findPython(env = process.env) {
  const chosen = env['PYTHON'];
  const found = (chosen ? [chosen] : ['python3', 'python']).find((name) => {
    const asked = spawnSync(name, ['-c', 'import sys; print(sys.version_info[0])'], { encoding: 'utf8', env });
    return asked.status === 0 && asked.stdout.trim() === '3';
  });
  if (chosen && !found) throw new Error(`PYTHON is ${chosen}, but that is no Python 3.`);
  return found;
}

/**
 * Installs Debian's python3 as root.
 *
 * @param {(line: string) => void} say
 * @returns {Promise<string | undefined>} undefined where that cannot be done
 */
export async function installPython(say) {
  if (process.getuid?.() !== 0 || !isDebian()) return undefined;
  say('No Python 3 found: installing Debian\'s with "apt-get install python3".');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const update = await run('apt-get', ['update'], { limit: 300, env });
  if (update.code === 0)
    await run('apt-get', ['install', '-y', '--no-install-recommends', 'python3'], { limit: 600, env });
  return findPython();
}
