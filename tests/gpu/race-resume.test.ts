/** On the GPU too, a race that goes on from what a browser's database keeps comes to the same numbers, bit for bit. */
import { afterEach, expect, it } from 'vitest';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { GpuBackend } from '../../src/engine/gpu/gpu-backend';
import { Session, type OpenedBackend } from '../../src/engine/session';
import { parseExperiment, type ExperimentConfig } from '../../src/experiment/config';
import { openDevice } from '../../src/gpu/device';
import { RaceKeeper } from '../../src/worker/race-keeper';
import { browserLocks } from '../../src/worker/race-locks';
import { browserRaces } from '../../src/worker/race-store';
import { experiment, mass, sgd } from '../support/experiments';
import { Recorder } from '../support/recorder';

let errors: string[] = [];

async function openGpu(): Promise<OpenedBackend> {
  const context = await openDevice();
  context.onUncapturedError((error) => errors.push(error.message));
  const backend = new GpuBackend(context);
  return { backend, info: backend.info };
}

function openCpu(): Promise<OpenedBackend> {
  const backend = new CpuBackend();
  return Promise.resolve({ backend, info: { kind: 'cpu', adapter: backend.adapter, reason: 'a test' } });
}

/** A page: a session, and a keeper that looks after every slice; with `leave`, the page is gone once something is kept. */
function page(leave = false, open = openGpu) {
  const recorder = new Recorder();
  const races = browserRaces()!;
  const notices: string[] = [];
  const releases: (() => void)[] = [];
  let clock = 0;
  let gone = false;
  let written = false;
  const keeper: RaceKeeper = new RaceKeeper({
    store: {
      ...races,
      write: async (key, head, body) => {
        await races.write(key, head, body);
        written = true;
      },
    },
    locks: {
      take: async (key) => {
        const release = await browserLocks().take(key);
        if (release) releases.push(release);
        return release;
      },
    },
    saved: () => {
      const state = session.saved;
      // What is asked for now is written: a fast race would be finished by then.
      if (leave && state) gone = true;
      return state;
    },
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
  /** As a browser lets go for a page that is gone. */
  const close = async () => {
    await keeper.settled();
    await session.close();
    for (const release of releases) release();
  };
  return { recorder, keeper, session, notices, close, written: () => written };
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

const linear = experiment({ steps: 60_000, evalEvery: 100, runs: [sgd(0.01), mass(0.01)] });

/** A page that was left once its race had been kept. */
async function left(config: ExperimentConfig, open = openGpu) {
  const first = page(true, open);
  await first.session.update(config);
  await expect.poll(first.written, { timeout: 20_000, interval: 5 }).toBe(true);
  await first.close();
  return first;
}

it.each<[string, ExperimentConfig]>([
  ['linear', linear],
  ['a network with batch normalisation', network],
])('%s: goes on as if it had never been left', async (_, config) => {
  const whole = page();
  await whole.session.update(config);
  await whole.session.settled();

  const first = await left(config);
  const second = page();
  const offer = await second.keeper.offer(config, 'webgpu');
  expect(offer?.step).toBeGreaterThan(0);
  expect(offer?.step).toBeLessThan(config.steps);
  expect(await second.keeper.goOn(config, (saved) => second.session.goOn(config, saved))).toBe(true);
  expect(await second.session.settled()).toBe('finished');
  for (const run of config.runs) expect(second.recorder.losses(run)).toEqual(whole.recorder.losses(run));
  expect([...second.recorder.violations, ...second.notices, ...first.notices]).toEqual([]);
  // It has finished: there is nothing to keep any more.
  await second.keeper.settled();
  expect((await browserRaces()!.heads()).size).toBe(0);
  await second.close();
  await whole.close();
});

/** Far below, float32 ends before float64 does. */
const visible = (loss: number) => Math.max(loss, 1e-25);

it.each([
  { from: 'webgpu', began: openGpu, to: 'cpu', goesOn: openCpu },
  { from: 'cpu', began: openCpu, to: 'webgpu', goesOn: openGpu },
] as const)('goes on with $to where $from began, within rounding', async ({ from, began, to, goesOn }) => {
  const whole = page();
  await whole.session.update(linear);
  await whole.session.settled();
  await left(linear, began);
  const second = page(false, goesOn);
  const offer = await second.keeper.offer(linear, to);
  expect(offer).toMatchObject({ other: from, steps: linear.steps });
  expect(offer!.step).toBeGreaterThan(0);
  expect(offer!.step).toBeLessThan(linear.steps);
  expect(await second.keeper.goOn(linear, (saved) => second.session.goOn(linear, saved))).toBe(true);
  expect(await second.session.settled()).toBe('finished');
  for (const run of linear.runs) {
    const [own, other] = [second, whole].map(({ recorder }) => recorder.losses(run)) as [
      Record<number, number[]>,
      Record<number, number[]>,
    ];
    expect(Object.keys(own)).toEqual(Object.keys(other));
    for (const [step, losses] of Object.entries(own))
      losses.forEach((loss, lane) => {
        expect(visible(loss) / visible(other[Number(step)]![lane]!)).toBeCloseTo(1, 2);
      });
  }
  await second.close();
  await whole.close();
});

it('is one page’s to keep until that lets go', async () => {
  const [one, other] = [browserLocks(), browserLocks()];
  const release = await one.take('a race');
  expect(release).toBeDefined();
  expect(await other.take('a race')).toBeUndefined();
  const another = await other.take('another race');
  expect(another).toBeDefined();
  another!();
  expect(await other.take('a race', 20)).toBeUndefined();
  const patient = other.take('a race', 20_000);
  release!();
  const taken = await patient;
  expect(taken).toBeDefined();
  taken!();
});
