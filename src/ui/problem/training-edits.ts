/** Edits of how a network is trained, and the picture of its schedule. */
import { listed } from '../../data/words';
import type { NetworkConfig } from '../../problems/network';
import { LAST_STEP, MAX_DECAYS, rateAt, type Training } from '../../problems/training';
import { numberText, parseNumberList } from '../controls/number-text';
import { omit } from '../omit';

export type Schedule = NonNullable<Training['schedule']>;
export type ScheduleKind = 'constant' | Schedule['kind'];

/** The problem trained in this way; what is as it would be anyway is not written down. */
export function withTraining(problem: NetworkConfig, { schedule, warmUp, weightDecay, clip }: Training): NetworkConfig {
  const training: Training = {
    ...(schedule ? { schedule } : {}),
    ...(warmUp ? { warmUp } : {}),
    ...(weightDecay ? { weightDecay } : {}),
    ...(clip === undefined ? {} : { clip }),
  };
  const plain = omit(problem, 'training');
  return Object.keys(training).length > 0 ? { ...plain, training } : plain;
}

/**
 * What a schedule begins as over so many steps. Step sizes decay to a tenth at a half and at three quarters of the steps,
 * as He et al. (2016) trained residual networks; a cosine ends with the run.
 */
export function startSchedule(kind: ScheduleKind, steps: number): Schedule | undefined {
  if (kind === 'constant') return undefined;
  if (kind === 'cosine') return { kind, period: steps };
  const at = [steps / 2, (3 * steps) / 4].map((one) => Math.max(1, Math.round(one)));
  return { kind, at: [...new Set(at)], factor: 0.1 };
}

/** Steps as they were typed; says which entry can't be one. */
export function parseSteps(text: string): { readonly at: number[] } | { readonly error: string } {
  const parsed = parseNumberList(text);
  if ('error' in parsed) return parsed;
  const { values } = parsed;
  if (values.length > MAX_DECAYS) return { error: `${values.length} steps; at most ${MAX_DECAYS}.` };
  for (const [k, value] of values.entries()) {
    if (!Number.isInteger(value) || value < 1 || value > LAST_STEP)
      return { error: `Entry ${k + 1} is ${value}: it must be a whole number from 1 to ${numberText(LAST_STEP)}.` };
    if (k > 0 && value <= values[k - 1]!)
      return { error: `Entry ${k + 1} is ${value}, not after ${values[k - 1]!}: steps must ascend.` };
  }
  return { at: values };
}

export const stepsText = (at: readonly number[]) => at.join(', ');

/** What of a schedule a run of so many steps does not see, or sees for long; undefined where it fits. */
export function misfit(schedule: Schedule, steps: number): string | undefined {
  if (schedule.kind === 'cosine')
    return schedule.period < steps ? `From step ${numberText(schedule.period)} on step sizes are 0.` : undefined;
  const late = schedule.at.filter((one) => one >= steps);
  if (late.length === 0) return undefined;
  const which = late.length === schedule.at.length ? 'before any of them' : `before ${listed(late.map(stepText))}`;
  return `Runs end at step ${numberText(steps)}, ${which}.`;
}

const stepText = (step: number) => numberText(step, 9);

export interface RatePlot {
  /** An SVG path in a box of 1 × 1, y downwards. */
  readonly path: string;
  /** Multipliers at the lower and at the upper edge. */
  readonly from: number;
  readonly to: number;
  readonly logarithmic: boolean;
  /** Of the first and of the last step. */
  readonly first: number;
  readonly last: number;
}

/** So many points are drawn of a longer run. */
const POINTS = 240;
/** A logarithmic axis goes down to this at most. */
const LEAST = 1e-12;

/** What step sizes are multiplied by in a run of so many steps. Step decays are drawn on a logarithmic axis: as even stairs. */
export function ratePlot(training: Training, steps: number): RatePlot {
  const count = Math.min(steps, POINTS);
  const rates = Array.from({ length: count }, (_, k) => rateAt(training, Math.floor((k * steps) / count)));
  const last = rateAt(training, steps - 1);
  const logarithmic = training.schedule?.kind === 'step';
  const from = logarithmic ? Math.max(LEAST, Math.min(0.1, last, ...rates)) : 0;
  const height = (rate: number) => (logarithmic ? 1 - Math.log(Math.max(rate, from)) / Math.log(from) : rate);
  const parts = rates.map((rate, k) => {
    const y = fixed(1 - height(rate));
    return `${k === 0 ? 'M0 ' : 'V'}${y}H${fixed((k + 1) / count)}`;
  });
  return { path: parts.join(''), from, to: 1, logarithmic, first: rates[0]!, last };
}

const fixed = (value: number) => Number(value.toFixed(4));
