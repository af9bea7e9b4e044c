/** Rows of pixels as inputs of a network: scaled to a side, and to what a network learns well from. */
import { columnIndex } from './columns';
import type { ByteFeatures, Features } from './features';
import { allocate } from './limits';
import { DataError, type Picture, type Table } from './table';

/** Pictures ready for a network. */
export interface PictureRows {
  readonly image: Picture;
  /** count × height × width × channels; bytes, where the table holds bytes and the pictures keep their size. */
  readonly features: Features;
  /** Brightness, 0 … 1, of a feature of channel c: feature × gain[c] + offset[c]. */
  readonly brightness: Brightness;
}

export interface Brightness {
  readonly gain: readonly number[];
  readonly offset: readonly number[];
}

export interface PictureOptions {
  /** Which rows of the table, in which order. */
  readonly order: readonly number[];
  /** Column that is no pixel. */
  readonly target: string;
  /**
   * `standardised`: each channel to mean 0 and variance 1 over all pixels of these rows; `unit`: divided by the largest
   * magnitude in the table; `raw`: as they are.
   */
  readonly scaling: 'standardised' | 'unit' | 'raw';
  /** Width and height to scale the pictures to; their own, when absent. */
  readonly side?: number | undefined;
}

/** Throws `DataError` where the table has no pictures, or only black ones. */
export function pictureRows(table: Table, { order, target, scaling, side }: PictureOptions): PictureRows {
  const { source, columns, values, image } = table;
  if (!image || columns.length !== 1 + pixelsOf(image))
    throw new DataError(`${source}: there are no pictures in it.`, { file: source });
  const at = columnIndex(table, target);
  const white = largestMagnitude(table, at);
  if (white === 0) throw new DataError(`${source}: every pixel is 0 in every row.`, { file: source });
  const { channels } = image;
  const own = pixelsOf(image);
  const copy = (row: number, into: Float32Array | Uint8Array) => {
    // The label may stand in any column.
    const start = row * columns.length;
    into.set(values.subarray(start, start + at));
    into.set(values.subarray(start + at + 1, start + columns.length), at);
  };
  const keepsSize = side === undefined || (side === image.width && side === image.height);
  if (values instanceof Uint8Array && keepsSize) {
    const bytes = new Uint8Array(order.length * own);
    order.forEach((row, k) => {
      copy(row, bytes.subarray(k * own, (k + 1) * own));
    });
    const levels = levelsOf(bytes, channels, scaling, white);
    return { image, features: { bytes, channels, ...levels }, brightness: brightnessOf(levels, white) };
  }
  const to = keepsSize ? image : { ...image, width: side, height: side };
  const size = pixelsOf(to);
  const features = allocate(source, order.length * size);
  const resize = keepsSize ? undefined : resizer(image, to);
  const picture = new Float32Array(own);
  order.forEach((row, k) => {
    const into = features.subarray(k * size, (k + 1) * size);
    copy(row, resize ? picture : into);
    resize?.(picture, into);
  });
  const levels = levelsOf(features, channels, scaling, white);
  for (let k = 0; k < features.length; k++)
    features[k] = features[k]! * levels.scale[k % channels]! + levels.shift[k % channels]!;
  return { image: to, features, brightness: brightnessOf(levels, white) };
}

const pixelsOf = ({ width, height, channels }: Picture) => width * height * channels;

function largestMagnitude({ values, columns }: Table, except: number): number {
  let largest = 0;
  for (let k = 0; k < values.length; k += columns.length)
    for (let j = 0; j < columns.length; j++) if (j !== except) largest = Math.max(largest, Math.abs(values[k + j]!));
  return largest;
}

type Levels = Pick<ByteFeatures, 'scale' | 'shift'>;

/** How pixels become features: pixel × scale + shift, by channel. */
function levelsOf(
  pixels: Float32Array | Uint8Array,
  channels: number,
  scaling: PictureOptions['scaling'],
  white: number,
): Levels {
  const each = Array.from({ length: channels }, (_, c) => {
    if (scaling === 'standardised') return standardised(pixels, channels, c);
    return { scale: scaling === 'unit' ? 1 / white : 1, shift: 0 };
  });
  return { scale: each.map(({ scale }) => scale), shift: each.map(({ shift }) => shift) };
}

/** Channel `c` to mean 0 and variance 1 over all pixels; one that is the same everywhere to 0. */
function standardised(pixels: Float32Array | Uint8Array, channels: number, c: number) {
  const count = pixels.length / channels;
  let mean = 0;
  for (let k = c; k < pixels.length; k += channels) mean += pixels[k]!;
  mean /= count;
  let variance = 0;
  for (let k = c; k < pixels.length; k += channels) variance += (pixels[k]! - mean) ** 2;
  const deviation = Math.sqrt(variance / count) || 1;
  return { scale: 1 / deviation, shift: -mean / deviation };
}

const brightnessOf = ({ scale, shift }: Levels, white: number): Brightness => ({
  gain: scale.map((one) => 1 / (one * white)),
  offset: shift.map((one, c) => (0 - one) / (scale[c]! * white)),
});

/** Each pixel of the result is the mean over the part of the picture that it covers. */
export function resizer(from: Picture, to: Picture): (source: ArrayLike<number>, into: Float32Array) => void {
  const across = covers(from.width, to.width);
  const down = covers(from.height, to.height);
  const { channels } = from;
  return (source, into) => {
    for (let y = 0; y < to.height; y++)
      for (let x = 0; x < to.width; x++)
        for (let c = 0; c < channels; c++) {
          let sum = 0;
          for (const [row, high] of down[y]!)
            for (const [column, wide] of across[x]!)
              sum += high * wide * source[(row * from.width + column) * channels + c]!;
          into[(y * to.width + x) * channels + c] = sum;
        }
  };
}

/** For each of `to` equal parts of a line, which of `from` equal parts it covers, and their shares of it. */
function covers(from: number, to: number): (readonly [part: number, share: number])[][] {
  const ratio = from / to;
  return Array.from({ length: to }, (_, k) => {
    const [start, end] = [k * ratio, (k + 1) * ratio];
    const first = Math.floor(start);
    const last = Math.min(Math.ceil(end - 1e-9), from);
    return Array.from({ length: last - first }, (_, j) => {
      const part = first + j;
      return [part, (Math.min(part + 1, end) - Math.max(part, start)) / ratio] as const;
    });
  });
}
