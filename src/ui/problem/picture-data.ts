/** Pixels as a canvas takes them. */
import type { Samples } from '../../worker/protocol';

/** Red, green, blue and opacity of every pixel of one picture: width × height × 4. */
export function pictureOf(
  { width, height, channels, pixels }: Omit<Extract<Samples, { kind: 'pictures' }>, 'kind' | 'labels'>,
  at: number,
): Uint8ClampedArray<ArrayBuffer> {
  const size = width * height;
  const own = pixels.subarray(at * size * channels, (at + 1) * size * channels);
  const colours = new Uint8ClampedArray(4 * size);
  for (let k = 0; k < size; k++) {
    for (let c = 0; c < 3; c++) colours[4 * k + c] = own[k * channels + Math.min(c, channels - 1)]!;
    colours[4 * k + 3] = 255;
  }
  return colours;
}
