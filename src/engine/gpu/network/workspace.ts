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
 * have different ones. Large ones come first, so that no buffer grows, and one that is needed for long takes none that is
 * much too large for it.
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
  /** Those that each buffer serves; the first one is the largest. */
  const served: Life[][] = [];
  for (const life of [...lives.values()].toSorted((a, b) => b.workspace.length - a.workspace.length)) {
    const free = served.findLast((others) => others.every(({ first, last }) => last < life.first || first > life.last));
    if (free) free.push(life);
    else served.push([life]);
  }
  return {
    buffers: new Map(served.flatMap((group, k) => group.map(({ workspace }) => [workspace, k] as const))),
    lengths: served.map(([largest]) => largest!.workspace.length),
  };
}

/** Bytes of each buffer of a plan. */
export const bytesOf = ({ lengths }: WorkspacePlan): number[] => lengths.map((length) => 4 * length);
