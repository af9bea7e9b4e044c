/** The program that copies the rows of a pass together, unpacked and as they are looked at. */
import randomWgsl from '../../../../shaders/common/random.wgsl?raw';
import featuresByteWgsl from '../../../../shaders/network/features_byte.wgsl?raw';
import featuresFloatWgsl from '../../../../shaders/network/features_float.wgsl?raw';
import gatherWgsl from '../../../../shaders/network/gather.wgsl?raw';
import inputCropFlipWgsl from '../../../../shaders/network/input_crop_flip.wgsl?raw';
import inputPlainWgsl from '../../../../shaders/network/input_plain.wgsl?raw';
import rowsDrawnWgsl from '../../../../shaders/network/rows_drawn.wgsl?raw';
import rowsInOrderWgsl from '../../../../shaders/network/rows_in_order.wgsl?raw';
import { sizeOf, strideOf, type Network, type Shape } from '../../../models/network';
import { STREAM } from '../../../random/random';
import { compose, constants, switches, targetBlocks, type PassContext, type Program } from './compose';

/** Blocks of four numbers that an invocation copies, about. */
const BLOCKS_EACH = 16;

export interface Draws {
  readonly sampling: 'replacement' | 'epochs';
  /** Rows to draw from. */
  readonly rows: number;
}

/**
 * Copies the minibatch of each seed, or without `draws` a chunk of rows in order. Bind: work, features, targets, inputs,
 * wanted; channel_levels, where features are bytes; lanes and leaders, where rows are drawn.
 */
export function gather(context: PassContext, draws?: Draws): Program {
  const { network, batch } = context;
  const blocks = { input: sizeOf(network.tensors[0]!) / 4, target: targetBlocks(network) };
  const { byteChannels = 1 } = context;
  const parts = byteChannels * Math.ceil(Math.max(blocks.input, blocks.target) / (BLOCKS_EACH * byteChannels));
  return {
    code: compose(context, [
      randomWgsl,
      constants({ INPUT_BLOCKS: blocks.input, TARGET_BLOCKS: blocks.target, PARTS: parts }),
      ...(draws ? [drawing(draws), rowsDrawnWgsl] : [rowsInOrderWgsl]),
      ...stored(context),
      ...(draws ? viewed(network) : [inputPlainWgsl]),
      gatherWgsl,
    ]),
    invocations: batch * parts,
  };
}

function drawing({ sampling, rows }: Draws): string {
  const drawn =
    sampling === 'epochs'
      ? `row_of_epoch(key, step * BATCH + index, ${rows}u)`
      : `row_with_replacement(key, step, index, ${rows}u)`;
  return `fn draw_row(key: u32, step: u32, index: u32) -> u32 {\n  return ${drawn};\n}`;
}

/** Numbers of a row, without the surplus of the strides. */
const widthOf = ({ height, width, channels }: Shape) => height * width * channels;

/** Words of a row where features are bytes, else numbers. */
export const rowLength = (input: Shape, bytes: boolean): number =>
  bytes ? Math.ceil(widthOf(input) / 4) : widthOf(input);

/** How features lie in memory. */
function stored({ network, byteChannels }: PassContext): string[] {
  const input = network.tensors[0]!;
  const { channels } = input;
  const bytes = byteChannels !== undefined;
  return [
    constants({ ROW: rowLength(input, bytes), CHANNELS: channels, PIXEL_BLOCKS: strideOf(input) / 4 }),
    ...(bytes
      ? [constants({ BYTE_CHANNELS: byteChannels }), switches({ ALIGNED: channels % 4 === 0 }), featuresByteWgsl]
      : [featuresFloatWgsl]),
  ];
}

/** How a row is looked at in training. */
function viewed({ tensors, augmentation }: Network): string[] {
  if (!augmentation) return [inputPlainWgsl];
  const { image, padding } = augmentation;
  // A network that begins with a dense layer has its pictures flat, without surplus.
  const flat = tensors[0]!.height !== image.height || tensors[0]!.width !== image.width;
  return [
    constants({
      IMAGE_HEIGHT: image.height,
      IMAGE_WIDTH: image.width,
      IMAGE_CHANNELS: image.channels,
      PIXEL: flat ? image.channels : strideOf(image),
      PADDING: padding,
      AUGMENT_STREAM: STREAM.augment,
    }),
    inputCropFlipWgsl,
  ];
}
