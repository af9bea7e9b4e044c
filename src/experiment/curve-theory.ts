/** What theory says of a run, beside the curve of what it did. */
import type { RunTheoryResult } from './result';

/** What theory says of a run. */
export interface CurveTheory {
  /** Exact rate of the expected dynamics per step; above 1 the expectation diverges. */
  readonly spectralRadius?: number;
  /** Contraction per step that the paper guarantees for these very hyper-parameters. */
  readonly guaranteedRate?: number;
  /** Exact expectation of the loss at ascending steps, Infinity beyond double precision. */
  readonly expected?: ExpectedLoss;
  /** Why there is no exact expectation. */
  readonly reason?: string;
}

export interface ExpectedLoss {
  readonly step: readonly number[];
  readonly loss: Float64Array;
}

/** The message of theory about a run, as the engine sends it. */
export interface TheoryNews {
  readonly step: readonly number[];
  readonly expectedLoss: Float64Array;
  readonly guaranteedRate?: number;
  readonly spectralRadius?: number;
  readonly reason?: string;
}

/** What is known after `news` of what was known before. */
export function learn(known: CurveTheory, news: TheoryNews): CurveTheory {
  const { step, expectedLoss, guaranteedRate, spectralRadius, reason } = news;
  return {
    ...known,
    ...(guaranteedRate === undefined ? {} : { guaranteedRate }),
    ...(spectralRadius === undefined ? {} : { spectralRadius }),
    ...(reason === undefined ? {} : { reason }),
    ...(step.length > 0 ? { expected: { step, loss: expectedLoss } } : {}),
  };
}

/** What theory knows as part of a result document; undefined where it knows nothing. */
export function theoryResult({ spectralRadius, guaranteedRate, expected }: CurveTheory): RunTheoryResult | undefined {
  const result: RunTheoryResult = {
    ...(spectralRadius !== undefined && Number.isFinite(spectralRadius) ? { spectralRadius } : {}),
    ...(guaranteedRate === undefined ? {} : { guaranteedRate }),
    ...(expected
      ? {
          step: [...expected.step],
          expectedLoss: Array.from(expected.loss, (value) => (Number.isFinite(value) ? value : null)),
        }
      : {}),
  };
  return Object.keys(result).length > 0 ? result : undefined;
}

/** Theory out of a result document. */
export function theoryOf({ spectralRadius, guaranteedRate, step, expectedLoss }: RunTheoryResult): CurveTheory {
  return {
    ...(spectralRadius === undefined ? {} : { spectralRadius }),
    ...(guaranteedRate === undefined ? {} : { guaranteedRate }),
    ...(step && expectedLoss && step.length > 0
      ? { expected: { step, loss: Float64Array.from(expectedLoss, (value) => value ?? Number.POSITIVE_INFINITY) } }
      : {}),
  };
}

/**
 * The exact expectation at a step: between two of its steps on the straight line of a log axis. Undefined outside of them
 * and where it has no place on that axis.
 */
export function expectedAt({ step, loss }: ExpectedLoss, at: number): number | undefined {
  let low = 0;
  let high = step.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (step[middle]! < at) low = middle + 1;
    else high = middle;
  }
  const after = loss[low];
  if (after === undefined) return undefined;
  if (step[low] === at) return after;
  const before = loss[low - 1];
  if (before === undefined || !(before > 0) || !(after > 0) || !Number.isFinite(after)) return undefined;
  const share = (at - step[low - 1]!) / (step[low]! - step[low - 1]!);
  return before * (after / before) ** share;
}

/**
 * The step at which the expectation is `fraction` of its start: read from the exact curve, or beyond its end from the
 * rate; undefined where it is never, or nothing is known.
 */
export function expectedStepReaching(theory: CurveTheory, fraction: number): number | undefined {
  const { expected, spectralRadius: rho } = theory;
  const contracts = rho !== undefined && rho < 1;
  if (!expected || expected.loss.length < 2)
    return contracts && rho > 0 ? Math.log(fraction) / Math.log(rho) : undefined;
  const { step, loss } = expected;
  const goal = loss[0]! * fraction;
  const i = loss.findIndex((value) => value <= goal);
  if (i > 0) {
    const [before, after] = [loss[i - 1]!, loss[i]!];
    const share = after > 0 ? Math.log(before / goal) / Math.log(before / after) : 1;
    return step[i - 1]! + share * (step[i]! - step[i - 1]!);
  }
  const last = loss.at(-1)!;
  if (i === 0 || !contracts || !(rho > 0) || !Number.isFinite(last)) return undefined;
  return step.at(-1)! + Math.log(goal / last) / Math.log(rho);
}
