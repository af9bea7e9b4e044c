/** What an experiment produced: the one document that exports, files, the command line and the tests share. */
import { z } from 'zod';
import { experimentSchema, runSchema } from './config';

const lossValue = z.union([z.number(), z.null()]);

/** A lane completes or diverges: a recorded loss was not finite or above `divergenceFactor` times the first one. */
export const outcomeSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('running'), step: z.number().int().nonnegative() }),
  z.strictObject({ kind: z.literal('completed') }),
  z.strictObject({
    kind: z.literal('diverged'),
    step: z.number().int().nonnegative(),
    lastFiniteLoss: z.number(),
  }),
]);
export type LaneOutcome = z.infer<typeof outcomeSchema>;

export const laneResultSchema = z.strictObject({
  seed: z.number().int().nonnegative(),
  outcome: outcomeSchema,
  /** Loss at each recorded step; null once the lane has diverged. */
  loss: z.array(lossValue),
});
export type LaneResult = z.infer<typeof laneResultSchema>;

export const runResultSchema = z
  .strictObject({
    run: runSchema,
    /** The recorded steps; `seconds[k]` is the computing time of the run's lanes when step[k] was reached. */
    step: z.array(z.number().int().nonnegative()),
    seconds: z.array(z.number().nonnegative()),
    lanes: z.array(laneResultSchema),
    theory: z.strictObject({ spectralRadius: z.number() }).optional(),
  })
  .superRefine((value, context) => {
    if (value.seconds.length !== value.step.length)
      context.addIssue({ code: 'custom', path: ['seconds'], message: 'must have one entry per recorded step' });
    value.lanes.forEach((lane, k) => {
      if (lane.loss.length !== value.step.length)
        context.addIssue({
          code: 'custom',
          path: ['lanes', k, 'loss'],
          message: 'must have one entry per recorded step',
        });
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
