import { describe, expect, it } from 'vitest';
import { missingPackages, nodeProblem } from '../../tools/dependencies.mjs';

describe('nodeProblem', () => {
  it('accepts 20.19 and later, and says what it needs otherwise', () => {
    for (const version of ['20.19.0', '20.20.2', '22.0.0', '24.1.0']) expect(nodeProblem(version)).toBeUndefined();
    for (const version of ['20.18.3', '18.20.0', '9.0.0'])
      expect(nodeProblem(version)).toBe(`Node 20.19 or later is needed; this is Node ${version}.`);
  });
});

describe('missingPackages', () => {
  const lock = {
    packages: {
      '': { version: '1.0.0' },
      'node_modules/a': { version: '1.2.3' },
      'node_modules/a/node_modules/b': { version: '2.0.0' },
      'node_modules/only-on-a-mac': { version: '1.0.0', optional: true },
    },
  };
  const installed = {
    packages: { 'node_modules/a': { version: '1.2.3' }, 'node_modules/a/node_modules/b': { version: '2.0.0' } },
  };

  it('is content where every package is there at its version', () => {
    expect(missingPackages(lock, installed)).toBeUndefined();
  });

  it('tells what is missing or at another version', () => {
    expect(missingPackages(lock, undefined)).toBe('node_modules is missing');
    expect(missingPackages(lock, { packages: { 'node_modules/a': { version: '1.2.3' } } })).toBe(
      'node_modules/a/node_modules/b is missing, package-lock.json has 2.0.0',
    );
    const old = { packages: { ...installed.packages, 'node_modules/a': { version: '1.2.2' } } };
    expect(missingPackages(lock, old)).toBe('node_modules/a is at 1.2.2, package-lock.json has 1.2.3');
  });
});
