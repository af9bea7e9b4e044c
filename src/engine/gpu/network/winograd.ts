/**
 * Convolutions of 3 × 3 taps and stride 1 by quads as products of transformed tiles: F(4 × 4, 3 × 3) of Winograd, see
 * shaders/conv/winograd.wgsl. A quarter of the multiply-adds and loads of the plain products, for transforms on both sides,
 * and workspaces of 36/16 of the tensors.
 */
import productWgsl from '../../../../shaders/conv/quad_product.wgsl?raw';
import productTransposedWgsl from '../../../../shaders/conv/quad_product_transposed.wgsl?raw';
import giveGradientsWgsl from '../../../../shaders/conv/winograd_give_gradients.wgsl?raw';
import giveValuesWgsl from '../../../../shaders/conv/winograd_give_values.wgsl?raw';
import inputWgsl from '../../../../shaders/conv/winograd_input.wgsl?raw';
import outputGradientWgsl from '../../../../shaders/conv/winograd_output_gradient.wgsl?raw';
import outputWgsl from '../../../../shaders/conv/winograd_output.wgsl?raw';
import weightGradientWgsl from '../../../../shaders/conv/winograd_weight_gradient.wgsl?raw';
import weightsWgsl from '../../../../shaders/conv/winograd_weights.wgsl?raw';
import tileWgsl from '../../../../shaders/conv/winograd_tile.wgsl?raw';
import winogradWgsl from '../../../../shaders/conv/winograd.wgsl?raw';
import layerWgsl from '../../../../shaders/network/layer.wgsl?raw';
import { expandTemplate } from '../../../gpu/template';
import type { Operation, Shape } from '../../../models/network';
import {
  channelBlocks,
  compose,
  constants,
  giving,
  pixelsOf,
  samples,
  switches,
  type Given,
  type Job,
  type PassContext,
  type Program,
} from './compose';
import { mostSums, quadProgram, quadTile } from './quads';
import { Workspace, type Uniform } from './workspace';

type Convolution = Extract<Operation, { kind: 'convolution' }>;
type Buffer = GPUBuffer | Workspace;

/** Pixels of a side of a tile of outputs, and products that it takes. */
const SIDE = 4;
const POSITIONS = 36;
/**
 * Numbers between the values of one product and those of the next: a cache line, as what one invocation reads and writes would
 * else fall into few places of a cache wherever tiles and channels are powers of two.
 */
const SPACING = 16;
const COUNTS = { THREE: 3, FOUR: 4, SIX: 6 } as const;

/** Multiply-adds of a product in the time in which a transform loads or stores one number, measured on SwiftShader. */
const TRANSFER = 6;
/** Below so many multiply-adds of a lane's plain product, more dispatches cost more than they save. */
const LEAST = 2e6;

/** Whether an operation's passes are those of this module. */
export function usesWinograd(context: PassContext, op: Convolution): boolean {
  if (!context.quads || op.size !== 3 || op.stride !== 1) return false;
  return context.winograd ?? pays(context, op);
}

function pays(context: PassContext, op: Convolution): boolean {
  const [from, to] = shapes(context, op);
  const [inputs, outputs] = [4 * channelBlocks(from), 4 * channelBlocks(to)];
  const plain = 9 * pixelsOf(to) * inputs * outputs;
  const transfers = (POSITIONS + POSITIONS) * inputs + (POSITIONS + SIDE ** 2) * outputs;
  const transformed = tilesOfImage(to) * (POSITIONS * inputs * outputs + TRANSFER * transfers);
  return context.batch * plain >= LEAST && transformed < 0.8 * plain;
}

/** What a convolution reads and writes in a forward pass. */
export interface ForwardBuffers {
  readonly layer: Uniform;
  readonly x: Buffer;
  readonly y: Buffer;
}

/** The values of a convolution, or their positive parts. */
export function winogradForward(
  context: PassContext,
  lanes: number,
  op: Convolution,
  relu: boolean,
  { layer, x, y }: ForwardBuffers,
): Job[] {
  const [from, to] = shapes(context, op);
  const [a, b] = [spaceOf(context, lanes, 'tiles', from), weightSpace(lanes, op)];
  const products = spaceOf(context, lanes, 'products of tiles', to);
  const output = transform(
    context,
    to,
    [samples(context), layerWgsl, switches({ HAS_BIAS: op.bias !== undefined, RELU: relu }), giveValuesWgsl],
    outputWgsl,
  );
  return [
    { label: 'tiles', program: transformInput(context, from, op.input === 0), buffers: { x, transformed: a }, lanes },
    { label: 'weights of tiles', program: transformWeights(context, op), buffers: { layer, transformed: b }, lanes },
    {
      label: 'products of tiles',
      program: product(context, from, to),
      buffers: { a, b, product: products },
      lanes,
    },
    { label: 'convolution forward', program: output, buffers: { layer, y, products }, lanes },
  ];
}

/** What a convolution reads and writes in a backward pass. */
export interface BackwardBuffers {
  readonly layer: Uniform;
  readonly x: Buffer;
  readonly dy: Buffer;
}

/** The gradient of a convolution's input, which goes to `dx`. */
export function winogradInputGradient(
  context: PassContext,
  lanes: number,
  op: Convolution,
  given: Given,
  { layer, x, dy, dx }: BackwardBuffers & { readonly dx: Buffer },
): Job[] {
  const [from, to] = shapes(context, op);
  const [a, b] = [spaceOf(context, lanes, 'tiles', to), weightSpace(lanes, op)];
  const products = spaceOf(context, lanes, 'products of tiles', from);
  const output = transform(context, from, [giving(given, 'f32'), giveGradientsWgsl], outputWgsl);
  const weights = transformWeights(context, op, true);
  return [
    { label: 'tiles', program: transformInput(context, to, false), buffers: { x: dy, transformed: a }, lanes },
    { label: 'weights of tiles', program: weights, buffers: { layer, transformed: b }, lanes },
    {
      label: 'products of tiles',
      program: product(context, to, from),
      buffers: { a, b, product: products },
      lanes,
    },
    { label: 'convolution input gradient', program: output, buffers: { x, dx, products }, lanes },
  ];
}

/** The gradient of a convolution's weights and bias, which goes to `gradient`. */
export function winogradWeightGradient(
  context: PassContext,
  lanes: number,
  op: Convolution,
  { layer, x, dy, gradient }: BackwardBuffers & { readonly gradient: Buffer },
): Job[] {
  const [from, to] = shapes(context, op);
  const [a, b] = [spaceOf(context, lanes, 'tiles', from), spaceOf(context, lanes, 'gradients of tiles', to)];
  const sums = new Workspace('sums of tiles', lanes * context.batch * tilesOfImage(to) * 4 * channelBlocks(to));
  const products = weightSpace(lanes, op);
  const transposed = productTransposed(context, op, from, to);
  return [
    { label: 'tiles', program: transformInput(context, from, op.input === 0), buffers: { x, transformed: a }, lanes },
    {
      label: 'gradients of tiles',
      program: transform(context, to, [], outputGradientWgsl),
      buffers: { dy, transformed: b, sums },
      lanes,
    },
    { label: 'products of tiles', program: transposed, buffers: { a, b, product: products }, lanes },
    {
      label: 'convolution weight gradient',
      program: weightGradient(context, op, to),
      buffers: { layer, products, gradient, sums },
      lanes,
    },
  ];
}

const shapes = ({ network }: PassContext, op: Convolution): [Shape, Shape] => [
  network.tensors[op.input]!,
  network.tensors[op.output]!,
];

const tileRows = ({ height }: Shape) => Math.ceil(height / SIDE);
const tileColumns = ({ width }: Shape) => Math.ceil(width / SIDE);
const tilesOfImage = (shape: Shape) => tileRows(shape) * tileColumns(shape);

/** For the transformed tiles of a tensor of this shape. */
const spaceOf = ({ batch }: PassContext, lanes: number, label: string, shape: Shape) =>
  new Workspace(label, lanes * POSITIONS * (batch * tilesOfImage(shape) * 4 * channelBlocks(shape) + SPACING));

/** For the transformed weights, or their gradients. */
const weightSpace = (lanes: number, op: Convolution) =>
  new Workspace('weights of tiles', lanes * POSITIONS * (op.weights.length / 9 + SPACING));

/** A program over the tiles of images of this shape, in every channel. */
function transform(context: PassContext, shape: Shape, parts: readonly string[], wgsl: string): Program {
  const ragged = shape.height % SIDE > 0 || shape.width % SIDE > 0;
  return {
    code: compose(context, [
      constants({
        CHANNEL_BLOCKS: channelBlocks(shape),
        HEIGHT: shape.height,
        WIDTH: shape.width,
        TILE_ROWS: tileRows(shape),
        TILE_COLUMNS: tileColumns(shape),
        SPACING,
      }),
      tileWgsl,
      winogradWgsl,
      ...parts,
      expandTemplate(wgsl, { ...COUNTS, RAGGED: ragged ? 1 : 0 }),
    ]),
    invocations: context.batch * tilesOfImage(shape) * 4 * channelBlocks(shape),
  };
}

/** Bind: lanes, alive, members, x, transformed, and what the pass needs. */
const transformInput = (context: PassContext, shape: Shape, fromInputs: boolean): Program =>
  transform(context, shape, [samples(context), switches({ FROM_INPUTS: fromInputs })], inputWgsl);

/** Bind: layer, lanes, state, alive, members, transformed, and what the pass needs. */
const transformWeights = (context: PassContext, op: Convolution, flipped = false): Program => ({
  code: compose(context, [
    samples(context),
    layerWgsl,
    weightConstants(context, op),
    switches({ FLIPPED: flipped }),
    winogradWgsl,
    expandTemplate(weightsWgsl, COUNTS),
  ]),
  invocations: op.weights.length / 9,
});

/** Bind: layer, alive, members, products, gradient, sums. */
function weightGradient(context: PassContext, op: Convolution, to: Shape): Program {
  const biases = op.bias?.length ?? 0;
  return {
    code: compose(context, [
      layerWgsl,
      weightConstants(context, op),
      constants({ TILES: context.batch * tilesOfImage(to), BIASES: biases }),
      winogradWgsl,
      expandTemplate(weightGradientWgsl, COUNTS),
    ]),
    invocations: op.weights.length / 9 + biases,
  };
}

function weightConstants(context: PassContext, op: Convolution): string {
  const [from, to] = shapes(context, op);
  return constants({ INPUT_BLOCKS: channelBlocks(from), OUTPUT_BLOCKS: channelBlocks(to), SPACING });
}

/** Sums that an invocation holds at most. */
const sumsOf = ({ batch }: PassContext, op: Convolution, shape: Shape) =>
  mostSums(batch * tilesOfImage(shape) * POSITIONS * (op.weights.length / 9), 'convolution');

/** Numbers that an invocation of a product holds, at most, while it goes through so many rows. */
const HELD = { numbers: 256, rows: 64 } as const;

/** Bind: alive, members, a, b, product. */
function product(context: PassContext, from: Shape, to: Shape): Program {
  const [rows, columns] = [context.batch * tilesOfImage(to), channelBlocks(to)];
  const innerBlocks = channelBlocks(from);
  const inner = heldOf(innerBlocks);
  return quadProgram(
    context,
    productWgsl,
    { rows: HELD.rows, columns: Math.min(columns, Math.max(1, Math.floor(HELD.numbers / 4 / inner))) },
    { rows, columns, copies: POSITIONS },
    [constants({ ROW_COUNT: rows, INNER_BLOCKS: innerBlocks, INNER: inner, COLUMN_BLOCKS: columns, SPACING })],
    { INNER: inner, INNER_LOOP: inner < innerBlocks ? 1 : 0, ONE_INNER: inner < innerBlocks ? 0 : 1 },
  );
}

/** Of so many blocks of the inner index, how many are held at a time: all, or 8 to 16 of them where these go into all. */
const heldOf = (blocks: number): number =>
  blocks <= 16 ? blocks : ([16, 15, 14, 13, 12, 11, 10, 9, 8].find((count) => blocks % count === 0) ?? blocks);

/** Bind: alive, members, a, b, product. */
function productTransposed(context: PassContext, op: Convolution, from: Shape, to: Shape): Program {
  const [rows, columns, inner] = [channelBlocks(from), channelBlocks(to), context.batch * tilesOfImage(to)];
  const steps = [4, 2, 1].find((count) => inner % count === 0)!;
  const tile = quadTile(4 * rows, columns, sumsOf(context, op, to));
  return quadProgram(
    context,
    productTransposedWgsl,
    { rows: Math.ceil(tile.rows / 4), columns: tile.columns },
    { rows, columns, copies: POSITIONS },
    [constants({ INNER: inner, STEPS: steps, ROW_BLOCKS: rows, COLUMN_BLOCKS: columns, SPACING })],
    { STEPS: steps },
  );
}
