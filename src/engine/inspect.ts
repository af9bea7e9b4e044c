/**
 * A classifier looked at closely: which class it takes for which, and the rows that it gets most wrong. In float64, over the
 * rows kept for testing, or those trained on where there are none.
 */
import { numbersOf } from '../data/features';
import { multiplyAdds } from '../models/cost';
import { NetworkArithmetic } from '../models/float64/arithmetic';
import { classOf, lossOf } from '../models/float64/loss';
import { strideOf } from '../models/network';
import { inputWidth } from '../problems/network-reference';
import type { Examples, NetworkObjective } from '../problems/types';
import type { LaneWeights } from './lane-weights';
import { pixelsOf } from './samples';

/** Multiply-adds of one inspection, at most: a few seconds. */
export const MOST_WORK = 3e9;
/** Rows that are told one by one, at most. */
export const MOST_MISTAKES = 40;
/** Multiply-adds between two breaths of the event loop, about. */
const SLICE_WORK = 3e6;
/** Rows that pass together: bounds the memory of activations. */
const MOST_TOGETHER = 64;

/** A row whose class is not found. */
export interface Mistake {
  /** Number of the row among those of its set, from 0. */
  readonly row: number;
  readonly actual: number;
  readonly predicted: number;
  /** −ln of the probability that the right class gets. */
  readonly loss: number;
}

export interface Inspection {
  /** Steps that the lane had taken. */
  readonly step: number;
  readonly set: 'test' | 'training';
  /** Rows looked at, the first ones of `available`. */
  readonly looked: number;
  readonly available: number;
  /** Names of the classes. */
  readonly classes: readonly string[];
  /** Rows of class i that are taken for class j: classes × classes, row-major. */
  readonly counts: Uint32Array<ArrayBuffer>;
  /** Share of the rows looked at whose class is found. */
  readonly accuracy: number;
  /** Mean loss over the rows looked at. */
  readonly loss: number;
  /** The mistakes with the largest losses first, at most {@link MOST_MISTAKES}. */
  readonly mistakes: readonly Mistake[];
  /** What the rows of `mistakes` are, in their order; absent where that cannot be shown. */
  readonly shown?: ShownRows;
}

export type ShownRows =
  | {
      readonly kind: 'pictures';
      readonly width: number;
      readonly height: number;
      /** 1: grey; 3: red, green, blue. */
      readonly channels: number;
      /** rows × height × width × channels, 0 … 255. */
      readonly pixels: Uint8ClampedArray<ArrayBuffer>;
    }
  /** Points of a plane: rows × 2. */
  | { readonly kind: 'points'; readonly points: Float32Array<ArrayBuffer> };

export interface InspectOptions {
  readonly signal?: AbortSignal;
  /** Limit of the multiply-adds, {@link MOST_WORK} unless given; one row is always looked at. */
  readonly work?: number;
}

/**
 * Looks at what a lane has learned; the event loop gets a turn every few milliseconds. Rejects with a readable error where
 * the network has no classes or a weight is not finite, and with the signal's reason.
 */
export async function inspect(
  objective: NetworkObjective,
  { parameters, statistics, step }: LaneWeights,
  { signal, work = MOST_WORK }: InspectOptions = {},
): Promise<Inspection> {
  const { network, rows } = objective;
  if (network.loss !== 'cross-entropy') throw new Error('This network predicts values, not classes.');
  if (!parameters.every(Number.isFinite) || !statistics.every(Number.isFinite))
    throw new Error(`Not all weights are finite numbers at step ${step}: there is nothing to look at.`);
  const { outputs } = network;
  const set = rows.test > 0 ? ('test' as const) : ('training' as const);
  const [first, available] = set === 'test' ? [rows.count, rows.test] : [0, rows.count];
  const cost = multiplyAdds(network);
  const looked = Math.max(1, Math.min(available, Math.floor(work / cost)));
  const together = Math.max(1, Math.min(MOST_TOGETHER, Math.floor(SLICE_WORK / cost)));
  const pass = rowPass(objective, Float64Array.from(parameters), Float64Array.from(statistics));

  const counts = new Uint32Array(outputs * outputs);
  const wrong: Mistake[] = [];
  let [sum, found] = [0, 0];
  for (let from = 0; from < looked; from += together) {
    await new Promise((resolve) => setTimeout(resolve, 0));
    signal?.throwIfAborted();
    const judged = pass(first + from, Math.min(together, looked - from));
    judged.forEach(({ actual, predicted, loss }, k) => {
      counts[actual * outputs + predicted]!++;
      sum += loss;
      if (actual === predicted) found++;
      else wrong.push({ row: from + k, actual, predicted, loss });
    });
  }
  const mistakes = wrong.sort((a, b) => b.loss - a.loss || a.row - b.row).slice(0, MOST_MISTAKES);
  const shown = shownRows(
    objective,
    mistakes.map(({ row }) => first + row),
  );
  return {
    step,
    set,
    looked,
    available,
    classes: Array.from({ length: outputs }, (_, c) => rows.classNames?.[c] ?? String(c)),
    counts,
    accuracy: found / looked,
    loss: sum / looked,
    mistakes,
    ...(shown ? { shown } : {}),
  };
}

/** Judges rows first … first + count − 1. */
function rowPass({ network, rows }: NetworkObjective, parameters: Float64Array, statistics: Float64Array) {
  const arithmetic = new NetworkArithmetic(network);
  const width = inputWidth(network);
  const { outputs } = network;
  const stride = strideOf({ channels: outputs });
  return (first: number, count: number): Omit<Mistake, 'row'>[] => {
    const inputs = numbersOf(rows.features, first * width, (first + count) * width);
    const z = arithmetic.forward(parameters, statistics, inputs, count, { kind: 'evaluation' });
    return Array.from({ length: count }, (_, i) => {
      const scores = z.subarray(i * stride, (i + 1) * stride);
      const actual = rows.targets[first + i]!;
      const loss = lossOf('cross-entropy', 1, outputs, scores, [actual]);
      return { actual, predicted: classOf(scores.subarray(0, outputs)), loss };
    });
  };
}

/** What these rows are, by their numbers among all of them. */
function shownRows({ network, rows }: NetworkObjective, numbers: readonly number[]): ShownRows | undefined {
  if (rows.image) {
    const { width, height, channels } = rows.image;
    return { kind: 'pictures', width, height, channels, pixels: pixelsOf(rows.features, rows.image, numbers) };
  }
  return inputWidth(network) === 2 ? { kind: 'points', points: pointsOf(rows, numbers) } : undefined;
}

const pointsOf = ({ features }: Examples, numbers: readonly number[]) =>
  Float32Array.from(numbers.flatMap((row) => [...numbersOf(features, 2 * row, 2 * row + 2)]));
