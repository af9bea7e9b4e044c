/** The examples of a network problem: made up from a seed, or from the user's files. */
import { z } from 'zod';
import { classesOf } from '../data/classes';
import { DIGIT_SIDE, digitSet } from '../data/digits/digits';
import type { Features } from '../data/features';
import { MAX_COLUMNS } from '../data/limits';
import { drawnOrder, reordered } from '../data/order';
import { pictureRows, resizer, type Brightness } from '../data/pictures';
import { PLANAR_KINDS, planarSet } from '../data/planar';
import { rowsUsed, toRegression } from '../data/regression';
import { DataError, type Picture, type Table } from '../data/table';
import { teacherSet } from '../data/teacher';
import { unicodeText } from '../data/unicode';
import type { LossKind, Shape } from '../models/network';
import { mix, scaleWord, STREAM, streamKey } from '../random/random';
import type { PrepareContext } from './types';

/** Share of the training labels that are replaced by random ones: of any class, or another row's values. */
const labelNoise = z.number().min(0).max(1).optional();
/** Pictures are scaled to this width and height; they keep their own, when absent. */
const side = z.number().int().min(4).max(64).optional();

export const networkDataSchema = z.discriminatedUnion('kind', [
  /** Seeded points in two classes. */
  z.strictObject({
    kind: z.enum(PLANAR_KINDS),
    rows: z.number().int().min(2).max(100_000),
    /** Standard deviation of the noise. */
    noise: z.number().min(0).max(10),
    labelNoise,
  }),
  /** Points labelled by a random network of one hidden layer. */
  z.strictObject({
    kind: z.literal('teacher'),
    rows: z.number().int().min(2).max(100_000),
    /** Coordinates of a point. */
    inputs: z.number().int().min(1).max(1024),
    /** Hidden units of the teacher. */
    width: z.number().int().min(1).max(1024),
    /** Classes, the largest of as many values; or values. */
    outputs: z.number().int().min(1).max(100),
    /** Standard deviation of what is added to the values, whose own variance is about 1. */
    noise: z.number().min(0).max(10).optional(),
    labelNoise,
  }),
  /** Pictures that look like handwritten digits. */
  z.strictObject({
    kind: z.literal('digits'),
    rows: z.number().int().min(10).max(60_000),
    side,
    labelNoise,
  }),
  z.strictObject({
    kind: z.literal('files'),
    /** File names (dropped into the page) or paths relative to the document (command line). */
    files: z.array(unicodeText.min(1).max(1024)).max(8),
    /** Use only the first rows. */
    rows: z.number().int().min(2).optional(),
    /** Column to predict; the last one, or the labels of an IDX pair, when absent. */
    column: unicodeText.optional(),
    /**
     * Features (of pictures: each channel), and values that are predicted, to mean 0 and variance 1; or features divided by
     * their largest magnitude; or all as it is.
     */
    scaling: z.enum(['standardised', 'unit', 'raw']),
    side,
    labelNoise,
  }),
]);
export type NetworkData = z.infer<typeof networkDataSchema>;

/** Rows in the order in which they are used: those to train on, then those for testing. */
export interface NetworkRows {
  readonly input: Shape;
  /** Classes, or values that are predicted. */
  readonly outputs: number;
  readonly count: number;
  readonly test: number;
  /** (count + test) × height × width × channels. */
  readonly features: Features;
  /** Class numbers; or (count + test) × outputs. */
  readonly targets: Float32Array<ArrayBuffer>;
  readonly classNames?: readonly string[];
  readonly brightness?: Brightness;
}

/** How rows are kept for testing. */
export interface SplitConfig {
  /** Share of the rows, drawn at random, that are not trained on. */
  readonly test: number;
  /** `fraction`: as `test` says, even where the files tell which rows are for testing; else (`official`) as they tell. */
  readonly split?: 'official' | 'fraction' | undefined;
}

/** Rows for testing: the share of all that is nearest, and at least one is left to train on. */
const testRows = (all: number, share: number): number => Math.min(Math.round(share * all), all - 1);

/**
 * How many of `used` rows are for testing. Of a data set whose last `testRows` rows are for testing, unless the split says
 * otherwise, both parts are cut in proportion: `official`.
 */
export function splitOf(
  { test, split }: SplitConfig,
  used: number,
  set?: { readonly rows: number; readonly testRows?: number },
): { readonly tests: number; readonly official: boolean } {
  if (!set?.testRows || split === 'fraction') return { tests: testRows(used, test), official: false };
  return { tests: testRows(used, set.testRows / set.rows), official: true };
}

type Made = Omit<NetworkRows, 'count' | 'test' | 'features'> &
  /** Features in the order of the rows, or already in the drawn one. */
  ({ readonly features: Float32Array<ArrayBuffer> } | { readonly ordered: Features });

/**
 * The rows of a network problem, some of them for testing: a file may be sorted by class, so their order is drawn. Throws
 * `DataError` where the data does not do.
 */
export async function networkRows(
  data: NetworkData,
  split: SplitConfig,
  loss: LossKind,
  { seed, table }: PrepareContext,
): Promise<NetworkRows> {
  const source = data.kind === 'files' ? await chosen(data.files, table) : undefined;
  const all = source ? rowsUsed(source, data.rows) : data.rows!;
  const { tests, official } = splitOf(split, all, source);
  const order = official ? officialOrder(all - tests, tests, source!, seed) : drawnOrder(all, seed);
  const made = make(data, loss, seed, order, source);
  const targetWidth = loss === 'cross-entropy' ? 1 : made.outputs;
  const rows = {
    ...made,
    count: all - tests,
    test: tests,
    features: 'ordered' in made ? made.ordered : reordered(made.features, widthOf(made.input), order),
    targets: reordered(made.targets, targetWidth, order),
  };
  if (data.labelNoise) disturb(rows, targetWidth, loss, data.labelNoise, seed);
  return rows;
}

/** Training rows from among the first ones of the table, then rows for testing from among its last ones. */
function officialOrder(count: number, tests: number, { rows, testRows }: Table, seed: number): number[] {
  const first = rows - testRows!;
  return [...drawnOrder(count, seed), ...drawnOrder(tests, seed).map((row) => first + row)];
}

function make(
  data: NetworkData,
  loss: LossKind,
  seed: number,
  order: readonly number[],
  source: Table | undefined,
): Made {
  switch (data.kind) {
    case 'files':
      return fileRows(data, loss, source!, order);
    case 'teacher':
      return teacherRows(data, loss, seed);
    case 'digits':
      return digitRows(data, loss, seed);
    default:
      return planarRows(data, loss, seed);
  }
}

const widthOf = ({ height, width, channels }: Shape) => height * width * channels;
const vector = (channels: number): Shape => ({ height: 1, width: 1, channels });

function planarRows(
  { kind, rows, noise }: Extract<NetworkData, { kind: (typeof PLANAR_KINDS)[number] }>,
  loss: LossKind,
  seed: number,
): Made {
  const { features, classes } = planarSet(kind, rows, noise, seed);
  const classified = loss === 'cross-entropy';
  return {
    input: vector(2),
    outputs: classified ? 2 : 1,
    features,
    targets: Float32Array.from(classes, (one) => (classified ? one : 2 * one - 1)),
  };
}

function teacherRows(
  { rows, inputs, width, outputs, noise = 0 }: Extract<NetworkData, { kind: 'teacher' }>,
  loss: LossKind,
  seed: number,
): Made {
  const classified = loss === 'cross-entropy';
  if (classified && outputs < 2) throw new DataError('A teacher of classes needs 2 outputs or more.');
  const { features, values } = teacherSet({ count: rows, inputs, width, outputs, noise }, seed);
  const shared = { input: vector(inputs), outputs, features };
  if (!classified) return { ...shared, targets: values };
  const targets = Float32Array.from({ length: rows }, (_, i) => {
    const row = values.subarray(i * outputs, (i + 1) * outputs);
    return row.reduce((best, value, c) => (value > row[best]! ? c : best), 0);
  });
  return { ...shared, targets };
}

/** Mean and standard deviation of the digits' pixels, of 10,000 digits; the same for any number of rows. */
const INK = { mean: 0.113, deviation: 0.282 };
const CLASSES = 10;

function digitRows({ rows, side }: Extract<NetworkData, { kind: 'digits' }>, loss: LossKind, seed: number): Made {
  const { features, classes } = digitSet(rows, seed);
  const image = { width: DIGIT_SIDE, height: DIGIT_SIDE, channels: 1 };
  const sized = side === undefined || side === DIGIT_SIDE ? features : resized(features, image, side);
  for (let k = 0; k < sized.length; k++) sized[k] = (sized[k]! - INK.mean) / INK.deviation;
  return {
    input: { ...image, width: side ?? DIGIT_SIDE, height: side ?? DIGIT_SIDE },
    outputs: CLASSES,
    features: sized,
    ...classTargets(classes, CLASSES, loss),
    classNames: Array.from({ length: CLASSES }, (_, digit) => String(digit)),
    brightness: { gain: [INK.deviation], offset: [INK.mean] },
  };
}

/** Class numbers; or for squared errors 1 for the class and 0 for the others. */
function classTargets(classes: ArrayLike<number>, count: number, loss: LossKind): Pick<Made, 'targets'> {
  if (loss === 'cross-entropy') return { targets: Float32Array.from(classes) };
  const targets = new Float32Array(classes.length * count);
  for (let i = 0; i < classes.length; i++) targets[i * count + classes[i]!] = 1;
  return { targets };
}

function resized(features: Float32Array, from: Picture, side: number): Float32Array<ArrayBuffer> {
  const to = { ...from, width: side, height: side };
  const [size, toSize] = [from.width * from.height, side * side];
  const resize = resizer(from, to);
  const into = new Float32Array((features.length / size) * toSize);
  for (let i = 0; i * size < features.length; i++)
    resize(features.subarray(i * size, (i + 1) * size), into.subarray(i * toSize, (i + 1) * toSize));
  return into;
}

function chosen(files: readonly string[], table: PrepareContext['table']): Promise<Table> {
  if (files.length === 0) throw new DataError('No data set is chosen yet: drop a file first.');
  return table(files);
}

function fileRows(
  { column, scaling, side }: Extract<NetworkData, { kind: 'files' }>,
  loss: LossKind,
  table: Table,
  order: readonly number[],
): Made {
  // Rows of the table that come into question.
  const count = order.reduce((most, row) => Math.max(most, row), 0) + 1;
  const label = table.labelColumn ?? table.columns.at(-1)!;
  if (table.image && (column === undefined || column === label)) {
    const { image, features, brightness } = pictureRows(table, { order, target: label, scaling, side });
    const classes = classesOf(table, label, count);
    const outputs = classes.values.length;
    const shared = { input: image, outputs, ordered: features, brightness, classNames: classes.names };
    return { ...shared, ...classTargets(classes.of, outputs, loss) };
  }
  if (side !== undefined)
    throw new DataError(`${table.source}: only pictures with labels can be scaled to a side.`, { file: table.source });
  const regression = toRegression(table, {
    rows: count,
    target: { column },
    scaling,
    intercept: false,
    mostFeatures: MAX_COLUMNS,
  });
  const shared = { input: vector(regression.dimension), features: regression.features };
  if (loss === 'squared-error') {
    if (scaling === 'standardised') standardise(regression.targets);
    return { ...shared, outputs: 1, targets: regression.targets };
  }
  const classes = classesOf(table, column, count);
  return { ...shared, outputs: classes.values.length, targets: classes.of, classNames: classes.names };
}

/** Values to mean 0 and variance 1, in place; equal ones to 0. */
function standardise(values: Float32Array): void {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  const deviation = Math.sqrt(variance) || 1;
  for (let i = 0; i < values.length; i++) values[i] = (values[i]! - mean) / deviation;
}

const words = new Uint32Array(4);

/** Replaces the share `noise` of the training targets, in place; the rows for testing keep theirs. */
function disturb(
  { count, outputs, targets }: Pick<NetworkRows, 'count' | 'outputs' | 'targets'>,
  width: number,
  loss: LossKind,
  noise: number,
  seed: number,
): void {
  const key = streamKey(seed, STREAM.labels, 0);
  const clean = targets.slice(0, count * width);
  for (let k = 0; k < count; k++) {
    mix(key, k, 0, 0, words);
    if (words[0]! >= noise * 2 ** 32) continue;
    if (loss === 'cross-entropy') targets[k] = scaleWord(words[1]!, outputs);
    else {
      const other = scaleWord(words[1]!, count);
      targets.set(clean.subarray(other * width, (other + 1) * width), k * width);
    }
  }
}
