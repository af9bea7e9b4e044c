/** The whole engine as a contestant: what comes of runs that do not reach their end. */
import { expect, it } from 'vitest';
import { engine, type OpenEngine } from '../../bench/contestants/engine';
import { Unable, type Trial } from '../../bench/contestant';
import { prepareLinearTask, type Task } from '../../bench/tasks';
import { twinLosses, worstError } from '../../bench/check';
import { parseFiles } from '../../src/data/load';
import type { Backend } from '../../src/engine/backend';
import { CpuBackend } from '../../src/engine/cpu/cpu-backend';
import { Session } from '../../src/engine/session';

const info = { kind: 'cpu', adapter: { vendor: '', architecture: '', description: '' }, reason: 'a test' } as const;

/** A session in this thread, on a backend of its own. */
const inThread =
  (backend: Backend): OpenEngine =>
  (listener) => {
    let files: Task['files'] = [];
    const session = new Session({
      open: () => Promise.resolve({ backend, info }),
      table: () => parseFiles(files),
      listener,
    });
    return Promise.resolve({
      addFiles: (given: Task['files']) => {
        files = given;
        return Promise.resolve();
      },
      update: (config) => session.update(config),
      abort: () => session.abort(),
      close: () => session.close(),
    });
  };

async function trialOf(task: Task, backend: Backend = new CpuBackend()): Promise<Trial> {
  const trial = await engine(inThread(backend), 'this thread').prepare(task);
  if (trial instanceof Unable) throw new Error(trial.reason);
  return trial;
}

/** The task with another step size in its last run. */
function withLastStepSize(task: Task, eta: number): Task {
  const last = task.config.runs.at(-1)!;
  const runs = [...task.config.runs.slice(0, -1), { ...last, hyper: { ...last.hyper, eta } }];
  return { ...task, config: { ...task.config, runs } };
}

it('has the losses of the float64 twin, run after run', async () => {
  const task = await prepareLinearTask('A256', true);
  const trial = await trialOf(task);
  const expected = await twinLosses(task, task.checkSteps);
  expect(worstError(await trial.losses(task.checkSteps), expected)).toBe(0);
  expect(await trial.time(3)).toBeGreaterThan(0);
  await trial.close();
});

it.each(['A1', 'A256'] as const)('rejects where a run of %s diverges, and names the task', async (id) => {
  const trial = await trialOf(withLastStepSize(await prepareLinearTask(id, true), 1e3));
  await expect(trial.time(400)).rejects.toThrow(new RegExp(`^${id}: a lane of run \\d+ diverged at step \\d+`));
  await trial.close();
});

it('rejects where the engine fails, and names the task', async () => {
  class Failing extends CpuBackend {
    override async cohort(...given: Parameters<CpuBackend['cohort']>) {
      const cohort = await super.cohort(...given);
      cohort.execute = () => Promise.reject(new Error('The rows are gone.'));
      return cohort;
    }
  }
  const trial = await trialOf(await prepareLinearTask('A1', true), new Failing());
  await expect(trial.time(3)).rejects.toThrow(/^A1: The rows are gone\.$/);
  await trial.close();
});
