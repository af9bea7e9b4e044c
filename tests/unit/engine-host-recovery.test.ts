/** Where graphics devices are lost again and again, all that the engine's host computes goes on with the processor. */
import { expect, it } from 'vitest';
import { EngineHost } from '../../src/worker/engine-host';
import { experiment, sgd } from '../support/experiments';
import { ScriptedMachine } from '../support/scripted-backend';

const LOST = Array.from({ length: 1000 }, (_, k) => k + 1);

const sweep = {
  x: { parameter: 'eta', from: 0.05, to: 0.1, count: 2 },
  y: { parameter: 'batch', from: 1, to: 2, count: 2 },
  others: 'fixed' as const,
  tolerance: 0.1,
  stopAtTolerance: true,
};

it.each<[string, (host: EngineHost) => Promise<unknown>]>([
  ['the study of batch sizes', (host) => host.studyBatches(experiment({ runs: [sgd()] }), true, () => undefined)],
  ['a sweep', (host) => host.startSweep({ ...experiment({ runs: [sgd()], steps: 20 }), sweep }, [], () => undefined)],
])('%s', async (_, act) => {
  const machine = new ScriptedMachine({ lostAt: { execute: LOST } });
  const host = new EngineHost((_, { withoutGpu } = {}) => machine.open(withoutGpu));
  expect(await act(host)).toBe(true);
  // Six devices, then the processor.
  expect(machine.opened).toBe(7);
  expect(machine.devices.map(({ lost }) => lost)).toEqual([true, true, true, true, true, true, false]);
});
