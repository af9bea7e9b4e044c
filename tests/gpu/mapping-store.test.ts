/** Measured mappings survive a reload: they lie in the browser's database. */
import { expect, it } from 'vitest';
import { browserMappings } from '../../src/worker/mapping-store';

it('finds what another page has kept, and nothing else', async () => {
  const before = browserMappings()!;
  await before.set('adapter|stored|64', 'fused 4 6 1');
  const after = browserMappings()!;
  expect(await after.get('adapter|stored|64')).toBe('fused 4 6 1');
  expect(await after.get('adapter|stored|65')).toBeUndefined();
});
