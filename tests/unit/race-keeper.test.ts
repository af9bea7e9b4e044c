/** When a race is kept, when it is let go of, and what becomes of what cannot be used. */
import { describe, expect, it } from 'vitest';
import { raceKey } from '../../src/engine/race-key';
import { SAVED_VERSION, type SavedState } from '../../src/engine/saved-race';
import type { SessionState } from '../../src/engine/events';
import { RaceKeeper, type KeeperParts } from '../../src/worker/race-keeper';
import { experiment, sgd } from '../support/experiments';
import { sharedRaces, type SharedRaces } from './race-fakes';

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

/** A page that computes a race, among others that share `races`. */
function scene(changes: Partial<KeeperParts> = {}, races: SharedRaces = sharedRaces()) {
  const told: string[] = [];
  const time = { now: 0, date: 100 * DAY };
  const { locks, close } = races.page();
  const { kept } = races;
  const keeper = new RaceKeeper({
    store: races.store,
    locks,
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
  return { keeper, kept, told, time, at, restart, close, writes: () => races.writes };
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
    expect(kept.get(key)!.body).toMatchObject({ groups: [{ values: new Float32Array(8) }] });
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
    expect([...s.kept.keys()]).toEqual([key]);
    await act(s);
    await s.keeper.settled();
    expect(s.kept.size).toBe(0);
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

  it('is offered to its own configuration alone', async () => {
    const s = scene();
    await s.at(0, 'running');
    await s.at(6, 'running');
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

  it('is offered to another arithmetic as what it is', async () => {
    const s = scene();
    await s.at(0, 'running');
    await s.at(6, 'running');
    expect(await s.keeper.offer(config, 'cpu')).toEqual({ step: 40, steps: 300, other: 'webgpu' });
    const bodies: unknown[] = [];
    const start = (saved: unknown) => Promise.resolve(bodies.push(saved) > 0);
    expect(await s.keeper.goOn(config, start)).toBe(true);
    expect(bodies).toEqual([s.kept.get(key)!.body]);
  });

  it.each<[string, (s: ReturnType<typeof scene>) => void]>([
    ['older than a week', (s) => (s.time.date += 8 * DAY)],
    ['of another version', (s) => Object.assign(s.kept.get(key)!.head as object, { version: 0 })],
    ['broken', (s) => s.kept.set(key, { head: 'nonsense', body: 1 })],
  ])('%s is removed without a word', async (_, spoil) => {
    const s = scene();
    await s.at(0, 'running');
    await s.at(6, 'running');
    spoil(s);
    expect(await s.keeper.offer(config, 'webgpu')).toBeUndefined();
    expect(s.kept.size).toBe(0);
    expect(s.told).toEqual([]);
  });

  it('with a broken body is not gone on with, and is removed', async () => {
    const s = scene();
    await s.at(0, 'running');
    await s.at(6, 'running');
    const { head, body } = s.kept.get(key)!;
    s.kept.set(key, { head, body: { ...(body as object), groups: [] } });
    expect(await s.keeper.goOn(config, () => Promise.resolve(true))).toBe(false);
    await s.keeper.settled();
    expect(s.kept.size).toBe(0);
  });

  it('says once that there is no room, or that it is too large', async () => {
    const full = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
    for (const [changes, word] of [
      [{ store: { ...sharedRaces().store, write: full } }, /no room/],
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

describe('two pages', () => {
  const kept = async (s: ReturnType<typeof scene>) => {
    await s.at(0, 'running');
    await s.at(6, 'running');
  };
  /** A state of another race, or further on. */
  const stateOf = (other: string, step = 40): SavedState => ({
    head: { ...savedState.head, key: other, step },
    body: { ...savedState.body, key: other },
  });

  it('with different experiments keep one race each', async () => {
    const races = sharedRaces();
    const other = experiment({ seed: 2 });
    const [a, b] = [scene({}, races), scene({ saved: () => stateOf(raceKey(other)) }, races)];
    await kept(a);
    b.restart(other);
    await kept(b);
    expect([...races.kept.keys()]).toEqual([key, raceKey(other)]);
    await b.at(1, 'finished');
    expect([...races.kept.keys()]).toEqual([key]);
  });

  it('with one experiment do not write over each other, nor remove what the other keeps', async () => {
    const races = sharedRaces();
    const [a, b] = [scene({}, races), scene({ saved: () => stateOf(key, 10) }, races)];
    await kept(a);
    await kept(b);
    expect(races.kept.get(key)!.head).toMatchObject({ step: 40 });
    expect(races.writes).toBe(1);
    b.restart();
    await b.keeper.discard(config);
    await kept(b);
    await b.at(1, 'finished');
    expect(races.kept.get(key)!.head).toMatchObject({ step: 40 });
  });

  it('of one experiment: what the one that is gone had kept stays until the other has come further', async () => {
    const races = sharedRaces();
    let step = 10;
    const [a, b] = [scene({}, races), scene({ saved: () => stateOf(key, step) }, races)];
    await kept(a);
    a.close();
    await kept(b);
    expect(races.kept.get(key)!.head).toMatchObject({ step: 40 });
    step = 41;
    await b.at(6, 'running');
    expect(races.kept.get(key)!.head).toMatchObject({ step: 41 });
    await b.at(1, 'finished');
    expect(races.kept.size).toBe(0);
  });

  it('of one experiment: what one of them computes is not offered to the other until it is left', async () => {
    const races = sharedRaces();
    const [a, b] = [scene({}, races), scene({}, races)];
    await kept(a);
    expect(await b.keeper.offer(config, 'webgpu')).toBeUndefined();
    expect(await a.keeper.offer(config, 'webgpu')).toEqual({ step: 40, steps: 300 });
    a.close();
    expect(await b.keeper.offer(config, 'webgpu')).toEqual({ step: 40, steps: 300 });
    // To be offered is not to own it.
    expect(await scene({}, races).keeper.offer(config, 'webgpu')).toBeDefined();
    expect(races.kept.size).toBe(1);
  });

  it('of one experiment: both may go on with what is kept, and the first one keeps it', async () => {
    const races = sharedRaces();
    const gone = scene({}, races);
    await kept(gone);
    gone.close();
    const [a, b] = [scene({}, races), scene({ saved: () => stateOf(key, 90) }, races)];
    for (const page of [a, b]) expect(await page.keeper.offer(config, 'webgpu')).toEqual({ step: 40, steps: 300 });
    for (const page of [a, b]) expect(await page.keeper.goOn(config, () => Promise.resolve(true))).toBe(true);
    await kept(b);
    expect(races.kept.get(key)!.head).toMatchObject({ step: 40 });
    await b.at(1, 'idle');
    expect(races.kept.size).toBe(1);
    await a.at(1, 'idle');
    expect(races.kept.size).toBe(0);
  });

  it('a page keeps one race: the next one takes the place of the one before', async () => {
    const races = sharedRaces();
    let now = savedState;
    const s = scene({ saved: () => now }, races);
    await kept(s);
    const other = experiment({ seed: 2 });
    now = stateOf(raceKey(other));
    s.restart(other);
    await kept(s);
    expect([...races.kept.keys()]).toEqual([raceKey(other)]);
  });

  it('races of pages that are gone make room, the oldest first; one that is computed does not', async () => {
    const races = sharedRaces();
    const keys: string[] = [];
    for (let k = 0; k < 9; k++) {
      const own = experiment({ seed: 100 + k });
      keys.push(raceKey(own));
      const page = scene({ saved: () => stateOf(raceKey(own)) }, races);
      page.time.date += k;
      page.restart(own);
      await kept(page);
      if (k > 0) page.close();
    }
    expect([...races.kept.keys()]).toEqual([keys[0], ...keys.slice(2)]);
  });
});
