/** What the page of the benchmark and the program that drives it say to each other. Plain data. */
import type { ContestantId } from '../contestant';
import type { Report } from '../report';
import type { TaskId } from '../tasks';

export interface BenchRequest {
  readonly tasks: readonly TaskId[];
  /** Just these contestants, by id; all where undefined. */
  readonly contestants?: readonly ContestantId[];
  readonly repeats: number;
  readonly quick: boolean;
}

export interface BenchPage {
  /** Rejects with a readable error where nothing can be measured. */
  run(request: BenchRequest): Promise<Report>;
}

declare global {
  interface Window {
    /** There once the page has loaded. */
    bench?: BenchPage;
    /** Put there by the driving program before the page loads. */
    benchProgress?: (line: string) => Promise<void>;
  }
}
