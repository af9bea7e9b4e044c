/** The benchmark itself: every contestant checked, then timed in rounds in which all take turns. */
import type { Ceiling } from './ceilings';
import { TOLERANCE, twinLosses, worstError } from './check';
import { Unable, type Contestant, type Trial } from './contestant';
import type { CeilingResult, ContestantResult, TaskResult } from './report';
import type { NetworkTask } from './network/task';
import { prepareTask, type Task, type TaskId } from './tasks';

export interface BenchOptions {
  readonly tasks: readonly TaskId[];
  readonly repeats: number;
  /** Tiny tasks, checked and hardly timed. */
  readonly quick: boolean;
  readonly onProgress: (line: string) => void;
}

/** Milliseconds of one repetition, and the longest that anything of a contestant may take. */
const REPETITION = 500;
const LIMIT = 600_000;
/**
 * A whole engine starts gently and records as many points however short it runs: its run is this many times longer. A
 * network's recording, which looks at 1,024 rows, takes as long as several of its steps.
 */
const ENGINE_LENGTH = { linear: 5, network: 20 } as const;

/** A contestant at a task, from its check to its last round. */
interface Entry {
  readonly contestant: Contestant;
  readonly task: Task | NetworkTask;
  readonly trial: Trial;
  readonly error: number;
  readonly preparation: number;
  /** Milliseconds of the check. */
  readonly checked: number;
  steps: number;
  readonly rates: number[];
}

export async function runBench(
  contestants: readonly Contestant[],
  ceilings: readonly Ceiling[],
  { tasks: ids, repeats, quick, onProgress }: BenchOptions,
): Promise<{ tasks: TaskResult[]; ceilings: CeilingResult[] }> {
  const tasks: (Task | NetworkTask)[] = [];
  const outcomes = new Map<string, ContestantResult>();
  const entries: Entry[] = [];
  const place = (task: Task | NetworkTask, contestant: Contestant) => `${task.id} ${contestant.id}`;
  const settle = (task: Task | NetworkTask, { id, label, note }: Contestant, outcome: Outcome) =>
    outcomes.set(`${task.id} ${id}`, { id, label, note, ...outcome });

  for (const id of ids) {
    const task = await prepareTask(id, quick);
    tasks.push(task);
    const expected = await twinLosses(task, task.checkSteps);
    for (const contestant of contestants) {
      onProgress(`${id}: checking ${contestant.label}`);
      const entry = await enter(contestant, task, expected);
      if (!('trial' in entry)) {
        settle(task, contestant, entry);
        continue;
      }
      try {
        entry.steps = await limited(calibrate(entry, entries, quick));
        entries.push(entry);
      } catch (error) {
        settle(task, contestant, { state: 'failed', reason: messageOf(error) });
        await entry.trial.close();
      }
    }
  }

  const values = new Map(ceilings.map(({ id }) => [id, [] as number[]]));
  for (let round = 0; round < repeats; round++) {
    for (const ceiling of ceilings) {
      onProgress(`round ${round + 1} of ${repeats}: ${ceiling.label}`);
      values.get(ceiling.id)!.push(await limited(ceiling.measure()));
    }
    // Every other round backwards, so that nobody is always next to the same neighbour.
    for (const entry of round % 2 === 0 ? entries : [...entries].reverse()) {
      const { contestant, task, trial, steps, rates } = entry;
      if (outcomes.has(place(task, contestant))) continue;
      onProgress(`round ${round + 1} of ${repeats}: ${task.id}, ${contestant.label}`);
      try {
        rates.push((1000 * steps * task.lanes.length) / (await limited(trial.time(steps))));
      } catch (error) {
        settle(task, contestant, { state: 'failed', reason: messageOf(error) });
      }
    }
  }
  for (const { contestant, task, trial, error, preparation, steps, rates } of entries) {
    await trial.close();
    if (!outcomes.has(place(task, contestant)))
      settle(task, contestant, { state: 'measured', error, preparation, steps, rates });
  }

  return {
    tasks: tasks.map((task) => ({
      id: task.id,
      title: task.title,
      lanes: task.lanes.length,
      flop: task.flop,
      rowBytes:
        task.kind === 'linear' && task.objective.rows.kind === 'stored' ? 4 * task.batch * task.objective.dimension : 0,
      contestants: contestants.map((contestant) => outcomes.get(place(task, contestant))!),
    })),
    ceilings: ceilings.map(({ id, label, unit }) => ({ id, label, unit, values: values.get(id)! })),
  };
}

type Outcome = ContestantResult extends infer One
  ? One extends unknown
    ? Omit<One, 'id' | 'label' | 'note'>
    : never
  : never;

/** Prepares and checks. */
async function enter(
  contestant: Contestant,
  task: Task | NetworkTask,
  expected: Float64Array,
): Promise<Entry | Outcome> {
  let trial: Trial | undefined;
  try {
    const start = performance.now();
    const prepared = await limited(task.kind === 'network' ? contestant.network(task) : contestant.prepare(task));
    if (prepared instanceof Unable) return { state: 'unable', reason: prepared.reason };
    trial = prepared;
    // What is compiled at its first use belongs to the preparation.
    await limited(trial.losses(1));
    const preparation = performance.now() - start;
    const checking = performance.now();
    const error = worstError(await limited(trial.losses(task.checkSteps)), expected);
    const checked = performance.now() - checking;
    if (error <= TOLERANCE)
      return { contestant, task, trial, error, preparation, checked, steps: task.checkSteps, rates: [] };
    await trial.close();
    return { state: 'wrong', error };
  } catch (error) {
    await trial?.close();
    return { state: 'failed', reason: messageOf(error) };
  }
}

/** Steps that fill one repetition; what it runs here warms the contestant up. `done`: the contestants before it. */
async function calibrate(
  { contestant, task, trial, checked, steps }: Entry,
  done: readonly Entry[],
  quick: boolean,
): Promise<number> {
  if (quick) return steps;
  // Where a step fills a repetition and more there is nothing to find out; a slow contestant's would take minutes.
  if (checked > 2 * steps * REPETITION) return 1;
  const bare = done.find((entry) => entry.task === task && entry.contestant.id === 'kernel');
  if (contestant.id === 'engine' && bare) return Math.min(bare.steps * ENGINE_LENGTH[task.kind], task.maxSteps);
  for (;;) {
    const milliseconds = await trial.time(steps);
    const fitting = Math.ceil((steps * REPETITION) / Math.max(milliseconds, 1));
    if (milliseconds >= REPETITION / 2 || steps >= task.maxSteps) return Math.min(fitting, task.maxSteps);
    steps = Math.min(fitting, 10 * steps, task.maxSteps);
  }
}

function limited<T>(work: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Error(`took over ${LIMIT / 1000} s`));
    }, LIMIT);
  });
  return Promise.race([work, late]).finally(() => {
    clearTimeout(timer);
  });
}

/** One line. */
const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n')[0]!.slice(0, 200);
