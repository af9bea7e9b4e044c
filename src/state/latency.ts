/**
 * How closely curves follow the controls: from the input event that changes a run to the frame in which the first points
 * of the changed run are on screen, as User Timing measures that tests and benchmarks read.
 */

/** Name of the `performance.measure`, one for each run that an input changed; `detail` is the run's key. */
export const DRAG_MEASURE = 'drag-to-curve';

export interface Latency {
  /** Runs an input handler; the curves that its changes ask for are measured from its start. */
  during<T>(handler: () => T): T;
  /** The experiment changed: these runs are new, and of all runs only those of `wanted` will ever be shown. */
  changed(fresh: readonly string[], wanted: ReadonlySet<string>): void;
  /** The first points of a run are painted. */
  painted(key: string): void;
}

export function createLatency(
  measure: (start: number, key: string) => void,
  now: () => number = () => performance.now(),
): Latency {
  /** When the input came that is being handled. */
  let input: number | undefined;
  /** When the input came that changed a run, by key, while its first points are awaited. */
  const starts = new Map<string, number>();
  return {
    during: (handler) => {
      input ??= now();
      try {
        return handler();
      } finally {
        input = undefined;
      }
    },
    changed: (fresh, wanted) => {
      for (const key of starts.keys()) if (!wanted.has(key)) starts.delete(key);
      // A change of another kind is nobody's drag.
      for (const key of fresh)
        if (input === undefined) starts.delete(key);
        else starts.set(key, input);
    },
    painted: (key) => {
      const start = starts.get(key);
      if (start === undefined) return;
      starts.delete(key);
      measure(start, key);
    },
  };
}

/** The page's own. */
export const latency = createLatency((start, key) => {
  performance.measure(DRAG_MEASURE, { start, detail: key });
});
