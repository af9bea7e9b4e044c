/**
 * Working memory of a pass: what its jobs hand on to each other. Buffers are planned before any is made, and one serves
 * several tensors whose lives do not overlap.
 */

/** A buffer that is needed from the first to the last job that binds it. */
export class Workspace {
  constructor(
    readonly label: string,
    /** Number of float32 numbers. */
    readonly length: number,
  ) {}
}

/** A few words that a job binds as a uniform. */
export class Uniform {
  constructor(
    readonly label: string,
    readonly words: readonly number[],
  ) {}
}

export interface WorkspacePlan {
  /** Index of each workspace's buffer in `lengths`. */
  readonly buffers: ReadonlyMap<Workspace, number>;
  /** Float32 numbers of each buffer. */
  readonly lengths: readonly number[];
}

interface Life {
  readonly workspace: Workspace;
  readonly first: number;
  last: number;
}

/**
 * Gives each workspace of these jobs (what each binds, in order) a buffer. Two that are bound by jobs which overlap in time
 * have different ones; else the free buffer that fits best is taken, and grows where none is large enough.
 */
export function planWorkspaces(jobs: readonly (readonly Workspace[])[]): WorkspacePlan {
  const lives = new Map<Workspace, Life>();
  jobs.forEach((bound, job) => {
    for (const workspace of bound) {
      const life = lives.get(workspace);
      if (life) life.last = job;
      else lives.set(workspace, { workspace, first: job, last: job });
    }
  });
  const lengths: number[] = [];
  /** Job after which a buffer is free again. */
  const busyUntil: number[] = [];
  const buffers = new Map<Workspace, number>();
  for (const { workspace, first, last } of lives.values()) {
    const free = lengths.map((_, k) => k).filter((k) => busyUntil[k]! < first);
    const fitting = free.filter((k) => lengths[k]! >= workspace.length);
    const least = fitting.toSorted((a, b) => lengths[a]! - lengths[b]!)[0];
    const largest = free.toSorted((a, b) => lengths[b]! - lengths[a]!)[0];
    const chosen = least ?? largest ?? lengths.length;
    lengths[chosen] = Math.max(lengths[chosen] ?? 0, workspace.length);
    busyUntil[chosen] = last;
    buffers.set(workspace, chosen);
  }
  return { buffers, lengths };
}

/** Bytes of each buffer of a plan. */
export const bytesOf = ({ lengths }: WorkspacePlan): number[] => lengths.map((length) => 4 * length);
