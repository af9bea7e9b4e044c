/** What the page of the command line and the program that drives it say to each other. Plain data. */
import type { ExperimentConfig } from '../experiment/config';
import type { Progress } from '../engine/events';
import type { SweepProgress } from '../engine/sweep/events';

export interface HeadlessRequest {
  /** With a sweep, that is computed; else the race. */
  readonly config: ExperimentConfig;
  readonly engine: 'auto' | 'cpu';
  /** URL of each data file, in the order in which the configuration names them. */
  readonly dataUrls: readonly string[];
  /** URL to which the result is sent (PUT, JSON). */
  readonly resultUrl: string;
}

export type HeadlessOutcome =
  | {
      readonly kind: 'done';
      readonly engine: 'webgpu' | 'cpu';
      readonly adapter: string;
      readonly runs: number;
      /** Of a sweep, over the maps of all runs. */
      readonly cells?: number;
      readonly lanes: number;
      readonly diverged: number;
    }
  | { readonly kind: 'aborted' }
  /** `message` can be shown to the user. */
  | { readonly kind: 'failed'; readonly message: string };

export type HeadlessEvent =
  | { readonly kind: 'progress'; readonly progress: Pick<Progress | SweepProgress, ShownProgress> }
  | { readonly kind: 'notice'; readonly message: string };

type ShownProgress = 'fraction' | 'lanes' | 'rate' | 'secondsLeft';

export interface HeadlessPage {
  /** Runs one experiment, or its sweep, and sends the result; never rejects. */
  run(request: HeadlessRequest): Promise<HeadlessOutcome>;
  /** Ends the run under way. */
  abort(): void;
}

declare global {
  interface Window {
    /** There once the page has loaded. */
    headless?: HeadlessPage;
    /** Put there by the driving program before the page loads. */
    headlessEvent?: (event: HeadlessEvent) => Promise<void>;
  }
}
