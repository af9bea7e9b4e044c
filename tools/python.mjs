/** Finds, and where it can installs, the Python that exported scripts are compiled with. */
import { spawnSync } from 'node:child_process';
import { isDebian } from './browser.mjs';
import { run } from './process.mjs';

/**
 * The name or path of a Python 3 that works: PYTHON, else the one on the path.
 *
 * @returns {string | undefined} undefined where there is none
 */
export function findPython() {
  const chosen = process.env['PYTHON'];
  return (chosen ? [chosen] : ['python3', 'python']).find((name) => {
    const { status, stdout } = spawnSync(name, ['-c', 'import sys; print(sys.version_info[0])'], { encoding: 'utf8' });
    return status === 0 && stdout.trim() === '3';
  });
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
