/** What an experiment produced: the one document that exports, files, the command line and the tests share. */
import { z } from 'zod';
import { METRICS } from '../problems/metrics';
import { experimentSchema, runSchema } from './config';

const lossValue = z.union([z.number(), z.null()]);
const lossList = z.array(lossValue);
const accuracyList = z.array(z.union([z.number().min(0).max(1), z.null()]));

/**
 * A lane completes, or diverges: a recorded loss was not finite or above `divergenceFactor` times the first one. Where a
 * goal was set it converges with the first recorded loss that reaches it.
 */
export const outcomeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('running'), step: z.number().int().nonnegative() }),
  z.strictObject({ kind: z.literal('completed') }),
  z.strictObject({
    kind: z.literal('diverged'),
    step: z.number().int().nonnegative(),
    lastFiniteLoss: z.number(),
  }),
  z.strictObject({ kind: z.literal('converged'), step: z.number().int().nonnegative(), loss: z.number() }),
]);
export type LaneOutcome = z.infer<typeof outcomeSchema>;

export const laneResultSchema = z.strictObject({
  seed: z.number().int().nonnegative(),
  outcome: outcomeSchema,
  /** Loss at each recorded step; null once the lane has ended. */
  loss: lossList,
  /** Share of the training rows whose class is found, at the same steps; where the problem has classes. */
  accuracy: accuracyList.optional(),
  /** The same two over the rows that are kept for testing, where there are any. */
  testLoss: lossList.optional(),
  testAccuracy: accuracyList.optional(),
});
export type LaneResult = z.infer<typeof laneResultSchema>;

/** What theory says of a run, beside what it did. */
export const theorySchema = z
  .strictObject({
    /** Exact rate of the expected dynamics per step; above 1 the expectation diverges. */
    spectralRadius: z.number().nonnegative().optional(),
    /** Contraction per step that the paper guarantees for these hyper-parameters. */
    guaranteedRate: z.number().nonnegative().optional(),
    /** The steps of `expectedLoss`, ascending. */
    step: z.array(z.number().int().nonnegative()).optional(),
    /** Exact expectation of the loss; null beyond double precision. */
    expectedLoss: z.array(lossValue).optional(),
  })
  .superRefine(({ step = [], expectedLoss = [] }, context) => {
    if (step.length !== expectedLoss.length)
      context.addIssue({ code: 'custom', path: ['expectedLoss'], message: 'must have one entry per step of theory' });
    const k = step.findIndex((value, i) => i > 0 && value <= step[i - 1]!);
    if (k > 0) context.addIssue({ code: 'custom', path: ['step', k], message: `must be above ${step[k - 1]}` });
    const negative = expectedLoss.findIndex((value) => value !== null && value < 0);
    if (negative >= 0)
      context.addIssue({ code: 'custom', path: ['expectedLoss', negative], message: 'must be at least 0' });
  });
export type RunTheoryResult = z.infer<typeof theorySchema>;

export const runResultSchema = z
  .strictObject({
    run: runSchema,
    /** The recorded steps; `seconds[k]` is the computing time of the run's lanes when step[k] was reached. */
    step: z.array(z.number().int().nonnegative()),
    seconds: z.array(z.number().nonnegative()),
    lanes: z.array(laneResultSchema),
    theory: theorySchema.optional(),
  })
  .superRefine((value, context) => {
    if (value.seconds.length !== value.step.length)
      context.addIssue({ code: 'custom', path: ['seconds'], message: 'must have one entry per recorded step' });
    value.lanes.forEach((lane, k) => {
      for (const metric of METRICS) {
        const path = ['lanes', k, metric];
        const numbers = lane[metric];
        if ((numbers === undefined) !== (value.lanes[0]![metric] === undefined))
          context.addIssue({ code: 'custom', path, message: 'must be there for all lanes of the run or for none' });
        else if (numbers && numbers.length !== value.step.length)
          context.addIssue({ code: 'custom', path, message: 'must have one entry per recorded step' });
      }
    });
  });
export type RunResult = z.infer<typeof runResultSchema>;

export const resultSchema = z.strictObject({
  version: z.literal(1),
  config: experimentSchema,
  engine: z.enum(['webgpu', 'cpu']),
  adapter: z.strictObject({ vendor: z.string(), architecture: z.string(), description: z.string() }),
  /** Rows of a stored data set, for an axis in epochs; absent for streams. */
  epochRows: z.number().int().positive().optional(),
  runs: z.array(runResultSchema),
});
export type ExperimentResult = z.infer<typeof resultSchema>;
