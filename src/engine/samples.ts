/** A few training rows of a network problem, to be looked at. */
import { numbersOf, type Features } from '../data/features';
import type { NetworkObjective, Objective } from '../problems/types';

export const MOST_PICTURES = 40;
export const MOST_POINTS = 600;
/** Classes that a picture of points can tell apart. */
export const MOST_CLASSES = 8;

/** The first training rows; typed arrays are fresh and may be transferred. */
export type Samples =
  | {
      readonly kind: 'pictures';
      readonly width: number;
      readonly height: number;
      /** 1: grey; 3: red, green, blue. */
      readonly channels: number;
      /** count × height × width × channels, 0 … 255. */
      readonly pixels: Uint8ClampedArray<ArrayBuffer>;
      /** What each shows. */
      readonly labels: readonly string[];
    }
  | {
      readonly kind: 'points';
      /** count × 2. */
      readonly points: Float32Array<ArrayBuffer>;
      /** Class of each point. */
      readonly classes: Uint8Array<ArrayBuffer>;
      /** Names of the classes, at most {@link MOST_CLASSES}. */
      readonly names: readonly string[];
    };

/** Undefined where rows are neither pictures nor points of a plane in a few classes. */
export function samplesOf(objective: Objective): Samples | undefined {
  if (objective.family !== 'network') return undefined;
  return objective.rows.image ? picturesOf(objective, objective.rows.image) : pointsOf(objective);
}

type Image = NonNullable<NetworkObjective['rows']['image']>;

/** These rows as pictures, one after the other: rows × height × width × channels, 0 … 255. */
export function pixelsOf(
  features: Features,
  { width, height, channels, gain, offset }: Image,
  rows: readonly number[],
): Uint8ClampedArray<ArrayBuffer> {
  const size = width * height * channels;
  const pixels = new Uint8ClampedArray(rows.length * size);
  rows.forEach((row, i) => {
    const numbers = numbersOf(features, row * size, (row + 1) * size);
    for (let k = 0; k < size; k++) {
      const c = k % channels;
      pixels[i * size + k] = 255 * (numbers[k]! * gain[c]! + offset[c]!);
    }
  });
  return pixels;
}

function picturesOf({ network, rows }: NetworkObjective, image: Image): Samples {
  const { width, height, channels } = image;
  const count = Math.min(MOST_PICTURES, rows.count);
  const pixels = pixelsOf(rows.features, image, [...Array(count).keys()]);
  const labels = Array.from({ length: count }, (_, i) => {
    const one = classOf(rows.targets, i, network.loss === 'cross-entropy' ? 1 : network.outputs);
    return rows.classNames?.[one] ?? String(one);
  });
  return { kind: 'pictures', width, height, channels, pixels, labels };
}

function pointsOf({ network, rows }: NetworkObjective): Samples | undefined {
  const input = network.tensors[0]!;
  const classified = network.loss === 'cross-entropy';
  if (input.height * input.width * input.channels !== 2 || !classified || network.outputs > MOST_CLASSES)
    return undefined;
  const count = Math.min(MOST_POINTS, rows.count);
  return {
    kind: 'points',
    points: numbersOf(rows.features, 0, 2 * count).slice(),
    classes: Uint8Array.from(rows.targets.subarray(0, count)),
    names: Array.from({ length: network.outputs }, (_, k) => rows.classNames?.[k] ?? String(k)),
  };
}

/** The class of row `i`: its number; or the largest of `width` values. */
function classOf(targets: Float32Array, i: number, width: number): number {
  if (width === 1) return targets[i]!;
  const row = targets.subarray(i * width, (i + 1) * width);
  return row.indexOf(Math.max(...row));
}
