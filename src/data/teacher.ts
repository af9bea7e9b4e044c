/** Points labelled by a random network, the teacher: a student of its width or wider can fit them. */
import { mix, normalPair, STREAM, streamKey } from '../random/random';

export interface TeacherOptions {
  readonly count: number;
  /** Coordinates of a point. */
  readonly inputs: number;
  /** Hidden units of the teacher. */
  readonly width: number;
  /** Values of the teacher for a point. */
  readonly outputs: number;
  /** Standard deviation of what is added to each value; the values themselves have a variance of about 1. */
  readonly noise: number;
}

export interface TeacherSet {
  /** count × inputs, standard normal. */
  readonly features: Float32Array<ArrayBuffer>;
  /** count × outputs. */
  readonly values: Float32Array<ArrayBuffer>;
}

/** Var relu(z) for z ~ N(0, 1). */
const RELU_VARIANCE = 1 / 2 - 1 / (2 * Math.PI);

/**
 * y = A (relu(B x) − E relu(B x)) + noise, with rows of B on the unit sphere and entries of A of variance 1/(width · Var
 * relu). Without their means the classes of a teacher, the largest of its values, would be far from equally frequent.
 * A pure function of its arguments; a point does not depend on how many there are.
 */
export function teacherSet(options: TeacherOptions, rootSeed: number): TeacherSet {
  const { count, inputs, width, outputs, noise } = options;
  const weights = streamKey(rootSeed, STREAM.data, 1);
  const first = normals(weights, 0, width * inputs);
  for (let k = 0; k < width; k++) {
    const row = first.subarray(k * inputs, (k + 1) * inputs);
    const length = Math.hypot(...row);
    for (let j = 0; j < inputs; j++) row[j] = row[j]! / length;
  }
  const second = normals(weights, 1, outputs * width).map((value) => value / Math.sqrt(width * RELU_VARIANCE));
  const key = streamKey(rootSeed, STREAM.data, 0);
  const features = new Float32Array(count * inputs);
  const values = new Float32Array(count * outputs);
  const hidden = new Float64Array(width);
  for (let i = 0; i < count; i++) {
    const x = features.subarray(i * inputs, (i + 1) * inputs);
    x.set(normals(key, 2 * i, inputs));
    for (let k = 0; k < width; k++) {
      let sum = 0;
      for (let j = 0; j < inputs; j++) sum += first[k * inputs + j]! * x[j]!;
      hidden[k] = Math.max(sum, 0) - 1 / Math.sqrt(2 * Math.PI);
    }
    const disturbance = normals(key, 2 * i + 1, outputs);
    for (let c = 0; c < outputs; c++) {
      let sum = noise * disturbance[c]!;
      for (let k = 0; k < width; k++) sum += second[c * width + k]! * hidden[k]!;
      values[i * outputs + c] = sum;
    }
  }
  return { features, values };
}

const words = new Uint32Array(4);

/** `length` independent standard normals, number `row` under `key`. */
function normals(key: number, row: number, length: number): Float64Array {
  const values = new Float64Array(length);
  for (let k = 0; k < length; k += 4) {
    mix(key, row, k >>> 2, 0, words);
    const four = [...normalPair(words[0]!, words[1]!), ...normalPair(words[2]!, words[3]!)];
    for (let j = 0; j < 4 && k + j < length; j++) values[k + j] = four[j]!;
  }
  return values;
}
