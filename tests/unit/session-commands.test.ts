/** Any sequence of commands, with devices lost at any call: a session settles, consistent, and still does what it is told. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Table } from '../../src/data/table';
import type { ExperimentConfig } from '../../src/experiment/config';
import { evaluationSteps } from '../../src/experiment/schedule';
import { experiment, mass, nesterov, sgd, stage, type Stage } from '../support/experiments';

/** Configurations that differ in every way that matters, one that cannot be prepared among them. */
const configs: ExperimentConfig[] = [
  experiment({ steps: 60 }),
  experiment({ steps: 60, runs: [sgd(), nesterov()] }),
  experiment({ steps: 60, runs: [{ ...sgd(), enabled: false }, mass()] }),
  experiment({ steps: 60, runs: [sgd(9), mass()] }),
  experiment({ steps: 60, runs: [] }),
  experiment({ steps: 30, seed: 3 }),
  experiment({ steps: 1, evalEvery: 'auto', seeds: 1 }),
  experiment({
    problem: {
      ...{ kind: 'linear-regression', dataset: { files: ['missing.csv'] }, target: {} },
      ...{ scaling: 'raw', intercept: false },
    },
  }),
];

type Command =
  | { readonly kind: 'update'; readonly config: number }
  | { readonly kind: 'pause' | 'resume' | 'step' | 'reset' | 'abort' | 'settled' }
  | { readonly kind: 'wait'; readonly turns: number };

const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('update'), config: fc.nat({ max: configs.length - 1 }) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constantFrom('pause', 'resume', 'step', 'reset', 'abort', 'settled') }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('wait'), turns: fc.integer({ min: 1, max: 12 }) }) },
);

const calls = (max: number) => fc.uniqueArray(fc.integer({ min: 1, max }), { maxLength: 3 });
const script = fc.record({
  lostAt: fc.record({ execute: calls(40), save: calls(20), cohort: calls(4) }),
  cohortFails: fc.oneof(fc.constant({}), fc.constant({ 2: 'out of memory' }), fc.constant({ 3: 'out of memory' })),
  depth: fc.integer({ min: 1, max: 3 }),
});

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** Gives a command; resolves when it is done, with its error where it was refused. */
async function give({ session }: Stage, wanted: Command): Promise<Error | undefined> {
  try {
    if (wanted.kind === 'update') await session.update(configs[wanted.config]!);
    else if (wanted.kind === 'wait') for (let k = 0; k < wanted.turns; k++) await turn();
    else await session[wanted.kind]();
    return undefined;
  } catch (error) {
    return error as Error;
  }
}

/** A session that is at rest must be in a state that its curves bear out. */
function expectConsistent({ session, recorder, machine }: Stage): void {
  expect(recorder.violations).toEqual([]);
  expect(machine.misuses).toEqual([]);
  expect(recorder.states.at(-1) ?? 'idle').toBe(session.state);
  const { leaks } = machine;
  expect(leaks.devices).toBeLessThanOrEqual(1);
  switch (session.state) {
    case 'finished':
      expect(leaks.cohorts).toBe(0);
      break;
    case 'paused':
      expect(leaks.cohorts).toBeGreaterThan(0);
      break;
    case 'idle':
    case 'failed':
      expect(leaks.cohorts).toBe(0);
      break;
    case 'running':
    case 'preparing':
      throw new Error(`a session at rest is ${session.state}`);
  }
}

/** A finished session has shown every point of every run that it follows, or up to where all its lanes diverged. */
function expectComplete({ recorder }: Stage, { runs, steps, evalEvery }: ExperimentConfig): void {
  const points = evaluationSteps(steps, evalEvery);
  for (const run of runs.filter(({ enabled }) => enabled !== false)) {
    const curve = recorder.curve(run);
    expect(curve.finished).toBe(true);
    const shown = curve.step.filter((t) => points.includes(t));
    expect(shown).toEqual(points.slice(0, shown.length));
  }
}

function scene(parts: Parameters<typeof stage>[0]): Stage {
  const table = async (): Promise<Table> => {
    await turn();
    throw new Error('missing.csv is not loaded.');
  };
  return stage(parts, { table, sliceMilliseconds: 1e-9, checkpointSeconds: 0 });
}

/** What may refuse a command here; anything else is a mistake. */
const refusals = /^(missing\.csv is not loaded\.|out of memory)$/;

async function expectUsable(made: Stage): Promise<void> {
  const { session, recorder, machine } = made;
  expectConsistent(made);
  // Whatever happened, it still does what it is told (after the script's last device loss and failure).
  const wanted = experiment({ steps: 20, runs: [mass(0.07), sgd(0.07)] });
  for (let attempt = 0; attempt < 20; attempt++) {
    await session.update(wanted).catch(() => undefined);
    await session.resume();
    if ((await session.settled()) === 'finished') break;
  }
  expect(session.state).toBe('finished');
  for (const run of wanted.runs) {
    expect(recorder.curve(run).finished).toBe(true);
    expect(recorder.curve(run).step).toEqual(evaluationSteps(20, 7));
  }
  expectConsistent(made);
  await session.close();
  expect(machine.leaks).toEqual({ devices: 0, cohorts: 0 });
  expect(machine.misuses).toEqual([]);
}

describe('any sequence of commands', () => {
  it('one after the other', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 14 }), script, async (commands, parts) => {
        const made = scene(parts);
        let followed: ExperimentConfig | undefined;
        for (const wanted of commands) {
          const refused = await give(made, wanted);
          if (refused) expect(refused.message).toMatch(refusals);
          else if (wanted.kind === 'update') followed = configs[wanted.config];
        }
        if ((await made.session.settled()) === 'finished') expectComplete(made, followed!);
        await expectUsable(made);
      }),
      { numRuns: 150 },
    );
  });

  it('all at once, and with pauses of any length between them', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(command, { maxLength: 14 }), script, async (commands, parts) => {
        const made = scene(parts);
        const given: Promise<Error | undefined>[] = [];
        for (const wanted of commands) {
          if (wanted.kind === 'wait') await give(made, wanted);
          else given.push(give(made, wanted));
        }
        for (const refused of await Promise.all(given)) if (refused) expect(refused.message).toMatch(refusals);
        await made.session.settled();
        await expectUsable(made);
      }),
      { numRuns: 150 },
    );
  });
});
