/** What a benchmark found: plain data, written as JSON. */
import type { CeilingId } from './ceilings';
import { median, spreadOf, type Spread } from './statistics';
import type { TaskId } from './tasks';

export interface Report {
  readonly version: 1;
  readonly runtime: 'browser' | 'node';
  /** Browser or Node, with its version. */
  readonly host: string;
  readonly adapter: { readonly vendor: string; readonly architecture: string; readonly description: string };
  /** Logical processors. */
  readonly cores: number;
  /** Whether the libraries that are compared with were there. */
  readonly peers: boolean;
  /** A smoke test: tiny tasks, whose times mean nothing. */
  readonly quick: boolean;
  readonly repeats: number;
  readonly ceilings: readonly CeilingResult[];
  readonly tasks: readonly TaskResult[];
  /** Milliseconds that the measurement of mappings took, of the task where it took longest; 0 where there was none. */
  readonly startup: number;
  /** Milliseconds from a slider's event to the new curve on screen; undefined where it was not measured. */
  readonly latency?: Spread & { readonly events: number };
}

export interface CeilingResult {
  readonly id: CeilingId;
  readonly label: string;
  readonly unit: string;
  readonly values: readonly number[];
}

export interface TaskResult {
  readonly id: TaskId;
  readonly title: string;
  readonly lanes: number;
  /** Floating-point operations and bytes of rows of one step of one lane. */
  readonly flop: number;
  readonly rowBytes: number;
  readonly contestants: readonly ContestantResult[];
}

export type ContestantResult = { readonly id: string; readonly label: string; readonly note: string } & (
  | {
      readonly state: 'measured';
      /** Largest relative error of a lane's loss after the check. */
      readonly error: number;
      /** Milliseconds until the result of a first step: mostly compiling. */
      readonly preparation: number;
      /** Steps of one repetition. */
      readonly steps: number;
      /** Lane-steps a second, one for each round. */
      readonly rates: readonly number[];
    }
  /** Its results are not those of the float64 twin: it was not timed. */
  | { readonly state: 'wrong'; readonly error: number }
  | { readonly state: 'failed'; readonly reason: string }
  | { readonly state: 'unable'; readonly reason: string }
);

/** Lane-steps a second, round by round; undefined where there is no such measurement. */
export function ratesOf(report: Report, task: TaskId, contestant: string): readonly number[] | undefined {
  const found = report.tasks.find(({ id }) => id === task)?.contestants.find(({ id }) => id === contestant);
  return found?.state === 'measured' && found.rates.length > 0 ? found.rates : undefined;
}

/** Ratio of the medians, with the least and the largest ratio of any one round. */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Spread {
  const rounds = spreadOf(ours.map((rate, k) => rate / (theirs[k] ?? Number.NaN)));
  return { ...rounds, median: median(ours) / median(theirs) };
}

/** Median of a ceiling; undefined where it was not measured. */
export function ceilingOf(report: Report, ceiling: CeilingId): number | undefined {
  const found = report.ceilings.find(({ id }) => id === ceiling);
  return found && found.values.length > 0 ? median(found.values) : undefined;
}

/** Whether every result that was checked is right. */
export const allRight = ({ tasks }: Report): boolean =>
  tasks.every(({ contestants }) => contestants.every(({ state }) => state !== 'wrong' && state !== 'failed'));
