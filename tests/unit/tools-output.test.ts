import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failuresOf, follow } from '../../tools/output.mjs';

const numbered = (count: number, text: string): string[] => Array.from({ length: count }, (_, k) => `${text} ${k}`);

describe('failuresOf', () => {
  const passed = numbered(200, ' ✓ passed');

  it('begins where Vitest names what failed', () => {
    const failures = [
      '⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯',
      '',
      ' FAIL  tests/unit/a.test.ts > adds',
      'AssertionError: expected 1 to be 2',
      '',
      ' Test Files  1 failed (1)',
    ];
    expect(failuresOf([...passed, ...failures, ''].join('\n'))).toBe(failures.join('\n'));
    const coloured = failures.map((line) => `\u001b[31m${line}\u001b[39m`);
    expect(failuresOf([...passed, ...coloured].join('\n'))).toBe(failures.join('\n'));
    const unhandled = ['⎯⎯⎯⎯⎯⎯ Unhandled Errors ⎯⎯⎯⎯⎯⎯', 'Error: lost'];
    expect(failuresOf([...passed, ...unhandled].join('\n'))).toBe(unhandled.join('\n'));
  });

  it('begins where Playwright names what failed', () => {
    const listed = ['  ✘  1 tests/e2e/a.spec.ts:1:1 › opens (17ms)', '  ✓  2 tests/e2e/a.spec.ts:9:1 › closes (3ms)'];
    const failures = ['  1) tests/e2e/a.spec.ts:1:1 › opens ───', '', '    Error: timed out', '', '  1 failed'];
    expect(failuresOf([...listed, '', ...failures].join('\n'))).toBe(failures.join('\n'));
  });

  it('is the end of what any other program writes', () => {
    expect(failuresOf(numbered(100, 'line').join('\n'), 2)).toBe('line 98\nline 99');
    expect(failuresOf('')).toBe('');
  });

  it('leaves out the middle of many failures', () => {
    const failures = ['⎯⎯ Failed Tests 99 ⎯⎯', ...numbered(99, 'at')];
    expect(failuresOf(failures.join('\n'), 8).split('\n')).toEqual([
      ...failures.slice(0, 6),
      '… 92 more lines …',
      'at 97',
      'at 98',
    ]);
  });
});

describe('follow', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'output-test-'));
  });
  afterAll(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  it('shows what is written while it is written, and the rest at the end', async () => {
    const file = join(folder, 'output');
    await writeFile(file, 'one\n');
    let shown = '';
    const end = follow(file, (bytes) => (shown += bytes.toString()));
    await expect.poll(() => shown).toBe('one\n');
    const long = 'x'.repeat(200_000);
    await appendFile(file, long);
    await expect.poll(() => shown).toBe(`one\n${long}`);
    await appendFile(file, '\nlast\n');
    end();
    expect(shown).toBe(`one\n${long}\nlast\n`);
  });
});
