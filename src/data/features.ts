/** Features of many rows: as numbers, or as the bytes of pictures, which take a quarter of the memory. */

/** The number that a byte of channel c stands for is byte × scale[c] + shift[c]. */
export interface ByteFeatures {
  /** Row-major, the channels of a pixel side by side. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** Of a pixel. */
  readonly channels: number;
  /** One for each channel. */
  readonly scale: readonly number[];
  readonly shift: readonly number[];
}

export type Features = Float32Array<ArrayBuffer> | ByteFeatures;

/** What is known of features in bytes before they are made: the channels of a pixel. */
export type ByteFormat = Pick<ByteFeatures, 'channels'>;

/** The channels of a pixel where features are bytes; undefined where they are numbers. */
export const byteChannels = (features: Features | ByteFormat | undefined): number | undefined =>
  features === undefined || features instanceof Float32Array ? undefined : features.channels;

/** How many numbers there are. */
export const lengthOf = (features: Features): number =>
  features instanceof Float32Array ? features.length : features.bytes.length;

/** Numbers `from` … `to` − 1, all unless told; a view where they are numbers already. */
export function numbersOf(features: Features, from = 0, to = lengthOf(features)): Float32Array<ArrayBuffer> {
  if (features instanceof Float32Array) return features.subarray(from, to);
  const { bytes, channels, scale, shift } = features;
  const numbers = new Float32Array(to - from);
  for (let k = 0; k < numbers.length; k++) {
    const c = (from + k) % channels;
    numbers[k] = bytes[from + k]! * scale[c]! + shift[c]!;
  }
  return numbers;
}
