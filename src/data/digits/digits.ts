/** Digits that look handwritten: strokes of a random style, bent and shaken, drawn with a pen of varying width. */
import { mix, normalPair, STREAM, streamKey } from '../../random/random';
import { drawLine, smoothCurve } from './pen';
import { DIGIT_STYLES } from './strokes';

/** Width and height of a picture. */
export const DIGIT_SIDE = 28;
const PIXELS = DIGIT_SIDE ** 2;

export interface DigitSet {
  /** count × 28 × 28, from 0 (paper) to 1 (ink). */
  readonly features: Float32Array<ArrayBuffer>;
  /** The digit of each row; row i holds digit i mod 10. */
  readonly classes: Uint8Array<ArrayBuffer>;
}

/** `count` digits; row i is a pure function of the root seed and i. */
export function digitSet(count: number, rootSeed: number): DigitSet {
  const features = new Float32Array(count * PIXELS);
  const classes = new Uint8Array(count);
  const key = streamKey(rootSeed, STREAM.data, 0);
  for (let i = 0; i < count; i++) {
    classes[i] = i % 10;
    writeDigit(i % 10, key, i, features.subarray(i * PIXELS, (i + 1) * PIXELS));
  }
  return { features, classes };
}

/** Draws of one picture, in order. */
class Draws {
  readonly #words = new Uint32Array(4);
  #key = 0;
  #row = 0;
  #number = 0;
  #spare = 0;
  #hasSpare = false;

  start(key: number, row: number): void {
    this.#key = key;
    this.#row = row;
    this.#number = 0;
    this.#hasSpare = false;
  }

  /** From 0 to below 1. */
  uniform(): number {
    return this.#next()[0]! / 2 ** 32;
  }

  /** Standard normal, cut off at ±2.5: what is beyond could not be read. */
  normal(): number {
    this.#hasSpare = !this.#hasSpare;
    if (!this.#hasSpare) return this.#spare;
    const words = this.#next();
    const [one, other] = normalPair(words[0]!, words[1]!);
    this.#spare = Math.min(Math.max(other, -2.5), 2.5);
    return Math.min(Math.max(one, -2.5), 2.5);
  }

  #next(): Uint32Array {
    return mix(this.#key, this.#row, this.#number++, 0, this.#words);
  }
}

const draws = new Draws();
const PER_SPAN = 4;
const MOST_POINTS = 1 + Math.max(...DIGIT_STYLES.flat(2).map((stroke) => stroke.length / 2));
const points = new Float64Array(2 * MOST_POINTS);
const places = new Float64Array(2 * MOST_POINTS * PER_SPAN);

function writeDigit(digit: number, key: number, row: number, picture: Float32Array): void {
  draws.start(key, row);
  const styles = DIGIT_STYLES[digit]!;
  const style = styles[Math.floor(draws.uniform() * styles.length)]!;
  const move = movement();
  const shake = 0.016;
  const radius = 1.05 * Math.exp(0.28 * draws.normal());
  for (const stroke of style) {
    const count = stroke.length / 2;
    for (let k = 0; k < count; k++) {
      const [x, y] = [stroke[2 * k]!, stroke[2 * k + 1]!];
      // The two points of a corner stay one.
      const same = k > 0 && x === stroke[2 * k - 2] && y === stroke[2 * k - 1];
      const [px, py] = same
        ? [points[2 * k - 2]!, points[2 * k - 1]!]
        : move(x + shake * draws.normal(), y + shake * draws.normal());
      points[2 * k] = px;
      points[2 * k + 1] = py;
    }
    drawStroke(count, radius, picture);
  }
}

/** Draws the stroke that `points` hold, in pixels, with a pressure that comes and goes. */
function drawStroke(count: number, radius: number, picture: Float32Array): void {
  const along = smoothCurve(points, count, PER_SPAN, places);
  const [depth, waves, phase] = [0.16 * draws.normal(), 1 + 2 * draws.uniform(), 2 * Math.PI * draws.uniform()];
  const radiusAt = (k: number) => radius * (1 + depth * Math.sin(phase + (waves * 2 * Math.PI * k) / along));
  for (let k = 1; k < along; k++)
    drawLine(
      picture,
      DIGIT_SIDE,
      places[2 * k - 2]!,
      places[2 * k - 1]!,
      radiusAt(k - 1),
      places[2 * k]!,
      places[2 * k + 1]!,
      radiusAt(k),
    );
}

/** A random map from the unit square of the strokes to pixels: proportions, waves, width, slant, turn, size, place. */
function movement(): (x: number, y: number) => [number, number] {
  const power = Math.exp(0.16 * draws.normal());
  const bulge = 0.14 * draws.normal();
  const width = 0.86 * Math.exp(0.15 * draws.normal());
  const slant = 0.12 + 0.18 * draws.normal();
  const turn = 0.075 * draws.normal();
  const size = 19.5 * Math.exp(0.08 * draws.normal());
  const [cos, sin] = [size * Math.cos(turn), size * Math.sin(turn)];
  const centre = (DIGIT_SIDE - 1) / 2;
  const [left, top] = [centre + 0.8 * draws.normal(), centre + 0.8 * draws.normal()];
  const waves = Array.from({ length: 2 }, () => ({
    x: 2 + 3 * draws.uniform(),
    y: 2 + 3 * draws.uniform(),
    phase: 2 * Math.PI * draws.uniform(),
    across: 0.026 * draws.normal(),
    down: 0.026 * draws.normal(),
  }));
  return (x, y) => {
    let u = width * (x - 0.5);
    // Where the waist of a digit lies, and how far its upper half is wider than its lower one.
    let v = (y > 0 ? Math.pow(y, power) : y) - 0.5;
    u *= 1 + 2 * bulge * v;
    for (const wave of waves) {
      const shift = Math.sin(wave.phase + wave.x * x + wave.y * y);
      u += wave.across * shift;
      v += wave.down * shift;
    }
    u -= slant * v;
    return [left + cos * u - sin * v, top + sin * u + cos * v];
  };
}
