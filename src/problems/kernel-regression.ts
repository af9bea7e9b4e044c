/** Kernel regression: least squares over functions f = Σ α_j k(x_j, ·), on built-in data or on the user's own. */
import { z } from 'zod';
import { curveSet } from '../data/curve';
import { DIGIT_SIDE, digitSet } from '../data/digits/digits';
import { MAX_COLUMNS } from '../data/limits';
import { drawnOrder, reordered } from '../data/order';
import { PLANAR_KINDS, planarSet } from '../data/planar';
import { toRegression } from '../data/regression';
import { DataError } from '../data/table';
import { unicodeText } from '../data/unicode';
import { kernelInputs, kernelSchema } from './kernel';
import type { LeastSquares, PrepareContext, ProblemDefinition } from './types';

export const MAX_KERNEL_ROWS = 10_000;
/** Rows that a recording looks at, at most: a recording shall not cost more than the steps in between. */
export const RECORDED_KERNEL_ROWS = 1024;

const rows = z.number().int().min(2).max(MAX_KERNEL_ROWS);
/** Standard deviation of the noise. */
const noise = z.number().min(0).max(10);

export const KERNEL_DATA = ['curve', ...PLANAR_KINDS] as const;

const schema = z.strictObject({
  kind: z.literal('kernel-regression'),
  data: z.discriminatedUnion('kind', [
    /** Seeded points of a smooth function of one variable, or of two classes in the plane, to be told apart by ±1. */
    z.strictObject({ kind: z.enum(KERNEL_DATA), rows, noise }),
    /** Pictures that look like handwritten digits: +1 for one digit and −1 for the others, each of which one row in ten is. */
    z.strictObject({ kind: z.literal('digits'), rows: rows.min(10), digit: z.number().int().min(0).max(9) }),
    z.strictObject({
      kind: z.literal('files'),
      /** File names (dropped into the page) or paths relative to the document (command line). */
      files: z.array(unicodeText.min(1).max(1024)).max(8),
      /** Use only the first rows; the first 10,000 of more where absent. */
      rows: rows.optional(),
      /** Column to predict; the last one, or the labels of an IDX pair, when absent. */
      column: unicodeText.optional(),
      /** Predict +1 where the column has this value and −1 elsewhere. */
      oneVersusRest: z.number().optional(),
      /** Columns to mean 0 and variance 1; or divided by the largest magnitude in the features; or as they are. */
      scaling: z.enum(['standardised', 'unit', 'raw']),
    }),
  ]),
  kernel: kernelSchema,
});
export type KernelRegression = z.infer<typeof schema>;

const NAMES = { gaussian: 'Gaussian', laplacian: 'Laplacian', polynomial: 'Polynomial' } as const;
const DATA_NAMES = { curve: 'a curve', moons: 'two moons', circles: 'two circles', spirals: 'two spirals' } as const;

export const kernelRegression = {
  kind: 'kernel-regression',
  label: 'Kernel regression',
  summary: 'Least squares over all functions that a kernel spans; L₁ = 1 whatever the data.',
  schema,
  default: {
    kind: 'kernel-regression',
    data: { kind: 'curve', rows: 24, noise: 0 },
    kernel: { kind: 'gaussian', bandwidth: 0.08 },
  },
  title: ({ data, kernel }) => `${NAMES[kernel.kind]}-kernel regression on ${nameOf(data)}`,
  files: ({ data }) => (data.kind === 'files' ? data.files : undefined),
  prepare: async (config, context): Promise<LeastSquares> => {
    const { count, width, features, targets } = await rowsOf(config.data, context);
    const order = drawnOrder(count, context.seed);
    return {
      family: 'least-squares',
      dimension: count,
      coordinates: 'weights',
      start: new Float64Array(count),
      rows: {
        kind: 'kernel',
        ...kernelInputs(config.kernel, reordered(features, width, order), count, width),
        targets: reordered(targets, 1, order),
        recorded: Math.min(count, RECORDED_KERNEL_ROWS),
      },
    };
  },
} as const satisfies ProblemDefinition<KernelRegression> & { schema: typeof schema };

function nameOf(data: KernelRegression['data']): string {
  switch (data.kind) {
    case 'files':
      return data.files.join(' + ') || 'no data';
    case 'digits':
      return `${data.rows} digits, ${data.digit} against the rest`;
    default:
      return `${data.rows} points of ${DATA_NAMES[data.kind]}`;
  }
}

interface Rows {
  readonly count: number;
  readonly width: number;
  readonly features: Float32Array<ArrayBuffer>;
  readonly targets: Float32Array<ArrayBuffer>;
}

async function rowsOf(data: KernelRegression['data'], { seed, table }: PrepareContext): Promise<Rows> {
  if (data.kind === 'files') {
    if (data.files.length === 0) throw new DataError('No data set is chosen yet: drop a file first.');
    const found = await table(data.files);
    const { column, oneVersusRest, scaling } = data;
    const regression = toRegression(found, {
      rows: data.rows ?? Math.min(found.rows, MAX_KERNEL_ROWS),
      target: { column, oneVersusRest },
      scaling,
      intercept: false,
      mostFeatures: MAX_COLUMNS,
    });
    return { ...regression, width: regression.dimension };
  }
  const { rows: count } = data;
  if (data.kind === 'digits') {
    const { features, classes } = digitSet(count, seed);
    const targets = Float32Array.from(classes, (digit) => (digit === data.digit ? 1 : -1));
    return { count, width: DIGIT_SIDE ** 2, features, targets };
  }
  if (data.kind === 'curve') return { count, width: 1, ...curveSet(count, data.noise, seed) };
  const { features, classes } = planarSet(data.kind, count, data.noise, seed);
  return { count, width: 2, features, targets: Float32Array.from(classes, (one) => 2 * one - 1) };
}
