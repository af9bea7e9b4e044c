/** Who takes part, and how a part is checked and timed. */
import type { NetworkTask } from './network/task';
import type { Task } from './tasks';

/** In the order of the tables. */
export const contestantIds = [
  'kernel',
  'engine',
  'javascript',
  'tfjs-webgpu',
  'tfjs-wasm',
  'jax-js-webgpu',
  'jax-js-wasm',
] as const;
export type ContestantId = (typeof contestantIds)[number];

export interface Contestant {
  readonly id: ContestantId;
  readonly label: string;
  /** What it is and how it is set up, in a sentence. */
  readonly note: string;
  /** Gets ready for a task; {@link Unable} where it can't do it. Rejects where it fails. */
  prepare(task: Task): Promise<Trial | Unable>;
  /** The same for a network. */
  network(task: NetworkTask): Promise<Trial | Unable>;
}

/** A contestant at a task. Every call starts anew at the task's start. */
export interface Trial {
  /** Loss of each lane after `steps` steps on the minibatches that the engine draws, in the order of the task's lanes. */
  losses(steps: number): Promise<ArrayLike<number>>;
  /** Milliseconds that `steps` steps take, until their result is there. */
  time(steps: number): Promise<number>;
  /** Frees all that it holds. */
  close(): void | Promise<void>;
}

/** Why a contestant can't do a task, as a phrase for the table. */
export class Unable {
  constructor(readonly reason: string) {}
}

/** Milliseconds until `work` is done. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
