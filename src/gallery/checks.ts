/** Criteria: how a measured number is held against a predicted one. */
import type { Check, ClaimFigure, Estimate, Verdict } from './types';

const percent = (share: number): string => `${Number((100 * share).toPrecision(3))} %`;

interface Numbers {
  readonly label: string;
  readonly measured: Estimate | undefined;
  readonly predicted: number;
  readonly note?: string;
}

function check(
  { label, measured, predicted, note }: Numbers,
  criterion: string,
  test: (m: Estimate) => boolean,
): Check {
  const missing = measured ? undefined : 'lanes diverged or are too short to measure';
  const why = [note, missing].filter(Boolean).join('; ');
  return {
    label,
    ...(measured ? { measured } : {}),
    predicted,
    criterion,
    held: measured !== undefined && test(measured),
    ...(why === '' ? {} : { note: why }),
  };
}

/** Within `share` of the prediction, and measured at least that precisely. */
export const agrees = (numbers: Numbers, share: number): Check =>
  check(
    numbers,
    `within ${percent(share)} of the prediction`,
    ({ value, low, high }) =>
      Math.abs(value - numbers.predicted) <= share * Math.abs(numbers.predicted) &&
      (high - low) / 2 <= share * Math.abs(numbers.predicted),
  );

/** The same with an absolute tolerance, for predictions near 0. */
export const agreesTo = (numbers: Numbers, tolerance: number): Check =>
  check(
    numbers,
    `within ±${tolerance} of the prediction`,
    ({ value, low, high }) => Math.abs(value - numbers.predicted) <= tolerance && (high - low) / 2 <= tolerance,
  );

/** The prediction lies in the confidence interval, and the interval is no wider than `share` of it to each side. */
export const covers = (numbers: Numbers, share: number): Check =>
  check(
    numbers,
    `the interval holds the prediction and is within ±${percent(share)} of it`,
    ({ low, high }) =>
      low <= numbers.predicted && numbers.predicted <= high && (high - low) / 2 <= share * Math.abs(numbers.predicted),
  );

/** Above the bound with all of the interval. */
export const atLeast = (numbers: Numbers): Check =>
  check(numbers, 'at least the number given, with the whole interval', ({ low }) => low >= numbers.predicted);

/** Below the bound with all of the interval. */
export const atMost = (numbers: Numbers): Check =>
  check(numbers, 'at most the number given, with the whole interval', ({ high }) => high <= numbers.predicted);

/** A number of exact theory alone, without lanes. */
export const theoryHolds = (label: string, value: number, bound: number, relation: 'above' | 'below'): Check => ({
  label,
  measured: { value, low: value, high: value, confidence: 1 },
  predicted: bound,
  criterion: `${relation} the number given (exact theory, nothing measured)`,
  held: relation === 'above' ? value > bound : value < bound,
});

export function verdict(
  checks: readonly Check[],
  { complete, sentence, figures = [] }: { complete: boolean; sentence: string; figures?: readonly ClaimFigure[] },
): Verdict {
  return { held: checks.length > 0 && checks.every((c) => c.held), complete, checks, sentence, figures };
}
