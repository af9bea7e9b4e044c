/** Rows of pixels as inputs of a network: scaled to a side, and to what a network learns well from. */
import { columnIndex } from './columns';
import { allocate } from './limits';
import { DataError, type Picture, type Table } from './table';

/** Pictures ready for a network. */
export interface PictureRows {
  readonly image: Picture;
  /** count × height × width × channels. */
  readonly features: Float32Array<ArrayBuffer>;
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
  const to = side === undefined ? image : { ...image, width: side, height: side };
  const size = pixelsOf(to);
  const features = allocate(source, order.length * size);
  const resize = side === undefined ? undefined : resizer(image, to);
  const own = new Float32Array(pixelsOf(image));
  order.forEach((row, k) => {
    // The label may stand in any column.
    const start = row * columns.length;
    own.set(values.subarray(start, start + at));
    own.set(values.subarray(start + at + 1, start + columns.length), at);
    const into = features.subarray(k * size, (k + 1) * size);
    if (resize) resize(own, into);
    else into.set(own);
  });
  const white = largestMagnitude(table, at);
  if (white === 0) throw new DataError(`${source}: every pixel is 0 in every row.`, { file: source });
  const brightness = rescale(features, image.channels, scaling, white);
  return { image: to, features, brightness };
}

const pixelsOf = ({ width, height, channels }: Picture) => width * height * channels;

function largestMagnitude({ values, columns }: Table, except: number): number {
  let largest = 0;
  for (let k = 0; k < values.length; k += columns.length)
    for (let j = 0; j < columns.length; j++) if (j !== except) largest = Math.max(largest, Math.abs(values[k + j]!));
  return largest;
}

/** Scales pixels in place. */
function rescale(
  features: Float32Array,
  channels: number,
  scaling: PictureOptions['scaling'],
  white: number,
): Brightness {
  if (scaling === 'standardised') return standardise(features, channels, white);
  const scale = scaling === 'unit' ? 1 / white : 1;
  for (let k = 0; k < features.length; k++) features[k] = features[k]! * scale;
  return {
    gain: new Array<number>(channels).fill(1 / (white * scale)),
    offset: new Array<number>(channels).fill(0),
  };
}

/** Each channel to mean 0 and variance 1 over all pixels; one that is the same everywhere to 0. */
function standardise(features: Float32Array, channels: number, white: number): Brightness {
  const count = features.length / channels;
  const gain: number[] = [];
  const offset: number[] = [];
  for (let c = 0; c < channels; c++) {
    let mean = 0;
    for (let k = c; k < features.length; k += channels) mean += features[k]!;
    mean /= count;
    let variance = 0;
    for (let k = c; k < features.length; k += channels) variance += (features[k]! - mean) ** 2;
    const deviation = Math.sqrt(variance / count) || 1;
    for (let k = c; k < features.length; k += channels) features[k] = (features[k]! - mean) / deviation;
    gain.push(deviation / white);
    offset.push(mean / white);
  }
  return { gain, offset };
}

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
