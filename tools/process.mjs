/** Child processes with a time limit, of which nothing is left behind. */
import { spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/**
 * How a command ended. `code` is null where it could not be started or was killed; `error` says why it could not start.
 * @typedef {{ code: number | null, timedOut: boolean, seconds: number, error?: string }} Outcome
 */

const windows = process.platform === 'win32';
/** How long a tree of processes may take to end by itself after SIGTERM, milliseconds. */
const GRACE = 5000;

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();

/**
 * Runs a command and waits for its end. The command gets a process group of its own; when it ends, or when `limit`
 * seconds have passed, whatever it started is ended too. `stdio` is where its output goes: a number is an open file.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ limit: number, env?: NodeJS.ProcessEnv, cwd?: string, stdio?: 'inherit' | 'ignore' | number, grace?: number }} options
 * @returns {Promise<Outcome>}
 */
export function run(command, args, { limit, env = process.env, cwd, stdio = 'inherit', grace = GRACE }) {
  return new Promise((resolve) => {
    const start = performance.now();
    const child = spawn(command, args, {
      env,
      ...(cwd ? { cwd } : {}),
      stdio: ['ignore', stdio, stdio],
      detached: !windows,
    });
    running.add(child);
    let timedOut = false;
    /** @type {Promise<void> | undefined} */
    let killed;
    const timer = setTimeout(() => {
      timedOut = true;
      killed = killTree(child, grace);
    }, limit * 1000);
    let done = false;
    const finish = (/** @type {number | null} */ code, /** @type {string | undefined} */ error) => {
      if (done) return;
      done = true;
      clearTimeout(timer);
      running.delete(child);
      const seconds = (performance.now() - start) / 1000;
      void (killed ?? Promise.resolve()).then(() => {
        if (child.pid !== undefined && !windows) signal(-child.pid, 'SIGKILL');
        resolve({ code: timedOut ? null : code, timedOut, seconds, ...(error === undefined ? {} : { error }) });
      });
    };
    child.on('error', (error) => {
      finish(null, error.message);
    });
    // 'exit', not 'close': a stray grandchild that holds the output open must not hold us up.
    child.on('exit', (code) => {
      finish(code, undefined);
    });
  });
}

/** Ends every command that {@link run} has under way, and what they started. */
export async function stopAll() {
  await Promise.all([...running].map((child) => killTree(child, GRACE)));
}

/**
 * Makes SIGINT and SIGTERM end the commands under way before this process ends.
 */
export function stopOnSignals() {
  for (const [name, code] of /** @type {const} */ ([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ]))
    process.once(name, () => {
      void stopAll().then(() => process.exit(code));
    });
}

/**
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} grace
 */
async function killTree(child, grace) {
  const { pid } = child;
  if (pid === undefined) return;
  if (windows) {
    spawnSync('taskkill', ['/pid', String(pid), '/T', '/F']);
    return;
  }
  // A browser sits in a process group of its own, so the group alone does not reach it.
  const tree = new Set([pid, ...descendants(pid)]);
  signal(-pid, 'SIGTERM');
  const end = performance.now() + grace;
  while (performance.now() < end && [...tree].some(alive)) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const member of [...tree]) for (const late of descendants(member)) tree.add(late);
  }
  signal(-pid, 'SIGKILL');
  for (const member of tree) signal(member, 'SIGKILL');
}

/** @param {number} pid  @param {NodeJS.Signals | 0} name  @returns {boolean} whether there was such a process */
function signal(pid, name) {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

const alive = (/** @type {number} */ pid) => signal(pid, 0) && stateOf(pid) !== 'Z';

/** State letter of a process on Linux ('Z': it has ended and nobody has waited for it), else ''. @param {number} pid */
function stateOf(pid) {
  try {
    return afterName(readFileSync(`/proc/${pid}/stat`, 'utf8'))[0] ?? '';
  } catch {
    return '';
  }
}

/** Fields of /proc/N/stat after the command's name, which may hold spaces and brackets. @param {string} stat */
const afterName = (stat) => stat.slice(stat.lastIndexOf(')') + 2).split(' ');

/** @param {number} root  @returns {number[]} the processes below `root` */
function descendants(root) {
  /** @type {Map<number, number[]>} */
  const children = new Map();
  for (const [pid, parent] of processes()) {
    const list = children.get(parent);
    if (list) list.push(pid);
    else children.set(parent, [pid]);
  }
  const found = [...(children.get(root) ?? [])];
  for (let k = 0; k < found.length; k++) found.push(...(children.get(found[k] ?? -1) ?? []));
  return found;
}

/** @returns {[pid: number, parent: number][]} */
function processes() {
  if (process.platform === 'linux')
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((name) => {
        try {
          return [[Number(name), Number(afterName(readFileSync(`/proc/${name}/stat`, 'utf8'))[1])]];
        } catch {
          return [];
        }
      });
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  return (stdout ?? '')
    .trim()
    .split('\n')
    .map((line) => {
      const [pid, parent] = line.trim().split(/\s+/).map(Number);
      return [pid ?? 0, parent ?? 0];
    });
}

/**
 * File of an installed package's command, to be run with Node (no shell, no `.cmd`).
 * @param {string} root folder of package.json
 * @param {string} packageName
 * @param {string} [command] the package's name where absent
 */
export function bin(root, packageName, command = packageName) {
  const manifest = join(root, 'node_modules', packageName, 'package.json');
  /** @type {{ bin: string | Record<string, string> }} */
  const { bin: entry } = createRequire(import.meta.url)(manifest);
  const file = typeof entry === 'string' ? entry : entry[command];
  if (!file) throw new Error(`${packageName} has no command ${command}`);
  return join(dirname(manifest), file);
}
