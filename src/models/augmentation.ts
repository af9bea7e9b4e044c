/** What is done to pictures while training, so that a network sees each of them in many ways. */
import { mix, scaleWord, STREAM, streamKey } from '../random/random';
import type { Shape } from './network';

/**
 * A random crop of the picture's own size out of the picture with a border of zeros, and in half of the cases its mirror
 * image (He et al. 2016, section 4.2: 4 pixels for 32 × 32).
 */
export interface Augmentation {
  readonly kind: 'crop-flip';
  readonly image: Shape;
  /** Width of the border. */
  readonly padding: number;
}

/** Key of the draws of a lane seed whose minibatches are drawn under `rowsKey`. */
export const augmentationKey = (rowsKey: number): number => streamKey(rowsKey, STREAM.augment, 0);

const words = new Uint32Array(4);

/**
 * Writes picture `from` (height × width × channels) to `into` as place `index` of minibatch `step` sees it; twin of
 * shaders/network/input_crop_flip.wgsl.
 */
export function augment(
  { image, padding }: Augmentation,
  key: number,
  step: number,
  index: number,
  from: ArrayLike<number>,
  into: Float32Array | Float64Array,
): void {
  const { height, width, channels } = image;
  mix(key, step, index, 0, words);
  const down = scaleWord(words[0]!, 2 * padding + 1) - padding;
  const across = scaleWord(words[1]!, 2 * padding + 1) - padding;
  const flip = words[2]! >= 2 ** 31;
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const row = y + down;
      const column = (flip ? width - 1 - x : x) + across;
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      for (let c = 0; c < channels; c++)
        into[(y * width + x) * channels + c] = inside ? from[(row * width + column) * channels + c]! : 0;
    }
}
