/** When a race is kept, when it is let go of, and what becomes of what cannot be used. */
import { describe, expect, it } from 'vitest';
import { raceKey } from '../../src/engine/race-key';
import { SAVED_VERSION, type SavedState } from '../../src/engine/saved-race';
import type { SessionState } from '../../src/engine/events';
import { RaceKeeper, type KeeperParts } from '../../src/worker/race-keeper';
import { experiment, sgd } from '../support/experiments';

const config = experiment({ runs: [sgd()] });
const key = raceKey(config);
const DAY = 24 * 3600 * 1000;

const base = { version: SAVED_VERSION, key } as const;
const savedState: SavedState = {
  head: { ...base, kind: 'webgpu', step: 40, steps: 300 },
  body: {
    ...base,
    print: 1,
    groups: [
      {
        ...{ runs: [{ key: 'sgd', count: 1 }], schedule: [0, 300], members: [0], step: 40, seconds: 1 },
        ...{ values: new Float64Array(8), statistics: new Float64Array(0), alive: Uint8Array.of(1) },
        ...{ outcomes: [{ kind: 'running', step: 0 }], lastFinite: Float64Array.of(1), shownStep: 0 },
        ...{ shownSeconds: 0, left: [] },
      },
    ],
    finished: [],
  },
};

function scene(changes: Partial<KeeperParts> = {}) {
  const kept: { head?: unknown; body?: unknown } = {};
  const told: string[] = [];
  const time = { now: 0, date: 100 * DAY };
  let writes = 0;
  const keeper = new RaceKeeper({
    store: {
      head: () => Promise.resolve(kept.head),
      body: () => Promise.resolve(kept.body),
      write: (head, body) => {
        writes++;
        Object.assign(kept, structuredClone({ head, body }));
        return Promise.resolve();
      },
      remove: () => {
        delete kept.head;
        delete kept.body;
        return Promise.resolve();
      },
    },
    saved: () => savedState,
    notify: (message) => told.push(message),
    now: () => time.now,
    date: () => time.date,
    ...changes,
  });
  const objective = { dimension: 2, coordinates: 'error', metrics: ['loss'] } as const;
  /** So many seconds later the session says that it is in this state. */
  const at = async (seconds: number, state: SessionState) => {
    time.now += seconds * 1000;
    keeper.take({ type: 'progress', progress: { state, rate: 0, lanes: 1, fraction: 0, bytes: 0 } });
    await keeper.settled();
  };
  const restart = (of = config) => {
    keeper.take({ type: 'restarted', config: of, objective });
  };
  restart();
  return { keeper, kept, told, time, at, restart, writes: () => writes };
}

describe('a race', () => {
  it('is kept every five seconds of computing, and at a pause; not before', async () => {
    const { at, writes, keeper } = scene();
    await at(0, 'running');
    await at(4, 'running');
    await at(0.5, 'paused');
    await at(60, 'paused');
    await at(0, 'running');
    expect(writes()).toBe(0);
    await at(1, 'running');
    expect(writes()).toBe(1);
    await at(4, 'running');
    expect(writes()).toBe(1);
    await at(0.5, 'paused');
    await at(9, 'paused');
    expect(writes()).toBe(2);
    expect(await keeper.offer(config, 'webgpu')).toEqual({ step: 40, steps: 300 });
  });

  it('is kept in float32 where the arithmetic is', async () => {
    const { at, kept } = scene();
    await at(0, 'running');
    await at(6, 'running');
    expect(kept.body).toMatchObject({ groups: [{ values: new Float32Array(8) }] });
  });

  it.each<[string, (s: ReturnType<typeof scene>) => unknown]>([
    ['finished', (s) => s.at(1, 'finished')],
    ['stopped', (s) => s.at(1, 'idle')],
    [
      'started again',
      (s) => {
        s.restart();
      },
    ],
    ['given up', (s) => s.keeper.discard(config)],
  ])('is let go of when it is %s', async (_, act) => {
    const s = scene();
    await s.at(0, 'running');
    await s.at(6, 'running');
    expect(s.kept.head).toBeDefined();
    await act(s);
    await s.keeper.settled();
    expect(s.kept).toEqual({});
  });

  it('stays while another one is short', async () => {
    const s = scene();
    await s.at(0, 'running');
    await s.at(6, 'running');
    s.restart(experiment({ seed: 2 }));
    await s.at(0, 'running');
    await s.at(3, 'running');
    await s.keeper.settled();
    expect(await s.keeper.offer(config, 'webgpu')).toBeDefined();
  });

  it('is not offered to another configuration or arithmetic', async () => {
    const s = scene();
    await s.at(0, 'running');
    await s.at(6, 'running');
    expect(await s.keeper.offer(config, 'cpu')).toBeUndefined();
    expect(await s.keeper.offer(experiment({ runs: [sgd(0.2)] }), 'webgpu')).toBeUndefined();
    // Labels and switched-off runs compute nothing.
    const same = {
      ...config,
      runs: [
        { ...sgd(), label: 'mine' },
        { ...sgd(3), enabled: false },
      ],
    };
    expect(await s.keeper.offer(same, 'webgpu')).toBeDefined();
  });

  it.each<[string, (s: ReturnType<typeof scene>) => void]>([
    ['older than a week', (s) => (s.time.date += 8 * DAY)],
    ['of another version', (s) => Object.assign(s.kept.head as object, { version: 0 })],
    ['broken', (s) => (s.kept.head = 'nonsense')],
  ])('%s is removed without a word', async (_, spoil) => {
    const s = scene();
    await s.at(0, 'running');
    await s.at(6, 'running');
    spoil(s);
    expect(await s.keeper.offer(config, 'webgpu')).toBeUndefined();
    expect(s.kept).toEqual({});
    expect(s.told).toEqual([]);
  });

  it('with a broken body is not gone on with, and is removed', async () => {
    const s = scene();
    await s.at(0, 'running');
    await s.at(6, 'running');
    s.kept.body = { ...(s.kept.body as object), groups: [] };
    expect(await s.keeper.goOn(config, () => Promise.resolve(true))).toBe(false);
    await s.keeper.settled();
    expect(s.kept).toEqual({});
  });

  it('says once that there is no room, or that it is too large', async () => {
    const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    const none = () => Promise.resolve(undefined);
    for (const [changes, word] of [
      [{ store: { head: none, body: none, write: full, remove: () => Promise.resolve() } }, /no room/],
      [{ maxBytes: 10 }, /1 MiB and is not kept/],
    ] as const) {
      const { at, told } = scene(changes);
      await at(0, 'running');
      await at(6, 'running');
      await at(6, 'running');
      expect(told).toEqual([expect.stringMatching(word)]);
    }
  });
});
