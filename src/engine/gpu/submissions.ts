/** How what a cohort dispatches is submitted: in pieces that keep a GPU busy for a short time each. */
import type { Segment } from '../backend';
import type { Dispatch } from './programme';

/** Dispatches that share their parameters. */
export interface Operation {
  readonly dispatches: readonly Dispatch[];
  readonly from: number;
  readonly to: number;
  readonly record: number;
  /** Steps that are recorded on the way, into `record` and on; absent: none. */
  readonly marks?: readonly number[];
  /** Multiply-adds. */
  readonly work: number;
}

/** Slots of the uniform ring: operations with parameters of their own in one submission. */
export const WORK_SLOTS = 256;

/**
 * Multiply-adds of one submission, about: a quarter of a second in software, little on hardware. A driver takes a GPU that is
 * busy for seconds on end for one that hangs, and pages draw in between.
 */
export const SUBMITTED_WORK = 5e8;

/** Recordings that one dispatch can make on its way. */
export const MARKS = 56;

/** Segments as operations whose dispatches make recordings on their way: as few as can be. */
export function markedOperations(
  segments: readonly Segment[],
  dispatches: readonly Dispatch[],
  work: { readonly step: number; readonly record: number },
): Operation[] {
  const operations: (Operation & { to: number; work: number; readonly marks: number[] })[] = [];
  let record = 0;
  for (const { from, to, record: wanted } of segments) {
    if (from === to && !wanted) continue;
    const own = (to - from) * work.step + (wanted ? work.record : 0);
    let last = operations.at(-1);
    const lastMark = last?.marks.at(-1) ?? -1;
    const fits = last?.to === from && last.work + own <= SUBMITTED_WORK;
    if (!last || !fits || (wanted && (last.marks.length === MARKS || lastMark >= to))) {
      last = { dispatches, from, to, record, marks: [], work: 0 };
      operations.push(last);
    }
    last.to = to;
    last.work += own;
    if (!wanted) continue;
    last.marks.push(to);
    record++;
  }
  return operations;
}

/**
 * Operations by submission, in their order: each within the ring of parameters, and of limited work. One of more work than
 * that is cut between its dispatches, as if each had the same share of it.
 */
export function submissionsOf(operations: readonly Operation[]): Operation[][] {
  const submissions: Operation[][] = [];
  let work = Infinity;
  for (const operation of operations.flatMap(inParts)) {
    const last = submissions.at(-1);
    if (last && last.length < WORK_SLOTS && work + operation.work <= SUBMITTED_WORK) {
      last.push(operation);
      work += operation.work;
    } else {
      submissions.push([operation]);
      work = operation.work;
    }
  }
  return submissions;
}

function inParts(operation: Operation): Operation[] {
  const { dispatches, work } = operation;
  const parts = Math.min(dispatches.length, Math.ceil(work / SUBMITTED_WORK));
  if (parts <= 1) return [operation];
  const end = (part: number) => Math.floor((part * dispatches.length) / parts);
  return Array.from({ length: parts }, (_, part) => {
    const own = dispatches.slice(end(part), end(part + 1));
    return { ...operation, dispatches: own, work: (work * own.length) / dispatches.length };
  });
}
