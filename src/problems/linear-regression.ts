/** Linear regression on the user's own data: CSV, NumPy or IDX files. */
import { z } from 'zod';
import { toRegression } from '../data/regression';
import { DataError } from '../data/table';
import { unicodeText } from '../data/unicode';
import type { ProblemDefinition } from './types';

const schema = z.strictObject({
  kind: z.literal('linear-regression'),
  dataset: z.strictObject({
    /** File names (dropped into the page) or paths relative to the document (command line). */
    files: z.array(unicodeText.min(1).max(1024)).max(8),
    /** Use only the first rows. */
    rows: z.number().int().min(1).optional(),
  }),
  target: z.strictObject({
    /** Column to predict; the last one, or the labels of an IDX pair, when absent. */
    column: unicodeText.optional(),
    /** Predict +1 where the column has this value and −1 elsewhere. */
    oneVersusRest: z.number().optional(),
  }),
  /** Columns to mean 0 and variance 1; or divided by the largest magnitude in the features; or as they are. */
  scaling: z.enum(['standardised', 'unit', 'raw']),
  /** Adds a constant feature 1. */
  intercept: z.boolean(),
});

export const linearRegression = {
  kind: 'linear-regression',
  label: 'Linear regression on your data',
  summary: 'Least squares on a CSV, NumPy or IDX file that you drop here.',
  schema,
  default: { kind: 'linear-regression', dataset: { files: [] }, target: {}, scaling: 'standardised', intercept: false },
  title: ({ dataset, target }) => {
    const rest = target.oneVersusRest === undefined ? '' : `, ${target.oneVersusRest} against the rest`;
    return `Linear regression on ${dataset.files.join(' + ') || 'no data'}${rest}`;
  },
  files: ({ dataset }) => dataset.files,
  prepare: async (config, { table }) => {
    if (config.dataset.files.length === 0) throw new DataError('No data set is chosen yet: drop a file first.');
    const regression = toRegression(await table(config.dataset.files), {
      ...(config.dataset.rows === undefined ? {} : { rows: config.dataset.rows }),
      target: config.target,
      scaling: config.scaling,
      intercept: config.intercept,
    });
    return {
      family: 'least-squares',
      dimension: regression.dimension,
      coordinates: 'weights',
      start: new Float64Array(regression.dimension),
      rows: {
        kind: 'stored',
        count: regression.count,
        features: regression.features,
        targets: regression.targets,
      },
    };
  },
} as const satisfies ProblemDefinition<z.infer<typeof schema>> & { schema: typeof schema };
