/** What a sweep produced, as one document. JSON has no infinity: `null` stands for it where the fields say so. */
import { z } from 'zod';
import { experimentSchema, runSchema } from './config';
import { sweepSchema } from './sweep';

/** A loss; null once it is infinite: the lanes that it stands for have diverged. */
const loss = z.number().nullable();
const count = z.number().int().nonnegative();

export const cellResultSchema = z.strictObject({
  batch: runSchema.shape.batch,
  hyper: runSchema.shape.hyper,
  lanes: z.number().int().positive(),
  /** Lanes that diverged, and the first recorded step at which one did; absent where none did. */
  diverged: count,
  divergedAt: count.optional(),
  /** Last recorded loss: median and 10–90 % band over the lanes. */
  loss: z.strictObject({ median: loss, low: loss, high: loss }),
  /** Medians of what else was recorded last, as in a race's result; null where half of the lanes diverged. */
  accuracy: z.number().min(0).max(1).nullable().optional(),
  testLoss: loss.optional(),
  testAccuracy: z.number().min(0).max(1).nullable().optional(),
  start: z.number(),
  /** Median of −d ln loss/dt over the later half of the curve; absent where it can't be told. */
  rate: z.number().optional(),
  /** Median of the first recorded step within the tolerance; absent where half of the lanes don't get there. */
  stepsToTolerance: z.number().nonnegative().optional(),
  /** The last step that was computed. */
  steps: count,
});
export type CellResult = z.infer<typeof cellResultSchema>;

export const mapResultSchema = z.strictObject({
  run: runSchema,
  /** y-major: `cells[y * x.length + x]`. */
  cells: z.array(cellResultSchema),
  /** Exact spectral radius of every cell, in the same order; null beyond double precision. Absent where it is not known. */
  radius: z.array(z.number().nonnegative().nullable()).optional(),
});
export type MapResult = z.infer<typeof mapResultSchema>;

const resultOf = <Cell extends z.ZodType>(cell: Cell) =>
  z
    .strictObject({
      version: z.literal(1),
      config: experimentSchema.safeExtend({ sweep: sweepSchema }),
      engine: z.enum(['webgpu', 'cpu']),
      adapter: z.strictObject({ vendor: z.string(), architecture: z.string(), description: z.string() }),
      /** The values of the axes. */
      x: z.array(z.number()),
      y: z.array(z.number()),
      /** One map for each run that is switched on, in their order. */
      maps: z.array(mapResultSchema.extend({ cells: z.array(cell) })),
    })
    .superRefine(({ x, y, maps }, context) => {
      maps.forEach(({ cells, radius = cells }, k) => {
        for (const [name, list] of Object.entries({ cells, radius }))
          if (list.length !== x.length * y.length)
            context.addIssue({
              code: 'custom',
              path: ['maps', k, name],
              message: `must have ${x.length} × ${y.length} entries`,
            });
      });
    });

export const sweepResultSchema = resultOf(cellResultSchema);
/** A sweep that may have been stopped: cells that are not computed are null. */
export const partialSweepResultSchema = resultOf(cellResultSchema.nullable());
export type PartialMapResult = PartialSweepResult['maps'][number];
export type PartialSweepResult = z.infer<typeof partialSweepResultSchema>;
export type SweepResult = z.infer<typeof sweepResultSchema>;
