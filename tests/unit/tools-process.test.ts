import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bin, run } from '../../tools/process.mjs';
import { root } from '../../tools/dependencies.mjs';

const node = (code: string): [string, string[]] => [process.execPath, ['-e', code]];

/** Whether a process is there and has not ended; one that nobody has waited for yet has. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return !existsSync(`/proc/${pid}/stat`) || !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}

describe('run', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'process-test-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('tells how a command ended', async () => {
    expect(await run(...node('process.exit(3)'), { limit: 30, stdio: 'ignore' })).toMatchObject({
      code: 3,
      timedOut: false,
    });
    const missing = await run('/no/such/command', [], { limit: 30, stdio: 'ignore' });
    expect(missing.code).toBeNull();
    expect(missing.error).toContain('ENOENT');
  });

  it('ends a command that takes too long, with what it started in groups of their own and what ignores SIGTERM', async () => {
    const note = join(folder, 'pid');
    const grandchild = `process.on('SIGTERM', () => {}); require('fs').writeFileSync(${JSON.stringify(note)}, String(process.pid)); setInterval(() => {}, 1000);`;
    const child = `require('child_process').spawn(process.execPath, ['-e', ${JSON.stringify(grandchild)}], { detached: true, stdio: 'ignore' }); setInterval(() => {}, 1000);`;
    const outcome = await run(...node(child), { limit: 2, grace: 300, stdio: 'ignore' });
    expect(outcome).toMatchObject({ code: null, timedOut: true });
    expect(outcome.seconds).toBeLessThan(20);
    const pid = Number(await readFile(note, 'utf8'));
    expect(pid).toBeGreaterThan(0);
    await expect.poll(() => isAlive(pid), { timeout: 5000 }).toBe(false);
  });
});

describe('bin', () => {
  it('finds the file of a command', () => {
    expect(bin(root, 'typescript', 'tsc')).toMatch(/typescript[\\/]bin[\\/]tsc$/);
    expect(() => bin(root, 'typescript', 'nonsense')).toThrow('typescript has no command nonsense');
  });
});
