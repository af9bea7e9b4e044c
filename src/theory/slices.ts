/** Long calculations in short steps, so that whoever runs them can breathe, show progress and stop. */

/** Yields the fraction done, 0 … 1 and never falling, every few milliseconds or sooner; returns the result. */
export type Work<T> = Generator<number, T, void>;

export interface WorkOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called between slices with the fraction done, 0 … 1. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  /** Milliseconds of work between two breaths; 25 unless given. */
  readonly slice?: number | undefined;
  /** Milliseconds to rest after a slice that took `worked`, for the sake of more urgent work; 0 unless given. */
  readonly rest?: ((worked: number) => number) | undefined;
}

/** Does the work in slices that leave the event loop free. Rejects with the signal's reason on abort. */
export async function inSlices<T>(
  work: Work<T>,
  { signal, onProgress, slice = 25, rest }: WorkOptions = {},
): Promise<T> {
  signal?.throwIfAborted();
  let last = performance.now();
  for (;;) {
    const step = work.next();
    const worked = performance.now() - last;
    if (!step.done && worked < slice) continue;
    const pause = rest?.(worked) ?? 0;
    if (step.done && pause === 0) return step.value;
    if (!step.done) onProgress?.(step.value);
    await new Promise((resolve) => setTimeout(resolve, pause));
    if (step.done) return step.value;
    signal?.throwIfAborted();
    last = performance.now();
  }
}

/** Does the work without a pause. */
export function atOnce<T>(work: Work<T>): T {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
  }
}

/** Work that counts as the fractions `from` to `to` of a larger one. */
export function* part<T>(work: Work<T>, from: number, to: number): Work<T> {
  for (;;) {
    const step = work.next();
    if (step.done) return step.value;
    yield from + (to - from) * step.value;
  }
}
