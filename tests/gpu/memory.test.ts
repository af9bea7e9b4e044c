/** Runs that end free all they took: 200 starts and aborts hold what two of them hold. */
import { expect, it } from 'vitest';
import { Session } from '../../src/engine/session';
import { experiment, mass, nesterov, sgd } from '../support/experiments';
import { useGpu } from './fixtures/use-gpu';

const gpu = useGpu();

it('GPU memory after 200 starts and aborts equals that after 2', async () => {
  const { backend } = gpu;
  const session = new Session({
    open: () => Promise.resolve({ backend, info: backend.info }),
    table: () => Promise.reject(new Error('no data')),
    listener: () => undefined,
    sliceMilliseconds: 1,
  });
  const { memory } = backend.context;
  const held: { bytes: number; buffers: number }[] = [];
  for (let cycle = 1; cycle <= 200; cycle++) {
    // Stops at different moments: before anything is submitted, with work in flight, when all is done.
    await session.update(experiment({ runs: [sgd(), mass()], seeds: 2, steps: 100_000 }));
    if (cycle % 3 === 1) await session.update(experiment({ runs: [sgd(), nesterov()], seeds: 2, steps: 100_000 }));
    if (cycle % 5 === 1) await session.pause();
    if (cycle % 7 === 1) await session.step();
    expect(memory.bytes).toBeGreaterThan(0);
    await session.abort();
    held.push({ bytes: memory.bytes, buffers: memory.buffers });
  }
  expect(held[199]).toEqual(held[1]);
  // Only the problem itself is kept, for the next start.
  expect(held[1]!.bytes).toBeLessThan(1000);
  await session.close();
  expect(memory.bytes).toBe(0);
});
