/** Networks: a classifier or a regression on points in the plane, or on the user's own data. */
import { z } from 'zod';
import { classesOf } from '../data/classes';
import { drawnOrder, reordered } from '../data/order';
import { PLANAR_KINDS, planarSet } from '../data/planar';
import { toRegression } from '../data/regression';
import { DataError, type Table } from '../data/table';
import { layersSchema } from '../models/layers';
import { drawUp, type LossKind, type Shape } from '../models/network';
import { fullyConnected } from '../models/presets';
import { inputWidth } from './network-reference';
import type { NetworkObjective, PrepareContext } from './types';

/** Rows of each kind that a recording looks at, at most: a recording shall not cost more than the steps in between. */
const RECORDED_ROWS = 1024;

const dataSchema = z.discriminatedUnion('kind', [
  /** Seeded points in two classes. */
  z.strictObject({
    kind: z.enum(PLANAR_KINDS),
    rows: z.number().int().min(2).max(100_000),
    /** Standard deviation of the noise. */
    noise: z.number().min(0).max(10),
  }),
  z.strictObject({
    kind: z.literal('files'),
    /** File names (dropped into the page) or paths relative to the document (command line). */
    files: z.array(z.string().min(1).max(1024)).max(8),
    /** Use only the first rows. */
    rows: z.number().int().min(2).optional(),
    /** Column to predict; the last one, or the labels of an IDX pair, when absent. */
    column: z.string().optional(),
    /** Features to mean 0 and variance 1; or divided by their largest magnitude; or as they are. */
    scaling: z.enum(['standardised', 'unit', 'raw']),
  }),
]);

export const networkSchema = z.strictObject({
  kind: z.literal('network'),
  data: dataSchema,
  /** Share of the rows, drawn at random, that are not trained on. */
  test: z.number().min(0).max(0.9),
  /** Layers up to the outputs. */
  layers: layersSchema,
  /** Classes by softmax cross-entropy, or values by half the squared error. */
  loss: z.enum(['cross-entropy', 'squared-error']),
});
export type NetworkConfig = z.infer<typeof networkSchema>;

export const defaultNetwork: NetworkConfig = {
  kind: 'network',
  data: { kind: 'moons', rows: 512, noise: 0.1 },
  test: 0.25,
  layers: fullyConnected(1, 64),
  loss: 'cross-entropy',
};

interface Rows {
  readonly input: Shape;
  readonly outputs: number;
  readonly count: number;
  readonly features: Float32Array<ArrayBuffer>;
  readonly targets: Float32Array<ArrayBuffer>;
}

/** Throws `DataError` where the data does not do, and `NetworkError` where the layers do not. */
export async function prepareNetwork(
  config: NetworkConfig,
  { seed, table }: PrepareContext,
): Promise<NetworkObjective> {
  const { data, loss } = config;
  const rows =
    data.kind === 'files' ? fileRows(data, loss, await chosen(data.files, table)) : planarRows(data, loss, seed);
  const network = drawUp(rows.input, config.layers, rows.outputs, loss);
  const test = Math.min(Math.round(config.test * rows.count), rows.count - 1);
  const count = rows.count - test;
  // A file may be sorted by class: which rows are for testing is drawn.
  const order = drawnOrder(rows.count, seed);
  const targetWidth = loss === 'cross-entropy' ? 1 : rows.outputs;
  return {
    family: 'network',
    dimension: network.dimension,
    coordinates: 'weights',
    network,
    rows: {
      kind: 'examples',
      count,
      test,
      recorded: { count: Math.min(count, RECORDED_ROWS), test: Math.min(test, RECORDED_ROWS) },
      features: reordered(rows.features, inputWidth(network), order),
      targets: reordered(rows.targets, targetWidth, order),
    },
  };
}

function planarRows(
  { kind, rows, noise }: { kind: (typeof PLANAR_KINDS)[number]; rows: number; noise: number },
  loss: LossKind,
  seed: number,
): Rows {
  const { features, classes } = planarSet(kind, rows, noise, seed);
  const classified = loss === 'cross-entropy';
  return {
    input: { height: 1, width: 1, channels: 2 },
    outputs: classified ? 2 : 1,
    count: rows,
    features,
    targets: Float32Array.from(classes, (one) => (classified ? one : 2 * one - 1)),
  };
}

function chosen(files: readonly string[], table: PrepareContext['table']): Promise<Table> {
  if (files.length === 0) throw new DataError('No data set is chosen yet: drop a file first.');
  return table(files);
}

function fileRows(
  { rows, column, scaling }: Extract<NetworkConfig['data'], { kind: 'files' }>,
  loss: LossKind,
  table: Table,
): Rows {
  const regression = toRegression(table, { rows, target: { column }, scaling, intercept: false });
  const { count, dimension, features, targets } = regression;
  const shared = { input: { height: 1, width: 1, channels: dimension }, count, features };
  if (loss === 'squared-error') return { ...shared, outputs: 1, targets };
  const classes = classesOf(table, column, count);
  return { ...shared, outputs: classes.values.length, targets: classes.of };
}
