/**
 * Programs of dense layers and convolutions for adapters with subgroups of four, which is how software renders: there a load
 * takes as long as dozens of multiply-adds, so four invocations share large tiles in registers. A dense layer is a 1 × 1
 * convolution of one image of as many pixels as the minibatch has samples.
 */
import forwardWgsl from '../../../../shaders/conv/quad_forward.wgsl?raw';
import inputGradientWgsl from '../../../../shaders/conv/quad_input_gradient.wgsl?raw';
import weightGradientWgsl from '../../../../shaders/conv/quad_weight_gradient.wgsl?raw';
import innerWgsl from '../../../../shaders/conv/inner.wgsl?raw';
import phaseWgsl from '../../../../shaders/conv/phase.wgsl?raw';
import quadWgsl from '../../../../shaders/conv/quad.wgsl?raw';
import layerWgsl from '../../../../shaders/network/layer.wgsl?raw';
import { expandTemplate } from '../../../gpu/template';
import { sizeOf, type Operation, type Shape } from '../../../models/network';
import {
  channelBlocks,
  compose,
  constants,
  giving,
  phasesOf,
  pixelsOf,
  planes,
  samples,
  switches,
  tilesOf,
  type Given,
  type PassContext,
  type Program,
  type Tile,
} from './compose';

type Layer = Extract<Operation, { kind: 'dense' | 'convolution' }>;

/** Invocations of a tile, and of its workgroup: few tiles still spread over all cores. */
const QUAD = 4;

/** Bind: layer, lanes, state, alive, members, x, y, and what the pass needs (inputs_of, or work). */
export function quadForward(context: PassContext, op: Layer, relu: boolean): Program {
  const shape = shapeOf(context, op);
  const tile = quadTile(shape.images * pixelsOf(shape.to), channelBlocks(shape.to), sumsOf(context, op));
  return program(
    context,
    op,
    forwardWgsl,
    tile,
    shape.images * pixelsOf(shape.to),
    channelBlocks(shape.to),
    [samples(context), switches({ RELU: relu, FROM_INPUTS: op.input === 0 })],
    { counts: loopsOver(tapsOf(op) > 1, channelBlocks(shape.from)) },
  );
}

/** Bind: layer, state, alive, members, x, dy, dx. */
export function quadInputGradient(context: PassContext, op: Layer, given: Given): Program {
  const { images, from, to } = shapeOf(context, op);
  const kernel = kernelOf(op);
  const phases = phasesOf(from, kernel, given);
  const [rows, columns] = [images * phases.pixels, channelBlocks(from)];
  const tile = quadTile(rows, columns, sumsOf(context, op));
  return program(context, op, inputGradientWgsl, tile, rows, columns, [phaseWgsl, giving(given, 'f32')], {
    copies: phases.number,
    counts: {
      // Phases differ in their taps.
      ...loopsOver(kernel.size > 1 || phases.number > 1, channelBlocks(to)),
      ...(phases.alike ? {} : { RAGGED_ROWS: 1 }),
    },
  });
}

/** Bind: layer, alive, members, inputs_of, x, dy, and `parts`, which is the gradient itself where there is only one part. */
export function quadWeightGradient(context: PassContext, op: Layer, parts: number): Program {
  const { from, to } = shapeOf(context, op);
  const [rows, columns] = [isPacked(op, from) ? packedBlocks(op, from) : channelBlocks(from), channelBlocks(to)];
  const pixels = [4, 2, 1].find((count) => to.width % count === 0)!;
  const tile = quadTile(4 * rows, columns, sumsOf(context, op));
  const tapTiles = isPacked(op, from) ? 1 : tapsOf(op);
  return program(
    context,
    op,
    weightGradientWgsl,
    { rows: Math.ceil(tile.rows / 4), columns: tile.columns },
    rows,
    columns,
    [
      samples(context),
      constants({ PARTS: parts, PIXELS: pixels, TAP_TILES: tapTiles, INNER_BLOCKS: rows }),
      switches({ DIRECT: parts === 1, FROM_INPUTS: op.input === 0 }),
    ],
    { copies: tapTiles * parts, counts: { PIXELS: pixels } },
  );
}

/**
 * The tile of the least estimated time: rows, and blocks of four columns, of a product with so many of each. An invocation
 * holds at most `most` sums.
 */
export function quadTile(rows: number, columns: number, most: number): Tile {
  let best: Tile = { rows: 1, columns: 1 };
  let least = Infinity;
  for (let tileRows = 4; tileRows <= 40; tileRows += 4)
    for (let tileColumns = 1; tileColumns <= Math.min(columns, 8); tileColumns++) {
      if (tileRows * tileColumns > most) continue;
      const tiles = Math.ceil(rows / tileRows) * Math.ceil(columns / tileColumns);
      // Two cores at least: an odd tile out keeps one of them waiting.
      const time = 2 * Math.ceil(tiles / 2) * tileTime(tileRows, tileColumns);
      if (time < least) [least, best] = [time, { rows: tileRows, columns: tileColumns }];
    }
  return best;
}

/**
 * Sums that an invocation holds, at most, in products of so many multiply-adds. Large tiles load less, but take seconds to
 * compile: they are for large products, and for dense layers, of which there are few.
 */
const MOST_SUMS = [
  { from: 3e7, convolution: 256, dense: 256 },
  { from: 2e6, convolution: 96, dense: 160 },
  { from: 1e5, convolution: 48, dense: 80 },
  { from: 0, convolution: 32, dense: 32 },
] as const;

export const mostSums = (products: number, kind: Layer['kind']): number =>
  MOST_SUMS.find(({ from }) => products >= from)![kind];

function sumsOf(context: PassContext, op: Layer): number {
  const { images, to } = shapeOf(context, op);
  return mostSums(images * pixelsOf(to) * op.weights.length, op.kind);
}

/** Nanoseconds of four steps of the inner index, measured on SwiftShader: loads with their exchanges, and multiply-adds. */
const tileTime = (rows: number, columns: number) => 9 * rows + 43 * columns + 3 * rows * columns;

const kernelOf = (op: Layer) => (op.kind === 'dense' ? ({ size: 1, stride: 1 } as const) : op);
const tapsOf = (op: Layer) => kernelOf(op).size ** 2;

/** Whether the inner index goes through all taps of a few channels without their surplus; see shaders/conv/inner.wgsl. */
const isPacked = (op: Layer, from: Shape) => tapsOf(op) > 1 && channelBlocks(from) === 1;

/** Blocks of four of that index. */
const packedBlocks = (op: Layer, { channels }: Shape) => Math.ceil((tapsOf(op) * channels) / 4);

/** Which loops there are over taps, and over blocks of channels: none where it would run but once. */
function loopsOver(taps: boolean, blocks: number): Readonly<Record<string, number>> {
  const [several, many] = [taps ? 1 : 0, blocks > 1 ? 1 : 0];
  return { TAP_LOOP: several, ONE_TAP: 1 - several, BLOCK_LOOP: many, ONE_BLOCK: 1 - many };
}

interface LayerShape {
  /** Images of a lane. */
  readonly images: number;
  /** Pixels of the inputs that a sample has. */
  readonly samplePixels: number;
  readonly from: Shape;
  readonly to: Shape;
}

function shapeOf({ network, batch }: PassContext, op: Layer): LayerShape {
  const [from, to] = [network.tensors[op.input]!, network.tensors[op.output]!];
  if (op.kind === 'convolution') return { images: batch, samplePixels: pixelsOf(from), from, to };
  const line = (channels: number): Shape => ({ height: 1, width: batch, channels });
  return { images: 1, samplePixels: 1, from: line(sizeOf(from)), to: line(sizeOf(to)) };
}

function program(
  context: PassContext,
  op: Layer,
  wgsl: string,
  tile: Tile,
  rows: number,
  columns: number,
  parts: readonly string[],
  { copies = 1, counts = {} }: { copies?: number; counts?: Readonly<Record<string, number>> } = {},
): Program {
  const { images, samplePixels, from, to } = shapeOf(context, op);
  const { size, stride } = kernelOf(op);
  const packed = isPacked(op, from);
  return quadProgram(
    context,
    wgsl,
    tile,
    { rows, columns, copies },
    [
      layerWgsl,
      constants({
        IMAGES: images,
        SAMPLE_PIXELS: samplePixels,
        INPUT_BLOCKS: channelBlocks(from),
        OUTPUT_BLOCKS: channelBlocks(to),
        ...planes(from, to),
        SIZE: size,
        STRIDE: stride,
        PADDING: (size - 1) / 2,
        TAPS: packed ? packedBlocks(op, from) : tapsOf(op),
        CHANNELS: from.channels,
      }),
      switches({ HAS_BIAS: op.bias !== undefined, PADDED: size > 1 }),
      ...(packed ? [innerWgsl] : []),
      ...parts,
    ],
    { PACKED: packed ? 1 : 0, PLAIN: packed ? 0 : 1, ...counts },
  );
}

/** A product of so many rows and blocks of columns by quads, or so many copies of it for each lane, cut into tiles. */
export function quadProgram(
  context: PassContext,
  wgsl: string,
  tile: Tile,
  { rows, columns, copies }: { readonly rows: number; readonly columns: number; readonly copies: number },
  parts: readonly string[],
  counts: Readonly<Record<string, number>>,
): Program {
  const tiles = tilesOf(tile, rows, columns, copies);
  // Branches round every store take long to compile.
  const ragged = {
    RAGGED_ROWS: rows % tiles.counts.ROWS > 0 ? 1 : 0,
    RAGGED_COLUMNS: columns % tiles.counts.COLUMNS > 0 ? 1 : 0,
  };
  const code = compose(
    context,
    [...parts, tiles.declared, quadWgsl, expandTemplate(wgsl, { ...tiles.counts, ...ragged, ...counts, FOUR: 4 })],
    QUAD,
  );
  return {
    code: `enable subgroups;\ndiagnostic(off, subgroup_uniformity);\n\n${code}`,
    invocations: tiles.number * QUAD,
    workgroup: QUAD,
  };
}
