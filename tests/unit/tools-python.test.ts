import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPython } from '../../tools/python.mjs';

describe('findPython', () => {
  it('finds nothing where there is nothing, and does not pass over a PYTHON that is wrong', () => {
    expect(findPython({ PATH: '/nowhere' })).toBeUndefined();
    expect(() => findPython({ PATH: '/nowhere', PYTHON: '/typo' })).toThrow(
      'PYTHON is /typo, but that is no Python 3.',
    );
  });

  it.skipIf(process.platform === 'win32')('takes no Python 2', () => {
    const folder = mkdtempSync(join(tmpdir(), 'python-'));
    const place = (name: string, version: number) => {
      writeFileSync(join(folder, name), `#!/bin/sh\necho ${version}\n`);
      chmodSync(join(folder, name), 0o755);
    };
    try {
      place('python', 2);
      expect(findPython({ PATH: folder })).toBeUndefined();
      place('python3', 3);
      expect(findPython({ PATH: folder })).toBe('python3');
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
