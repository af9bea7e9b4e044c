/** Sees to it that the project's packages are there. Uses nothing but Node. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './process.mjs';

/** Folder of package.json. */
export const root = fileURLToPath(new URL('..', import.meta.url));

/** Oldest Node that runs the tools. */
const NODE = /** @type {const} */ ([20, 19]);
/** Longest time that an installation may take, seconds. */
const INSTALL_LIMIT = 900;

/**
 * A sentence on what is wrong with this version of Node, or undefined where it will do.
 * @param {string} version e.g. `20.19.0`
 */
export function nodeProblem(version) {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > NODE[0] || (major === NODE[0] && minor >= NODE[1]);
  return enough ? undefined : `Node ${NODE.join('.')} or later is needed; this is Node ${version}.`;
}

/**
 * @typedef {{ packages?: Record<string, { version?: string, optional?: boolean, devOptional?: boolean }> }} Lock
 */

/**
 * Why packages must be installed, or undefined where what is installed is what the lock file says. Contents are
 * compared, not times: a checkout touches the lock file without changing it.
 *
 * @param {Lock} lock package-lock.json
 * @param {Lock | undefined} installed node_modules/.package-lock.json, npm's record of what it installed
 */
export function missingPackages(lock, installed) {
  if (!installed) return 'node_modules is missing';
  for (const [path, { version, optional, devOptional }] of Object.entries(lock.packages ?? {})) {
    // Optional packages are left out where they are for another platform.
    if (path === '' || version === undefined || optional || devOptional) continue;
    const found = installed.packages?.[path]?.version;
    if (found !== version)
      return `${path} is ${found === undefined ? 'missing' : `at ${found}`}, package-lock.json has ${version}`;
  }
  return undefined;
}

/**
 * Runs `npm ci` where node_modules is missing or is not what package-lock.json says; ends this process with a clear
 * line where that fails or Node is too old.
 *
 * @param {(line: string) => void} say
 */
export async function ensureDependencies(say) {
  const problem = nodeProblem(process.versions.node);
  if (problem) fail(problem);
  const reason = missingPackages(
    readLock('package-lock.json') ?? fail('package-lock.json is missing.'),
    readLock('node_modules/.package-lock.json'),
  );
  if (!reason) return;
  say(`Installing packages with npm ci (${reason}).`);
  const { code, timedOut, error } = await npm(['ci', '--include=dev', '--no-audit', '--no-fund'], INSTALL_LIMIT);
  if (code !== 0)
    fail(`Packages could not be installed: npm ci ${timedOut ? `took over ${INSTALL_LIMIT} s` : (error ?? 'failed')}.`);
}

/** @param {string} name  @returns {Lock | undefined} */
function readLock(name) {
  const file = join(root, name);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/**
 * Runs npm.
 * @param {string[]} args
 * @param {number} limit seconds
 * @param {string} [cwd] the project's folder where absent
 */
export function npm(args, limit, cwd = root) {
  // Under `npm start` npm tells where it is; elsewhere it is on the path (on Windows as a .cmd, which needs a shell).
  const self = process.env['npm_execpath'];
  if (self && /npm-cli\.c?js$/.test(self)) return run(process.execPath, [self, ...args], { limit, cwd });
  return process.platform === 'win32'
    ? run(process.env['ComSpec'] ?? 'cmd.exe', ['/d', '/s', '/c', `npm ${args.join(' ')}`], { limit, cwd })
    : run('npm', args, { limit, cwd });
}

/** @param {string} line  @returns {never} */
export function fail(line) {
  console.error(line);
  process.exit(1);
}
