/** On the GPU too, a race that goes on from what a browser's database keeps comes to the same numbers, bit for bit. */
import { afterEach, expect, it } from 'vitest';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { Session, type OpenedBackend } from '../../src/engine/session';
import { parseExperiment, type ExperimentConfig } from '../../src/experiment/config';
import { openDevice } from '../../src/gpu/device';
import { RaceKeeper } from '../../src/worker/race-keeper';
import { browserRaces } from '../../src/worker/race-store';
import { experiment, mass, sgd } from '../support/experiments';
import { Recorder } from '../support/recorder';

let errors: string[] = [];

async function open(): Promise<OpenedBackend> {
  const context = await openDevice();
  context.onUncapturedError((error) => errors.push(error.message));
  const backend = new GpuBackend(context);
  return { backend, info: { kind: 'webgpu', adapter: backend.adapter } };
}

/** A page: a session, and a keeper that looks after every slice; with `leave`, the page is gone once something is kept. */
function page(leave = false) {
  const recorder = new Recorder();
  const races = browserRaces()!;
  const notices: string[] = [];
  let clock = 0;
  let gone = false;
  let written = false;
  const keeper: RaceKeeper = new RaceKeeper({
    store: {
      ...races,
      write: async (head, body) => {
        gone = true;
        await races.write(head, body);
        written = true;
      },
    },
    saved: () => session.saved,
    notify: (message) => notices.push(message),
    now: () => (clock += leave ? 5000 : 0),
  });
  const session: Session = new Session({
    open,
    table: () => Promise.reject(new Error('no data')),
    listener: (event) => {
      recorder.listener(event);
      if (leave && gone) return;
      keeper.take(event);
      if (leave && event.type === 'points')
        queueMicrotask(() => {
          const numbers = { rate: 0, lanes: 0, fraction: 0, bytes: 0 };
          if (!gone) keeper.take({ type: 'progress', progress: { state: session.state, ...numbers } });
        });
    },
    checkpointSeconds: 0,
    sliceMilliseconds: 1,
  });
  return { recorder, keeper, session, notices, written: () => written };
}

afterEach(() => {
  expect(errors).toEqual([]);
  errors = [];
});

const network = parseExperiment({
  ...experiment({ steps: 3000, evalEvery: 50, seeds: 2 }),
  problem: {
    kind: 'network',
    data: { kind: 'moons', rows: 60, noise: 0.1 },
    test: 0.25,
    loss: 'cross-entropy',
    layers: [{ kind: 'dense', units: 6 }, { kind: 'batch-norm' }, { kind: 'relu' }],
  },
  runs: [sgd(0.1, 8), { ...mass(0.05), batch: 8 }],
});

it.each<[string, ExperimentConfig]>([
  ['linear', experiment({ steps: 60_000, evalEvery: 100, runs: [sgd(0.01), mass(0.01)] })],
  ['a network with batch normalisation', network],
])('%s: goes on as if it had never been left', async (_, config) => {
  const whole = page();
  await whole.session.update(config);
  await whole.session.settled();

  const first = page(true);
  await first.session.update(config);
  await expect.poll(first.written, { timeout: 20_000, interval: 5 }).toBe(true);
  await first.session.close();

  const second = page();
  expect(await second.keeper.offer(config, 'cpu')).toBeUndefined();
  const offer = await second.keeper.offer(config, 'webgpu');
  expect(offer?.step).toBeGreaterThan(0);
  expect(offer?.step).toBeLessThan(config.steps);
  expect(await second.keeper.goOn(config, (saved) => second.session.goOn(config, saved))).toBe(true);
  expect(await second.session.settled()).toBe('finished');
  for (const run of config.runs) expect(second.recorder.losses(run)).toEqual(whole.recorder.losses(run));
  expect([...second.recorder.violations, ...second.notices, ...first.notices]).toEqual([]);
  // It has finished: there is nothing to keep any more.
  await second.keeper.settled();
  expect(await browserRaces()!.head()).toBeUndefined();
  await second.session.close();
  await whole.session.close();
});
