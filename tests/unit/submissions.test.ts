/** What a cohort dispatches, cut into submissions. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Dispatch } from '../../src/engine/gpu/programme';
import {
  markedOperations,
  MARKS,
  SUBMITTED_WORK,
  submissionsOf,
  WORK_SLOTS,
  type Operation,
} from '../../src/engine/gpu/submissions';

const operation = (step: number, dispatches: number, work: number): Operation => ({
  dispatches: Array.from({ length: dispatches }, (_, k) => ({ workgroups: 1000 * step + k }) as Dispatch),
  from: step,
  to: step + 1,
  record: 0,
  work,
});

describe('submissions', () => {
  it('cut a step of much work between its dispatches, and join steps of little', () => {
    const sizes = (operations: readonly Operation[]) =>
      submissionsOf(operations).map((parts) => parts.map(({ dispatches }) => dispatches.length));
    expect(sizes([operation(0, 6, 3 * SUBMITTED_WORK)])).toEqual([[2], [2], [2]]);
    expect(sizes([operation(0, 1, 9 * SUBMITTED_WORK)])).toEqual([[1]]);
    expect(sizes([0, 1, 2].map((step) => operation(step, 5, 0.4 * SUBMITTED_WORK)))).toEqual([[5, 5], [5]]);
  });

  it('hold every dispatch once, in order and with the parameters of its step, within the ring and the limit', () => {
    const plans = fc.array(fc.tuple(fc.integer({ min: 1, max: 9 }), fc.double({ min: 0, max: 4, noNaN: true })), {
      maxLength: 600,
    });
    fc.assert(
      fc.property(plans, (plan) => {
        const operations = plan.map(([dispatches, share], step) => operation(step, dispatches, share * SUBMITTED_WORK));
        const submissions = submissionsOf(operations);
        const told = (list: readonly Operation[]) =>
          list.flatMap(({ dispatches, from, to }) => dispatches.map(({ workgroups }) => [workgroups, from, to]));
        expect(told(submissions.flat())).toEqual(told(operations));
        for (const parts of submissions) {
          expect(parts.length).toBeLessThanOrEqual(WORK_SLOTS);
          const work = parts.reduce((sum, part) => sum + part.work, 0);
          const dispatches = parts.reduce((sum, part) => sum + part.dispatches.length, 0);
          const whole = parts.every((part) => part.dispatches.length > 0);
          expect(whole).toBe(true);
          if (dispatches > 9) expect(work).toBeLessThanOrEqual(SUBMITTED_WORK * (1 + 1e-9));
        }
      }),
    );
  });
});

describe('operations with marks', () => {
  const told = (operations: readonly Operation[]) =>
    operations.map(({ from, to, record, marks }) => [from, to, record, marks]);
  const work = { step: 10, record: 3 };

  it('join segments, with a recording at the start or at the end', () => {
    const segments = [
      { from: 0, to: 0, record: true },
      { from: 0, to: 5, record: true },
      { from: 5, to: 7, record: false },
      { from: 7, to: 7, record: false },
      { from: 7, to: 9, record: true },
      { from: 9, to: 12, record: false },
    ];
    const operations = markedOperations(segments, [], work);
    expect(told(operations)).toEqual([[0, 12, 0, [0, 5, 9]]]);
    expect(operations[0]!.work).toBe(12 * 10 + 3 * 3);
    expect(told(markedOperations([{ from: 4, to: 4, record: true }], [], work))).toEqual([[4, 4, 0, [4]]]);
    expect(markedOperations([{ from: 4, to: 4, record: false }], [], work)).toEqual([]);
  });

  it('start anew where marks run out, work gets too much, or a step is recorded again', () => {
    const many = Array.from({ length: MARKS + 2 }, (_, k) => ({ from: k, to: k + 1, record: true }));
    expect(told(markedOperations(many, [], work)).map(([from, to, record]) => [from, to, record])).toEqual([
      [0, MARKS, 0],
      [MARKS, MARKS + 2, MARKS],
    ]);
    const long = [0, 1, 2].map((k) => ({ from: k, to: k + 1, record: k === 1 }));
    expect(told(markedOperations(long, [], { step: 0.4 * SUBMITTED_WORK, record: 0 }))).toEqual([
      [0, 2, 0, [2]],
      [2, 3, 1, []],
    ]);
    const again = [0, 3].map((from) => ({ from, to: 3, record: true }));
    expect(told(markedOperations(again, [], work))).toEqual([
      [0, 3, 0, [3]],
      [3, 3, 1, [3]],
    ]);
  });
});
