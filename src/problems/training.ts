/** How a network is trained besides its optimizer: the schedule of step sizes, weight decay, clipping. */
import { z } from 'zod';

/** Schedules speak of steps up to this one. */
export const LAST_STEP = 100_000_000;
/** A step decay has so many steps at most. */
export const MAX_DECAYS = 16;

const step = z.number().int().min(1).max(LAST_STEP);

export const trainingSchema = z.strictObject({
  /** What becomes of the step sizes. */
  schedule: z
    .discriminatedUnion('kind', [
      /**
       * Multiplied by `factor` at each of these steps. Optimizers that say so (MaSS) restart there from the present
       * weights, as the authors of MaSS do (Liu & Belkin 2020, section 6).
       */
      z.strictObject({
        kind: z.literal('step'),
        at: z
          .array(step)
          .min(1)
          .max(MAX_DECAYS)
          .refine((at) => at.every((one, k) => k === 0 || one > at[k - 1]!), 'must ascend'),
        factor: z.number().gt(0).max(1),
      }),
      /** (1 + cos πt/period)/2 up to step `period`, then 0 (Loshchilov & Hutter 2017, without restarts). */
      z.strictObject({ kind: z.literal('cosine'), period: step }),
    ])
    .optional(),
  /** Step sizes grow evenly over the first steps. */
  warmUp: step.optional(),
  /** Adds so many times the weights to every gradient. */
  weightDecay: z.number().min(0).max(1).optional(),
  /** Gradients of a minibatch are scaled down to this Euclidean norm where theirs is larger. */
  clip: z.number().gt(0).max(1e30).optional(),
});
export type Training = z.infer<typeof trainingSchema>;

/** What the step sizes of the step t → t + 1 are multiplied by. */
export function rateAt({ schedule, warmUp }: Training, t: number): number {
  const warm = warmUp === undefined ? 1 : Math.min(1, (t + 1) / warmUp);
  switch (schedule?.kind) {
    case undefined:
      return warm;
    case 'step':
      return warm * schedule.factor ** schedule.at.filter((one) => one <= t).length;
    case 'cosine':
      return t < schedule.period ? (warm * (1 + Math.cos((Math.PI * t) / schedule.period))) / 2 : 0;
  }
}

/** Whether restarting optimizers begin anew, from the weights they have, with the step t → t + 1. */
export const restartsAt = ({ schedule }: Training, t: number): boolean =>
  schedule?.kind === 'step' && schedule.at.includes(t);
