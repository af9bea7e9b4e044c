/** Sweeps behind the protocol: one at a time, and what becomes of the others. */
import { describe, expect, it } from 'vitest';
import type { SweepEvent } from '../../src/engine/sweep/events';
import { SweepDesk } from '../../src/worker/sweep-desk';
import { experiment, until } from '../support/experiments';
import { ScriptedMachine, type Script } from '../support/scripted-backend';
import { noData, swept } from '../support/sweeps';

function desk(script: Script = {}) {
  const machine = new ScriptedMachine(script);
  const events: SweepEvent[] = [];
  const listener = (event: SweepEvent) => void events.push(event);
  return { machine, events, listener, desk: new SweepDesk({ open: machine.open, table: noData }) };
}

const states = (events: readonly SweepEvent[]) =>
  events.flatMap((event) => (event.type === 'progress' ? [event.progress.state] : []));
const long = swept({ steps: 10_000_000 });

describe('the desk of sweeps', () => {
  it('says when one is finished, and goes on from what is known', async () => {
    const { desk: sweeps, events, listener, machine } = desk();
    expect(await sweeps.start(swept(), [], listener)).toBe(true);
    const known = events.flatMap((event) => (event.type === 'cells' ? event.outcomes : []));
    expect(known).toHaveLength(18);
    expect(await sweeps.start(swept(), known, listener)).toBe(true);
    expect(machine.opened).toBe(1);
    expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
  });

  it('ends one where another starts, which waits for its device', async () => {
    const { desk: sweeps, events, listener, machine } = desk();
    const first = sweeps.start(long, [], listener);
    await until(() => states(events).includes('running'));
    const second = sweeps.start(swept(), [], () => {
      expect(machine.devices.filter((device) => !device.destroyed).length).toBeLessThanOrEqual(1);
    });
    expect(await first).toBe(false);
    expect(states(events).at(-1)).toBe('stopped');
    expect(await second).toBe(true);
    expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
  });

  it('pauses, resumes and stops', async () => {
    const { desk: sweeps, events, listener, machine } = desk();
    // Without a sweep there is nothing to do.
    await sweeps.pause();
    sweeps.resume();
    await sweeps.stop();
    const swept = sweeps.start(long, [], listener);
    await until(() => states(events).includes('running'));
    await sweeps.pause();
    expect(states(events).at(-1)).toBe('paused');
    sweeps.resume();
    expect(states(events).at(-1)).toBe('running');
    await sweeps.stop();
    expect(await swept).toBe(false);
    expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
  });

  it('rejects with what went wrong, and is ready for the next one', async () => {
    const { desk: sweeps, listener } = desk({ openFails: { 1: 'no engine' } });
    await expect(sweeps.start(experiment(), [], listener)).rejects.toThrow('This experiment has no sweep.');
    await expect(sweeps.start(swept(), [], listener)).rejects.toThrow('no engine');
    expect(await sweeps.start(swept(), [], listener)).toBe(true);
  });
});
