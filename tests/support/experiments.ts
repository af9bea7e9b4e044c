/** Small experiments for tests of the session, and the session that runs them on a scripted machine. */
import { Session, type SessionOptions } from '../../src/engine/session';
import type { ExperimentConfig, RunConfig } from '../../src/experiment/config';
import type { Table } from '../../src/data/table';
import { Recorder } from './recorder';
import { ScriptedMachine, type Script } from './scripted-backend';

export const sgd = (eta = 0.1, batch = 1): RunConfig => ({ optimizer: 'sgd', batch, hyper: { eta } });
export const nesterov = (eta = 0.05, gamma = 0.5): RunConfig => ({
  optimizer: 'nesterov',
  batch: 1,
  hyper: { eta, gamma },
});
export const mass = (eta = 0.1): RunConfig => ({
  optimizer: 'mass',
  batch: 2,
  hyper: { eta, alpha: 0.3, kappaTilde: 6 },
});

/** Component-decoupled in two dimensions, 300 steps, every 7th recorded. */
export function experiment(changes: Partial<ExperimentConfig> = {}): ExperimentConfig {
  return {
    version: 1,
    problem: { kind: 'component-decoupled', variances: { values: [1, 0.25] } },
    runs: [sgd(), mass()],
    seeds: 3,
    seed: 1,
    steps: 300,
    evalEvery: 7,
    sampling: 'replacement',
    divergenceFactor: 1e6,
    ...changes,
  };
}

export interface Stage {
  readonly machine: ScriptedMachine;
  readonly recorder: Recorder;
  readonly session: Session;
}

/** A session on a machine that follows the script. */
export function stage(script: Script = {}, options: Partial<SessionOptions> = {}): Stage {
  const machine = new ScriptedMachine(script);
  const recorder = new Recorder();
  const session = new Session({
    open: machine.open,
    table: (): Promise<Table> => Promise.reject(new Error('There is no data set here.')),
    listener: recorder.listener,
    sliceMilliseconds: 1,
    ...options,
  });
  return { machine, recorder, session };
}

/** Waits until a condition holds; fails after two seconds. */
export async function until(condition: () => boolean, what = 'the condition'): Promise<void> {
  const start = Date.now();
  while (!condition()) {
    if (Date.now() - start > 2000) throw new Error(`${what} did not come about within 2 s`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}
