/** Finds, and where need be installs, the browser that tests, benchmarks and the command line drive. */
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { posix, win32 } from 'node:path';
import { root } from './dependencies.mjs';
import { bin, run } from './process.mjs';

/**
 * A browser's executable and how it was found.
 * @typedef {{ path: string, origin: 'CHROME_PATH' | 'installed' | 'playwright' }} Browser
 */

/**
 * What the search looks at; tests hand in a machine of their own.
 * @typedef {object} Machine
 * @property {NodeJS.Platform} platform
 * @property {NodeJS.ProcessEnv} env
 * @property {string} home
 * @property {(path: string) => boolean} exists
 * @property {() => Promise<string | undefined>} playwright where Playwright keeps, or would keep, its own Chromium
 */

/** @type {Machine} */
const thisMachine = {
  platform: process.platform,
  env: process.env,
  home: homedir(),
  exists: existsSync,
  playwright: async () => {
    try {
      return (await import('playwright')).chromium.executablePath();
    } catch {
      return undefined; // Playwright is not installed, or knows no browser for this platform.
    }
  },
};

/**
 * Where Chrome and Chromium are when they are installed, most wanted first.
 * @param {Pick<Machine, 'platform' | 'env' | 'home'>} machine
 * @returns {string[]}
 */
export function installedPaths({ platform, env, home }) {
  if (platform === 'darwin')
    return ['/Applications', posix.join(home, 'Applications')].flatMap((folder) => [
      `${folder}/Google Chrome.app/Contents/MacOS/Google Chrome`,
      `${folder}/Chromium.app/Contents/MacOS/Chromium`,
    ]);
  if (platform === 'win32')
    return ['Google\\Chrome', 'Chromium'].flatMap((product) =>
      ['PROGRAMFILES', 'PROGRAMFILES(X86)', 'LOCALAPPDATA'].flatMap((name) => {
        const folder = env[name];
        return folder ? [win32.join(folder, product, 'Application', 'chrome.exe')] : [];
      }),
    );
  const folders = [...(env['PATH'] ?? '').split(':'), '/usr/bin', '/usr/local/bin', '/snap/bin'];
  return [
    ...['google-chrome-stable', 'google-chrome', 'chromium', 'chromium-browser'].flatMap((name) =>
      folders.filter(Boolean).map((folder) => posix.join(folder, name)),
    ),
    '/opt/google/chrome/chrome',
  ];
}

/**
 * Finds a browser: CHROME_PATH, then an installed Chrome or Chromium, then the one that Playwright has downloaded.
 *
 * @param {Partial<Machine>} [machine]
 * @returns {Promise<Browser | undefined>} undefined where there is none
 * @throws {Error} where CHROME_PATH names no file
 */
export async function findBrowser(machine) {
  const { platform, env, home, exists, playwright } = { ...thisMachine, ...machine };
  const chosen = env['CHROME_PATH'];
  if (chosen) {
    if (!exists(chosen)) throw new Error(`CHROME_PATH is ${chosen}, but there is no such file.`);
    return { path: chosen, origin: 'CHROME_PATH' };
  }
  const installed = installedPaths({ platform, env, home }).find(exists);
  if (installed) return { path: installed, origin: 'installed' };
  const own = await playwright();
  return own && exists(own) ? { path: own, origin: 'playwright' } : undefined;
}

export const NO_BROWSER =
  'No Chrome or Chromium was found. Install one, name one in CHROME_PATH, or run "npx playwright install chromium".';

/**
 * Installs a browser: as root on Debian its `chromium` package, elsewhere or where that fails Playwright's download.
 *
 * @param {(line: string) => void} say
 * @returns {Promise<Browser | undefined>} undefined where neither could be had
 */
export async function installBrowser(say) {
  const superuser = process.getuid?.() === 0;
  if (superuser && isDebian()) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    say('No Chrome or Chromium found: installing Debian\'s with "apt-get install chromium".');
    const update = await run('apt-get', ['update'], { limit: 300, env });
    // Recommended are a print server and a package manager; a font is all that pages need.
    const install = ['install', '-y', '--no-install-recommends', 'chromium', 'fonts-liberation'];
    if (update.code === 0) await run('apt-get', install, { limit: 900, env });
    const found = await findBrowser();
    if (found) return found;
  }
  say('No Chrome or Chromium found: downloading Playwright\'s with "playwright install chromium".');
  // As root its system libraries can be had as well.
  const libraries = superuser && process.platform === 'linux' ? ['--with-deps'] : [];
  await run(process.execPath, [bin(root, 'playwright'), 'install', ...libraries, 'chromium'], { limit: 900 });
  return findBrowser();
}

/** Whether this machine runs Debian. */
export function isDebian() {
  try {
    return /^ID="?debian"?$/m.test(readFileSync('/etc/os-release', 'utf8'));
  } catch {
    return false;
  }
}
