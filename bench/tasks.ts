/** What the contestants compute. A task is an experiment document like any other; all of them run MaSS. */
import { parseFiles } from '../src/data/load';
import type { Lane } from '../src/engine/backend';
import type { ExperimentConfig } from '../src/experiment/config';
import { massSteps, type MassSteps } from '../src/optimizers/mass';
import { prepareLinear } from '../src/problems/registry';
import type { LeastSquares } from '../src/problems/types';
import { denseFile, type DenseShape } from './dense-file';
import { networkTaskIds, networkTitle, prepareNetworkTask, type NetworkTask, type NetworkTaskId } from './network/task';

export const linearTaskIds = ['A1', 'A256', 'A256own', 'AG256', 'AG4096'] as const;
type LinearTaskId = (typeof linearTaskIds)[number];

export const taskIds = [...linearTaskIds, ...networkTaskIds] as const;
export type TaskId = (typeof taskIds)[number];

/** A linear problem. */
export interface Task {
  readonly kind: 'linear';
  readonly id: LinearTaskId;
  readonly title: string;
  readonly config: ExperimentConfig;
  /** The files that the document names. */
  readonly files: readonly { readonly name: string; readonly bytes: ArrayBuffer }[];
  readonly objective: LeastSquares;
  /** Seed by seed within run by run, as a session orders them. */
  readonly lanes: readonly Lane[];
  readonly runs: number;
  readonly seeds: number;
  readonly batch: number;
  /** Coefficients of each run; all runs have one γ. */
  readonly steps: readonly MassSteps[];
  /** Steps after which every contestant's losses are held against the float64 twin. */
  readonly checkSteps: number;
  /** Most steps of one repetition: further on a stream's coordinates would leave the normal float32 numbers. */
  readonly maxSteps: number;
  /** Floating-point operations that one step of one lane cannot do without: two products with the minibatch. */
  readonly flop: number;
}

interface Plan {
  readonly title: string;
  readonly runs: number;
  readonly seeds: number;
  readonly stream: boolean;
}

const plans: Readonly<Record<LinearTaskId, Plan>> = {
  A1: { title: 'linear regression, 1 lane', runs: 1, seeds: 1, stream: false },
  A256: { title: 'linear regression, 4 seeds × 64 step sizes', runs: 64, seeds: 4, stream: false },
  A256own: { title: 'linear regression, 256 seeds', runs: 1, seeds: 256, stream: false },
  AG256: { title: 'component-decoupled stream, 4 seeds × 64 step sizes', runs: 64, seeds: 4, stream: true },
  AG4096: { title: 'component-decoupled stream, 64 seeds × 64 step sizes', runs: 64, seeds: 64, stream: true },
};

const FULL: DenseShape = { rows: 1024, dimension: 64 };
/** A smoke test's: a dimension and a number of rows that are no powers of two. */
const QUICK: DenseShape = { rows: 52, dimension: 12 };
const QUICK_SIDE = 4;
const SEED = 1;
/** One acceleration for all runs of a task. */
const ALPHA = 0.05;

const isNetwork = (id: TaskId): id is NetworkTaskId => networkTaskIds.some((known) => known === id);

export const taskTitle = (id: TaskId): string => (isNetwork(id) ? networkTitle(id) : plans[id].title);

/** `quick`: the same shapes of work, but tiny. */
export function prepareTask(id: TaskId, quick = false): Promise<Task | NetworkTask> {
  return isNetwork(id) ? prepareNetworkTask(id, quick) : prepareLinearTask(id, quick);
}

export async function prepareLinearTask(id: LinearTaskId, quick = false): Promise<Task> {
  const plan = plans[id];
  const runs = quick ? Math.min(plan.runs, QUICK_SIDE) : plan.runs;
  const seeds = quick ? Math.min(plan.seeds, id === 'A256own' ? 2 * QUICK_SIDE : QUICK_SIDE) : plan.seeds;
  const file = plan.stream ? undefined : denseFile(quick ? QUICK : FULL);
  const batch = plan.stream ? 1 : 16;
  // Stable ones. On a stream, which converges to zero itself, so small that many steps stay among normal numbers.
  const [least, most] = plan.stream && !quick ? [1e-5, 3e-5] : [1e-3, 2e-2];
  const config: ExperimentConfig = {
    version: 1,
    problem: file
      ? {
          kind: 'linear-regression',
          dataset: { files: [file.name] },
          target: {},
          scaling: 'raw',
          intercept: false,
        }
      : { kind: 'component-decoupled', variances: { values: [1, 2 ** -9] } },
    runs: Array.from({ length: runs }, (_, k) => ({
      optimizer: 'mass',
      batch,
      hyper: { eta: least * (most / least) ** ((k + 1) / runs), alpha: ALPHA, kappaTilde: 6 },
    })),
    seeds,
    seed: SEED,
    steps: 1,
    evalEvery: 'auto',
    sampling: 'replacement',
    divergenceFactor: 1e6,
  };
  const objective = await prepareLinear(config.problem, {
    seed: SEED,
    table: () => (file ? parseFiles([file]) : Promise.reject(new Error('a stream reads no file'))),
  });
  return {
    kind: 'linear',
    id,
    title: plan.title,
    config,
    files: file ? [file] : [],
    objective,
    lanes: config.runs.flatMap((run) => Array.from({ length: seeds }, (_, seed) => ({ run, seed }))),
    runs,
    seeds,
    batch,
    steps: config.runs.map((run) => massSteps(run.hyper)),
    checkSteps: plan.stream && !quick ? 300 : 24,
    maxSteps: plan.stream ? 200_000 : 10_000_000,
    flop: 4 * batch * objective.dimension,
  };
}
