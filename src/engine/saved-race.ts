/**
 * A race as it is kept for the time after the page: what its lanes need to go on, and its curves so far. What is read back
 * may be of an older version or broken; whoever reads it checks it with the schemas here.
 */
import { z } from 'zod';
import { outcomeSchema } from '../experiment/result';
import { SIDE_METRICS } from '../problems/metrics';

/** Grows with every change of what is kept, or of what lanes compute. */
export const SAVED_VERSION = 2;

const count = z.number().int().nonnegative();
const seconds = z.number().nonnegative();
const float64 = z.instanceof(Float64Array);
const float32 = z.instanceof(Float32Array);
/** As exact as the backend is. */
const state = z.union([float32, float64]);

const weightsSchema = z.strictObject({ parameters: float32, statistics: float32, step: count });
export type SavedWeights = z.infer<typeof weightsSchema>;

const ascending = (numbers: readonly number[]) => numbers.every((value, k) => k === 0 || value > numbers[k - 1]!);

const groupSchema = z
  .strictObject({
    /** Lanes are numbered run by run, seed by seed. */
    runs: z.array(z.strictObject({ key: z.string(), count: count.positive() })).min(1),
    /** Steps at which it records. */
    schedule: z.array(count).min(1).refine(ascending),
    /** Numbers of the lanes that have a state. */
    members: z.array(count).min(1).refine(ascending),
    step: count,
    seconds,
    values: state,
    statistics: state,
    alive: z.instanceof(Uint8Array),
    outcomes: z.array(outcomeSchema),
    /** By lane, 0 before there was a loss. */
    lastFinite: float64,
    /** Points up to here are in the curves; −1 where there are none. */
    shownStep: z.number().int().min(-1),
    shownSeconds: seconds,
    /** Of a network: lanes without a state, and what they have come to. */
    left: z.array(z.strictObject({ lane: count, weights: weightsSchema })),
  })
  .refine(({ runs, schedule, members, step, alive, outcomes, lastFinite, values, statistics }) => {
    const lanes = runs.reduce((sum, run) => sum + run.count, 0);
    return (
      members.at(-1)! < lanes &&
      outcomes.length === lanes &&
      lastFinite.length === lanes &&
      alive.length === members.length &&
      values.length % members.length === 0 &&
      statistics.length % members.length === 0 &&
      step <= schedule.at(-1)!
    );
  });
export type SavedGroup = z.infer<typeof groupSchema>;

const finishedSchema = z.strictObject({
  key: z.string(),
  laneSteps: count,
  /** What the lanes of a network have come to. */
  weights: z.array(weightsSchema).optional(),
});
export type SavedFinish = z.infer<typeof finishedSchema>;

const curveSchema = z
  .strictObject({
    key: z.string(),
    lanes: count.positive(),
    step: z.array(count).refine(ascending),
    seconds: z.array(seconds).refine((times) => times.every((time, k) => k === 0 || time >= times[k - 1]!)),
    /** Points × lanes. */
    loss: float64,
    side: z.partialRecord(z.enum(SIDE_METRICS), float64),
    outcomes: z.array(outcomeSchema),
    finished: z.boolean(),
  })
  .refine(
    ({ lanes, step, seconds: times, loss, side, outcomes }) =>
      times.length === step.length &&
      outcomes.length === lanes &&
      [loss, ...Object.values(side)].every((numbers) => numbers.length === step.length * lanes),
  );
export type SavedCurve = z.infer<typeof curveSchema>;

/** Enough to tell whether there is something to go on from. */
export const headSchema = z.strictObject({
  version: z.literal(SAVED_VERSION),
  /** `raceKey` of the configuration. */
  key: z.string(),
  /** The arithmetic that computed it last: another one would not come to the same numbers. */
  kind: z.enum(['webgpu', 'cpu']),
  /** Milliseconds since 1970. */
  savedAt: z.number(),
  /** Of all arrays of the body. */
  bytes: count,
  /** All its lanes have taken at least so many steps, of `steps`. */
  step: count,
  steps: count,
});
export type SavedHead = z.infer<typeof headSchema>;

export const bodySchema = z.strictObject({
  version: z.literal(SAVED_VERSION),
  key: z.string(),
  /** `dataPrint` of the objective. */
  print: z.number(),
  groups: z.array(groupSchema).min(1),
  finished: z.array(finishedSchema),
  curves: z.array(curveSchema),
});
export type SavedBody = z.infer<typeof bodySchema>;

/** What a session knows of its race; the curves are with whoever listens. */
export interface SavedState {
  readonly head: Omit<SavedHead, 'savedAt' | 'bytes'>;
  readonly body: Omit<SavedBody, 'curves'>;
}
